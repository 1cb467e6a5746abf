"""Ellipse: dragged from corner to corner of its box; the corners stay movable until Enter."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from medview.edit.contours import across
from medview.edit.shape_tool import ShapeTool

_CORNERS = 96  # of the polygon that stands for it


class Ellipse(ShapeTool):
    """An ellipse within its box."""

    id = "ellipse"
    name = "Ellipse"
    shortcut = "Shift+U"
    description = "Drag from corner to corner of its box. Enter keeps, Esc drops. Ctrl: cut."
    order = 66

    def line(self) -> NDArray[np.float64]:
        first, second = across(self.plane_axis)
        corners = np.array(self.points)
        middle = corners.mean(axis=0)
        half = np.abs(corners[0] - corners[2]) / 2.0
        angle = np.linspace(0.0, 2.0 * np.pi, _CORNERS, endpoint=False)
        points = np.tile(middle, (_CORNERS, 1))
        points[:, first] += half[first] * np.sin(angle)
        points[:, second] += half[second] * np.cos(angle)
        return points
