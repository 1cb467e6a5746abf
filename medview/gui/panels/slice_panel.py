"""SlicePanel: the slice view with its slider, or an invitation while nothing is open."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QSpinBox,
    QStackedWidget,
    QStyle,
    QStyleOptionSlider,
    QVBoxLayout,
    QWidget,
)

from medview.gui.slice_view import SliceView

EMPTY_TEXT = "Drop a CT or MR folder here, or press Ctrl+O"
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


class SlicePanel(QStackedWidget):
    """Page 0 invites; page 1 is the view, the slider and the slice number to type."""

    open_wanted = Signal()
    demo_wanted = Signal()

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
        self.addWidget(self._empty_page())
        self.addWidget(self._view_page())
        view.slice_changed.connect(self._show_slice)
        self.slider.valueChanged.connect(view.set_slice)
        self.number.valueChanged.connect(self._typed)

    def show_volume(self) -> None:
        """Follow the view's volume: limits and direction of the slider, or the invitation."""
        volume, transform = self.view.volume, self.view.transform
        self.setCurrentIndex(0 if volume is None else 1)
        if volume is None or transform is None:
            return
        count = volume.geometry.shape[0]
        with QSignalBlocker(self.slider), QSignalBlocker(self.number):
            self.slider.setInvertedAppearance(transform.placement.toward_down > 0)
            self.slider.setRange(0, count - 1)
            self.number.setRange(1, count)
        self._count.setText(f"of {count}")
        self._show_slice(self.view.slice_index)
        self.view.setFocus()

    def _typed(self, number: int) -> None:
        self.view.set_slice(number - 1)
        self.view.setFocus()

    def _show_slice(self, index: int) -> None:
        with QSignalBlocker(self.slider), QSignalBlocker(self.number):
            self.slider.setValue(index)
            self.number.setValue(index + 1)

    def _view_page(self) -> QWidget:
        side = QVBoxLayout()
        side.setContentsMargins(2, 6, 2, 6)
        side.addWidget(self.slider, 1, Qt.AlignmentFlag.AlignHCenter)
        side.addWidget(self.number, 0, Qt.AlignmentFlag.AlignHCenter)
        side.addWidget(self._count)
        page = QWidget()
        layout = QHBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.view, 1)
        layout.addLayout(side)
        return page

    def _empty_page(self) -> QWidget:
        invitation = QLabel(EMPTY_TEXT)
        invitation.setTextFormat(Qt.TextFormat.PlainText)
        invitation.setObjectName("invitation")
        invitation.setAlignment(Qt.AlignmentFlag.AlignCenter)
        invitation.setWordWrap(True)
        kinds = QLabel("DICOM folders, files and zip archives · NIfTI · NRRD")
        kinds.setObjectName("quiet")
        kinds.setAlignment(Qt.AlignmentFlag.AlignCenter)
        open_button = QPushButton("Open Folder…")
        open_button.clicked.connect(self.open_wanted)
        demo_button = QPushButton("Show the Demo")
        demo_button.setToolTip("A generated chest phantom; no patient data needed")
        demo_button.clicked.connect(self.demo_wanted)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(open_button)
        buttons.addWidget(demo_button)
        buttons.addStretch(1)
        page = QWidget()
        page.setObjectName("emptyPage")
        layout = QVBoxLayout(page)
        layout.addStretch(3)
        layout.addWidget(invitation)
        layout.addWidget(kinds)
        layout.addSpacing(16)
        layout.addLayout(buttons)
        layout.addStretch(4)
        return page
