"""Interpolation between slices by their signed distances."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from medview.edit.morphology import signed_distance
from medview.edit.regions import Mask


def fill_between(mask: Mask, keys: Sequence[int], spacing: tuple[float, float]) -> Mask:
    """Masks of the planes between ``keys`` (indices along the first axis); key planes stay.

    Shape-based interpolation: a voxel is inside where the mean of the neighbouring keys' signed
    distances, weighted by nearness, is positive (Raya and Udupa, IEEE TMI 9(1), 1990). Where the
    two shapes do not overlap, they are moved onto each other's centre of mass first and the result
    back, so that a structure that runs obliquely stays whole.
    """
    result = np.zeros_like(mask)
    for first, last in pairwise(keys):
        if last - first < 2 or not (mask[first].any() and mask[last].any()):
            continue
        centers = [np.array(np.nonzero(mask[key])).mean(axis=1) for key in (first, last)]
        by = np.zeros(2)
        if not (mask[first] & mask[last]).any():
            by = centers[1] - centers[0]
        here = signed_distance(mask[first], spacing)
        there = signed_distance(mask[last], spacing)
        for index in range(first + 1, last):
            share = (index - first) / (last - first)
            mixed = (1.0 - share) * _moved(here, by * share)
            mixed += share * _moved(there, -by * (1.0 - share))
            result[index] = mixed > 0
    return result


def _moved(distances: np.ndarray, by: np.ndarray) -> np.ndarray:
    """A picture moved by whole pixels; what comes in is as far outside as the outermost."""
    rows, columns = (round(float(n)) for n in by)
    if rows == columns == 0:
        return distances
    padded = np.pad(distances, ((abs(rows),) * 2, (abs(columns),) * 2), mode="edge")
    top, left = abs(rows) - rows, abs(columns) - columns
    return padded[top : top + distances.shape[0], left : left + distances.shape[1]]
