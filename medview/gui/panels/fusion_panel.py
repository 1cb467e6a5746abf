"""FusionPanel: how the volume laid over the open one is painted."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from medview.gui.companion import FusionOptions
from medview.gui.option_form import OptionForm
from medview.gui.words import tr

_HOW = "Right click on a series in the list to lay it over this one."


class FusionPanel(QWidget):
    """A form while something is fused, else how to get there."""

    options_edited = Signal(object)  # FusionOptions
    removal_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = QLabel(tr(_HOW))
        self.words.setObjectName("quiet")
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setWordWrap(True)
        self.form = OptionForm(FusionOptions())
        self.form.changed.connect(self.options_edited)
        self.remove = QPushButton(tr("Remove Fusion"))
        self.remove.clicked.connect(self.removal_wanted)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self.words, self.form, self.remove):
            layout.addWidget(widget)
        self.show_fused(None, FusionOptions())

    def show_fused(self, fused: Any, options: FusionOptions) -> None:
        """Follow what lies over the open volume, or nothing."""
        there = fused is not None
        self.form.setVisible(there)
        self.remove.setVisible(there)
        self.form.set_options(options)
        parts = (fused.name, fused.units) if there else ()
        name = ", ".join(part for part in parts if part)
        self.words.setText(
            tr("{name}, resampled to this grid").format(name=name) if there else tr(_HOW)
        )
