"""Angle: between the two arms of three points."""

from __future__ import annotations

from typing import ClassVar

from medview.measure.kind import Kind
from medview.measure.reading import Reading, Shape, Value, angle_between


class Angle(Kind):
    """The second point is the corner."""

    id: ClassVar[str] = "angle"
    name: ClassVar[str] = "Angle"
    shortcut: ClassVar[str] = "G"
    description: ClassVar[str] = "Drag the first arm, then click the end of the second"
    order: ClassVar[int] = 20
    count: ClassVar[int] = 3

    def read(self, shape: Shape) -> Reading:
        if not shape.scale.unit:
            return Reading(lines=("no angle",), notes=shape.limits)
        one, corner, two = shape.undistorted
        angle = angle_between(one - corner, two - corner)
        return Reading((Value("angle", angle, "°"),), (f"{angle:.1f}°",))
