"""Cobb angle: between two lines that need not meet."""

from __future__ import annotations

from typing import ClassVar

from medview.core.geometry import Floats
from medview.measure.kind import Kind
from medview.measure.reading import Reading, Shape, Value, angle_between


class Cobb(Kind):
    """Two lines, e.g. along the end plates of two vertebrae; 0 to 90 degrees."""

    id: ClassVar[str] = "cobb"
    name: ClassVar[str] = "Cobb Angle"
    shortcut: ClassVar[str] = "Shift+G"
    description: ClassVar[str] = "Drag one line, then the other"
    order: ClassVar[int] = 30
    count: ClassVar[int] = 4

    def outline(self, points: Floats) -> list[Floats]:
        return [points[:2], points[2:]]

    def read(self, shape: Shape) -> Reading:
        if not shape.scale.unit:
            return Reading(lines=("no angle",), notes=shape.limits)
        points = shape.undistorted
        angle = angle_between(points[1] - points[0], points[3] - points[2])
        angle = min(angle, 180.0 - angle)  # lines have no direction
        return Reading((Value("Cobb angle", angle, "°"),), (f"Cobb {angle:.1f}°",))
