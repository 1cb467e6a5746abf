"""Margin: grows or shrinks a label by exact millimetres in every direction."""

from __future__ import annotations

from dataclasses import dataclass, field

from medview.core.job import Progress
from medview.edit.draft import Proposal
from medview.edit.morphology import grown, shrunk
from medview.edit.operation import Operation, Scene, change_of_label


@dataclass(frozen=True)
class MarginOptions:
    """``margin_mm`` under 0 shrinks."""

    margin_mm: float = field(
        default=5.0,
        metadata={"label": "Margin", "unit": "mm", "minimum": -50.0, "maximum": 100.0, "step": 1.0},
    )
    over_others: bool = field(
        default=False,
        metadata={"label": "Over other labels", "tip": "Off: it grows into background only"},
    )


class Margin(Operation):
    """Euclidean distance between voxel centres, exact on voxels of any size."""

    id = "margin"
    name = "Margin"
    description = "Grow the active label by millimetres in every direction, or shrink it."
    order = 30

    def __init__(self, options: MarginOptions | None = None) -> None:
        super().__init__(options or MarginOptions())

    def propose(self, scene: Scene, progress: Progress) -> Proposal | None:
        by = self.options.margin_mm
        box = scene.needed([scene.label_id], max(by, 0.0))
        before = scene.part(box)
        own = before == scene.label_id
        progress.check()
        mask = grown(own, scene.geometry, by) if by >= 0 else shrunk(own, scene.geometry, -by)
        if not self.options.over_others:
            mask &= own | (before == 0)
        verb = "Grow" if by >= 0 else "Shrink"
        name = f"{verb} {scene.name} by {abs(by):g} mm"
        return change_of_label(scene, name, box, before, mask)
