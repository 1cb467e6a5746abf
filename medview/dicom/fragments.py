"""Encapsulated pixel data: where the frames lie in the file (PS3.5 A.4)."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

from pydicom.encaps import get_frame

from medview.core.errors import MedviewError

_ITEM, _DELIMITER = 0xFFFEE000, 0xFFFEE0DD
MAX_STREAM_BYTES = 512 << 20  # of one frame


def is_cut_short(path: Path, offset: int, size: int, little: bool) -> bool:
    """Whether the chain of fragments at ``offset`` ends before its delimiter."""
    head = struct.Struct("<HHI" if little else ">HHI")
    with path.open("rb") as file:
        position = offset
        while position + 8 <= size:
            file.seek(position)
            group, element, length = head.unpack(file.read(8))
            tag = group << 16 | element
            if tag == _DELIMITER:
                return False
            if tag != _ITEM:
                return True
            position += 8 + int(length)
    return True


def read_frame(file: BinaryIO, offset: int, index: int, count: int) -> bytes:
    """The code stream of frame ``index`` (from 0) of ``count``; ``offset`` is the value's start.

    Raises MedviewError when the frame is not there, or too large ("too-large").
    """
    file.seek(offset)
    try:
        return bytes(get_frame(_Bounded(file), index, number_of_frames=count))
    except (ValueError, struct.error, EOFError, IndexError) as error:
        raise MedviewError(f"frame {index + 1} is not there ({error})", code="truncated") from error


class _Bounded:
    """A file that hands out no more at once than a frame may have, whatever its tables say."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.seek, self.tell = file.seek, file.tell

    def read(self, size: int = -1, /) -> bytes:
        if not 0 <= size <= MAX_STREAM_BYTES:
            raise MedviewError("the code stream is too large", code="too-large")
        return self._file.read(size)
