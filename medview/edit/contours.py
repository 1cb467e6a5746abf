"""Contours: closed lines through a plane of voxels, and the voxels they enclose."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from medview.core.box import Box, Index
from medview.edit.regions import Mask, plane_box

Floats = NDArray[np.float64]


def across(plane_axis: int) -> tuple[int, int]:
    """The two voxel axes that lie in a plane."""
    first, second = (axis for axis in range(3) if axis != plane_axis)
    return first, second


def enclosed(points: Floats, shape: Index, plane_axis: int, plane: int) -> tuple[Box, Mask]:
    """The voxels whose centres a closed line encloses (even-odd rule), in one plane of ``shape``.

    ``points`` (n, 3) are fractional voxels; their place along ``plane_axis`` is not looked at.
    """
    flat = points[:, across(plane_axis)]
    whole = plane_box(shape, plane_axis, plane)
    first, second = across(plane_axis)
    low, high = list(whole.low), list(whole.high)
    for axis, place in ((first, flat[:, 0]), (second, flat[:, 1])):
        low[axis] = int(np.clip(np.ceil(place.min()), 0, shape[axis]))
        high[axis] = int(np.clip(np.floor(place.max()) + 1, 0, shape[axis]))
    box = Box((low[0], low[1], low[2]), (high[0], high[1], high[2]))
    if box.is_empty:
        return box, np.zeros(box.shape, bool)
    size = (box.shape[first], box.shape[second])
    mask = polygon_mask(flat - (box.low[first], box.low[second]), size)
    return box, mask.reshape(box.shape)


def polygon_mask(points: Floats, size: tuple[int, int]) -> Mask:
    """Which pixel centres of a (rows, columns) picture a closed polygon (n, 2) encloses.

    Every edge turns over all pixels behind it in the rows it crosses; half-open in the row, so
    that two polygons with a common edge share no pixel.
    """
    rows, columns = size
    turns = np.zeros((rows, columns + 1), np.int32)
    start, end = points, np.roll(points, -1, axis=0)
    upward = start[:, 0] > end[:, 0]
    start, end = np.where(upward[:, None], end, start), np.where(upward[:, None], start, end)
    first = np.clip(np.ceil(start[:, 0]), 0, rows).astype(int)
    last = np.clip(np.ceil(end[:, 0]), 0, rows).astype(int)
    counts = last - first
    edge = np.repeat(np.arange(len(points)), counts)
    offset = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    row = first[edge] + offset
    slope = (end[edge, 1] - start[edge, 1]) / (end[edge, 0] - start[edge, 0])
    column = start[edge, 1] + (row - start[edge, 0]) * slope
    behind = np.clip(np.ceil(column), 0, columns).astype(int)
    np.add.at(turns, (row, behind), 1)
    inside: Mask = np.cumsum(turns[:, :columns], axis=1) % 2 == 1
    return inside


def simplified(points: Floats, tolerance: float, spacing: Floats) -> Floats:
    """Fewer points of a line (n, d), none of the others further than ``tolerance`` mm from it.

    Douglas and Peucker, The Canadian Cartographer 10(2), 1973.
    """
    if len(points) < 3:
        return points
    kept = np.zeros(len(points), bool)
    kept[[0, -1]] = True
    placed = points * spacing
    waiting = [(0, len(points) - 1)]
    while waiting:
        first, last = waiting.pop()
        if last - first < 2:
            continue
        away = distance_to_segment(placed[first + 1 : last], placed[first], placed[last])
        furthest = int(away.argmax())
        if away[furthest] > tolerance:
            middle = first + 1 + furthest
            kept[middle] = True
            waiting += [(first, middle), (middle, last)]
    return points[kept]


def distance_to_segment(points: Floats, start: Floats, end: Floats) -> Floats:
    """How far each point (n, d) is from a straight line between two points."""
    along = end - start
    length = float(along @ along)
    share = np.zeros(len(points)) if length == 0 else (points - start) @ along / length
    nearest = start + np.clip(share, 0.0, 1.0)[:, None] * along
    away: Floats = np.linalg.norm(points - nearest, axis=1)
    return away


def nearest_edge(points: Floats, at: Floats, spacing: Floats) -> tuple[int, float]:
    """Behind which point of a closed line (n, d) the edge nearest to ``at`` begins; mm away."""
    placed, here = points * spacing, (at * spacing)[None]
    away = [
        float(distance_to_segment(here, placed[n], placed[(n + 1) % len(placed)])[0])
        for n in range(len(placed))
    ]
    nearest = int(np.argmin(away))
    return nearest, away[nearest]
