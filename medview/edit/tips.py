"""Tips: the voxels that a round brush sweeps over, as a disc in any plane or as a ball."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from medview.core.box import Box
from medview.core.geometry import Geometry

Point = tuple[float, float, float]
_SAME_MM = 1e-3  # apart across a plane: still in it


@dataclass(frozen=True)
class Oblique:
    """A plane that lies between voxels: its unit ``normal`` (LPS), and how far from it a disc
    takes voxels, by their centres."""

    normal: Point
    half_mm: float

    @classmethod
    def of(cls, geometry: Geometry, normal: ArrayLike, slab_mm: float = 0.0) -> Oblique:
        """Half the slab that is shown, and half a voxel's extent across the plane at least, so
        that every voxel is taken which the plane goes through."""
        unit = np.asarray(normal, np.float64)
        extent = float(np.abs(geometry.affine[:3, :3].T @ unit).sum())
        return cls((float(unit[0]), float(unit[1]), float(unit[2])), max(slab_mm, extent) / 2.0)


Plane = int | Oblique  # the voxel axis that points out of it, or a plane between voxels


def in_one_plane(geometry: Geometry, start: Point, end: Point, plane: Plane) -> bool:
    """Whether the mouse stayed in the plane between two positions."""
    if isinstance(plane, int):
        return round(start[plane]) == round(end[plane])
    way = geometry.affine[:3, :3] @ np.subtract(end, start)
    return abs(float(way @ np.array(plane.normal))) < _SAME_MM


def swept_disc(
    geometry: Geometry, start: Point, end: Point, diameter_mm: float, plane: Plane
) -> tuple[Box, NDArray[np.bool_]]:
    """The voxels within a radius of the segment from ``start`` to ``end`` in one plane.

    Positions are fractional voxel indices; distances are in mm (voxels where there is no
    calibration), so the tip is round on the patient whatever the pixel spacing. The plane is that
    of ``end``; between voxels the disc is as thick as `Oblique` says. The voxels under the segment
    always belong to it, however small the tip.
    """
    if isinstance(plane, Oblique):
        return _swept_across(geometry, start, end, diameter_mm, plane)
    index = min(max(round(end[plane]), 0), geometry.shape[plane] - 1)
    flat_start, flat_end = list(start), list(end)
    flat_start[plane] = flat_end[plane] = index
    axes = [axis for axis in range(3) if axis != plane]
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
    _mark_under(mask, box, start, end)
    return box, mask


def _swept_across(
    geometry: Geometry, start: Point, end: Point, diameter_mm: float, plane: Oblique
) -> tuple[Box, NDArray[np.bool_]]:
    """Voxels near a plane by their distance from it, and from the segment along it, in LPS mm."""
    matrix, normal = geometry.affine[:3, :3], np.array(plane.normal)
    radius = diameter_mm / 2.0
    reach = np.linalg.norm(np.linalg.inv(matrix), axis=1) * np.hypot(radius, plane.half_mm)
    lowest, highest = np.minimum(start, end) - reach, np.maximum(start, end) + reach
    low, high = np.floor(lowest).astype(int), np.ceil(highest).astype(int) + 1
    box = Box((low[0], low[1], low[2]), (high[0], high[1], high[2])).clip(geometry.shape)
    if box.is_empty:
        return box, np.zeros(box.shape, bool)
    grids = [_open_grid(np.arange(box.low[a], box.high[a]) - start[a], a) for a in range(3)]
    away: list[Any] = [
        sum(matrix[part, axis] * grids[axis] for axis in range(3)) for part in range(3)
    ]
    along = matrix @ np.subtract(end, start)
    along -= (along @ normal) * normal
    length = float(along @ along)
    off = sum(away[n] * normal[n] for n in range(3))
    t: NDArray[Any] | float = 0.0
    if length > 0:
        t = np.clip(sum(away[n] * along[n] for n in range(3)) / length, 0.0, 1.0)
    square = sum((away[n] - off * normal[n] - t * along[n]) ** 2 for n in range(3))
    mask = np.asarray((np.abs(off) <= plane.half_mm + 1e-9) & (square <= radius**2))
    _mark_under(mask, box, start, end)
    return box, mask


def _mark_under(
    mask: NDArray[np.bool_], box: Box, start: Sequence[float], end: Sequence[float]
) -> None:
    """The voxels that the segment goes through, whose centres a small tip may miss."""
    count = 4 * int(np.ceil(np.abs(np.subtract(end, start)).max())) + 1
    places = np.round(np.linspace(end, start, count)).astype(int) - box.low
    inside = ((places >= 0) & (places < mask.shape)).all(axis=1)
    mask[tuple(places[inside].T)] = True


def _open_grid(values: NDArray[Any], axis: int) -> NDArray[Any]:
    """One axis of a box, shaped so that numpy spreads it over the others."""
    shape = [1, 1, 1]
    shape[axis] = len(values)
    return values.reshape(shape)
