"""Box: a half-open box of voxels, the currency of edits, events and redraws."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Index = tuple[int, int, int]


@dataclass(frozen=True)
class Box:
    """Voxels with ``low <= index < high`` in (slice, row, column) order; empty when any side is."""

    low: Index
    high: Index

    @classmethod
    def whole(cls, shape: Index) -> Box:
        """The box of a whole array."""
        return cls((0, 0, 0), shape)

    @classmethod
    def around(cls, mask: NDArray[np.bool_]) -> Box | None:
        """The smallest box around the true voxels of a 3D mask, or None when there are none."""
        low, high = [], []
        for axis in range(3):
            others = tuple(a for a in range(3) if a != axis)
            hit = np.flatnonzero(mask.any(axis=others))
            if hit.size == 0:
                return None
            low.append(int(hit[0]))
            high.append(int(hit[-1]) + 1)
        return cls((low[0], low[1], low[2]), (high[0], high[1], high[2]))

    @property
    def shape(self) -> Index:
        return (
            max(0, self.high[0] - self.low[0]),
            max(0, self.high[1] - self.low[1]),
            max(0, self.high[2] - self.low[2]),
        )

    @property
    def size(self) -> int:
        """Number of voxels."""
        slices, rows, columns = self.shape
        return slices * rows * columns

    @property
    def is_empty(self) -> bool:
        return self.size == 0

    @property
    def slices(self) -> tuple[slice, slice, slice]:
        """The numpy index of this box."""
        return (
            slice(self.low[0], self.high[0]),
            slice(self.low[1], self.high[1]),
            slice(self.low[2], self.high[2]),
        )

    def union(self, other: Box) -> Box:
        """The smallest box that holds both; an empty box adds nothing."""
        if self.is_empty:
            return other
        if other.is_empty:
            return self
        return Box(
            (
                min(self.low[0], other.low[0]),
                min(self.low[1], other.low[1]),
                min(self.low[2], other.low[2]),
            ),
            (
                max(self.high[0], other.high[0]),
                max(self.high[1], other.high[1]),
                max(self.high[2], other.high[2]),
            ),
        )

    def overlap(self, other: Box) -> Box:
        """What lies in both; empty where they do not meet."""
        low = tuple(max(a, b) for a, b in zip(self.low, other.low, strict=True))
        high = tuple(min(a, b) for a, b in zip(self.high, other.high, strict=True))
        return Box((low[0], low[1], low[2]), (high[0], high[1], high[2]))

    def seen_from(self, other: Box) -> Box:
        """This box in an array that holds the voxels of ``other``."""
        return self.moved((-other.low[0], -other.low[1], -other.low[2]))

    def moved(self, by: Index) -> Box:
        """This box ``by`` voxels further on."""
        low, high = self.low, self.high
        return Box(
            (low[0] + by[0], low[1] + by[1], low[2] + by[2]),
            (high[0] + by[0], high[1] + by[1], high[2] + by[2]),
        )

    def clip(self, shape: Index) -> Box:
        """The part of this box inside an array of ``shape``."""
        low = tuple(min(max(v, 0), n) for v, n in zip(self.low, shape, strict=True))
        high = tuple(min(max(v, 0), n) for v, n in zip(self.high, shape, strict=True))
        return Box((low[0], low[1], low[2]), (high[0], high[1], high[2]))
