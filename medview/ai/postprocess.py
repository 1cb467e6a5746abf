"""Cleaning of a predicted label map: only what is certainly wrong, each step switchable.

What is wrong depends on the label: a lung has no parts of 0.3 ml, a nodule may be one. So lungs and
airway are known by name, other labels by the limits in the model's card (`Limits`); without those
nothing of them is cleaned. benchmarks/postprocess.py measures each step on the kept-out cases.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from medview.core.box import Box
from medview.core.labels import LabelTable, side_pairs

Labels = NDArray[np.uint8]
LARGEST_HOLE_ML = 2.0
FAR_MM = 30.0  # between the boxes around a part and the label's largest one
STRAY_SHARE = 0.1  # of its label's largest part; above it a part is the organ, not a mistake
TOUCHING_SHARE = 0.5  # of a stray part's border that lies on the other side's lung
_NEAR = np.ones((3, 3, 3), bool)


@dataclass(frozen=True)
class Limits:
    """Parts under ``island_ml``, or ``island_share`` of the label's largest part, are none of it.

    Holes up to ``hole_ml`` are its own. ``is_tree``: all of it hangs together, so a small part far
    away is none of it.
    """

    island_ml: float = 0.0
    island_share: float = 0.0
    hole_ml: float = 0.0
    is_tree: bool = False


LUNG = Limits(0.3, 0.005, LARGEST_HOLE_ML)
AIRWAY = replace(LUNG, is_tree=True)
_ORGANS = {"lung": LUNG, "lungs": LUNG, "airway": AIRWAY, "airways": AIRWAY, "trachea": AIRWAY}
_PREFIXES = ("right ", "left ", "both ")


def limits_of(table: LabelTable, given: Mapping[str, Mapping[str, float]]) -> dict[int, Limits]:
    """The limits of each label: of an organ known by its name, else as ``given`` by name.

    ``given``: island_ml and hole_ml; nothing is cleaned of a label without.
    """
    limits = {}
    for label in table:
        own = given.get(label.name, {})
        limits[label.id] = organ_limits(label.name) or Limits(
            island_ml=own.get("island_ml", 0.0), hole_ml=own.get("hole_ml", 0.0)
        )
    return limits


def organ_limits(name: str) -> Limits | None:
    """Those of lungs and airway, by the whole name without its side; None for all others."""
    organ = name.lower()
    for side in _PREFIXES:
        organ = organ.removeprefix(side)
    return _ORGANS.get(organ)


@dataclass(frozen=True)
class Cleaning:
    """Which steps are done, in this order."""

    sides: bool = True  # a stray part of one side's organ inside the other side's
    distant: bool = True  # a small part of the airway far away from the rest
    islands: bool = True  # small parts far from the organ
    holes: bool = True  # small holes enclosed by one label


def clean(
    labels: Labels,
    table: LabelTable,
    voxel_volume_ml: float,
    cleaning: Cleaning | None = None,
    *,
    spacing_mm: Sequence[float] = (),
    given: Mapping[str, Mapping[str, float]] | None = None,
    check: Callable[[], None] = lambda: None,
) -> Labels:
    """A cleaned copy of a predicted label map on any grid.

    ``spacing_mm`` of its axes (empty: cubes); ``given`` as for `limits_of`. ``check`` is called
    before each label and may raise `Cancelled`.
    """
    steps = cleaning or Cleaning()
    limits = limits_of(table, given or {})
    if steps.sides:
        for right, left in side_pairs(table):
            check()
            labels = give_strays_to_their_side(labels, right, left)
    if steps.distant:
        spacing = spacing_mm or [(1000.0 * voxel_volume_ml) ** (1.0 / 3.0)] * 3
        trees = [number for number, one in limits.items() if one.is_tree]
        labels = remove_distant(labels, trees, spacing, check)
    if steps.islands:
        labels = remove_islands(labels, voxel_volume_ml, check, limits)
    if steps.holes:
        labels = fill_holes(labels, voxel_volume_ml, check, limits)
    return labels


def remove_distant(
    labels: Labels,
    trees: Sequence[int],
    spacing_mm: Sequence[float],
    check: Callable[[], None] = lambda: None,
) -> Labels:
    """A copy without the small parts of the labels ``trees`` that lie far from the largest part.

    Small: under a tenth of it. Far: more than 30 mm between the boxes around both.
    """
    cleaned = labels.copy()
    for part, value in _labels_in(cleaned):
        if value not in trees:
            continue
        check()
        islands, sizes = _sized_parts(part == value, _NEAR)
        if sizes.size < 3:  # with none at 0: a single part
            continue
        places = ndimage.find_objects(islands)
        tree = places[int(sizes.argmax()) - 1]
        for number in np.flatnonzero((sizes > 0) & (sizes < STRAY_SHARE * sizes.max())):
            place = places[int(number) - 1]
            gaps = [
                max(0, own.start - other.stop, other.start - own.stop) * step
                for own, other, step in zip(place, tree, spacing_mm, strict=True)
            ]
            if np.hypot.reduce(gaps) > FAR_MM:
                part[place][islands[place] == number] = 0
    return cleaned


def remove_islands(
    labels: Labels,
    voxel_volume_ml: float,
    check: Callable[[], None] = lambda: None,
    limits: Mapping[int, Limits] | None = None,
) -> Labels:
    """A copy without the parts of each label under its limits (None: those of a lung for all).

    Parts are 26-connected. The largest part of a label always stays.
    """
    cleaned = labels.copy()
    for part, value in _labels_in(cleaned):
        own = LUNG if limits is None else limits.get(value, Limits())
        if not own.island_ml and not own.island_share:
            continue
        check()
        islands, sizes = _sized_parts(part == value, _NEAR)
        if sizes.size < 3:  # with none at 0: a single part
            continue
        limit = max(own.island_ml / voxel_volume_ml, own.island_share * sizes.max())
        small = (sizes < limit) & (np.arange(sizes.size) != sizes.argmax())
        small[0] = False
        part[small[islands]] = 0
    return cleaned


def fill_holes(
    labels: Labels,
    voxel_volume_ml: float,
    check: Callable[[], None] = lambda: None,
    limits: Mapping[int, Limits] | None = None,
) -> Labels:
    """A copy in which small unlabelled holes, enclosed by one label in 3D, are filled.

    Small by the label's limits (None: those of a lung, 2 ml, for all). In a single slice what is
    enclosed in its plane.
    """
    cleaned = labels.copy()
    for part, value in _labels_in(cleaned):
        own = LUNG if limits is None else limits.get(value, Limits())
        if not own.hole_ml:
            continue
        check()
        mask = part == value
        flat = tuple(axis for axis, length in enumerate(labels.shape) if length == 1)
        filled = np.expand_dims(ndimage.binary_fill_holes(mask.squeeze(flat)), flat)
        holes, count = _parts(filled & (part == 0))
        if count == 0:
            continue
        sizes = _counts(holes) * voxel_volume_ml
        small = sizes <= own.hole_ml
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
        islands, sizes = _sized_parts(part == own)
        if sizes.size < 3:
            continue
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


def _sized_parts(
    mask: NDArray[np.bool_], structure: NDArray[np.bool_] | None = None
) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """The connected parts, numbered from 1, and their voxels by number (none at 0)."""
    islands, _ = _parts(mask, structure)
    sizes = _counts(islands)
    sizes[0] = 0
    return islands, sizes


def _counts(values: NDArray[Any]) -> NDArray[np.int64]:
    """As bincount, slice by slice: it would make a copy of eight bytes a voxel."""
    length = int(values.max()) + 1
    total = np.zeros(length, np.int64)
    for plane in values:
        total += np.bincount(plane.ravel(), minlength=length)
    return total
