"""Rectangle: a region between two corners, along rows and columns."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from medview.core.geometry import Floats
from medview.measure.kind import closed
from medview.measure.region import Bools, RegionKind


class Rectangle(RegionKind):
    """Two opposite corners are kept; all four can be taken."""

    id: ClassVar[str] = "rectangle"
    name: ClassVar[str] = "Rectangle"
    shortcut: ClassVar[str] = "Shift+R"
    description: ClassVar[str] = "Mean, SD and area of a rectangle: drag from corner to corner"
    order: ClassVar[int] = 40

    def outline(self, points: Floats) -> list[Floats]:
        return [closed(self.handles(points))]

    def handles(self, points: Floats) -> Floats:
        (left, top), (right, bottom) = points
        return np.array([[left, top], [right, top], [right, bottom], [left, bottom]])

    def moved(self, points: Floats, handle: int, to: Floats) -> Floats:
        opposite = self.handles(points)[(handle + 2) % 4]
        return np.array([to, opposite])

    def inside(self, points: Floats, across: Floats, down: Floats) -> Bools:
        (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
        within = (across >= left) & (across <= right)
        mask: Bools = ((down >= top) & (down <= bottom))[:, None] & within[None, :]
        return mask

    def area(self, points: Floats) -> float:
        return float(np.prod(np.ptp(points, axis=0)))
