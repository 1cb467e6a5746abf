"""Brush and eraser: a round tip of a size in millimetres, swept without gaps."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from medview.core.box import Box
from medview.core.geometry import Geometry
from medview.edit.edit import Origin
from medview.edit.tool import Pointer, Tool, ToolContext

Point = tuple[float, float, float]


def swept_disc(
    geometry: Geometry, start: Point, end: Point, diameter_mm: float, plane_axis: int
) -> tuple[Box, NDArray[np.bool_]]:
    """The voxels within a radius of the segment from ``start`` to ``end`` in one plane.

    Positions are fractional voxel indices; distances are in mm (voxels where there is no
    calibration), so the tip is round on the patient whatever the pixel spacing. The plane is that
    of ``end``. The voxel under ``end`` always belongs to it, however small the tip.
    """
    spacing = geometry.spacing_mm
    axes = [axis for axis in range(3) if axis != plane_axis]
    plane = min(max(round(end[plane_axis]), 0), geometry.shape[plane_axis] - 1)
    radius = diameter_mm / 2.0
    low, high = [0, 0, 0], [0, 0, 0]
    low[plane_axis], high[plane_axis] = plane, plane + 1
    for axis in axes:
        reach = radius / spacing[axis]
        low[axis] = int(np.floor(min(start[axis], end[axis]) - reach)) - 1
        high[axis] = int(np.ceil(max(start[axis], end[axis]) + reach)) + 2
    box = Box((low[0], low[1], low[2]), (high[0], high[1], high[2])).clip(geometry.shape)
    if box.is_empty:
        return box, np.zeros(box.shape, bool)
    grids = [(np.arange(box.low[a], box.high[a])) * spacing[a] for a in axes]
    u, v = np.meshgrid(*grids, indexing="ij")
    a = np.array([start[axis] * spacing[axis] for axis in axes])
    b = np.array([end[axis] * spacing[axis] for axis in axes])
    along = b - a
    length = float(along @ along)
    t = (
        0.0
        if length == 0
        else np.clip(((u - a[0]) * along[0] + (v - a[1]) * along[1]) / length, 0, 1)
    )
    distance = (u - a[0] - t * along[0]) ** 2 + (v - a[1] - t * along[1]) ** 2
    mask = distance <= radius**2
    center = [round(end[axis]) - box.low[axis] for axis in axes]
    if all(0 <= c < n for c, n in zip(center, mask.shape, strict=True)):
        mask[center[0], center[1]] = True
    return box, mask.reshape(box.shape)


@dataclass
class BrushOptions:
    """``size_mm`` is the diameter of the tip."""

    size_mm: float = field(
        default=10.0,
        metadata={"label": "Size", "unit": "mm", "minimum": 0.5, "maximum": 100.0, "step": 1.0},
    )


class Brush(Tool):
    """Paints the active label; erases while inverted."""

    id = "brush"
    name = "Brush"
    shortcut = "B"
    description = "Paint the active label. Hold Ctrl or the right button to erase."
    order = 10
    erases = False

    def __init__(self, options: BrushOptions | None = None) -> None:
        super().__init__(options or BrushOptions())
        self._last: Point | None = None
        self._value = 0

    def press(self, context: ToolContext, pointer: Pointer) -> None:
        erase = self.erases != pointer.invert
        self._value = 0 if erase else context.label_id
        name = "Erase" if erase else f"Paint {context.editor.labelmap.table[context.label_id].name}"
        context.editor.begin(
            name, Origin("tool", self.id, person=context.person), self._slice(pointer)
        )
        self._last = pointer.position
        self._stamp(context, pointer)

    def move(self, context: ToolContext, pointer: Pointer) -> None:
        if context.editor.is_open:
            self._stamp(context, pointer)

    def release(self, context: ToolContext, pointer: Pointer) -> None:
        if context.editor.is_open:
            self._stamp(context, pointer)
            context.editor.commit()
        self._last = None

    def _slice(self, pointer: Pointer) -> int:
        return max(0, round(pointer.position[0]))

    def _stamp(self, context: ToolContext, pointer: Pointer) -> None:
        """Paint from the last position; a change of slice while painting starts a new segment."""
        end, axis = pointer.position, pointer.plane_axis
        start = self._last or end
        if round(start[axis]) != round(end[axis]):
            start = end
        box, mask = swept_disc(context.volume.geometry, start, end, self.options.size_mm, axis)
        context.editor.paint(box, mask, self._value)
        self._last = end
