"""SliceCell: a slice view with its slider and the slice number to type."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSignalBlocker, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QSlider,
    QSpinBox,
    QStyle,
    QStyleOptionSlider,
    QVBoxLayout,
    QWidget,
)

from medview.gui import theme
from medview.gui.slice_view import SliceView
from medview.gui.words import tr

_ACCEPTED = QColor(102, 187, 106)
_LABELLED = QColor(79, 179, 191, 140)
_SCORE = QColor("#e07bd0")
_DOUBTFUL = QColor(224, 168, 79)


class SliceSlider(QSlider):
    """A vertical slider with marks: slices with labels, accepted ones, and the most doubtful."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self.setAccessibleName(tr("Slice"))
        self.setMinimumWidth(30)
        self.setPageStep(10)
        self._labelled: frozenset[int] = frozenset()
        self._accepted: frozenset[int] = frozenset()
        self._doubtful: frozenset[int] = frozenset()
        self._scores: tuple[float, ...] = ()
        self._marks: QPixmap | None = None
        self._marks_of: object = None

    def set_marks(
        self,
        labelled: frozenset[int],
        accepted: frozenset[int],
        doubtful: frozenset[int] = frozenset(),
    ) -> None:
        """Which slices carry labels, are accepted, or made the model doubt most."""
        if (labelled, accepted, doubtful) != (self._labelled, self._accepted, self._doubtful):
            self._labelled, self._accepted, self._doubtful = labelled, accepted, doubtful
            self._marks = None
            self.update()

    def set_scores(self, scores: tuple[float, ...]) -> None:
        """A finding's score 0..1 of every slice, drawn beside the groove; empty for none."""
        if scores != self._scores:
            self._scores, self._marks = scores, None
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Groove, marks and handle; a styled slider costs as much as the slice beside it."""
        size = (
            self.size(),
            self.maximum(),
            self.invertedAppearance(),
            self.devicePixelRatio(),
            theme.current(),
        )
        if self._marks is None or self._marks_of != size:
            self._marks, self._marks_of = self._draw_marks(), size
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        handle = self.style().subControlRect(
            QStyle.ComplexControl.CC_Slider, option, QStyle.SubControl.SC_SliderHandle, self
        )
        middle = QPointF(self.width() / 2.0, handle.center().y() + 0.5)
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._marks)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.palette().highlight() if self.hasFocus() else theme.color("ink"))
        painter.drawEllipse(middle, 5.5, 5.5)
        painter.end()

    def _draw_marks(self) -> QPixmap:
        """What stays while the handle moves."""
        ratio = self.devicePixelRatio()
        pixmap = QPixmap(self.size() * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        length = self.style().pixelMetric(QStyle.PixelMetric.PM_SliderLength, None, self)
        reach = self.height() - length
        count = max(self.maximum() - self.minimum(), 1)
        thick = max(2, reach // (count + 1))
        painter = QPainter(pixmap)
        groove = QRectF(self.width() / 2.0 - 1.5, length / 2.0, 3.0, reach)
        painter.fillRect(groove, theme.color("line"))
        for index, score in enumerate(self._scores):
            down = index if self.invertedAppearance() else self.maximum() - index
            y = length // 2 + reach * down // count
            color = QColor(_SCORE)
            color.setAlphaF(min(max(score, 0.0), 1.0))
            painter.fillRect(self.width() - 9, y - thick // 2, 4, thick, color)
        for marks, color, left in (
            (self._labelled, _LABELLED, 0),
            (self._accepted, _ACCEPTED, 4),
            (self._doubtful, _DOUBTFUL, self.width() - 4),
        ):
            for index in marks:
                down = index if self.invertedAppearance() else self.maximum() - index
                y = length // 2 + reach * down // count
                painter.fillRect(left, y - thick // 2, 3, thick, color)
        painter.end()
        return pixmap


class SliceNumber(QSpinBox):
    """A number to type; Enter means the number, whatever else it means in the views."""

    def event(self, event: QEvent) -> bool:
        mine = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Backspace)
        asked = event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent)
        if asked and event.key() in mine:  # type: ignore[attr-defined]
            event.accept()
            return True
        return super().event(event)


class SliceCell(QWidget):
    """One place of the grid: a view, and where its slice lies among the others."""

    def __init__(self, view: SliceView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = view
        self.slider = SliceSlider()
        self.number = SliceNumber()
        self.number.setAccessibleName(tr("Slice number"))
        self.number.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        self.number.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.number.setKeyboardTracking(False)
        self.number.setFixedWidth(54)
        self._count = QLabel()
        self._count.setObjectName("quiet")
        self._count.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._lay_out()
        view.slice_changed.connect(self._show_slice)
        view.planes_changed.connect(self.show_planes)
        self.slider.valueChanged.connect(view.set_slice)
        self.number.valueChanged.connect(self._typed)

    def _lay_out(self) -> None:
        side = QVBoxLayout()
        side.setContentsMargins(2, 6, 2, 6)
        side.addWidget(self.slider, 1, Qt.AlignmentFlag.AlignHCenter)
        side.addWidget(self.number, 0, Qt.AlignmentFlag.AlignHCenter)
        side.addWidget(self._count)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.view, 1)
        layout.addLayout(side)

    def show_planes(self) -> None:
        """Limits and direction of the slider follow the view's planes."""
        planes, transform = self.view.planes, self.view.transform
        if planes is None or transform is None:
            return
        with QSignalBlocker(self.slider), QSignalBlocker(self.number):
            self.slider.setInvertedAppearance(transform.placement.toward_down > 0)
            self.slider.setRange(0, planes.count - 1)
            self.number.setRange(1, planes.count)
        self._count.setText(tr("of {count}").format(count=planes.count))
        self._show_slice(self.view.slice_index)

    def _typed(self, number: int) -> None:
        self.view.set_slice(number - 1)
        self.view.setFocus()

    def _show_slice(self, index: int) -> None:
        with QSignalBlocker(self.slider), QSignalBlocker(self.number):
            self.slider.setValue(index)
            self.number.setValue(index + 1)
