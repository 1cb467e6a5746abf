"""From prediction: puts back what the model last wrote, in this slice or everywhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from medview.core.box import Box
from medview.core.errors import MedviewError
from medview.core.job import Progress
from medview.edit.draft import Proposal
from medview.edit.operation import Operation, Scene
from medview.edit.regions import plane_box
from medview.edit.scopes import SCOPE, Scope


@dataclass(frozen=True)
class FromPredictionOptions:
    """``where`` counts along the view that was used last."""

    where: Literal["this-slice", "all-slices"] = field(
        default="this-slice", metadata={"label": "Where"}
    )
    scope: Scope = field(default="this-label", metadata=SCOPE)


class FromPrediction(Operation):
    """From the last edit of a model that is still done in the history."""

    id = "from-prediction"
    name = "Back to Prediction"
    description = "Put back what the model last wrote, in this slice or everywhere."
    order = 70

    def __init__(self, options: FromPredictionOptions | None = None) -> None:
        super().__init__(options or FromPredictionOptions())

    def propose(self, scene: Scene, progress: Progress) -> Proposal | None:
        written = [edit for edit in scene.edits if edit.origin.kind == "model"]
        if not written:
            raise MedviewError(
                "No model has segmented this case, or it was undone.",
                hint="Press Segment first.",
                code="no-prediction",
            )
        edit = written[-1]
        box, predicted = edit.box, edit.after.array()
        if self.options.where == "this-slice":
            plane = plane_box(scene.geometry.shape, scene.plane_axis, scene.plane_index)
            low = tuple(max(a, b) for a, b in zip(box.low, plane.low, strict=True))
            high = tuple(min(a, b) for a, b in zip(box.high, plane.high, strict=True))
            cut = Box((low[0], low[1], low[2]), (high[0], high[1], high[2]))
            if cut.is_empty:
                return None
            start = (-box.low[0], -box.low[1], -box.low[2])
            box, predicted = cut, predicted[cut.moved(start).slices]
        before = scene.part(box)
        after = predicted.astype(before.dtype)
        if self.options.scope == "this-label":
            own = (before == scene.label_id) | (after == scene.label_id)
            after = before.copy()
            after[own] = 0
            after[predicted == scene.label_id] = scene.label_id
        name = scene.name if self.options.scope == "this-label" else "labels"
        return Proposal.between(f"Prediction back for {name}", box, before, after)
