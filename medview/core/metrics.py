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


class SliceSums:
    """Figures of one label over single slices that need not be neighbours, (rows, columns) each.

    Overlap and volume count over all slices together; distances are within each slice's plane,
    ``plane`` being the grid of one slice, (1, rows, columns). The empty-mask rule holds for all
    slices together; where one slice has one mask only, its surface is as far as the slice is wide.
    """

    def __init__(self, plane: Geometry) -> None:
        self._plane = plane
        self._counts = np.zeros(3, np.int64)  # truth, guess, both
        self._there: list[NDArray[np.float64]] = []
        self._back: list[NDArray[np.float64]] = []

    def add(self, truth: NDArray[np.bool_], guess: NDArray[np.bool_]) -> None:
        """One slice more."""
        self._counts += (int(truth.sum()), int(guess.sum()), int((truth & guess).sum()))
        if not self._plane.calibrated or not (truth.any() or guess.any()):
            return
        if truth.any() and guess.any():
            pair = surface_distances(truth[None], guess[None], self._plane.spacing_mm)
        else:
            there, back = (_surface(mask[None], [1, 2]).sum() for mask in (truth, guess))
            rows, columns = (
                n * mm for n, mm in zip(truth.shape, self._plane.spacing_mm[1:], strict=True)
            )
            far = float(np.hypot(rows, columns))
            pair = np.full(int(there), far), np.full(int(back), far)
        self._there.append(pair[0])
        self._back.append(pair[1])

    def result(self) -> MaskMetrics:
        """The figures of all slices so far."""
        in_truth, in_guess, both = (int(value) for value in self._counts)
        if in_truth == 0 and in_guess == 0:
            return MaskMetrics(None, None, None, None, None, None)
        known = self._plane.calibrated
        error = (in_guess - in_truth) * self._plane.voxel_volume_ml if known else None
        precision = both / in_guess if in_guess else None
        recall = both / in_truth if in_truth else None
        overlap = 2.0 * both / (in_truth + in_guess)
        if not known or not in_truth or not in_guess:
            return MaskMetrics(overlap, None, None, precision, recall, error)
        there, back = np.concatenate(self._there), np.concatenate(self._back)
        close = sum(int((part <= SURFACE_TOLERANCE_MM).sum()) for part in (there, back))
        worst = [float(np.percentile(part, 95)) for part in (there, back) if part.size]
        return MaskMetrics(
            overlap, max(worst), close / (there.size + back.size), precision, recall, error
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
