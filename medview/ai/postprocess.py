"""Cleaning of a predicted label map: small islands that are certainly not an organ."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from medview.core.box import Box

MINIMUM_ML = 0.3
MINIMUM_SHARE = 0.005  # of the label's largest part


def remove_islands(labels: NDArray[np.uint8], voxel_volume_ml: float) -> NDArray[np.uint8]:
    """A copy without the parts of each label under 0.3 ml or 0.5 % of its largest part.

    Parts are 26-connected. The largest part of a label always stays.
    """
    cleaned = labels.copy()
    for value in np.flatnonzero(np.bincount(labels.ravel())):
        if value == 0:
            continue
        box = Box.around(labels == value)
        if box is None:
            continue
        part = cleaned[box.slices]
        islands, count = ndimage.label(part == value, structure=np.ones((3, 3, 3), bool))
        if count < 2:
            continue
        sizes = np.bincount(islands.ravel())
        sizes[0] = 0
        limit = max(MINIMUM_ML / voxel_volume_ml, MINIMUM_SHARE * sizes.max())
        small = (sizes < limit) & (np.arange(sizes.size) != sizes.argmax())
        small[0] = False
        part[small[islands]] = 0
    return cleaned
