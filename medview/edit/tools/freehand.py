"""Freehand: a line drawn in one go, closed when the button is let go; its points stay movable."""

from __future__ import annotations

import numpy as np

from medview.edit.contour_tool import ContourTool
from medview.edit.tool import Pointer, ToolContext


class Freehand(ContourTool):
    """Draw around something; move the line's points until Enter."""

    id = "freehand"
    name = "Freehand"
    shortcut = "F"
    description = (
        "Draw around a region; the line closes when you let go. Drag points, press on the line to "
        "add one, Shift+click deletes one. Enter keeps, Esc drops. Ctrl or right: cut."
    )
    order = 55

    def begin_line(self, context: ToolContext, pointer: Pointer) -> None:
        self.points.append(np.array(pointer.position))

    def draw_on(self, context: ToolContext, pointer: Pointer) -> None:
        self.points.append(np.array(pointer.position))

    def end_drag(self, context: ToolContext, pointer: Pointer) -> None:
        """A click without a drag draws nothing."""
        self.thin_out(context)
        if len(self.points) < 3:
            self.drop()
        else:
            self.close()
