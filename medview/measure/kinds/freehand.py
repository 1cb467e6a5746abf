"""Freehand: a region along the way of the mouse."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from medview.core.geometry import Floats
from medview.measure.region import RegionKind

_HANDLES = 8


class Freehand(RegionKind):
    """The outline closes itself; a handle takes its neighbourhood along."""

    id: ClassVar[str] = "freehand"
    name: ClassVar[str] = "Freehand"
    shortcut: ClassVar[str] = "Shift+F"
    description: ClassVar[str] = "Mean, SD and area inside a line drawn by hand"
    order: ClassVar[int] = 60
    count: ClassVar[int] = 0
    freehand: ClassVar[bool] = True

    def handles(self, points: Floats) -> Floats:
        return points[_taken(len(points))]

    def moved(self, points: Floats, handle: int, to: Floats) -> Floats:
        places = _taken(len(points))
        place = places[handle]
        reach = max(len(points) / len(places), 1.0)
        away = np.abs(np.arange(len(points)) - place)
        away = np.minimum(away, len(points) - away)  # along the ring
        weight = np.clip(1.0 - away / reach, 0.0, 1.0)
        moved: Floats = points + weight[:, None] * (to - points[place])
        return moved


def _taken(count: int) -> list[int]:
    """Which points are handles: eight, evenly along the line."""
    return sorted({round(n * count / _HANDLES) for n in range(_HANDLES)} & set(range(count)))
