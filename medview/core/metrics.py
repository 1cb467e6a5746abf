"""Overlap and distance figures of two masks, with the empty-mask rule stated.

Empty masks: both empty gives None everywhere (nothing to measure); one empty gives Dice, precision
or recall 0 and no distances. Distances are between voxel surfaces in mm, from the geometry's
spacing, each surface voxel weighing the same (as MONAI and DeepMind's surface-distance measure).
On a grid without millimetres there are no distances and no volumes.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from medview.core.box import Box
from medview.core.geometry import Geometry

SURFACE_TOLERANCE_MM = 2.0


@dataclass(frozen=True)
class MaskMetrics:
    """Figures of one label in one case; None where the empty-mask rule gives no number."""

    dice: float | None
    hd95_mm: float | None
    surface_dice_2mm: float | None
    precision: float | None
    recall: float | None
    volume_error_ml: float | None

    def to_json(self) -> dict[str, float | None]:
        return asdict(self)


def dice(truth: NDArray[np.bool_], guess: NDArray[np.bool_]) -> float | None:
    """Dice 1945; None when both are empty."""
    total = int(truth.sum()) + int(guess.sum())
    return None if total == 0 else 2.0 * int((truth & guess).sum()) / total


def compare_masks(
    truth: NDArray[np.bool_], guess: NDArray[np.bool_], geometry: Geometry
) -> MaskMetrics:
    """All figures of ``guess`` against ``truth``, both (slice, row, column) on ``geometry``."""
    in_truth, in_guess = int(truth.sum()), int(guess.sum())
    if in_truth == 0 and in_guess == 0:
        return MaskMetrics(None, None, None, None, None, None)
    known = geometry.calibrated
    error = (in_guess - in_truth) * geometry.voxel_volume_ml if known else None
    if in_truth == 0 or in_guess == 0:
        precision = 0.0 if in_guess else None
        recall = 0.0 if in_truth else None
        return MaskMetrics(0.0, None, None, precision, recall, error)
    both = int((truth & guess).sum())
    if not known:
        overlap = 2.0 * both / (in_truth + in_guess)
        return MaskMetrics(overlap, None, None, both / in_guess, both / in_truth, None)
    there, back = surface_distances(truth, guess, geometry.spacing_mm)
    close = int((there <= SURFACE_TOLERANCE_MM).sum()) + int((back <= SURFACE_TOLERANCE_MM).sum())
    return MaskMetrics(
        2.0 * both / (in_truth + in_guess),
        float(max(np.percentile(there, 95), np.percentile(back, 95))),
        close / (there.size + back.size),
        both / in_guess,
        both / in_truth,
        error,
    )


def surface_distances(
    truth: NDArray[np.bool_], guess: NDArray[np.bool_], spacing_mm: tuple[float, float, float]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Distances in mm from each surface voxel of truth to guess's surface, and back.

    A surface voxel is one with a background neighbour along an axis; the border of the image counts
    as background. Along an axis of one slice there are no neighbours.
    """
    from scipy import ndimage  # slow to import, and the window needs it late

    box = Box.around(truth | guess)
    if box is None:
        return np.zeros(0), np.zeros(0)
    first, second = truth[box.slices], guess[box.slices]
    flat = [axis for axis in range(3) if truth.shape[axis] > 1]
    edges = [_surface(mask, flat) for mask in (first, second)]
    to_second = ndimage.distance_transform_edt(~edges[1], sampling=spacing_mm)[edges[0]]
    to_first = ndimage.distance_transform_edt(~edges[0], sampling=spacing_mm)[edges[1]]
    return to_second, to_first


def _surface(mask: NDArray[np.bool_], axes: list[int]) -> NDArray[np.bool_]:
    from scipy import ndimage  # slow to import, and the window needs it late

    structure = np.zeros((3, 3, 3), bool)
    structure[1, 1, 1] = True
    for axis in axes:
        index = [1, 1, 1]
        for side in (0, 2):
            index[axis] = side
            structure[tuple(index)] = True
    inner = ndimage.binary_erosion(np.pad(mask, 1), structure)[1:-1, 1:-1, 1:-1]
    edge: NDArray[np.bool_] = mask & ~inner
    return edge
