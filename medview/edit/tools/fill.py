"""Fill: gives the part under the mouse, of one label or of background, the active label."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from medview.core.box import Box, Index
from medview.core.job import Progress
from medview.core.labelmap import LabelMap
from medview.edit.draft import Draft, Proposal
from medview.edit.regions import Mask, part_with, plane_box, voxel_of
from medview.edit.tool import Pointer, Tool, ToolContext


@dataclass
class FillOptions:
    """``extent`` says whether a part is what hangs together in the slice or in the volume."""

    extent: Literal["this-slice", "all-slices"] = field(
        default="this-slice", metadata={"label": "Part in"}
    )


def part_at(labelmap: LabelMap, box: Box, voxel: Index) -> tuple[Box, Mask]:
    """The voxels of ``box`` with the label at ``voxel`` that hang together with it."""
    voxels = labelmap.voxels[box.slices]
    seed = (voxel[0] - box.low[0], voxel[1] - box.low[1], voxel[2] - box.low[2])
    part = part_with(voxels == voxels[seed], seed)
    inner = Box.around(part)
    assert inner is not None  # the seed is in it
    return inner.moved(box.low), part[inner.slices]


class Fill(Tool):
    """One click: a part of background is filled, a part of a label gets the active one."""

    id = "fill"
    name = "Flood Fill"
    shortcut = "Q"
    description = "Click a hole or a part of a label to give it the active label. Ctrl empties it."
    order = 80

    def __init__(self, options: Any = None) -> None:
        super().__init__(options or FillOptions())

    @property
    def keeps_at_once(self) -> bool:
        return True

    def press(self, context: ToolContext, pointer: Pointer) -> None:
        labelmap = context.editor.labelmap
        voxel = voxel_of(pointer.position, labelmap.geometry.shape)
        if voxel is None:
            return
        box = Box.whole(labelmap.geometry.shape)
        if self.options.extent == "this-slice":
            box = plane_box(box.shape, pointer.plane_axis, pointer.plane_index)
        value = 0 if pointer.invert else context.label_id

        def work(progress: Progress) -> tuple[Box, Mask]:
            return part_at(labelmap, box, voxel)

        def done(found: tuple[Box, Mask]) -> None:
            verb = f"Fill with {labelmap.table[value].name}" if value else "Empty"
            proposal = Proposal.of_label(verb, *found, value)
            self.draft = Draft(pointer.plane_axis, (), proposal, value)

        if self.options.extent == "this-slice":
            done(work(Progress()))
        else:
            context.run("Flood fill", work, done)

    def cancel(self, context: ToolContext) -> None:
        self.drop()

    def move(self, context: ToolContext, pointer: Pointer) -> None:
        """A click is all."""

    def release(self, context: ToolContext, pointer: Pointer) -> None:
        """A click is all."""
