"""Bitmaps: one true-or-false picture per slice, kept as bits until it is looked at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

MAX_BYTES = 256 * 1024**2


class Bitmaps(Mapping[int, NDArray[np.bool_]]):
    """Slice index -> bool (rows, columns); an eighth of the memory of bool arrays.

    Filled by one owner through `put`, then only read.
    """

    def __init__(self, rows: int, columns: int) -> None:
        self._shape = rows, columns
        self._packed: dict[int, NDArray[np.uint8]] = {}

    def put(self, index: int, bitmap: NDArray[np.bool_]) -> bool:
        """Keep a bitmap (rows, columns) that has anything in it; False when memory is full."""
        if not bitmap.any():
            return True
        packed = np.packbits(bitmap)
        if (len(self._packed) + 1) * packed.nbytes > MAX_BYTES:
            return False
        self._packed[index] = packed
        return True

    def __getitem__(self, index: int) -> NDArray[np.bool_]:
        rows, columns = self._shape
        bits = np.unpackbits(self._packed[index], count=rows * columns)
        return bits.reshape(rows, columns).view(np.bool_)

    def __contains__(self, index: object) -> bool:
        return index in self._packed

    def __iter__(self) -> Iterator[int]:
        return iter(self._packed)

    def __len__(self) -> int:
        return len(self._packed)
