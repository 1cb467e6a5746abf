"""Edged text: plain text with a dark edge, so that it reads on bone and on air."""

from __future__ import annotations

from collections import OrderedDict

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap

INK = QColor(214, 220, 224)
_EDGE_COLOR = QColor(0, 0, 0, 200)
_AROUND = ((-1, 0), (1, 0), (0, -1), (0, 1))
_KEPT = 256
_drawn: OrderedDict[tuple[object, ...], QPixmap] = OrderedDict()


def draw_text(
    painter: QPainter,
    rect: QRectF,
    text: str,
    alignment: Qt.AlignmentFlag | int,
    color: QColor = INK,
) -> None:
    """Draw a text within ``rect``. Single lines are kept as small pictures: most texts of a view
    stay the same from slice to slice, and drawing one five times costs more than anything else."""
    flags = Qt.AlignmentFlag(int(alignment) & 0xFF)
    if int(alignment) & int(Qt.TextFlag.TextWordWrap) or "\n" in text:
        _draw(painter, rect, text, alignment, color)
        return
    picture = _picture(painter, text, color)
    width, height = picture.deviceIndependentSize().toTuple()
    x, y = rect.left() - 1, rect.top() - 1
    if flags & Qt.AlignmentFlag.AlignRight:
        x = rect.right() - width + 1
    elif flags & Qt.AlignmentFlag.AlignHCenter:
        x = rect.center().x() - width / 2.0
    if flags & Qt.AlignmentFlag.AlignBottom:
        y = rect.bottom() - height + 1
    elif flags & Qt.AlignmentFlag.AlignVCenter:
        y = rect.center().y() - height / 2.0
    painter.drawPixmap(QPointF(round(x), round(y)), picture)


def _picture(painter: QPainter, text: str, color: QColor) -> QPixmap:
    ratio = painter.device().devicePixelRatio()
    key = (text, color.rgba(), painter.font().key(), ratio)
    known = _drawn.get(key)
    if known is not None:
        _drawn.move_to_end(key)
        return known
    metrics = painter.fontMetrics()
    size = QSize(metrics.horizontalAdvance(text) + 4, metrics.height() + 2)
    picture = QPixmap(size * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    inner = QPainter(picture)
    inner.setFont(painter.font())
    inner.setRenderHints(painter.renderHints())
    whole = QRectF(1, 1, size.width() - 2, size.height() - 2)
    left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    _draw(inner, whole, text, left, color)
    inner.end()
    _drawn[key] = picture
    while len(_drawn) > _KEPT:
        _drawn.popitem(last=False)
    return picture


def _draw(
    painter: QPainter, rect: QRectF, text: str, alignment: Qt.AlignmentFlag | int, color: QColor
) -> None:
    painter.setPen(_EDGE_COLOR)
    for x, y in _AROUND:
        painter.drawText(rect.translated(x, y), alignment, text)
    painter.setPen(color)
    painter.drawText(rect, alignment, text)
