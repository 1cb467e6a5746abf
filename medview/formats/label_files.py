"""What all label files share: checking the values, naming them, laying them on an image's grid."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medview.core.box import Index
from medview.core.errors import MedviewError
from medview.core.geometry import Geometry
from medview.core.labelmap import LabelArray, LabelMap
from medview.core.labels import Label, LabelTable, default_color
from medview.core.volume import Message, Volume

_SAME_PLACE_MM = 0.1  # files round positions; a tenth of a millimetre moves no voxel


def as_label_voxels(values: NDArray[Any], path: Path) -> LabelArray:
    """Values as uint8 (uint16 above 255), C-contiguous and owned by the caller.

    Raises MedviewError "not-labels" for fractions, negative values and values above 65535.
    """
    if values.dtype == np.bool_:
        values = values.astype(np.uint8)
    if values.dtype.kind not in "iuf":
        raise _not_labels(path, f"it holds {values.dtype} values")
    low, high = values.min(), values.max()
    if not (np.isfinite(low) and np.isfinite(high)):
        raise _not_labels(path, "it holds values that are not numbers")
    if low < 0 or high > 65535:
        raise _not_labels(path, f"its values go from {low:g} to {high:g}")
    labels: LabelArray
    if high <= 255:
        labels = np.array(values, dtype=np.uint8, order="C")
    else:
        labels = np.array(values, dtype=np.uint16, order="C")
    if values.dtype.kind == "f" and not np.array_equal(labels, values):
        raise _not_labels(path, "it holds fractions")
    return labels


def table_for(
    present: Iterable[int], table: LabelTable | None = None, own: LabelTable | None = None
) -> LabelTable:
    """A table that names every id in ``present``.

    ``table`` (the caller's) goes before ``own`` (the file's); ids in neither become "label n".
    """
    result = table if table is not None else LabelTable()
    for label in own if own is not None else ():
        if label.id not in result:
            result = result.with_label(label)
    for label_id in present:
        if label_id not in result:
            result = result.with_label(
                Label(label_id, f"label {label_id}", default_color(label_id))
            )
    return result


def numbered_by_name(
    found: Iterable[tuple[int, str, Callable[[int], Label]]], table: LabelTable | None
) -> tuple[LabelTable, dict[int, int]]:
    """(the table, number in the file -> label id), for objects that number and name their parts.

    ``found`` holds (number, name, what makes the label of a given id). A name that ``table``
    knows keeps that label's id; others take the smallest free ids, in order.
    """
    result = table if table is not None else LabelTable()
    by_name = {label.name: label.id for label in reversed(list(result))}
    id_of: dict[int, int] = {}
    for number, name, make in found:
        known = by_name.pop(name, None)
        id_of[number] = known if known is not None else result.free_id()
        if known is None:
            result = result.with_label(make(id_of[number]))
    return result, id_of


def present_ids(voxels: LabelArray) -> list[int]:
    """Ids with at least one voxel, ascending, without background."""
    return [int(n) for n in np.flatnonzero(np.bincount(voxels.ravel())) if n]


def empty_labels(shape: Index, largest_id: int) -> LabelArray:
    """Background only, uint8 where the largest id fits, else uint16."""
    if largest_id <= 255:
        return np.zeros(shape, dtype=np.uint8)
    return np.zeros(shape, dtype=np.uint16)


def fit_to_reference(
    labelmap: LabelMap,
    reference: Volume | None,
    path: Path,
    messages: list[Message] | None = None,
) -> LabelMap:
    """The label map on the reference's grid when its voxels are voxels of that grid.

    Voxels are reordered, flipped, padded with background and cropped, never interpolated:
    programs store masks in another axis order, and cropped to what is not empty. Labels outside
    the reference are left out with the message "labels-outside". A label map on another grid
    comes back unchanged with the message "geometry-differs"; the caller decides about resampling.
    """
    if reference is None:
        return labelmap
    target = reference.geometry
    if labelmap.geometry.is_close(target):
        return LabelMap(target, labelmap.table, labelmap.writable())
    placed = _placed(labelmap, target)
    notes = messages if messages is not None else []
    if placed is None:
        notes.append(
            Message(
                "geometry-differs",
                f"{path.name} lies on another grid than the image: "
                f"{_grid(labelmap.geometry)} against {_grid(target)}.",
                files=(str(path),),
            )
        )
        return labelmap
    outside = np.count_nonzero(labelmap.voxels) - np.count_nonzero(placed.voxels)
    if outside:
        notes.append(
            Message(
                "labels-outside",
                f"{outside} labelled voxels of {path.name} lie outside the image and are left out.",
                files=(str(path),),
            )
        )
    return placed


def _placed(labelmap: LabelMap, target: Geometry) -> LabelMap | None:
    """The label map's voxels laid into the target's grid, or None when they do not coincide."""
    source = labelmap.geometry
    if not (source.calibrated and target.calibrated):
        return None
    change = target.inverse @ source.affine  # index of the label map -> index of the target
    matrix, offset = np.round(change[:3, :3]), np.round(change[:3, 3])
    axes = np.abs(matrix).argmax(axis=1)  # which axis of the label map runs along each of target
    if sorted(axes.tolist()) != [0, 1, 2] or np.abs(matrix).sum() != 3:
        return None
    ends = np.array(np.meshgrid(*[(0, n - 1) for n in source.shape])).reshape(3, -1).T
    there = ends @ matrix.T + offset
    if np.abs(target.to_patient(there) - source.to_patient(ends)).max() > _SAME_PLACE_MM:
        return None
    low, high = there.min(axis=0).astype(int), there.max(axis=0).astype(int) + 1
    steps = tuple(slice(None, None, -1 if matrix[n, axes[n]] < 0 else 1) for n in range(3))
    turned = labelmap.voxels.transpose(axes[0], axes[1], axes[2])[steps]
    inside = [
        (max(int(a), 0), min(int(b), n)) for a, b, n in zip(low, high, target.shape, strict=True)
    ]
    if any(a >= b for a, b in inside):
        return None
    voxels = np.zeros(target.shape, dtype=turned.dtype)
    to = tuple(slice(a, b) for a, b in inside)
    start = [int(n) for n in low]
    voxels[to] = turned[tuple(slice(a - n, b - n) for (a, b), n in zip(inside, start, strict=True))]
    return LabelMap(target, labelmap.table, voxels)


def _grid(geometry: Geometry) -> str:
    size = " x ".join(str(n) for n in geometry.shape)
    if not geometry.calibrated:
        return f"{size} voxels"
    return f"{size} voxels of {' x '.join(f'{mm:.2f}' for mm in geometry.spacing_mm)} mm"


def _not_labels(path: Path, reason: str) -> MedviewError:
    return MedviewError(
        f"{path} is not a label file: {reason}.",
        hint="Labels are whole numbers from 0 (background) to 65535.",
        code="not-labels",
    )
