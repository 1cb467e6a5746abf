"""MeasureLayer: measures drawn over the views, each on the plane it was made on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QLineF, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPolygonF

from medview.core.geometry import Floats
from medview.core.planes import Planes
from medview.gui.measure_drawing import (
    ACCENT,
    bounds_of,
    color_of,
    draw_handles,
    draw_mark,
    draw_words,
    stroke,
)
from medview.gui.measure_gestures import DrawGesture, HandleGesture, MoveGesture
from medview.gui.view_mouse import Gesture
from medview.gui.view_transform import ViewTransform
from medview.measure.frame import Frame, to_space, to_voxel
from medview.measure.kind import Kind, kinds
from medview.measure.measure import Measure, as_points

if TYPE_CHECKING:
    from medview.gui.slice_view import SliceView
    from medview.gui.view_group import ViewGroup

_NEAR = 7.0  # screen pixels within which the mouse takes a handle or a line
_PALE_PLANES = 2.0  # up to so many planes away a measure is still hinted at
_HALF = 0.5 + 1e-6


@dataclass
class Pending:
    """A measure that is being drawn, click by click."""

    view: SliceView
    kind: Kind
    frame: Frame
    points: list[Floats] = field(default_factory=list)


class MeasureLayer(QObject):
    """Draws the session's measures and makes gestures that add and change them.

    A measure shows where its plane is parallel to the view's: in full within half a plane, pale up
    to two planes away, else not at all.
    """

    drawn = Signal(object)  # Measure, still without an id
    picked = Signal(str)  # the id of the measure that was taken, "" for none
    text_wanted = Signal(str)  # double click: other words for this measure

    def __init__(self, session: Any, group: ViewGroup) -> None:
        super().__init__(group)
        self._session = session
        self._group = group
        self.kind: Kind | None = None
        self.selected = ""
        self.pending: Pending | None = None
        self.live: Measure | None = None  # what a drag has made of a measure so far
        group.add_layer(self)

    def select(self, measure_id: str) -> None:
        """Show a measure's handles."""
        self.selected = measure_id
        self._group.update()

    def cancel(self) -> bool:
        """Forget what is being drawn; False when nothing was."""
        was, self.pending = self.pending, None
        self._group.update()
        return was is not None

    # ---- the mouse

    def gesture(self, view: SliceView, event: QMouseEvent) -> Gesture | None:
        """Take a handle or a line, or draw while a kind of measure is active."""
        editing = view.edit_mouse is not None and view.edit_mouse.is_active
        if event.button() != Qt.MouseButton.LeftButton or editing or view.volume is None:
            return None
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return None
        if self.pending is None:
            taken = self._take(view, event)
            if taken is not None:
                return taken
        if self.kind is not None:
            return self._draw_on(view, event)
        if self.selected:
            self.picked.emit("")
        return None

    def double_click(self, view: SliceView, event: QMouseEvent) -> bool:
        """End a polygon, or ask for the words of a measure; True when it was meant for this."""
        if self.pending is not None:
            if self.pending.kind.is_complete(self.pending.frame.flat(self.pending.points)):
                self.finish()
            return True
        measure = self.hit(view, event.position())
        if measure is not None:
            self.text_wanted.emit(measure.id)
        return measure is not None or self.kind is not None

    def _take(self, view: SliceView, event: QMouseEvent) -> Gesture | None:
        for measure in reversed(self._here(view)):
            if self.kind is not None and measure.id != self.selected:
                continue  # its handles are not seen: a press there begins another measure
            handle = self._handle_at(view, measure, event.position())
            if handle is not None:
                self.picked.emit(measure.id)
                return HandleGesture(self, view, event, measure, handle)
        measure_hit = None if self.kind is not None else self.hit(view, event.position())
        if measure_hit is None:
            return None
        self.picked.emit(measure_hit.id)
        return MoveGesture(self, view, event, measure_hit)

    def _draw_on(self, view: SliceView, event: QMouseEvent) -> Gesture | None:
        planes, transform = view.planes, view.transform
        if planes is None or transform is None or self.kind is None:
            return None
        frame = Frame.of(planes, view.slice_index)
        pending = self.pending
        if pending is None or pending.view is not view or pending.frame != frame:
            if not transform.contains(*transform.to_voxel(event.position())):
                return None
            self.picked.emit("")
            self.pending = pending = Pending(view, self.kind, frame)
        elif pending.kind.count == 0 and self._closes(pending, event.position()):
            self.finish()
            return None
        return DrawGesture(self, view, event, pending)

    def _closes(self, pending: Pending, screen: QPointF) -> bool:
        """Whether a click is meant for the polygon's first corner."""
        if len(pending.points) < 3:
            return False
        first = self.screen(pending.view, np.array(pending.points[:1])).at(0)
        return QLineF(first, screen).length() <= _NEAR + 2

    def finish(self) -> None:
        """What was drawn becomes a measure, unless it has no size."""
        pending, self.pending = self.pending, None
        self._group.update()
        if pending is None:
            return
        points = np.array(pending.points)
        flat = pending.frame.flat(points)
        if not pending.kind.is_complete(flat):
            return
        if len(flat) > 1 and float(np.ptp(flat, axis=0).max()) <= 0.0:
            return
        self.drawn.emit(Measure("", pending.kind.id, as_points(points), pending.frame))

    def space_at(self, view: SliceView, screen: QPointF) -> Floats | None:
        """Where measures live, under a point of a view."""
        voxel = view.voxel_at(screen)
        if voxel is None or view.volume is None:
            return None
        return to_space(view.volume.geometry, voxel)

    def keep_live(self) -> None:
        """The drag is over: what it made of the measure is kept."""
        live, self.live = self.live, None
        if live is not None:
            self._session.measures.change(live)
        self._group.update()

    # ---- where measures are

    def _here(self, view: SliceView) -> list[Measure]:
        """The visible measures on the shown plane, as they are now."""
        return [m for m in self._current() if m.visible and _is_on(self._off(view, m.frame))]

    def _current(self) -> list[Measure]:
        live = self.live
        items = self._session.measures.items
        return [live if live is not None and m.id == live.id else m for m in items]

    def hit(self, view: SliceView, screen: QPointF) -> Measure | None:
        """The topmost measure whose line, or words, lie under a point."""
        for measure in reversed(self._here(view)):
            if any(_distance(line, screen) <= _NEAR for line in self._lines(view, measure)):
                return measure
        return None

    def _handle_at(self, view: SliceView, measure: Measure, screen: QPointF) -> int | None:
        kind = kinds().get(measure.kind)
        if kind is None:
            return None
        handles = measure.frame.spatial(kind.handles(measure.flat))
        away = [QLineF(p, screen).length() for p in self.screen(view, handles).toList()]
        nearest = int(np.argmin(away))
        return nearest if away[nearest] <= _NEAR else None

    def _lines(self, view: SliceView, measure: Measure) -> list[QPolygonF]:
        kind = kinds().get(measure.kind)
        if kind is None:
            return []
        lines = kind.outline(measure.flat)
        return [self.screen(view, measure.frame.spatial(line)) for line in lines]

    def screen(self, view: SliceView, points: Floats) -> QPolygonF:
        """Points (n, 3) on a view's screen, straight onto its plane."""
        if view.planes is None or view.transform is None or view.volume is None:
            return QPolygonF()
        on_planes = _on_planes(view.planes, points)
        matrix = view.transform.matrix()
        corners = [QPointF(float(c) + 0.5, float(r) + 0.5) for _, r, c in on_planes]
        return matrix.map(QPolygonF(corners))

    def _off(self, view: SliceView, frame: Frame) -> float | None:
        """Planes between a frame and the shown plane; None where they are not parallel."""
        if view.planes is None:
            return None
        far = 100.0
        ends = frame.spatial([[0.0, 0.0], [far, 0.0], [0.0, far]])
        off = _on_planes(view.planes, ends)[:, 0] - view.slice_index
        return float(off[0]) if float(np.ptp(off)) < 0.1 else None

    # ---- drawing

    def draw(self, view: SliceView, painter: QPainter, transform: ViewTransform) -> None:
        """All measures of the plane, then the one that is being drawn."""
        if view.volume is None:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)
        here = self._here(view)
        taken = [bounds_of(self._lines(view, measure)) for measure in here]
        for measure in self._current():
            off = self._off(view, measure.frame)
            if measure.visible and off is not None and abs(off) <= _PALE_PLANES + _HALF:
                self._draw_one(view, painter, measure, pale=not _is_on(off))
        for measure in here:
            self._draw_words(view, painter, measure, taken)
        if self.pending is not None and self.pending.view is view:
            self._draw_pending(view, painter, self.pending, taken)
        painter.restore()

    def _draw_one(
        self, view: SliceView, painter: QPainter, measure: Measure, *, pale: bool
    ) -> None:
        kind = kinds().get(measure.kind)
        lines = self._lines(view, measure)
        if kind is None or not lines:
            return
        color = color_of(measure)
        selected = measure.id == self.selected
        color.setAlpha(110 if pale else 255)
        stroke(painter, lines, color, 2.0 if selected and not pale else 1.4, dashed=pale)
        if kind.mark:
            draw_mark(painter, kind.mark, lines[0], color)
        if selected and not pale:
            handles = measure.frame.spatial(kind.handles(measure.flat))
            draw_handles(painter, self.screen(view, handles), color)

    def _draw_words(
        self, view: SliceView, painter: QPainter, measure: Measure, taken: list[QRectF]
    ) -> None:
        lines = self._lines(view, measure)
        if lines:
            reading = self._session.measures.reading(measure)
            words = [*([measure.text] if measure.text else []), *reading.lines]
            draw_words(painter, view, bounds_of(lines), words, color_of(measure), taken)

    def _draw_pending(
        self, view: SliceView, painter: QPainter, pending: Pending, taken: list[QRectF]
    ) -> None:
        points = list(pending.points)
        cursor = view.cursor_voxel
        if pending.kind.count != 1 and not pending.kind.freehand and cursor is not None:
            volume, planes = view.volume, view.planes
            assert volume is not None
            assert planes is not None
            index = (view.slice_index, *cursor)
            if len(points) < (pending.kind.count or len(points) + 1):
                points.append(to_space(volume.geometry, planes.to_volume(index)))
        if not points or view.slice_index != self._index_of(view, pending.frame):
            return
        flat = pending.frame.flat(points)
        color = QColor(ACCENT)
        if pending.kind.count == 0 or not pending.kind.is_complete(flat):
            stroke(painter, [self.screen(view, np.array(points))], color, 1.4)
            draw_handles(painter, self.screen(view, np.array(pending.points)), color)
            return
        measure = Measure("", pending.kind.id, as_points(np.array(points)), pending.frame)
        self._draw_one(view, painter, measure, pale=False)
        self._draw_words(view, painter, measure, taken)

    def _index_of(self, view: SliceView, frame: Frame) -> int:
        off = self._off(view, frame)
        return -1 if off is None else round(view.slice_index + off)


def _on_planes(planes: Planes, points: Floats) -> Floats:
    return planes.from_volume(to_voxel(planes.volume, points))


def _is_on(off: float | None) -> bool:
    return off is not None and abs(off) <= _HALF


def _distance(line: QPolygonF, point: QPointF) -> float:
    """From a point to a broken line, screen pixels."""
    corners = np.array([[p.x(), p.y()] for p in line.toList()])
    target = np.array([point.x(), point.y()])
    if len(corners) < 2:
        return float(np.linalg.norm(corners[0] - target)) if len(corners) else float("inf")
    start, step = corners[:-1], np.diff(corners, axis=0)
    length = np.maximum((step**2).sum(axis=1), 1e-12)
    part = np.clip(((target - start) * step).sum(axis=1) / length, 0.0, 1.0)
    nearest = start + part[:, None] * step
    return float(np.linalg.norm(nearest - target, axis=1).min())
