"""Grow from seeds: labels painted as seeds grow until they meet at edges of the image."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from medview.core.errors import MedviewError
from medview.core.job import Progress
from medview.edit.draft import Proposal
from medview.edit.operation import Operation, Scene
from medview.edit.regions import values_of
from medview.edit.scopes import mm_field


@dataclass(frozen=True)
class GrowOptions:
    """``margin_mm`` is how far around the seeds they may grow; ``smoothing_vox`` of the image."""

    margin_mm: float = mm_field(20.0, "Grow at most", high=200.0)
    smoothing_vox: float = field(
        default=1.0,
        metadata={
            "label": "Smoothing",
            "unit": "voxels",
            "minimum": 0.0,
            "maximum": 5.0,
            "step": 0.5,
        },
    )
    background: str = field(
        default="",
        metadata={
            "label": "Background seeds",
            "tip": "Name of a label painted where nothing is to grow; it keeps its voxels only",
        },
    )


class GrowFromSeeds(Operation):
    """A watershed on the image's gradient (Meyer, 1994): every seed floods its basin.

    Needs two labels with seeds at least, one of which may stand for the background.
    """

    id = "grow-from-seeds"
    name = "Grow from Seeds"
    description = (
        "Every painted label grows to the image's edges, until it meets another one. Paint on: the "
        "preview follows."
    )
    order = 8
    is_live = True

    def __init__(self, options: GrowOptions | None = None) -> None:
        super().__init__(options or GrowOptions())

    def propose(self, scene: Scene, progress: Progress) -> Proposal | None:
        from scipy import ndimage
        from skimage.segmentation import watershed

        table = scene.labelmap.table
        background = table.find(self.options.background) if self.options.background else None
        ids = [label.id for label in table]
        box = scene.needed(ids, self.options.margin_mm)
        before = scene.part(box)
        present = [n for n in ids if (before == n).any()]
        if len(present) < 2:
            raise MedviewError(
                "Only one label has seeds, so nothing stops it.",
                hint="Paint a few strokes of another label where the first one must not go.",
                code="one-seed",
            )
        values = values_of(scene.volume, box).astype(np.float32)
        progress.report(0.2, "edges")
        steps = scene.geometry.spacing_mm
        slopes = _steepness(values, self.options.smoothing_vox, steps)
        progress.report(0.5, "growing")
        near = ndimage.distance_transform_edt(before == 0, sampling=steps) <= self.options.margin_mm
        flooded = watershed(slopes, before.astype(np.int32), mask=near)
        after = np.where(before == 0, flooded, before).astype(before.dtype)
        if background is not None:
            after[(after == background.id) & (before == 0)] = 0
        for label in table:
            if label.locked:  # a locked label neither grows nor shrinks: it only stops others
                after[(after == label.id) & (before == 0)] = 0
        return Proposal.between("Grow from seeds", box, before, after)


def _steepness(
    values: NDArray[np.float32], sigma: float, steps: tuple[float, float, float]
) -> NDArray[np.float32]:
    """Size of the gradient per millimetre, of the image smoothed a little."""
    from scipy import ndimage

    smooth = ndimage.gaussian_filter(values, sigma)
    slopes = [
        np.gradient(smooth, steps[axis], axis=axis) for axis in range(3) if values.shape[axis] > 1
    ]
    found: NDArray[np.float32] = np.sqrt(sum(slope**2 for slope in slopes))
    return found
