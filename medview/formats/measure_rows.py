"""MeasureRow: a measure as the formats that write measures see it: plain data and its numbers."""

from __future__ import annotations

from dataclasses import dataclass

from medview.core.geometry import Floats

Vector = tuple[float, float, float]


@dataclass(frozen=True)
class MeasuredValue:
    """One number, e.g. ("mean", -712.4, "HU")."""

    name: str
    number: float
    unit: str


@dataclass(frozen=True, eq=False)
class MeasureRow:
    """``points`` and ``outline`` (n, 3): LPS mm where ``in_mm``, else voxels (slice, row, column).

    ``slice_index`` is the stored slice nearest to the middle; ``on_slice`` whether the measure was
    drawn on it. A ``closed`` outline bounds a region and ends where it begins. ``time`` is in
    seconds since 1970 (UTC).
    """

    name: str
    kind: str
    text: str
    points: tuple[Vector, ...]
    outline: Floats
    closed: bool
    in_mm: bool
    slice_index: int
    on_slice: bool
    values: tuple[MeasuredValue, ...]
    notes: tuple[str, ...]
    time: float
