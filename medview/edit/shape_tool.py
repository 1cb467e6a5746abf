"""ShapeTool: a rectangle or an ellipse between two corners."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from medview.edit.contour_tool import ContourTool
from medview.edit.contours import across
from medview.edit.tool import Pointer, ToolContext

Floats = NDArray[np.float64]


class ShapeTool(ContourTool):
    """``points`` are the four corners, in order around the shape; dragging one moves two more."""

    def begin_line(self, context: ToolContext, pointer: Pointer) -> None:
        self.points = [np.array(pointer.position) for _ in range(4)]

    def draw_on(self, context: ToolContext, pointer: Pointer) -> None:
        self.move_point(2, np.array(pointer.position))

    def end_drag(self, context: ToolContext, pointer: Pointer) -> None:
        if np.allclose(self.points[0], self.points[2]):
            self.drop()
        else:
            self.close()

    def move_point(self, index: int, to: Floats) -> None:
        """The opposite corner stays; 0 and 1, 2 and 3 lie in one row of the plane."""
        first, second = across(self.plane_axis)
        opposite = self.points[(index + 2) % 4]
        for corner, row, column in ((index ^ 1, to, opposite), (3 - index, opposite, to)):
            place = to.copy()
            place[first], place[second] = row[first], column[second]
            self.points[corner] = place
        self.points[index] = to

    def insert_point(self, behind: int, at: Floats) -> bool:
        """Four corners are all there are."""
        return False

    def delete_point(self, index: int) -> None:
        """Four corners are all there are."""

    def step_back(self, context: ToolContext) -> None:
        self.drop()
