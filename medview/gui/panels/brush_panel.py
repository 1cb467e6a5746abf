"""BrushPanel: the active tool's options, as the form its dataclass asks for."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from medview.gui.option_form import OptionForm


class BrushPanel(QWidget):
    """Rebuilt when another tool becomes active; empty while navigating."""

    options_edited = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = QLabel()
        self._words.setObjectName("quiet")
        self._words.setWordWrap(True)
        self._form: OptionForm | None = None
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addWidget(self._words)
        self.show_tool(None)

    @property
    def form(self) -> OptionForm | None:
        return self._form

    def show_tool(self, tool: Any | None) -> None:
        """The form of a tool, or how to get one."""
        if self._form is not None:
            self._form.deleteLater()
            self._layout.removeWidget(self._form)
            self._form = None
        if tool is None:
            self._words.setText("Navigating. B paints, E erases, Esc comes back.")
            return
        self._words.setText(tool.description)
        if tool.options is not None:
            self._form = OptionForm(tool.options)
            self._form.changed.connect(self.options_edited)
            self._layout.addWidget(self._form)

    def show_options(self, options: Any) -> None:
        """Options changed by a key or the wheel."""
        if self._form is not None and type(self._form.options) is type(options):
            self._form.set_options(options)
