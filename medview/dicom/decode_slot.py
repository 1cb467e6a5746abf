"""Memory that the program and one decoding child share: a code stream in, its pixels out.

Without a name in the file system, so nothing is left behind whichever of the two is killed.
"""

from __future__ import annotations

import mmap
import os
import secrets
import sys
import tempfile
from typing import Any

import numpy as np
from numpy.typing import NDArray

_STEP = 1 << 20  # slots are whole megabytes


class Slot:
    """The program's side. ``place`` is what the child needs to attach; it changes on Windows."""

    def __init__(self) -> None:
        self._file = -1 if sys.platform == "win32" else _nameless_file()
        self._map: mmap.mmap | None = None
        self.size = 0
        self.place: int | str = self._file

    @property
    def inherited(self) -> tuple[int, ...]:
        """The file descriptors to pass to the child."""
        return () if self._file < 0 else (self._file,)

    def put(self, data: bytes, room: int) -> None:
        """Write a code stream, with at least ``room`` bytes for the answer."""
        size = max(len(data), room)
        if size > self.size:
            self._grow(-(-size // _STEP) * _STEP)
        assert self._map is not None  # a size above 0 has made it
        self._map[: len(data)] = data

    def _grow(self, size: int) -> None:
        if self._map is not None:
            self._map.close()
        if self._file < 0:
            self.place = f"medview-{secrets.token_hex(16)}"
        else:
            os.ftruncate(self._file, size)
        self._map, self.size = attach(self.place, size), size

    def array(self, shape: tuple[int, ...], code: str) -> NDArray[Any]:
        """A copy of the child's answer. ValueError when it does not fit the slot."""
        assert self._map is not None  # something was put before
        count = 1
        for side in shape:
            count *= side
        return np.frombuffer(self._map, np.dtype(code), count).reshape(shape).copy()

    def close(self) -> None:
        if self._map is not None:
            self._map.close()
            self._map = None
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def attach(place: int | str, size: int) -> mmap.mmap:
    """The memory at ``place``: an inherited file descriptor, or a name on Windows."""
    if sys.platform == "win32":
        return mmap.mmap(-1, size, tagname=str(place))
    return mmap.mmap(int(place), size)


def _nameless_file() -> int:
    if sys.platform == "linux":
        return os.memfd_create("medview-frame")
    with tempfile.TemporaryFile() as file:  # unlinked at once
        return os.dup(file.fileno())
