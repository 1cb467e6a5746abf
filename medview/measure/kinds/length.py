"""Length: the distance of two points."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from medview.measure.kind import Kind
from medview.measure.reading import Reading, Shape, Value, number_text


class Length(Kind):
    """A straight line on the plane; in mm only where the files tell them."""

    id: ClassVar[str] = "length"
    name: ClassVar[str] = "Length"
    shortcut: ClassVar[str] = "D"
    description: ClassVar[str] = "Drag from one end to the other, or click both"
    order: ClassVar[int] = 10

    def read(self, shape: Shape) -> Reading:
        unit = shape.scale.unit
        if not unit:
            return Reading(lines=("no length",), notes=shape.limits)
        start, end = shape.scaled
        length = float(np.linalg.norm(end - start))
        text = f"{number_text(length)} {unit}"
        return Reading((Value("length", length, unit),), (text,), shape.limits)
