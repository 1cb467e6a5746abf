"""Polygon: a region between clicked corners."""

from __future__ import annotations

from typing import ClassVar

from medview.measure.region import RegionKind


class Polygon(RegionKind):
    """Closed by a double click or a click on the first corner."""

    id: ClassVar[str] = "polygon"
    name: ClassVar[str] = "Polygon"
    shortcut: ClassVar[str] = "Shift+P"
    description: ClassVar[str] = "Mean, SD and area between corners: click them, double click ends"
    order: ClassVar[int] = 70
    count: ClassVar[int] = 0
