"""Smooth brush: takes steps and spikes off the active label's border where it is stroked."""

from __future__ import annotations

from typing import Any

import numpy as np

from medview.edit.edit import Origin
from medview.edit.regions import padded
from medview.edit.tips import Point
from medview.edit.tool import Pointer, ToolContext
from medview.edit.tools.brush import Brush, TipOptions

_AROUND = 2  # voxels on either side whose majority decides


class SmoothBrush(Brush):
    """Each voxel under the tip takes the majority around it, in the plane or with the ball.

    Only the active label and background change; stroking again smooths more.
    """

    id = "smooth-brush"
    name = "Smooth Brush"
    shortcut = "Shift+J"
    description = "Stroke along the active label's border to smooth it there."
    order = 45
    in_oblique = False

    def __init__(self, options: TipOptions | None = None) -> None:
        super().__init__(options or TipOptions())

    def press(self, context: ToolContext, pointer: Pointer) -> None:
        name = context.editor.labelmap.table[context.label_id].name
        origin = Origin("tool", self.id, person=context.person)
        first = max(0, round(pointer.position[0]))
        context.editor.begin(f"Smooth {name}", origin, first, label_id=context.label_id)
        self._last: Point | None = pointer.position
        self._stamp(context, pointer)

    def _stamp(self, context: ToolContext, pointer: Pointer) -> None:
        from scipy import ndimage

        end, axis = pointer.position, pointer.plane_axis
        start = self._last or end
        if round(start[axis]) != round(end[axis]):
            start = end
        self._last = end
        box, tip = self.tip(context, start, end, axis)
        if box.is_empty:
            return
        voxels, label_id = context.editor.labelmap.voxels, context.label_id
        reach = [_AROUND] * 3
        if self.options.shape == "disc":
            reach[axis] = 0
        wide = padded(box, (reach[0], reach[1], reach[2]), voxels.shape)
        own = (voxels[wide.slices] == label_id).astype(np.float32)
        size = [2 * n + 1 for n in reach]
        share = ndimage.uniform_filter(own, size, mode="nearest")
        inner = box.moved((-wide.low[0], -wide.low[1], -wide.low[2])).slices
        inside = share[inner] > 0.5
        old: Any = voxels[box.slices]
        free = tip & ((old == 0) | (old == label_id))
        context.editor.write(box, np.where(inside, label_id, 0).astype(old.dtype), free)
