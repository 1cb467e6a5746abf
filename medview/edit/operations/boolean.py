"""Boolean: adds another label to the active one, gives it away, keeps them apart or inside."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from medview.core.errors import MedviewError
from medview.core.job import Progress
from medview.edit.draft import Proposal
from medview.edit.morphology import grown
from medview.edit.operation import Operation, Scene


@dataclass(frozen=True)
class BooleanOptions:
    """``other`` is a label's name or id; ``margin_mm`` is put around it for taking away."""

    action: Literal["take-over", "give-away", "keep-apart", "keep-inside"] = field(
        default="take-over",
        metadata={
            "label": "Do",
            "tip": "Take over: the other's voxels become the active label's. Give away: the "
            "reverse. Keep apart: the active label leaves a gap around the other. Keep inside "
            "(intersection): the active label stays only in the other's space, holes filled, and "
            "within the gap around it",
        },
    )
    other: str = field(default="", metadata={"label": "Other label", "tip": "Name or number"})
    margin_mm: float = field(
        default=2.0,
        metadata={"label": "Gap", "unit": "mm", "minimum": 0.1, "maximum": 50.0, "step": 0.5},
    )


class Boolean(Operation):
    """A voxel has one label here, so that union and difference are a change of owner, and the
    intersection is with the space that the other label encloses."""

    id = "boolean"
    name = "Combine Labels"
    description = "Take over another label's voxels, give them away, keep a gap, or stay inside."
    order = 50

    def __init__(self, options: BooleanOptions | None = None) -> None:
        super().__init__(options or BooleanOptions())

    def propose(self, scene: Scene, progress: Progress) -> Proposal | None:
        from scipy import ndimage

        other = scene.labelmap.table.find(self.options.other)
        if other is None or other.id == scene.label_id:
            raise MedviewError(
                "Say which other label is meant.",
                hint="Type its name or number.",
                code="no-other-label",
            )
        box = scene.needed([scene.label_id, other.id])
        before = scene.part(box)
        after = before.copy()
        own, others = before == scene.label_id, before == other.id
        if self.options.action == "take-over":
            after[others] = scene.label_id
            name = f"Add {other.name} to {scene.name}"
        elif self.options.action == "give-away":
            after[own] = other.id
            name = f"Add {scene.name} to {other.name}"
        elif self.options.action == "keep-inside":
            space = ndimage.binary_fill_holes(others)
            after[own & ~grown(space, scene.geometry, self.options.margin_mm)] = 0
            name = f"Keep {scene.name} inside {other.name}"
        else:
            after[own & grown(others, scene.geometry, self.options.margin_mm)] = 0
            name = f"Keep {scene.name} apart from {other.name}"
        return Proposal.between(name, box, before, after)
