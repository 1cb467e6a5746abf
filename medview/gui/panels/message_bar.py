"""MessageBar: the one place for troubles and notes, above the image, never in the way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from medview.core.errors import MedviewError
from medview.gui.words import tr

Severity = Literal["note", "warning", "error"]
Choice = tuple[str, Callable[[], None]]

_MOST = 50  # messages kept waiting; more of one kind tell nothing new


class MessageBar(QFrame):
    """Shows the newest message; the others wait behind it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("messageBar")
        self.setAccessibleName(tr("Messages"))
        self._waiting: list[tuple[Severity, str, tuple[Choice, ...]]] = []
        self._text = QLabel()
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._more = QLabel()
        self._more.setObjectName("quiet")
        self._choices = QHBoxLayout()
        self._close = QPushButton(tr("Close"))
        self._close.setAccessibleName(tr("Close this message"))
        self._close.clicked.connect(self.close_message)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 6, 8, 6)
        layout.addWidget(self._text, 1)
        layout.addWidget(self._more)
        layout.addLayout(self._choices)
        layout.addWidget(self._close)
        self.hide()

    @property
    def text(self) -> str:
        """The message shown, or ""."""
        return self._waiting[-1][1] if self._waiting else ""

    def show_error(self, error: Exception) -> None:
        """A `MedviewError` in its own words; anything else as a fault of the program."""
        if isinstance(error, MedviewError):
            self._add("error", str(error), ())
        else:
            kind = type(error).__name__
            self._add(
                "error",
                tr(
                    "medview made a mistake ({kind}: {error}). Your work is kept; "
                    "the log file has the details."
                ).format(kind=kind, error=error),
                (),
            )

    def show_note(
        self, text: str, choices: Sequence[Choice] = (), severity: Severity = "note"
    ) -> None:
        """Plain words; with choices, a question that only one of them answers."""
        self._add(severity, text, tuple(choices))

    def close_message(self) -> None:
        """Close the one shown; the next appears."""
        if self._waiting:
            self._waiting.pop()
        self._show()

    def withdraw(self, text: str) -> None:
        """Take a message back: what it says or asks is no longer so."""
        self._waiting = [m for m in self._waiting if m[1] != text]
        self._show()

    def clear_notes(self) -> None:
        """Drop notes without choices: they belong to a case that was left."""
        self._waiting = [m for m in self._waiting if m[0] == "error" or m[2]]
        self._show()

    def _add(self, severity: Severity, text: str, choices: tuple[Choice, ...]) -> None:
        self._waiting = [m for m in self._waiting if m[1] != text][-_MOST:]
        self._waiting.append((severity, text, choices))
        self._show()

    def _show(self) -> None:
        while self._choices.count():
            item = self._choices.takeAt(0)
            widget = None if item is None else item.widget()
            if widget is not None:
                widget.hide()  # now: its deletion waits for the event loop
                widget.deleteLater()
        if not self._waiting:
            self.hide()
            return
        severity, text, choices = self._waiting[-1]
        self._text.setText(text)
        self._text.setAccessibleName(text)
        self._close.setVisible(not choices)
        others = len(self._waiting) - 1
        self._more.setText(tr("{others} more").format(others=others) if others else "")
        for label, callback in choices:
            button = QPushButton(label)
            button.clicked.connect(lambda _=False, chosen=callback: self._choose(chosen))
            self._choices.addWidget(button)
        self.setProperty("severity", severity)
        self.style().unpolish(self)
        self.style().polish(self)
        self.show()

    def _choose(self, callback: Callable[[], None]) -> None:
        self.close_message()
        callback()
