"""Scissors: cut or fill what is inside or outside a freehand line, through a range of slices."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from medview.core.box import Box
from medview.edit.contour_tool import ContourOptions
from medview.edit.draft import Proposal
from medview.edit.regions import Mask, plane_box
from medview.edit.tool import ToolContext
from medview.edit.tools.freehand import Freehand


@dataclass
class ScissorsOptions(ContourOptions):
    """``depth_mm`` is taken on either side of the slice."""

    through: Literal["all-slices", "some-millimetres", "this-slice"] = field(
        default="all-slices", metadata={"label": "Through"}
    )
    depth_mm: float = field(
        default=10.0,
        metadata={
            "label": "Millimetres",
            "minimum": 0.5,
            "maximum": 500.0,
            "step": 1.0,
            "tip": "On either side of the slice",
        },
    )
    side: Literal["inside", "outside"] = field(default="inside", metadata={"label": "Change"})
    action: Literal["erase", "fill"] = field(default="erase", metadata={"label": "To"})


class Scissors(Freehand):
    """Erases the active label only; other labels are not cut.

    Filling paints the active label, as far as the overwrite policy lets it.
    """

    id = "scissors"
    name = "Scissors"
    shortcut = "K"
    description = (
        "Draw around a region: the active label inside (or outside) is cut through the slices. "
        "Enter keeps, Esc drops."
    )
    order = 70

    def __init__(self, options: ScissorsOptions | None = None) -> None:
        super().__init__(options or ScissorsOptions())

    def propose(self, context: ToolContext, box: Box, mask: Mask) -> Proposal:
        shape, axis = context.volume.geometry.shape, self.plane_axis
        plane = plane_box(shape, axis, self.plane)
        flat = np.zeros(plane.shape, bool)
        inner = box.moved((-plane.low[0], -plane.low[1], -plane.low[2]))
        flat[inner.slices] = mask
        if self.options.side == "outside":
            flat = ~flat
        low, high = list(plane.low), list(plane.high)
        low[axis], high[axis] = self._range(context)
        deep = Box((low[0], low[1], low[2]), (high[0], high[1], high[2]))
        where: Mask = np.broadcast_to(flat, deep.shape)
        name = context.editor.labelmap.table[context.label_id].name
        if (self.options.action == "fill") == self.cuts:  # Ctrl turns it round
            own = context.editor.labelmap.voxels[deep.slices] == context.label_id
            return Proposal.of_label(f"Cut {name}", deep, where & own, 0)
        return Proposal.of_label(f"Fill {name}", deep, where, context.label_id)

    def _range(self, context: ToolContext) -> tuple[int, int]:
        geometry, axis = context.volume.geometry, self.plane_axis
        if self.options.through == "all-slices":
            return 0, geometry.shape[axis]
        reach = 0
        if self.options.through == "some-millimetres":
            reach = int(self.options.depth_mm / geometry.spacing_mm[axis] + 0.5)
        return max(self.plane - reach, 0), min(self.plane + reach + 1, geometry.shape[axis])
