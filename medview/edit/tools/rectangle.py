"""Rectangle: dragged from corner to corner; the corners stay movable until Enter."""

from __future__ import annotations

from medview.edit.shape_tool import ShapeTool


class Rectangle(ShapeTool):
    """A rectangle along the rows and columns."""

    id = "rectangle"
    name = "Rectangle"
    shortcut = "U"
    description = "Drag from corner to corner. Enter keeps, Esc drops. Ctrl or right: cut."
    order = 65
