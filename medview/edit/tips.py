"""Tips: the voxels that a round brush sweeps over, as a disc in a plane or as a ball."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from medview.core.box import Box
from medview.core.geometry import Geometry

Point = tuple[float, float, float]


def swept_disc(
    geometry: Geometry, start: Point, end: Point, diameter_mm: float, plane_axis: int
) -> tuple[Box, NDArray[np.bool_]]:
    """The voxels within a radius of the segment from ``start`` to ``end`` in one plane.

    Positions are fractional voxel indices; distances are in mm (voxels where there is no
    calibration), so the tip is round on the patient whatever the pixel spacing. The plane is that
    of ``end``. The voxel under ``end`` always belongs to it, however small the tip.
    """
    plane = min(max(round(end[plane_axis]), 0), geometry.shape[plane_axis] - 1)
    flat_start, flat_end = list(start), list(end)
    flat_start[plane_axis] = flat_end[plane_axis] = plane
    axes = [axis for axis in range(3) if axis != plane_axis]
    return _swept(geometry, flat_start, flat_end, diameter_mm, axes)


def swept_ball(
    geometry: Geometry, start: Point, end: Point, diameter_mm: float
) -> tuple[Box, NDArray[np.bool_]]:
    """As `swept_disc`, in every direction: a capsule, round on the patient."""
    return _swept(geometry, list(start), list(end), diameter_mm, [0, 1, 2])


def _swept(
    geometry: Geometry, start: list[float], end: list[float], diameter_mm: float, axes: list[int]
) -> tuple[Box, NDArray[np.bool_]]:
    """Where the distance to the segment, taken along ``axes`` only, is within the radius."""
    spacing = geometry.spacing_mm
    radius = diameter_mm / 2.0
    low, high = [round(n) for n in end], [round(n) + 1 for n in end]
    for axis in axes:
        reach = radius / spacing[axis]
        low[axis] = int(np.floor(min(start[axis], end[axis]) - reach)) - 1
        high[axis] = int(np.ceil(max(start[axis], end[axis]) + reach)) + 2
    box = Box((low[0], low[1], low[2]), (high[0], high[1], high[2])).clip(geometry.shape)
    if box.is_empty:
        return box, np.zeros(box.shape, bool)
    along = [(end[axis] - start[axis]) * spacing[axis] for axis in axes]
    length = sum(step * step for step in along)
    away = [
        _open_grid((np.arange(box.low[a], box.high[a]) - start[a]) * spacing[a], a) for a in axes
    ]
    t: NDArray[Any] | float = 0.0
    if length > 0:
        t = sum(v * step for v, step in zip(away, along, strict=True)) / length
        t = np.clip(t, 0.0, 1.0)
    square = sum((v - t * step) ** 2 for v, step in zip(away, along, strict=True))
    mask: NDArray[np.bool_] = np.broadcast_to(square <= radius**2, box.shape).copy()
    center = tuple(round(end[axis]) - box.low[axis] for axis in range(3))
    if all(0 <= c < n for c, n in zip(center, mask.shape, strict=True)):
        mask[center] = True
    return box, mask


def _open_grid(values: NDArray[Any], axis: int) -> NDArray[Any]:
    """One axis of a box, shaped so that numpy spreads it over the others."""
    shape = [1, 1, 1]
    shape[axis] = len(values)
    return values.reshape(shape)
