"""Smooth: takes steps and spikes off the surface of one label, or of all so that none overlap."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from medview.core.job import Progress
from medview.edit.draft import Proposal
from medview.edit.morphology import closed, opened
from medview.edit.operation import Operation, Scene, change_of_label
from medview.edit.regions import Mask
from medview.edit.scopes import mm_field

Method = Literal["median", "open", "close", "gaussian", "joint"]


@dataclass(frozen=True)
class SmoothOptions:
    """``size_mm`` is the radius of the median's and the morphology's ball, and the SD of the
    Gaussian."""

    method: Method = field(
        default="median",
        metadata={"label": "How", "tip": "Joint smooths all labels and leaves no gaps between"},
    )
    size_mm: float = mm_field(2.0, "Radius", high=30.0)


class Smooth(Operation):
    """Median and Gaussian take the majority around a voxel; opening removes spikes, closing gaps.

    "Joint" blurs every label and gives each voxel that was labelled to the strongest, so that
    labels that touch still do.
    """

    id = "smooth"
    name = "Smooth"
    description = "Smooth the active label (median, open, close, Gaussian), or all jointly."
    order = 20

    def __init__(self, options: SmoothOptions | None = None) -> None:
        super().__init__(options or SmoothOptions())

    def propose(self, scene: Scene, progress: Progress) -> Proposal | None:
        size = self.options.size_mm
        joint = self.options.method == "joint"
        ids = scene.chosen("all-labels" if joint else "this-label")
        box = scene.needed(ids, 3.0 * size)
        before = scene.part(box)
        if joint:
            return Proposal.between("Smooth labels", box, before, self._joint(scene, ids, before))
        progress.check()
        mask = self._smoothed(scene, before == scene.label_id)
        # neighbours keep their voxels: smoothing a label never eats into another
        mask &= (before == 0) | (before == scene.label_id)
        return change_of_label(scene, f"Smooth {scene.name}", box, before, mask)

    def _smoothed(self, scene: Scene, mask: Mask) -> Mask:
        size, geometry = self.options.size_mm, scene.geometry
        if self.options.method == "open":
            return opened(mask, geometry, size)
        if self.options.method == "close":
            return closed(mask, geometry, size)
        if self.options.method == "gaussian":
            return _blurred(mask, scene, size) > 0.5
        return _share_around(mask, scene, size) > 0.5

    def _joint(
        self, scene: Scene, ids: list[int], before: NDArray[np.integer]
    ) -> NDArray[np.integer]:
        strongest = np.zeros(before.shape, np.float32)
        winner = np.zeros_like(before)
        free = np.isin(before, [0, *ids])
        for label_id in [0, *ids]:
            blurred = _blurred(before == label_id, scene, self.options.size_mm)
            better = blurred > strongest
            strongest[better], winner[better] = blurred[better], label_id
        return np.where(free, winner, before)


def _blurred(mask: Mask, scene: Scene, sd_mm: float) -> NDArray[np.float32]:
    from scipy import ndimage

    sigma = [sd_mm / step for step in scene.geometry.spacing_mm]
    found: NDArray[np.float32] = ndimage.gaussian_filter(
        mask.astype(np.float32), sigma, mode="nearest"
    )
    return found


def _share_around(mask: Mask, scene: Scene, radius_mm: float) -> NDArray[np.float32]:
    """The part of a ball around each voxel that is in the mask: over a half is the median."""
    from scipy import signal

    steps = scene.geometry.spacing_mm
    reach = [int(radius_mm / step) for step in steps]
    grids = np.ogrid[tuple(slice(-n, n + 1) for n in reach)]
    square = sum((g * step) ** 2 for g, step in zip(grids, steps, strict=True))
    kernel = np.asarray(square <= radius_mm**2, np.float32)
    around = np.pad(mask.astype(np.float32), [(n, n) for n in reach], mode="edge")
    total = signal.fftconvolve(around, kernel, mode="valid")
    found: NDArray[np.float32] = (total / kernel.sum()).astype(np.float32)
    return np.where(np.abs(found - 0.5) < 1e-4, np.where(mask, 1.0, 0.0), found)  # a tie stays
