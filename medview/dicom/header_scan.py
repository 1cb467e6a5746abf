"""Finds the wanted elements of a DICOM file's header as raw bytes, without building a dataset.

About six times as fast as a full dataset, which is what makes a folder of a thousand files open
at once; it reads what is there (an unknown VR costs nothing) and never past its limits.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Container
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from medview.core.errors import MedviewError

IMPLICIT, EXPLICIT = "1.2.840.10008.1.2", "1.2.840.10008.1.2.1"
BIG_ENDIAN, DEFLATED = "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99"
PIXEL_TAGS = {0x7FE00008: "float", 0x7FE00009: "double", 0x7FE00010: "int"}
UNDEFINED = 0xFFFFFFFF

_FIRST_READ = 16 * 1024
_HEADER_LIMIT = 256 * 1024 * 1024  # per-frame functional groups of thousands of frames fit
INFLATE_LIMIT = 200 * 1024 * 1024  # what is read costs three times as much on the way
_DEPTH_LIMIT = 32
_LONG_FORM = frozenset(
    (b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV")
)
_SHORT_FORM = frozenset(
    (
        b"AE",
        b"AS",
        b"AT",
        b"CS",
        b"DA",
        b"DS",
        b"DT",
        b"FL",
        b"FD",
        b"IS",
        b"LO",
        b"LT",
        b"PN",
        b"SH",
        b"SL",
        b"SS",
        b"ST",
        b"TM",
        b"UI",
        b"UL",
        b"US",
    )
)
_EITHER = _LONG_FORM | _SHORT_FORM
_ITEM, _ITEM_END, _SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD


class NotDicomError(Exception):
    """The file does not look like DICOM."""


class _EndOfBuffer(Exception):
    """The header goes on behind the bytes read so far."""


@dataclass(frozen=True, slots=True)
class Scan:
    """Raw header: ``values`` by tag number; where the pixel data's value begins and its length.

    ``pixel_offset`` counts in the file, for deflated files in the inflated stream.
    """

    values: dict[int, bytes]
    transfer_syntax: str
    little: bool
    pixel_kind: str | None
    pixel_vr: bytes
    pixel_offset: int
    pixel_length: int
    media_class: str = ""  # the SOP class in the file meta information
    preamble: bytes = b""  # its first four bytes


def scan_file(path: Path, size: int, wanted: Container[int]) -> Scan:
    """Scan one file of ``size`` bytes. Raises NotDicomError, or MedviewError for bad data."""
    with path.open("rb", buffering=0) as file:
        data = file.read(_FIRST_READ)
        start, syntax, media_class = _begin(data)
        preamble = data[:4]
        if syntax == DEFLATED:
            data = inflate(data[start:] + _rest(file))
            start, size = 0, len(data)
        while True:
            complete = len(data) >= size
            try:
                scan = _scan(data, start, syntax, wanted, complete)
                return replace(scan, media_class=media_class, preamble=preamble)
            except _EndOfBuffer:
                if complete:
                    raise _cut_short() from None
            if len(data) >= _HEADER_LIMIT:
                raise MedviewError("the header is too large", code="header-too-large")
            more = file.read(3 * len(data))
            if not more:
                raise _cut_short()
            data += more


def _cut_short() -> MedviewError:
    return MedviewError("the file ends inside its header", code="truncated")


def _rest(file: BinaryIO) -> bytes:
    parts = []
    while part := file.read(1 << 20):
        parts.append(part)
    return b"".join(parts)


def inflate(packed: bytes) -> bytes:
    """The data set of a deflated file; MedviewError past the limit (a small file can blow up)."""
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    limit = min(INFLATE_LIMIT, max(64 << 20, 200 * len(packed)))
    try:
        data = stream.decompress(packed, limit)
    except zlib.error as error:
        raise MedviewError(f"deflated data are damaged ({error})", code="damaged") from error
    if stream.unconsumed_tail:
        raise MedviewError("inflates to more than the limit", code="too-large")
    return data


def data_set_start(data: bytes) -> int:
    """Where the data set begins in the first bytes of a file, after the meta information."""
    return _begin(data)[0]


def _begin(data: bytes) -> tuple[int, str, str]:
    """(offset of the data set, transfer syntax, SOP class), from the file meta information."""
    if data[128:132] == b"DICM":
        position = 132
    elif len(data) >= 16 and data[:2] in (b"\x02\0", b"\x08\0") and data[2:4] < b"\xff\xff":
        position = 0  # a bare data set, as some archives store it
        if data[4:6] not in _EITHER and struct.unpack_from("<I", data, 4)[0] > 1024:
            raise NotDicomError
    else:
        raise NotDicomError
    syntax = media_class = ""
    while data[position : position + 2] == b"\x02\0":
        vr = data[position + 4 : position + 6]
        if vr not in _EITHER:
            break
        long = vr in _LONG_FORM
        head = 12 if long else 8
        if position + head > len(data):
            break
        length = struct.unpack_from(
            "<I" if long else "<H", data, position + head - (4 if long else 2)
        )[0]
        value = data[position + head : position + head + length].decode("latin-1").strip(" \0")
        if data[position + 2 : position + 4] == b"\x10\0":
            syntax = value
        elif data[position + 2 : position + 4] == b"\x02\0":
            media_class = value
        position += head + length
    if not syntax:
        syntax = EXPLICIT if data[position + 4 : position + 6] in _EITHER else IMPLICIT
    return position, syntax, media_class


def _scan(data: bytes, start: int, syntax: str, wanted: Container[int], complete: bool) -> Scan:
    little = syntax != BIG_ENDIAN
    explicit = data[start + 4 : start + 6] in _EITHER  # what is written counts, not what is said
    reader = _Reader(data, little, explicit)
    values: dict[int, bytes] = {}
    position, size = start, len(data)
    while position + 8 <= size:
        tag, vr, length, value = reader.element(position)
        if tag in PIXEL_TAGS:
            return Scan(values, syntax, little, PIXEL_TAGS[tag], vr, value, length)
        if length == UNDEFINED:
            position = reader.skip_undefined(value, 0)
            if tag in wanted:
                values[tag] = b""
        else:
            position = value + length
            if tag in wanted:
                values[tag] = b"" if vr == b"SQ" else data[value:position]
    if position > size or not complete:
        raise _EndOfBuffer
    return Scan(values, syntax, little, None, b"", 0, 0)


class _Reader:
    """Element heads of one buffer in one encoding."""

    def __init__(self, data: bytes, little: bool, explicit: bool) -> None:
        order = "<" if little else ">"
        self._data = data
        self._explicit = explicit
        self._implicit_head = struct.Struct(order + "HHI").unpack_from
        self._explicit_head = struct.Struct(order + "HH2sH").unpack_from
        self._long = struct.Struct(order + "I").unpack_from

    def element(self, position: int) -> tuple[int, bytes, int, int]:
        """(tag, VR, length, offset of the value) of the element at ``position``."""
        try:
            if not self._explicit:
                group, element, length = self._implicit_head(self._data, position)
                return group << 16 | element, b"", length, position + 8
            group, element, vr, length = self._explicit_head(self._data, position)
            if vr in _SHORT_FORM:
                return group << 16 | element, vr, length, position + 8
            if group == 0xFFFE:
                return (
                    group << 16 | element,
                    b"",
                    self._long(self._data, position + 4)[0],
                    position + 8,
                )
            # the long form, which is also how a VR of a later standard is written
            return group << 16 | element, vr, self._long(self._data, position + 8)[0], position + 12
        except struct.error:
            raise _EndOfBuffer from None

    def skip_undefined(self, position: int, depth: int) -> int:
        """The offset behind a sequence or item of undefined length whose content is here."""
        if depth > _DEPTH_LIMIT:
            raise MedviewError("sequences are nested too deeply", code="damaged")
        while True:
            tag, vr, length, value = self.element(position)
            if tag in (_SEQUENCE_END, _ITEM_END):
                return value
            if length != UNDEFINED:
                position = value + length
            elif vr == b"UN":  # PS3.5 6.2.2: its content is implicit little endian
                position = _Reader(self._data, True, False).skip_undefined(value, depth + 1)
            else:
                position = self.skip_undefined(value, depth + 1)
            if position > len(self._data):
                raise _EndOfBuffer
