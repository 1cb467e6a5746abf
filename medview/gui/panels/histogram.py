"""Histogram: how the values of a region are spread."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from medview.gui.words import tr
from medview.measure.reading import Histogram, number_text

_BARS = QColor(79, 179, 191)
_WORDS = QColor(150, 160, 166)
_HEIGHT = 84


class HistogramView(QWidget):
    """Bars from the least to the greatest value."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Histogram"))
        self.setFixedHeight(_HEIGHT)
        self._shown: Histogram | None = None
        self._units = ""
        self.hide()

    @property
    def shown(self) -> Histogram | None:
        return self._shown

    def show_histogram(self, histogram: Histogram | None, units: str = "") -> None:
        """Another region's values; None hides it."""
        self._shown, self._units = histogram, units
        self.setVisible(histogram is not None)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        shown = self._shown
        if shown is None:
            return
        painter = QPainter(self)
        line = painter.fontMetrics().height()
        high = self.height() - line - 4.0
        wide = self.width() / len(shown.counts)
        top = float(shown.counts.max()) or 1.0
        for number, count in enumerate(shown.counts):
            bar = float(count) / top * high
            painter.fillRect(QRectF(number * wide, high - bar, max(wide - 0.5, 1.0), bar), _BARS)
        painter.setPen(_WORDS)
        painter.drawLine(0, int(high) + 1, self.width(), int(high) + 1)
        words = QRectF(0, self.height() - line, self.width(), line)
        painter.drawText(words, Qt.AlignmentFlag.AlignLeft, number_text(shown.least))
        painter.drawText(words, Qt.AlignmentFlag.AlignHCenter, self._units)
        painter.drawText(words, Qt.AlignmentFlag.AlignRight, number_text(shown.greatest))
        painter.end()
