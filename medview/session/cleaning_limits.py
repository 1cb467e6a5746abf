"""What may be cleaned of a new label's predictions, by what a person accepted of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from medview.ai.postprocess import LARGEST_HOLE_ML, organ_limits
from medview.core.labels import LabelTable
from medview.session.records import ReviewedSlice, slice_distance
from medview.session.reviewed_labels import class_labels

_AROUND = np.ones((3, 3), bool)
_HALF = 0.5  # of the smallest accepted part: what is smaller was never accepted


def learned_limits(
    reviews: Iterable[ReviewedSlice], table: LabelTable, old: Mapping[str, Mapping[str, float]]
) -> dict[str, dict[str, float]]:
    """Limits for the card (`medview.ai.postprocess.limits_of`) of labels that are no known organ.

    Islands go when they are smaller than half of the smallest part that was accepted, counted as
    one slice thick; holes are filled when no accepted slice has one. Never more than by ``old``,
    what was learned from slices accepted before.
    """
    unknown = [label for label in table if organ_limits(label.name) is None]
    smallest = {name: own["island_ml"] / _HALF for name, own in old.items() if "island_ml" in own}
    has_holes = {name for name, own in old.items() if not own.get("hole_ml")}
    for one in reviews:
        classes, _ = class_labels(one, table)
        spacing = one.volume.geometry.spacing_mm
        pixel_ml = slice_distance(one) * spacing[1] * spacing[2] / 1000.0
        for label in unknown:
            mask = classes == label.id
            if not mask.any():
                continue
            part = _smallest_part(mask) * pixel_ml
            smallest[label.name] = min(part, smallest.get(label.name, part))
            if (ndimage.binary_fill_holes(mask) & ~mask).any():
                has_holes.add(label.name)
    return {
        name: {
            "island_ml": round(_HALF * part, 6),
            "hole_ml": 0.0 if name in has_holes else LARGEST_HOLE_ML,
        }
        for name, part in smallest.items()
    }


def _smallest_part(mask: NDArray[np.bool_]) -> int:
    parts, _ = ndimage.label(mask, _AROUND)
    return int(np.bincount(parts.ravel())[1:].min())
