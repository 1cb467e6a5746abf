"""Split islands: gives all parts of a label but the largest to another label."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from medview.core.errors import MedviewError
from medview.core.job import Progress
from medview.edit.draft import Proposal
from medview.edit.operation import Operation, Scene


@dataclass(frozen=True)
class SplitOptions:
    """``target`` is the name or id of the label that the other islands get."""

    target: str = field(
        default="",
        metadata={"label": "Give them to", "tip": "Name or number of a label of the table"},
    )


class SplitIslands(Operation):
    """The largest island keeps its label, all others get another one."""

    id = "split-islands"
    name = "Split Islands"
    description = "All islands but the largest get another label of the table."
    order = 12

    def __init__(self, options: SplitOptions | None = None) -> None:
        super().__init__(options or SplitOptions())

    def propose(self, scene: Scene, progress: Progress) -> Proposal | None:
        from scipy import ndimage

        target = scene.labelmap.table.find(self.options.target)
        if target is None:
            raise MedviewError(
                "Say which label the other islands get.",
                hint="Type a name or number of the table; add a label first if none is free.",
                code="no-target",
            )
        box = scene.needed([scene.label_id])
        before = scene.part(box)
        parts, count = ndimage.label(before == scene.label_id)
        if count < 2:
            return None
        largest = 1 + int(np.bincount(parts.ravel())[1:].argmax())
        after = before.copy()
        after[(parts > 0) & (parts != largest)] = target.id
        return Proposal.between(f"Split {scene.name}", box, before, after)
