"""DICOM values from their raw bytes: text, numbers, names. An invalid value is missing, not 0."""

from __future__ import annotations

import math
import struct
from functools import lru_cache

from pydicom.charset import convert_encodings, decode_bytes
from pydicom.valuerep import PersonName

MAX_RESCALE = 1e28  # times 32 bits is still a float32
_TEXT_DELIMITERS = {"\n", "\r", "\t", "\f"}


@lru_cache(maxsize=4096)
def plain(raw: bytes) -> str:
    """A code string, UID or other value in the default repertoire."""
    return visible(raw.decode("latin-1").strip(" \0"))


@lru_cache(maxsize=4096)
def text(raw: bytes, charset: bytes = b"") -> str:
    """A text in the file's character set; control characters come out escaped."""
    if not charset.strip() and raw.isascii():
        return visible(raw.decode("ascii").strip(" \0"))
    try:
        encodings = _encodings(charset)
        if b"2022" in charset:
            decoded = decode_bytes(raw, encodings, _TEXT_DELIMITERS)
        else:  # no escape sequences: pydicom would warn of a stray one
            decoded = raw.decode(encodings[0], errors="replace")
    except (LookupError, UnicodeError, ValueError):
        decoded = raw.decode("latin-1")
    return visible(decoded.strip(" \0"))


@lru_cache(maxsize=1024)
def person(raw: bytes, charset: bytes = b"") -> str:
    """A person's name as DICOM writes it ("Family^Given"), decoded group by group."""
    if not charset.strip() and raw.isascii():
        return visible(raw.decode("ascii").strip(" \0"))
    try:
        name = str(PersonName(raw, encodings=_encodings(charset)).decode())
    except (LookupError, UnicodeError, ValueError):
        name = raw.decode("latin-1")
    return visible(name.strip(" \0"))


@lru_cache(maxsize=64)
def _encodings(charset: bytes) -> list[str]:
    names = [part.strip() for part in charset.decode("latin-1").strip(" \0").split("\\")]
    converted = convert_encodings(names)
    return converted if isinstance(converted, list) else [converted]


def visible(value: str) -> str:
    """Control characters as escapes, so that a name cannot move the cursor or hide."""
    if value.isprintable():
        return value
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in value)


@lru_cache(maxsize=8192)
def decimals(raw: bytes) -> tuple[float, ...] | None:
    """Decimal strings; None when empty or when any of them is no finite number."""
    try:
        numbers = tuple(float(part) for part in raw.strip(b" \0").split(b"\\"))
    except ValueError:
        return None
    return numbers if all(map(math.isfinite, numbers)) else None


def decimal(raw: bytes | None) -> float | None:
    """The first decimal, or None."""
    numbers = decimals(raw) if raw else None
    return numbers[0] if numbers else None


def rescale(raw: bytes | None) -> float | None:
    """A slope or intercept, or None; one that overflows a float32 says nothing."""
    number = decimal(raw)
    return number if number is not None and abs(number) < MAX_RESCALE else None


def integer(raw: bytes | None) -> int | None:
    """An integer string (IS), or None; "3.0" counts as 3."""
    number = decimal(raw)
    return int(number) if number is not None and number == int(number) else None


def unsigned(raw: bytes | None, little: bool = True) -> int | None:
    """An unsigned binary integer of 2 or 4 bytes (US, UL); the first of several."""
    if not raw:
        return None
    order = "<" if little else ">"
    if len(raw) >= 2 and len(raw) != 4:
        return int(struct.unpack_from(order + "H", raw)[0])
    return int(struct.unpack_from(order + "I", raw)[0]) if len(raw) == 4 else None


def short(raw: bytes | None, signed: bool, little: bool = True) -> int | None:
    """A 16 bit value whose sign follows PixelRepresentation (US or SS)."""
    if not raw or len(raw) < 2:
        return None
    code = ("<" if little else ">") + ("h" if signed else "H")
    return int(struct.unpack_from(code, raw)[0])


def real(raw: bytes | None, little: bool = True) -> float | None:
    """A binary float or double (FL, FD); None when not finite."""
    if not raw or len(raw) not in (4, 8):
        return None
    code = ("<" if little else ">") + ("f" if len(raw) == 4 else "d")
    number = float(struct.unpack(code, raw)[0])
    return number if math.isfinite(number) else None
