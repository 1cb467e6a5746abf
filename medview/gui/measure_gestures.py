"""Measure gestures: drawing a measure, dragging one of its handles, dragging all of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QLineF
from PySide6.QtGui import QMouseEvent

from medview.measure.kind import kinds
from medview.measure.measure import Measure, as_points

if TYPE_CHECKING:
    from medview.gui.measure_layer import MeasureLayer, Pending
    from medview.gui.slice_view import SliceView

_STILL = 4.0  # screen pixels: a shorter drag is a click
_STEP = 2.0  # screen pixels between the points of a freehand line


class DrawGesture:
    """From a press to a release: one point by a click, two by a drag, many by hand."""

    def __init__(
        self, layer: MeasureLayer, view: SliceView, event: QMouseEvent, pending: Pending
    ) -> None:
        self.button = event.button()
        self._layer, self._view, self._pending = layer, view, pending
        self._start = self._last = event.position()
        self._began_line = pending.kind.count != 0 and len(pending.points) % 2 == 0
        self._stretched = False
        self._add(event)

    def move(self, event: QMouseEvent) -> None:
        if self._layer.pending is not self._pending:  # Esc
            return
        if self._pending.kind.freehand:
            if QLineF(self._last, event.position()).length() >= _STEP:
                self._last = event.position()
                self._add(event)
            return
        if QLineF(self._start, event.position()).length() < _STILL and not self._stretched:
            return
        room = len(self._pending.points) < self._pending.kind.count
        if self._began_line and room and not self._stretched:
            self._add(event)
        else:
            self._put(event)
        self._stretched = True

    def release(self, event: QMouseEvent) -> None:
        pending = self._pending
        if self._layer.pending is not pending:
            return
        full = pending.kind.count and len(pending.points) >= pending.kind.count
        if full or pending.kind.freehand:
            self._layer.finish()

    def _add(self, event: QMouseEvent) -> None:
        point = self._layer.space_at(self._view, event.position())
        if point is not None:
            self._pending.points.append(point)

    def _put(self, event: QMouseEvent) -> None:
        point = self._layer.space_at(self._view, event.position())
        if point is not None and self._pending.points:
            self._pending.points[-1] = point


class HandleGesture:
    """One handle follows the mouse within the measure's plane."""

    def __init__(
        self,
        layer: MeasureLayer,
        view: SliceView,
        event: QMouseEvent,
        measure: Measure,
        handle: int,
    ) -> None:
        self.button = event.button()
        self._layer, self._view = layer, view
        self._measure, self._handle = measure, handle

    def move(self, event: QMouseEvent) -> None:
        point = self._layer.space_at(self._view, event.position())
        if point is None:
            return
        frame, kind = self._measure.frame, kinds()[self._measure.kind]
        flat = kind.moved(self._measure.flat, self._handle, frame.flat(point)[0])
        if kind.is_complete(flat):
            self._layer.live = replace(self._measure, points=as_points(frame.spatial(flat)))

    def release(self, event: QMouseEvent) -> None:
        self._layer.keep_live()


class MoveGesture:
    """The whole measure follows the mouse within its plane."""

    def __init__(
        self, layer: MeasureLayer, view: SliceView, event: QMouseEvent, measure: Measure
    ) -> None:
        self.button = event.button()
        self._layer, self._view, self._measure = layer, view, measure
        self._start = event.position()
        self._from = layer.space_at(view, event.position())
        self._moving = False

    def move(self, event: QMouseEvent) -> None:
        to = self._layer.space_at(self._view, event.position())
        self._moving |= QLineF(self._start, event.position()).length() >= _STILL
        if not self._moving or to is None or self._from is None:
            return
        frame = self._measure.frame
        by = frame.flat(to) - frame.flat(self._from)
        points = frame.spatial(self._measure.flat + np.asarray(by))
        self._layer.live = replace(self._measure, points=as_points(points))

    def release(self, event: QMouseEvent) -> None:
        self._layer.keep_live()
