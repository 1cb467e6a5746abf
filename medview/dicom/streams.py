"""Checks of a compressed code stream before any decoder sees it: its sides, and where it points."""

from __future__ import annotations

import struct
from itertools import pairwise

from medview.core.errors import MedviewError
from medview.dicom.header import PixelFormat

_RLE = "1.2.840.10008.1.2.5"
_RLE_HEAD = 64
_JPEG_XL = ("1.2.840.10008.1.2.4.110", "1.2.840.10008.1.2.4.111", "1.2.840.10008.1.2.4.112")
# SOF0 to SOF15 without DHT, JPG and DAC, and JPEG-LS's SOF55
_FRAME_HEADS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC} | {0xF7}
_BARE = frozenset((0x01, *range(0xD0, 0xD9)))  # markers without a length
_J2K_START = b"\xff\x4f\xff\x51"
_MAX_TILES = 65_535


def check_stream(data: bytes, pixel: PixelFormat) -> None:
    """Raises MedviewError ("damaged") for a stream that is not of the header's matrix.

    A decoder believes the sides that a stream claims: it takes memory and time for them, and some
    read outside their input when its tables lie. JPEG XL is left to its own decoder.
    """
    if pixel.transfer_syntax == _RLE:
        _check_rle(data, pixel)
    elif pixel.transfer_syntax in _JPEG_XL:
        return
    elif data[:2] == b"\xff\xd8":
        _check_jpeg(data, pixel)
    else:
        _check_jpeg_2000(data, pixel)


def _damaged(what: str) -> MedviewError:
    return MedviewError(what, code="damaged")


def _check_sides(rows: int, columns: int, samples: int, pixel: PixelFormat) -> None:
    if (rows, columns) != (pixel.rows, pixel.columns):
        raise _damaged(
            f"the code stream is {columns} x {rows} pixels, "
            f"the header says {pixel.columns} x {pixel.rows}"
        )
    if samples != pixel.samples:
        raise _damaged(f"the code stream has {samples} samples, the header says {pixel.samples}")


def _check_jpeg(data: bytes, pixel: PixelFormat) -> None:
    """Every frame head of a JPEG or JPEG-LS stream up to its first scan (ITU-T T.81 B.2)."""
    position, seen = 2, False
    while position + 4 <= len(data):
        if data[position] != 0xFF:
            position += 1  # decoders skip rubbish between segments
            continue
        marker = data[position + 1]
        if marker in (0xFF, 0x00) or marker in _BARE:
            position += 1 if marker == 0xFF else 2
            continue
        if marker in _FRAME_HEADS and position + 10 <= len(data):
            rows, columns, samples = struct.unpack_from(">HHB", data, position + 5)
            _check_sides(rows, columns, samples, pixel)
            seen = True
        if marker in (0xDA, 0xD9):
            break
        position += 2 + max(2, int.from_bytes(data[position + 2 : position + 4], "big"))
    if not seen:
        raise _damaged("the code stream has no frame header")


def _check_jpeg_2000(data: bytes, pixel: PixelFormat) -> None:
    """The image and tile size of a JPEG 2000 code stream (ISO 15444-1 A.5.1), boxed or bare."""
    at = data.find(_J2K_START)
    if at < 0 or at + 42 > len(data):
        raise _damaged("the code stream has no size")
    right, bottom, left, top, tile_w, tile_h, tile_x, tile_y, samples = struct.unpack_from(
        ">8IH", data, at + 8
    )
    _check_sides(bottom - top, right - left, samples, pixel)
    if not tile_w or not tile_h or tile_x > left or tile_y > top:
        raise _damaged("the code stream's tiles make no sense")
    if -(-(right - tile_x) // tile_w) * -(-(bottom - tile_y) // tile_h) > _MAX_TILES:
        raise _damaged("the code stream has too many tiles")


def _check_rle(data: bytes, pixel: PixelFormat) -> None:
    """The segment table of an RLE frame: its segments inside it, one behind the other (annex G)."""
    if len(data) < _RLE_HEAD:
        raise MedviewError("the code stream is cut short", code="truncated")
    count, *offsets = struct.unpack_from("<16I", data)
    if count != pixel.samples * max(pixel.bits_allocated // 8, 1) or count > 15:
        raise _damaged(f"the code stream has {count} segments")
    bounds = [*offsets[:count], len(data)]
    if bounds[0] < _RLE_HEAD or any(a >= b for a, b in pairwise(bounds)):
        raise _damaged("the code stream's segments are out of order")
