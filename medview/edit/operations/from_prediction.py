"""From prediction: the labels as the model last left them, in this slice or everywhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from medview.core.box import Box
from medview.core.job import Progress
from medview.edit.draft import Proposal
from medview.edit.operation import Operation, Scene
from medview.edit.prediction import as_predicted, gone_back
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
    """All that was changed since the last edit of a model that is still done."""

    id = "from-prediction"
    name = "Back to Prediction"
    description = "Put back what the model last wrote, in this slice or everywhere."
    order = 70

    def __init__(self, options: FromPredictionOptions | None = None) -> None:
        super().__init__(options or FromPredictionOptions())

    def propose(self, scene: Scene, progress: Progress) -> Proposal | None:
        box = Box.whole(scene.geometry.shape)
        if self.options.where == "this-slice":
            box = plane_box(box.shape, scene.plane_axis, scene.plane_index)
        one = self.options.scope == "this-label"
        before = scene.part(box)
        predicted = as_predicted(scene.labelmap, scene.edits, box)
        after = gone_back(before, predicted, scene.label_id if one else None)
        name = scene.name if one else "labels"
        return Proposal.between(f"Prediction back for {name}", box, before, after)
