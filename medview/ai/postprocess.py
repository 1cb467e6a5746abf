"""Cleaning of a predicted label map: only what is certainly wrong, each step switchable.

benchmarks/postprocess.py measures what each step does on the kept-out cases.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from medview.core.box import Box
from medview.core.labels import LabelTable, side_pairs

Labels = NDArray[np.uint8]
MINIMUM_ML = 0.3
MINIMUM_SHARE = 0.005  # of the label's largest part
LARGEST_HOLE_ML = 2.0
STRAY_SHARE = 0.1  # of its label's largest part; above it a part is the organ, not a mistake
TOUCHING_SHARE = 0.5  # of a stray part's border that lies on the other side's lung
_NEAR = np.ones((3, 3, 3), bool)


@dataclass(frozen=True)
class Cleaning:
    """Which steps are done, in this order."""

    sides: bool = True  # a stray part of one side's organ inside the other side's
    islands: bool = True  # small parts far from the organ
    holes: bool = True  # small holes enclosed by one label


def clean(
    labels: Labels,
    table: LabelTable,
    voxel_volume_ml: float,
    cleaning: Cleaning | None = None,
    *,
    check: Callable[[], None] = lambda: None,
) -> Labels:
    """A cleaned copy of a predicted label map on any grid.

    ``check`` is called before each label and may raise `Cancelled`.
    """
    steps = cleaning or Cleaning()
    if steps.sides:
        for right, left in side_pairs(table):
            check()
            labels = give_strays_to_their_side(labels, right, left)
    if steps.islands:
        labels = remove_islands(labels, voxel_volume_ml, check)
    if steps.holes:
        labels = fill_holes(labels, voxel_volume_ml, check)
    return labels


def remove_islands(
    labels: Labels, voxel_volume_ml: float, check: Callable[[], None] = lambda: None
) -> Labels:
    """A copy without the parts of each label under 0.3 ml or 0.5 % of its largest part.

    Parts are 26-connected. The largest part of a label always stays.
    """
    cleaned = labels.copy()
    for part, value in _labels_in(cleaned):
        check()
        islands, count = _parts(part == value, _NEAR)
        if count < 2:
            continue
        sizes = _counts(islands)
        sizes[0] = 0
        limit = max(MINIMUM_ML / voxel_volume_ml, MINIMUM_SHARE * sizes.max())
        small = (sizes < limit) & (np.arange(sizes.size) != sizes.argmax())
        small[0] = False
        part[small[islands]] = 0
    return cleaned


def fill_holes(
    labels: Labels, voxel_volume_ml: float, check: Callable[[], None] = lambda: None
) -> Labels:
    """A copy in which unlabelled holes of up to 2 ml, enclosed by one label in 3D, are filled."""
    cleaned = labels.copy()
    for part, value in _labels_in(cleaned):
        check()
        mask = part == value
        holes, count = _parts(ndimage.binary_fill_holes(mask) & (part == 0))
        if count == 0:
            continue
        sizes = _counts(holes) * voxel_volume_ml
        small = sizes <= LARGEST_HOLE_ML
        small[0] = False
        part[small[holes]] = value
    return cleaned


def give_strays_to_their_side(labels: Labels, right: int, left: int) -> Labels:
    """A copy in which a small part of one side, mostly bordered by the other, joins the other.

    Small: under a tenth of its label's largest part. Mostly: at least half of the voxels around it
    (6-neighbours) belong to the other side.
    """
    cleaned = labels.copy()
    for own, other in ((right, left), (left, right)):
        box = Box.around(labels == own)
        if box is None:
            continue
        room = tuple(
            slice(max(0, s.start - 1), min(n, s.stop + 1))
            for s, n in zip(box.slices, labels.shape, strict=True)
        )
        part = cleaned[room]
        islands, count = _parts(part == own)
        if count < 2:
            continue
        sizes = _counts(islands)
        sizes[0] = 0
        places = ndimage.find_objects(islands)
        for number in np.flatnonzero((sizes > 0) & (sizes < STRAY_SHARE * sizes.max())):
            near = tuple(slice(max(0, s.start - 1), s.stop + 1) for s in places[int(number) - 1])
            island = islands[near] == number
            border = ndimage.binary_dilation(island) & ~island
            if np.count_nonzero(part[near][border] == other) >= TOUCHING_SHARE * border.sum():
                part[near][island] = other
    return cleaned


def _labels_in(labels: Labels) -> list[tuple[Labels, int]]:
    """(view of the label's box, id) for every label there."""
    found = []
    for value in np.flatnonzero(_counts(labels)).tolist():
        box = Box.around(labels == value) if value else None
        if box is not None:
            found.append((labels[box.slices], int(value)))
    return found


def _parts(
    mask: NDArray[np.bool_], structure: NDArray[np.bool_] | None = None
) -> tuple[NDArray[Any], int]:
    """The connected parts, numbered from 1, in two bytes a voxel where those are enough."""
    islands = np.empty(mask.shape, np.uint16)
    try:
        return islands, int(ndimage.label(mask, structure, output=islands))
    except RuntimeError:  # more parts than the type can number
        numbered, count = ndimage.label(mask, structure)
        return numbered, int(count)


def _counts(values: NDArray[Any]) -> NDArray[np.int64]:
    """As bincount, slice by slice: it would make a copy of eight bytes a voxel."""
    length = int(values.max()) + 1
    total = np.zeros(length, np.int64)
    for plane in values:
        total += np.bincount(plane.ravel(), minlength=length)
    return total
