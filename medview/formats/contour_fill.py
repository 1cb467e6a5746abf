"""Polygons to pixels: which pixel centres lie inside a structure's contours on one slice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]  # (n, 2): row, column, in pixels, centres at whole numbers
Mask = NDArray[np.bool_]

_ON_CENTRE = 0.005  # a point this near to a pixel centre is meant to be there: files round


def fill(contours: Sequence[Points], shape: tuple[int, int]) -> tuple[Mask, int]:
    """(the pixels (rows, columns) of one ROI on one slice, contours that were there twice).

    A polygon holds the centres that it winds round an odd number of times (even-odd rule), so a
    keyhole leaves its hole empty. A contour inside what was filled cuts a hole, as PS3.3
    C.8.8.6.3 combines inner contours; one beside it adds an island; one across its edge is added
    too, because a structure drawn in two strokes has no hole where they overlap. A contour that
    covers the same pixels as another counts once. Centres on a contour line belong to the ROI:
    programs that outline pixels from centre to centre mean those pixels, too.
    """
    insides, lines = [], np.zeros(shape, dtype=bool)
    for contour in contours:
        inside, line = _polygon(_snapped(contour), shape)
        lines |= line
        insides.append(inside)
    order = sorted(range(len(insides)), key=lambda n: -int(np.count_nonzero(insides[n])))
    filled = np.zeros(shape, dtype=bool)
    taken: list[Mask] = []
    copies = 0
    for number in order:
        inside = insides[number]
        if not inside.any():
            continue
        if any(np.array_equal(inside, other) for other in taken):
            copies += 1
            continue
        taken.append(inside)
        if (filled[inside]).all():
            filled &= ~inside
        else:
            filled |= inside
    return filled | lines, copies


def _snapped(points: Points) -> Points:
    whole = np.round(points)
    return np.where(np.abs(points - whole) < _ON_CENTRE, whole, points)


def _polygon(points: Points, shape: tuple[int, int]) -> tuple[Mask, Mask]:
    """(centres inside by the even-odd rule, centres on the line) of a closed polygon."""
    rows, columns = shape
    start, end = points, np.roll(points, -1, axis=0)
    row, column, edge = _crossings(start, end, rows)
    toggles = np.zeros((rows, columns + 1), dtype=np.int32)
    lower = np.minimum(start[edge, 0], end[edge, 0])
    upper = np.maximum(start[edge, 0], end[edge, 0])
    once = (row >= lower) & (row < upper)  # a corner belongs to the edge below it: counted once
    first = np.clip(np.ceil(column[once]), 0, columns).astype(np.int64)
    np.add.at(toggles, (row[once], first), 1)
    inside = (np.cumsum(toggles, axis=1)[:, :columns] & 1).astype(bool)

    line = np.zeros(shape, dtype=bool)
    nearest = np.round(column)
    on = (np.abs(column - nearest) < _ON_CENTRE) & (nearest >= 0) & (nearest < columns)
    line[row[on], nearest[on].astype(np.int64)] = True
    level = (start[:, 0] == end[:, 0]) & (start[:, 0] == np.round(start[:, 0]))
    for (at, one), (_, other) in zip(start[level], end[level], strict=True):
        if 0 <= at < rows:
            low, high = int(np.ceil(min(one, other))), int(np.floor(max(one, other)))
            line[int(at), max(low, 0) : max(high + 1, 0)] = True
    return inside, line


def _crossings(
    start: Points, end: Points, rows: int
) -> tuple[NDArray[np.int64], Points, NDArray[Any]]:
    """(row, column, edge) wherever an edge that is not level meets a row of centres."""
    low = np.maximum(np.ceil(np.minimum(start[:, 0], end[:, 0])), 0).astype(np.int64)
    high = np.minimum(np.floor(np.maximum(start[:, 0], end[:, 0])), rows - 1).astype(np.int64)
    counts = np.maximum(high - low + 1, 0)
    counts[start[:, 0] == end[:, 0]] = 0
    edge = np.repeat(np.arange(len(start)), counts)
    offsets = np.arange(len(edge)) - np.repeat(np.cumsum(counts) - counts, counts)
    row = low[edge] + offsets
    share = (row - start[edge, 0]) / (end[edge, 0] - start[edge, 0])
    return row, start[edge, 1] + share * (end[edge, 1] - start[edge, 1]), edge
