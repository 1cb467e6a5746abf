"""Island: removes the part of a label under the mouse, or everything of it but that part."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from medview.core.box import Box, Index
from medview.core.job import Progress
from medview.core.labelmap import LabelMap
from medview.edit.draft import Draft, Proposal
from medview.edit.regions import part_with, plane_box, voxel_of
from medview.edit.tool import Pointer, Tool, ToolContext


@dataclass
class IslandOptions:
    """``extent`` says whether an island is what hangs together in the slice or in the volume."""

    action: Literal["remove-it", "keep-only-it", "give-it-the-active-label"] = field(
        default="remove-it", metadata={"label": "The island"}
    )
    extent: Literal["all-slices", "this-slice"] = field(
        default="all-slices", metadata={"label": "Part in"}
    )


def change_island(
    labelmap: LabelMap, box: Box, voxel: Index, action: str, active: int
) -> Proposal | None:
    """The proposal for the island at ``voxel``; None on background."""
    voxels = labelmap.voxels[box.slices]
    seed = (voxel[0] - box.low[0], voxel[1] - box.low[1], voxel[2] - box.low[2])
    label_id = int(voxels[seed])
    if label_id == 0:
        return None
    own = voxels == label_id
    part = part_with(own, seed)
    name = labelmap.table[label_id].name
    if action == "keep-only-it":
        where, verb, value = own & ~part, f"Keep one island of {name}", 0
    elif action == "remove-it":
        where, verb, value = part, f"Remove island of {name}", 0
    else:
        where, verb, value = part, f"Island of {name} to {labelmap.table[active].name}", active
    inner = Box.around(where)
    if inner is None:
        return None
    mask = np.ascontiguousarray(where[inner.slices])
    return Proposal.of_label(verb, inner.moved(box.low), mask, value)


class Island(Tool):
    """One click on an island of whichever label is under the mouse."""

    id = "island"
    name = "Island"
    shortcut = "Shift+K"
    description = "Click an island to remove it, to keep only it, or to give it the active label."
    order = 90
    changes_any = True

    def __init__(self, options: Any = None) -> None:
        super().__init__(options or IslandOptions())

    @property
    def keeps_at_once(self) -> bool:
        return True

    def press(self, context: ToolContext, pointer: Pointer) -> None:
        labelmap, options = context.editor.labelmap, self.options
        voxel = voxel_of(pointer.position, labelmap.geometry.shape)
        if voxel is None:
            return
        box = Box.whole(labelmap.geometry.shape)
        if options.extent == "this-slice":
            box = plane_box(box.shape, pointer.plane_axis, pointer.plane_index)

        def work(progress: Progress) -> Proposal | None:
            return change_island(labelmap, box, voxel, options.action, context.label_id)

        def done(proposal: Proposal | None) -> None:
            self.draft = None
            if proposal is not None:
                self.draft = Draft(pointer.plane_axis, (), proposal, context.label_id)

        if options.extent == "this-slice":
            done(work(Progress()))
        else:
            context.run("Island", work, done)

    def cancel(self, context: ToolContext) -> None:
        self.drop()

    def move(self, context: ToolContext, pointer: Pointer) -> None:
        """A click is all."""

    def release(self, context: ToolContext, pointer: Pointer) -> None:
        """A click is all."""
