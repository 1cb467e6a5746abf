"""SliceCell: a slice view with its slider and the slice number to type."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
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

from medview.gui.slice_view import SliceView

_ACCEPTED = QColor(102, 187, 106)
_LABELLED = QColor(79, 179, 191, 140)


class SliceSlider(QSlider):
    """A vertical slider with marks: slices that carry labels, and slices that are accepted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self.setAccessibleName("Slice")
        self.setMinimumWidth(30)
        self.setPageStep(10)
        self._labelled: frozenset[int] = frozenset()
        self._accepted: frozenset[int] = frozenset()

    def set_marks(self, labelled: frozenset[int], accepted: frozenset[int]) -> None:
        if (labelled, accepted) != (self._labelled, self._accepted):
            self._labelled, self._accepted = labelled, accepted
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._labelled and not self._accepted:
            return
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        handle = self.style().pixelMetric(QStyle.PixelMetric.PM_SliderLength, option, self)
        reach = self.height() - handle
        count = max(self.maximum() - self.minimum(), 1)
        thick = max(2, reach // (count + 1))
        painter = QPainter(self)
        for marks, color, left in ((self._labelled, _LABELLED, 0), (self._accepted, _ACCEPTED, 4)):
            for index in marks:
                down = index if self.invertedAppearance() else self.maximum() - index
                y = handle // 2 + reach * down // count
                painter.fillRect(left, y - thick // 2, 3, thick, color)
        painter.end()


class SliceCell(QWidget):
    """One place of the grid: a view, and where its slice lies among the others."""

    def __init__(self, view: SliceView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = view
        self.slider = SliceSlider()
        self.number = QSpinBox()
        self.number.setAccessibleName("Slice number")
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
        self._count.setText(f"of {planes.count}")
        self._show_slice(self.view.slice_index)

    def _typed(self, number: int) -> None:
        self.view.set_slice(number - 1)
        self.view.setFocus()

    def _show_slice(self, index: int) -> None:
        with QSignalBlocker(self.slider), QSignalBlocker(self.number):
            self.slider.setValue(index)
            self.number.setValue(index + 1)
