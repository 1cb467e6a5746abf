"""MeasureDrawing: thin lines, marks, handles and words of measures, readable on bone and air."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from medview.gui.edged_text import draw_text
from medview.measure.measure import Measure

if TYPE_CHECKING:
    from medview.gui.slice_view import SliceView

ACCENT = QColor(112, 224, 236)  # the program's accent, bright enough for lung and bone
_EDGE = QColor(0, 0, 0, 190)
_BEHIND = QColor(0, 0, 0, 110)  # behind words: on bone an edge alone is not enough
_HANDLE = 3.5  # half the side of a handle
_AWAY = 9.0  # screen pixels between a measure and its words
_ARROW = 11.0


def color_of(measure: Measure) -> QColor:
    """The measure's own colour, else the program's."""
    return QColor(ACCENT) if measure.color is None else QColor(*measure.color)


def bounds_of(lines: list[QPolygonF]) -> QRectF:
    """Around some lines; also of a single point it is a place that other words keep away from."""
    bounds = QRectF()
    for line in lines:
        around = line.boundingRect().adjusted(-1.0, -1.0, 1.0, 1.0)
        bounds = bounds.united(around)
    return bounds


def stroke(
    painter: QPainter, lines: list[QPolygonF], color: QColor, width: float, *, dashed: bool = False
) -> None:
    """A thin line with a dark edge, so that it shows on bone and on air."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    edge = QColor(_EDGE)
    edge.setAlpha(min(color.alpha(), edge.alpha()))
    pens = [] if dashed else [QPen(edge, width + 1.8)]
    pen = QPen(color, width)
    if dashed:
        pen.setDashPattern([4, 4])
    for each in (*pens, pen):
        each.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        each.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(each)
        for line in lines:
            painter.drawPolyline(line)


def draw_mark(painter: QPainter, mark: str, line: QPolygonF, color: QColor) -> None:
    """A cross at the first point, or the head of an arrow at the second."""
    if mark == "cross":
        at, reach = line.at(0), 6.0
        for x, y in ((reach, 0.0), (0.0, reach)):
            by = QPointF(x, y)
            for sign in (-1.0, 1.0):
                stroke(painter, [QPolygonF([at + by * (0.35 * sign), at + by * sign])], color, 1.4)
    elif line.size() >= 2:
        tail, head = line.at(0), line.at(1)
        angle = np.arctan2(tail.y() - head.y(), tail.x() - head.x())
        wings = [
            head + QPointF(float(np.cos(angle + turn)), float(np.sin(angle + turn))) * _ARROW
            for turn in (-0.42, 0.42)
        ]
        stroke(painter, [QPolygonF([wings[0], head, wings[1]])], color, 1.6)


def draw_handles(painter: QPainter, places: QPolygonF, color: QColor) -> None:
    """Small squares where a person can take the measure."""
    painter.setPen(QPen(_EDGE, 1.0))
    painter.setBrush(color)
    for place in places.toList():
        painter.drawRect(QRectF(place.x() - _HANDLE, place.y() - _HANDLE, 2 * _HANDLE, 2 * _HANDLE))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def draw_words(
    painter: QPainter,
    view: SliceView,
    bounds: QRectF,
    words: list[str],
    color: QColor,
    taken: list[QRectF],
) -> None:
    """Beside the measure, never over it: where there is room, its right side first."""
    if not words:
        return
    metrics = painter.fontMetrics()
    width = max(metrics.horizontalAdvance(text) for text in words) + 6.0
    height = float(metrics.height())
    block = _free_place(view, bounds, QSizeF(width, height * len(words)), taken)
    taken.append(block)
    painter.fillRect(block, _BEHIND)
    for number, text in enumerate(words):
        rect = QRectF(block.left() + 2, block.top() + number * height, width, height)
        draw_text(painter, rect, text, Qt.AlignmentFlag.AlignVCenter, color)


def _free_place(view: SliceView, bounds: QRectF, size: QSizeF, taken: list[QRectF]) -> QRectF:
    """Right of the bounds, left, below or above: the first place that is free and in the view."""
    middle = bounds.center()
    top = middle.y() - size.height() / 2.0
    left = min(max(middle.x() - size.width() / 2.0, 0.0), view.width() - size.width())
    places = [
        QPointF(bounds.right() + _AWAY, top),
        QPointF(bounds.left() - _AWAY - size.width(), top),
        QPointF(left, bounds.bottom() + _AWAY),
        QPointF(left, bounds.top() - _AWAY - size.height()),
    ]
    whole = QRectF(view.rect())
    blocks = [QRectF(place, size) for place in places]
    seen = [block for block in blocks if whole.contains(block)]
    free = [block for block in seen if not any(other.intersects(block) for other in taken)]
    return (free or seen or blocks)[0]
