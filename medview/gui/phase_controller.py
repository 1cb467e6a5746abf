"""PhaseController: a slider through the phases of a series: time, echo, b-value, trigger."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QObject, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QWidget

from medview.gui.open_controller import OpenController
from medview.gui.shown_slice import ShownSlice
from medview.gui.words import tr
from medview.gui.workbench import Workbench

_KEPT_BYTES = 1 << 30  # of volumes that were read: going back to a phase shows it at once

_Key = tuple[str, int]


class PhaseBar(QWidget):
    """The slider below the views; hidden while the open volume is no phase of anything."""

    wanted = Signal(int)  # position among the phases

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName(tr("Phase"))
        self.slider.setPageStep(1)
        self.slider.valueChanged.connect(self.wanted)
        self.words = QLabel()
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setMinimumWidth(220)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 2, 8, 2)
        layout.addWidget(QLabel(tr("Phase")))
        layout.addWidget(self.slider, 1)
        layout.addWidget(self.words)
        self.hide()

    def show_phases(self, names: Sequence[str], position: int) -> None:
        """Where the open volume lies among its phases; nothing for fewer than two."""
        self.setVisible(len(names) > 1)
        if len(names) < 2:
            return
        with QSignalBlocker(self.slider):
            self.slider.setRange(0, len(names) - 1)
            self.slider.setValue(position)
        self.words.setText(
            tr("{phase}   ({number} of {count})").format(
                phase=names[position], number=position + 1, count=len(names)
            )
        )


class PhaseController(QObject):
    """Opens the phase the slider stands at; slice, zoom and window stay as they are."""

    def __init__(self, bench: Workbench, opener: OpenController, bar: PhaseBar) -> None:
        super().__init__(bar)
        self._bench = bench
        self._opener = opener
        self._bar = bar
        self._plans: dict[str, tuple[Any, Sequence[Any]]] = {}
        self._read: OrderedDict[_Key, Any] = OrderedDict()
        bar.wanted.connect(self._go)
        opener.plans_known.connect(self._take_plans)
        opener.volume_opened.connect(self._show)
        opener.volume_read.connect(self._keep)

    def _take_plans(self, entry: Any, plans: Sequence[Any]) -> None:
        self._plans[entry.key] = (entry, plans)
        self._show()

    def _phases(self) -> tuple[Any, list[Any], int]:
        """The open volume's entry, the plans of its phase set in order, and its place among them.

        An empty list when it is no phase.
        """
        key, number = self._opener.open_key or ("", 0)
        entry, plans = self._plans.get(key, (None, ()))
        own = next((plan for plan in plans if plan.index == number), None)
        if own is None or own.phase_set is None:
            return entry, [], 0
        phases = sorted(
            (plan for plan in plans if plan.phase_set == own.phase_set),
            key=lambda plan: plan.phase_position,
        )
        return entry, phases, phases.index(own)

    def _show(self) -> None:
        _, phases, place = self._phases()
        self._bar.show_phases([plan.phase_name for plan in phases], place)

    def _go(self, position: int) -> None:
        entry, phases, place = self._phases()
        if not 0 <= position < len(phases) or position == place:
            return
        number = phases[position].index
        looks = [(view, _Look(view)) for view in self._bench.views.views]
        by_keys = self._bar.slider.hasFocus()

        def give_back() -> None:
            for view, look in looks:
                look.give(view)
            if by_keys:  # opening gave the focus to the view, whose arrows mean slices
                self._bar.slider.setFocus()

        known = self._read.get((entry.key, number))
        if known is not None:
            self._opener.show_read(entry, number, known)
            give_back()
        else:
            once = Qt.ConnectionType.SingleShotConnection
            self._opener.volume_opened.connect(give_back, once)
            self._opener.open_entry(entry, number)

    def _keep(self, volume: Any) -> None:
        key = self._opener.open_key
        _, phases, _ = self._phases()
        if key is None or not phases:
            return
        self._read[key] = volume
        while (
            len(self._read) > 1 and sum(v.voxels.nbytes for v in self._read.values()) > _KEPT_BYTES
        ):
            self._read.popitem(last=False)


class _Look:
    """What of a view stays when another phase of the same grid is shown."""

    def __init__(self, view: ShownSlice) -> None:
        self._index = view.slice_index
        self._window = view.window_level
        self._transform = view.transform

    def give(self, view: ShownSlice) -> None:
        view.set_window(self._window)
        view.set_slice(self._index)
        if self._transform is not None and view.transform is not None:
            same = (self._transform.rows, self._transform.columns)
            if same == (view.transform.rows, view.transform.columns):
                view.set_transform(self._transform)
