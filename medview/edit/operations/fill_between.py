"""Fill between slices: shapes on the slices between those that were drawn."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from medview.core.box import Box
from medview.core.errors import MedviewError
from medview.core.job import Progress
from medview.edit.draft import Proposal
from medview.edit.interpolate import fill_between
from medview.edit.operation import Operation, Scene, change_of_label
from medview.edit.regions import Mask

Keys = Literal["slices-with-the-label", "slices-edited-by-hand"]


@dataclass(frozen=True)
class FillBetweenOptions:
    """``keys`` are the slices that stay as they are; those between them are drawn anew."""

    keys: Keys = field(
        default="slices-with-the-label",
        metadata={
            "label": "Between",
            "tip": "Slices with the label: only empty slices are filled. Slices edited by hand: "
            "what a model drew between them is replaced",
        },
    )
    along: Literal["the-view", "slices", "rows", "columns"] = field(
        default="the-view", metadata={"label": "Along", "tip": "The view: the one used last"}
    )


class FillBetween(Operation):
    """Shape-based interpolation of the active label along any axis; other labels stay."""

    id = "fill-between"
    name = "Fill Between Slices"
    description = "Draw the active label on the slices between those that were drawn or edited."
    order = 5

    def __init__(self, options: FillBetweenOptions | None = None) -> None:
        super().__init__(options or FillBetweenOptions())

    def propose(self, scene: Scene, progress: Progress) -> Proposal | None:
        axes = {"slices": 0, "rows": 1, "columns": 2}
        axis = axes.get(self.options.along, scene.plane_axis)
        box = scene.needed([scene.label_id])
        before = scene.part(box)
        own = np.moveaxis(before == scene.label_id, axis, 0)
        keys = self._keys(scene, own, box, axis)
        if len(keys) < 2:
            raise MedviewError(
                f"Fewer than two slices of {scene.name} are drawn along this axis.",
                hint="Draw the label on two slices, with empty ones between them.",
                code="too-few-slices",
            )
        first, second = (n for n in range(3) if n != axis)
        spacing = scene.geometry.spacing_mm
        progress.check()
        between = fill_between(own, keys, (spacing[first], spacing[second]))
        mask = own.copy()
        for low, high in pairwise(keys):
            mask[low + 1 : high] = between[low + 1 : high]
        mask = np.moveaxis(mask, 0, axis) & ((before == 0) | (before == scene.label_id))
        return change_of_label(scene, f"Fill {scene.name} between slices", box, before, mask)

    def _keys(self, scene: Scene, own: Mask, box: Box, axis: int) -> list[int]:
        """Indices along the first axis of ``own``."""
        labelled = own.any(axis=(1, 2))
        if self.options.keys == "slices-edited-by-hand":
            edited = edited_planes(scene, axis)[box.low[axis] : box.high[axis]]
            labelled &= edited
        return [int(n) for n in np.flatnonzero(labelled)]


def edited_planes(scene: Scene, axis: int) -> NDArray[np.bool_]:
    """Planes along an axis that a person's own strokes changed; whole volumes are no strokes."""
    found = np.zeros(scene.geometry.shape[axis], bool)
    for edit in scene.edits:
        if edit.origin.kind == "tool" and not edit.box.is_empty and edit.box.shape[axis] == 1:
            found[edit.box.low[axis]] = True
    return found
