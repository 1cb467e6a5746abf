"""The tip of a brush under the mouse: its outline, and its size by keys and wheel."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QPainter, QPen

SIZE = "size_mm"  # the option that keys, the wheel and the outline know
_SIZE_STEP = 1.15
_SHADE = QColor(0, 0, 0, 160)
_SMALLEST = 1.5  # screen pixels


def draw_tip(painter: QPainter, at: QPointF, radius: float, color: QColor, *, erases: bool) -> None:
    """A circle of so many screen pixels; a dashed one erases."""
    radius = max(radius, _SMALLEST)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)
    for shade, width in ((_SHADE, 3.0), (color, 1.4)):
        pen = QPen(shade, width)
        if erases and shade is color:
            pen.setDashPattern([3, 3])
        painter.setPen(pen)
        painter.drawEllipse(at, radius, radius)


def resized(options: Any, steps: int) -> Any:
    """Options with a larger (or smaller) tip, within the limits that the option states."""
    limits = next(item.metadata for item in fields(options) if item.name == SIZE)
    before = float(getattr(options, SIZE))
    size = round(before * _SIZE_STEP**steps, 1)
    if size == before:
        size += 0.1 * steps
    size = min(max(size, limits.get("minimum", 0.5)), limits.get("maximum", 100.0))
    return replace(options, **{SIZE: size})
