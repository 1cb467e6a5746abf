"""Brush: a round tip of a size in millimetres, swept without gaps, in any plane or in all."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from medview.core.box import Box
from medview.edit.edit import Origin
from medview.edit.regions import Mask, filled_planes, joined
from medview.edit.tips import Plane, Point, in_one_plane, swept_ball, swept_disc
from medview.edit.tool import Pointer, Tool, ToolContext

Shape = Literal["disc", "sphere"]


@dataclass
class TipOptions:
    """``size_mm`` is the diameter of the tip; a sphere paints the slices around as well."""

    size_mm: float = field(
        default=10.0,
        metadata={"label": "Size", "unit": "mm", "minimum": 0.5, "maximum": 100.0, "step": 1.0},
    )
    shape: Shape = field(
        default="disc",
        metadata={"label": "Tip", "tip": "A disc stays in its slice; a sphere does not"},
    )


@dataclass
class BrushOptions(TipOptions):
    """What brush and eraser share."""

    fill_closed: bool = field(
        default=False,
        metadata={
            "label": "Fill closed outlines",
            "tip": "Fill what a stroke encloses in a plane of voxels",
        },
    )


class Brush(Tool):
    """Paints the active label; erases while inverted."""

    id = "brush"
    name = "Brush"
    shortcut = "B"
    description = "Paint the active label. Hold Ctrl or the right button to erase."
    order = 10
    scrolls = True
    in_oblique = True

    def __init__(self, options: Any = None) -> None:
        super().__init__(options or BrushOptions())
        self._last: Point | None = None
        self._value = 0
        self._parts: list[tuple[Box, Mask]] = []

    def press(self, context: ToolContext, pointer: Pointer) -> None:
        erase = self.erases != pointer.invert
        self._value = 0 if erase else context.label_id
        name = "Erase" if erase else f"Paint {context.editor.labelmap.table[context.label_id].name}"
        context.editor.begin(
            name,
            Origin("tool", self.id, person=context.person),
            max(0, round(pointer.position[0])),
            label_id=context.label_id,
        )
        self._parts = []
        self._last = pointer.position
        self._stamp(context, pointer)

    def move(self, context: ToolContext, pointer: Pointer) -> None:
        if context.editor.is_open:
            self._stamp(context, pointer)

    def release(self, context: ToolContext, pointer: Pointer) -> None:
        if context.editor.is_open:
            self._stamp(context, pointer)
            if self._parts and pointer.oblique is None:
                box, mask = joined(self._parts)
                context.editor.paint(box, filled_planes(mask, pointer.plane_axis), self._value)
            context.editor.commit()
        self._last, self._parts = None, []

    def tip(self, context: ToolContext, start: Point, end: Point, plane: Plane) -> tuple[Box, Mask]:
        """The voxels between two positions of the mouse; other brushes leave some of them out."""
        geometry, size = context.volume.geometry, self.options.size_mm
        if self.options.shape == "sphere":
            return swept_ball(geometry, start, end, size)
        return swept_disc(geometry, start, end, size, plane)

    def _stamp(self, context: ToolContext, pointer: Pointer) -> None:
        """Paint from the last position; a change of slice while painting starts a new segment."""
        end, plane = pointer.position, pointer.plane
        start = self._last or end
        if not in_one_plane(context.volume.geometry, start, end, plane):
            start = end
        box, mask = self.tip(context, start, end, plane)
        context.editor.paint(box, mask, self._value)
        if getattr(self.options, "fill_closed", False) and self.options.shape == "disc":
            self._parts.append((box, mask))
        self._last = end
