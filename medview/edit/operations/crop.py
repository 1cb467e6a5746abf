"""Crop: removes a label before or behind the slice that is shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from medview.core.job import Progress
from medview.edit.draft import Proposal
from medview.edit.operation import Operation, Scene
from medview.edit.scopes import SCOPE, Scope


@dataclass(frozen=True)
class CropOptions:
    """Slices are counted along the view that was used last."""

    remove: Literal["after-this-slice", "before-this-slice", "all-but-this-slice"] = field(
        default="after-this-slice", metadata={"label": "Remove"}
    )
    scope: Scope = field(default="this-label", metadata=SCOPE)


class Crop(Operation):
    """For boxes and free shapes there are the scissors."""

    id = "crop"
    name = "Crop at Slice"
    description = "Remove labels before or after the slice shown, in the view used last."
    order = 60

    def __init__(self, options: CropOptions | None = None) -> None:
        super().__init__(options or CropOptions())

    def propose(self, scene: Scene, progress: Progress) -> Proposal | None:
        ids = scene.chosen(self.options.scope)
        box = scene.needed(ids)
        before = scene.part(box)
        after = before.copy()
        axis = scene.plane_axis
        at = min(max(scene.plane_index - box.low[axis], -1), box.shape[axis])
        goes = [slice(None)] * 3
        parts = {
            "after-this-slice": [slice(at + 1, None)],
            "before-this-slice": [slice(0, max(at, 0))],
            "all-but-this-slice": [slice(0, max(at, 0)), slice(at + 1, None)],
        }[self.options.remove]
        for part in parts:
            goes[axis] = part
            inside = after[tuple(goes)]
            for label_id in ids:
                inside[inside == label_id] = 0
        name = scene.name if len(ids) == 1 else "all labels"
        return Proposal.between(f"Crop {name}", box, before, after)
