"""Ellipse: a region within a rectangle's bounds."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from medview.core.geometry import Floats
from medview.measure.region import Bools, RegionKind

_STEPS = 72


class Ellipse(RegionKind):
    """Two opposite corners of its bounds are kept; the ends of its axes can be taken."""

    id: ClassVar[str] = "ellipse"
    name: ClassVar[str] = "Ellipse"
    shortcut: ClassVar[str] = "Shift+E"
    description: ClassVar[str] = "Mean, SD and area of an ellipse: drag across it"
    order: ClassVar[int] = 50

    def outline(self, points: Floats) -> list[Floats]:
        centre, radii = _axes(points)
        turns = np.linspace(0.0, 2.0 * np.pi, _STEPS + 1)
        return [centre + radii * np.stack([np.cos(turns), np.sin(turns)], axis=1)]

    def handles(self, points: Floats) -> Floats:
        centre, (wide, high) = _axes(points)
        ends: Floats = centre + np.array([[-wide, 0], [0, -high], [wide, 0], [0, high]])
        return ends

    def moved(self, points: Floats, handle: int, to: Floats) -> Floats:
        moved = np.array([points.min(axis=0), points.max(axis=0)])
        moved[handle // 2, handle % 2] = to[handle % 2]
        return moved

    def inside(self, points: Floats, across: Floats, down: Floats) -> Bools:
        (middle, height), (wide, high) = _axes(points)
        part = ((across - middle) / wide)[None, :] ** 2 + ((down - height) / high)[:, None] ** 2
        mask: Bools = part <= 1.0
        return mask

    def area(self, points: Floats) -> float:
        _, (wide, high) = _axes(points)
        return float(np.pi * wide * high)


def _axes(points: Floats) -> tuple[Floats, Floats]:
    """Centre and half axes; an axis of no length becomes a tiny one."""
    centre: Floats = points.mean(axis=0)
    radii: Floats = np.maximum(np.ptp(points, axis=0) / 2.0, 1e-9)
    return centre, radii
