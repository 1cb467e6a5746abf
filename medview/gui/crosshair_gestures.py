"""Crosshair gestures: dragging the point, a line, or the end of a line, which turns its plane."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QMouseEvent

if TYPE_CHECKING:
    from medview.gui.crosshair import Crosshair
    from medview.gui.slice_view import SliceView


class CrosshairGesture:
    """Drags the point; along ``across`` only when a line was taken."""

    def __init__(
        self, crosshair: Crosshair, view: SliceView, event: QMouseEvent, across: QPointF | None
    ) -> None:
        self.button = event.button()
        self._crosshair, self._view, self._across = crosshair, view, across
        self._last = event.position()
        if across is None:
            self._go(event.position())

    def move(self, event: QMouseEvent) -> None:
        if self._across is None:
            self._go(event.position())
            return
        by, self._last = event.position() - self._last, event.position()
        along = by.x() * self._across.x() + by.y() * self._across.y()
        voxel = self._crosshair.voxel
        place = None if voxel is None else self._view.screen_of([float(n) for n in voxel])
        if place is not None:
            self._go(place[0] + self._across * along)

    def release(self, event: QMouseEvent) -> None:
        """The point stays where it was left."""

    def _go(self, screen: QPointF) -> None:
        voxel = self._view.voxel_at(screen)
        if voxel is not None:
            self._crosshair.move_to(np.array(voxel), self._view)


class TurnGesture:
    """Turns the planes across about the normal of the view in which an arm is dragged."""

    def __init__(self, crosshair: Crosshair, view: SliceView, event: QMouseEvent) -> None:
        self.button = event.button()
        self._crosshair, self._view = crosshair, view
        self._last = self._angle(event.position())

    def move(self, event: QMouseEvent) -> None:
        angle = self._angle(event.position())
        by = (angle - self._last + np.pi) % (2 * np.pi) - np.pi
        self._last = angle
        self._crosshair.turn(self._view, float(by))

    def release(self, event: QMouseEvent) -> None:
        """The planes stay as they were left."""

    def _angle(self, screen: QPointF) -> float:
        """Of the mouse around the point, clockwise on the screen, radians."""
        voxel = self._crosshair.voxel
        place = None if voxel is None else self._view.screen_of([float(n) for n in voxel])
        away = screen - (QPointF() if place is None else place[0])
        return float(np.arctan2(away.y(), away.x()))
