"""Polygon: points set one by one, closed by a double click or on the first point."""

from __future__ import annotations

import numpy as np

from medview.edit.contour_tool import ContourTool
from medview.edit.tool import Pointer, ToolContext


class Polygon(ContourTool):
    """Click point by point; every point can be moved until Enter."""

    id = "polygon"
    name = "Polygon"
    shortcut = "P"
    description = (
        "Click point by point; double click or the first point closes. Drag points, press on the "
        "line to add one, Shift+click deletes one. Enter keeps, Esc drops. Ctrl or right: cut."
    )
    order = 50

    def begin_line(self, context: ToolContext, pointer: Pointer) -> None:
        self.extend_line(context, pointer)

    def extend_line(self, context: ToolContext, pointer: Pointer) -> None:
        self.points.append(np.array(pointer.position))
        self._held = len(self.points) - 1
