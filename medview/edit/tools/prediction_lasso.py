"""Prediction lasso: puts the prediction back in a region drawn, or in the island clicked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from medview.core.box import Box, Index
from medview.core.job import Progress
from medview.edit.draft import Draft, Proposal
from medview.edit.edit import Edit
from medview.edit.prediction import as_predicted, gone_back, needed_prediction
from medview.edit.regions import Mask, part_with, plane_box, voxel_of
from medview.edit.scopes import SCOPE, Scope
from medview.edit.tool import Pointer, Tool, ToolContext
from medview.edit.tools.freehand import Freehand

Labels = NDArray[Any]


@dataclass
class PredictionLassoOptions:
    """``extent`` is for a click: what hangs together in the slice or in the volume."""

    scope: Scope = field(default="all-labels", metadata=SCOPE)
    extent: Literal["this-slice", "all-slices"] = field(
        default="this-slice", metadata={"label": "Island clicked in"}
    )


def region_back(before: Labels, after: Labels, where: Mask) -> Mask:
    """What is drawn around."""
    return where


def island_back(before: Labels, after: Labels, seed: Index) -> Mask:
    """What hangs together with a voxel of all that differs."""
    return part_with(before != after, seed)


class PredictionLasso(Freehand):
    """Draw around a region, or click what was changed: there the model's labels come back."""

    id = "prediction-lasso"
    name = "To Prediction"
    shortcut = "Shift+L"
    description = (
        "Draw around a region, or click a spot that you changed: what the model wrote there comes "
        "back."
    )
    order = 95
    changes_any = True

    def __init__(self, options: PredictionLassoOptions | None = None) -> None:
        super().__init__(options or PredictionLassoOptions())
        self._question: tuple[Box, Callable[[Labels, Labels], Mask]] | None = None

    @property
    def keeps_at_once(self) -> bool:
        return True

    def press(self, context: ToolContext, pointer: Pointer) -> None:
        needed_prediction(_done(context))
        self.drop()
        super().press(context, replace(pointer, invert=False))

    def end_drag(self, context: ToolContext, pointer: Pointer) -> None:
        super().end_drag(context, pointer)
        shape = context.volume.geometry.shape
        voxel = voxel_of(pointer.position, shape)
        if not self.points and voxel is not None:
            box = Box.whole(shape)
            if self.options.extent == "this-slice":
                box = plane_box(shape, self.plane_axis, self.plane)
            seed = (voxel[0] - box.low[0], voxel[1] - box.low[1], voxel[2] - box.low[2])
            self._question = box, partial(island_back, seed=seed)

    def propose(self, context: ToolContext, box: Box, mask: Mask) -> Proposal | None:
        """Nothing yet: many edits may have to be unpacked, so a job is asked on release."""
        self._question = box, partial(region_back, where=mask)
        return None

    def release(self, context: ToolContext, pointer: Pointer) -> None:
        self._question = None
        super().release(context, pointer)
        if self._question is None:
            return
        (box, which), labelmap, edits = self._question, context.editor.labelmap, _done(context)
        label_id = context.label_id if self.options.scope == "this-label" else None

        def work(progress: Progress) -> Proposal | None:
            before = labelmap.voxels[box.slices].copy()
            predicted = as_predicted(labelmap, edits, box)
            after = gone_back(before, predicted, label_id)
            after = np.where(which(before, after), after, before)
            name = "labels" if label_id is None else labelmap.table[label_id].name
            return Proposal.between(f"Prediction back for {name} in region", box, before, after)

        def done(proposal: Proposal | None) -> None:
            self.drop()
            if proposal is not None:
                self.draft = Draft(self.plane_axis, (), proposal, context.label_id)

        context.run(self.name, work, done)

    def keep(self, context: ToolContext) -> Proposal | None:
        return Tool.keep(self, context)


def _done(context: ToolContext) -> tuple[Edit, ...]:
    history = context.editor.history
    return tuple(history.edits[: history.applied])
