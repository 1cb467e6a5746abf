"""ViewPanel: numbers of the view: window by presets or exact values, colours, slab, filter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QInputDialog,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from medview.core.color_maps import NAMES
from medview.core.display import Window
from medview.core.planes import Projection, Slab
from medview.gui.option_form import OptionForm
from medview.gui.words import tr
from medview.session.smoothing import DisplayFilter, FilterKind

_LARGEST = 1e9


@dataclass(frozen=True)
class LookOptions:
    """What the form below the window's numbers edits."""

    colors: Literal["grey", "inferno", "viridis", "cividis", "hot iron"] = field(
        default="grey", metadata={"label": "Colours", "choices": NAMES}
    )
    thickness_mm: float = field(
        default=0.0,
        metadata={
            "label": "Slab",
            "unit": "mm",
            "maximum": 200.0,
            "step": 5.0,
            "tip": "Several slices as one; 0 shows each by itself",
        },
    )
    projection: Projection = field(default="maximum", metadata={"label": "Slab shows"})
    filter: FilterKind = field(
        default="none", metadata={"label": "Filter", "tip": "For the eye only: the data stay"}
    )
    reach_mm: float = field(
        default=2.0, metadata={"label": "Reach", "minimum": 0.5, "maximum": 20.0, "step": 0.5}
    )

    @property
    def slab(self) -> Slab:
        return Slab(self.thickness_mm, self.projection)

    @property
    def display_filter(self) -> DisplayFilter:
        return DisplayFilter(self.filter, self.reach_mm)


class ViewPanel(QWidget):
    """Shows the active view's window and lets a person type it."""

    window_edited = Signal(object)  # Window
    look_edited = Signal(object)  # LookOptions
    preset_wanted = Signal(str)  # a name to keep the present window under
    preset_unwanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._window = Window(0.5, 1.0)
        self._choices: list[Window] = []
        self._own: frozenset[str] = frozenset()
        self.presets = QComboBox()
        self.presets.setAccessibleName(tr("Window presets"))
        self.presets.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.presets.activated.connect(self._choose)
        self.keep = QPushButton("+")
        self.keep.setToolTip(tr("Keep this window as a preset of your own"))
        self.keep.setAccessibleName(tr("Keep window as preset"))
        self.forget = QPushButton("−")
        self.forget.setToolTip(tr("Forget this preset of your own"))
        self.forget.setAccessibleName(tr("Forget preset"))
        for button, slot in ((self.keep, self._ask_name), (self.forget, self._forget)):
            button.setObjectName("sign")
            button.setFixedWidth(30)
            button.clicked.connect(slot)
        self.width_box, self.level = _number(tr("Window width")), _number(tr("Window level"))
        self.low, self.high = _number(tr("Window minimum")), _number(tr("Window maximum"))
        self.width_box.setMinimum(1e-6)
        for box in (self.width_box, self.level):
            box.valueChanged.connect(self._typed_window)
        for box in (self.low, self.high):
            box.valueChanged.connect(self._typed_limits)
        self.look = OptionForm(LookOptions())
        self.look.changed.connect(self.look_edited)
        self._lay_out()

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        for text, widgets in (
            (tr("Window"), (self.presets, self.keep, self.forget)),
            (tr("W / L"), (self.width_box, self.level)),
            (tr("From / to"), (self.low, self.high)),
        ):
            line = QHBoxLayout()
            line.setSpacing(4)
            for widget in widgets:
                line.addWidget(widget, 0 if isinstance(widget, QPushButton) else 1)
            form.addRow(text, line)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(form)
        layout.addWidget(self.look)

    # ---- what is shown

    def show_choices(self, choices: Sequence[Window], own: Sequence[Window]) -> None:
        """The windows to choose from; ``own`` ones can be forgotten."""
        self._choices = list(choices)
        self._own = frozenset(window.name for window in own)
        with QSignalBlocker(self.presets):
            self.presets.clear()
            self.presets.addItem(tr("as it is"))
            for window in choices:
                self.presets.addItem(tr(window.name), window.name)
        self.show_window(self._window)

    def show_window(self, window: Window) -> None:
        """The numbers of a window that was changed elsewhere."""
        self._window = window
        digits = 0 if window.width >= 20 else 3
        low = window.center - window.width / 2.0
        high = low + window.width - _open_end(window)
        for box, value in (
            (self.width_box, window.width),
            (self.level, window.center),
            (self.low, low),
            (self.high, high),
        ):
            with QSignalBlocker(box):
                box.setDecimals(digits if box.value() == round(value, digits) else max(digits, 1))
                box.setValue(value)
        same = [
            n for n, choice in enumerate(self._choices, start=1)
            if (choice.center, choice.width, choice.table)
            == (window.center, window.width, window.table)
        ]  # fmt: skip
        with QSignalBlocker(self.presets):
            self.presets.setCurrentIndex(same[0] if same else 0)
        self.forget.setEnabled(self.presets.currentData() in self._own)

    def show_look(self, options: LookOptions) -> None:
        """Options that were changed by a menu or a key."""
        self.look.set_options(options)

    @property
    def options(self) -> LookOptions:
        options: LookOptions = self.look.options
        return options

    # ---- what a person enters

    def _choose(self, row: int) -> None:
        if 1 <= row <= len(self._choices):
            self.window_edited.emit(self._choices[row - 1])

    def _typed_window(self) -> None:
        self._edit(self.level.value(), self.width_box.value())

    def _typed_limits(self) -> None:
        low, high = self.low.value(), self.high.value()
        width = high - low + _open_end(self._window)
        if high > low:
            self._edit(low + width / 2.0, width)

    def _edit(self, center: float, width: float) -> None:
        self.window_edited.emit(replace(self._window, center=center, width=width, name=""))

    def _ask_name(self) -> None:
        name, agreed = QInputDialog.getText(self, tr("Keep Window"), tr("Name of the preset"))
        if agreed and name.strip():
            self.preset_wanted.emit(name.strip())

    def _forget(self) -> None:
        self.preset_unwanted.emit(self.presets.currentData())


def _open_end(window: Window) -> float:
    """LINEAR is white from one unit below centre + width / 2 on (PS3.3 C.11.2.1.2)."""
    return 1.0 if window.function == "LINEAR" and window.width > 1.0 else 0.0


def _number(name: str) -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    box.setAccessibleName(name)
    box.setRange(-_LARGEST, _LARGEST)
    box.setButtonSymbols(QDoubleSpinBox.ButtonSymbols.NoButtons)
    box.setKeyboardTracking(False)
    box.setMinimumWidth(60)
    return box
