"""BackendChooser: which library runs the model, and how fast each one is here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QVBoxLayout, QWidget

from medview.gui.words import tr

AUTO = "auto"


class BackendChooser(QWidget):
    """A list of backends, and what is the fastest here; ``measure`` stands beside the device."""

    chosen = Signal(str)
    measure_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.backend = QComboBox()
        self.backend.setAccessibleName(tr("Backend for the model"))
        self.backend.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.backend.activated.connect(lambda _: self.chosen.emit(self.backend.currentData()))
        self.measure = QPushButton(tr("Measure"))
        self.measure.setToolTip(tr("Measure again which backend is the fastest on this machine"))
        self.measure.clicked.connect(self.measure_wanted)
        self.words = QLabel()
        self.words.setObjectName("quiet")
        self.words.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.backend)
        layout.addWidget(self.words)
        self.say("")

    def show_backends(self, rows: Iterable[Any], wanted: str) -> None:
        """All of them, those that cannot run here greyed with the reason; ``wanted`` is an id."""
        self.backend.clear()
        self.backend.addItem(tr("Automatic"), AUTO)
        for row in rows:
            self.backend.addItem(tr(row.title), row.id)
            last = self.backend.count() - 1
            self.backend.setItemData(last, row.missing, Qt.ItemDataRole.ToolTipRole)
            model = self.backend.model()
            if row.missing and isinstance(model, QStandardItemModel):
                model.item(last).setEnabled(False)
        self.backend.setCurrentIndex(max(0, self.backend.findData(wanted)))

    def show_measured(self, measured: Iterable[Any]) -> None:
        """The time of each beside its name, what was not like PyTorch marked, the best in words."""
        usable = []
        for one in measured:
            place = self.backend.findData(one.id)
            if place < 0:
                continue
            if one.problem:
                text = tr("{name} (failed)")
            elif not one.passes:
                text = tr("{name} ({ms} ms, differs)")
            else:
                text = tr("{name} ({ms} ms)")
                usable.append(one)
            name = tr(one.title)
            self.backend.setItemText(place, text.format(name=name, ms=_ms(one.median_ms)))
            self.backend.setItemData(place, one.problem, Qt.ItemDataRole.ToolTipRole)
        best = min(
            (one for one in usable if one.automatic), key=lambda one: one.median_ms, default=None
        )
        if best is not None:
            self.say(
                tr("fastest here: {name}, {ms} ms per slice").format(
                    name=tr(best.title), ms=_ms(best.median_ms)
                )
            )

    def say(self, text: str) -> None:
        self.words.setText(text)
        self.words.setVisible(bool(text))

    def show_measuring(self, *, is_on: bool) -> None:
        self.measure.setEnabled(not is_on)


def _ms(value: float) -> str:
    return f"{value:.1f}" if value < 10 else f"{value:.0f}"
