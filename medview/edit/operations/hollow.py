"""Hollow: leaves a shell of a label, as thick as asked, inside its surface."""

from __future__ import annotations

from dataclasses import dataclass

from medview.core.job import Progress
from medview.edit.draft import Proposal
from medview.edit.morphology import shrunk
from medview.edit.operation import Operation, Scene, change_of_label
from medview.edit.scopes import mm_field


@dataclass(frozen=True)
class HollowOptions:
    """``thickness_mm`` of the shell."""

    thickness_mm: float = mm_field(3.0, "Thickness", high=50.0)


class Hollow(Operation):
    """What lies deeper than the thickness becomes background."""

    id = "hollow"
    name = "Hollow"
    description = "Leave a shell of the active label and empty its inside."
    order = 35

    def __init__(self, options: HollowOptions | None = None) -> None:
        super().__init__(options or HollowOptions())

    def propose(self, scene: Scene, progress: Progress) -> Proposal | None:
        box = scene.needed([scene.label_id])
        before = scene.part(box)
        own = before == scene.label_id
        mask = own & ~shrunk(own, scene.geometry, self.options.thickness_mm)
        return change_of_label(scene, f"Hollow {scene.name}", box, before, mask)
