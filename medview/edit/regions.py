"""Regions: sets of voxels in a box: grey values, parts that hang together, holes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from medview.core.box import Box, Index
from medview.core.geometry import Geometry
from medview.core.volume import Volume

Mask = NDArray[np.bool_]
Point = tuple[float, float, float]


def values_of(volume: Volume, box: Box) -> NDArray[Any]:
    """The modality values of a box (slice, row, column); colour as the mean of its channels."""
    values = volume.voxels[box.slices]
    return values.mean(axis=-1, dtype=np.float32) if volume.is_color else values


def voxel_of(position: Point, shape: Index) -> Index | None:
    """The voxel under a fractional position, None outside the array."""
    index = (round(position[0]), round(position[1]), round(position[2]))
    inside = all(0 <= i < n for i, n in zip(index, shape, strict=True))
    return index if inside else None


def plane_box(shape: Index, axis: int, index: int) -> Box:
    """One plane of voxels as a box."""
    low, high = [0, 0, 0], list(shape)
    low[axis], high[axis] = index, index + 1
    return Box((low[0], low[1], low[2]), (high[0], high[1], high[2]))


def box_within(geometry: Geometry, voxel: Index, radius_mm: float) -> Box:
    """The box around a ball, clipped to the volume."""
    reach = [int(np.ceil(radius_mm / step)) for step in geometry.spacing_mm]
    low = (voxel[0] - reach[0], voxel[1] - reach[1], voxel[2] - reach[2])
    high = (voxel[0] + reach[0] + 1, voxel[1] + reach[1] + 1, voxel[2] + reach[2] + 1)
    return Box(low, high).clip(geometry.shape)


def ball(geometry: Geometry, box: Box, center: Point, radius_mm: float) -> Mask:
    """The voxels of ``box`` within ``radius_mm`` of ``center``."""
    grids = np.ogrid[box.slices]
    steps = zip(grids, center, geometry.spacing_mm, strict=True)
    square = sum(((g - c) * step) ** 2 for g, c, step in steps)
    return np.asarray(square <= radius_mm**2)


def part_with(mask: Mask, seed: Index) -> Mask:
    """The part of ``mask`` that hangs together with ``seed`` by faces; empty without the seed."""
    from scipy import ndimage

    if not mask[seed]:
        return np.zeros_like(mask)
    parts, _ = ndimage.label(mask)
    found: Mask = parts == parts[seed]
    return found


def filled_planes(mask: Mask, axis: int) -> Mask:
    """``mask`` with its holes filled, each plane across ``axis`` by itself."""
    filled = mask.copy()
    for old, new in zip(np.moveaxis(mask, axis, 0), np.moveaxis(filled, axis, 0), strict=True):
        if old.any():
            new |= _holes(old)
    return filled


def _holes(plane: Mask) -> Mask:
    """Background that does not reach the border of a (rows, columns) picture by its edges."""
    from scipy import ndimage

    parts, count = ndimage.label(~plane)
    is_hole = np.ones(count + 1, bool)
    is_hole[0] = False
    for border in (parts[0], parts[-1], parts[:, 0], parts[:, -1]):
        is_hole[border] = False
    found: Mask = is_hole[parts]
    return found


def joined(parts: list[tuple[Box, Mask]]) -> tuple[Box, Mask]:
    """Several masks, each in its own box, as one; at least one part."""
    box = parts[0][0]
    for other, _ in parts[1:]:
        box = box.union(other)
    whole = np.zeros(box.shape, bool)
    for part, mask in parts:
        if not part.is_empty:
            whole[part.moved((-box.low[0], -box.low[1], -box.low[2])).slices] |= mask
    return box, whole


def padded(box: Box, by: Index, shape: Index) -> Box:
    """A box with a margin on every side, inside the array."""
    low = (box.low[0] - by[0], box.low[1] - by[1], box.low[2] - by[2])
    high = (box.high[0] + by[0], box.high[1] + by[1], box.high[2] + by[2])
    return Box(low, high).clip(shape)
