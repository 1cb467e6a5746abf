"""SaveWatch: asks the session whether all is saved, from a change until it is."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from medview.core.errors import MedviewError
from medview.gui.panels.message_bar import MessageBar
from medview.gui.panels.status_panel import NOT_SAVED, SAVED, SAVING, StatusPanel

_ASK_MS = 60  # a stroke is committed within a few milliseconds


class SaveWatch(QObject):
    """Shows "saving", then "all changes saved", or why not; a refusal is told once."""

    all_saved = Signal()

    def __init__(
        self, session: Any, status: StatusPanel, messages: MessageBar, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._status = status
        self._messages = messages
        self._told: MedviewError | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(_ASK_MS)
        self._timer.timeout.connect(self._ask)

    def changed(self, *, saved: bool) -> None:
        """The session's news: something changed, or all is saved."""
        if saved:
            self._ask()
        else:
            self._status.show_saved(SAVING)
            self._timer.start()

    def shutdown(self) -> None:
        """Ask no more: the workspace is about to close."""
        self._timer.stop()

    def _ask(self) -> None:
        problem = self._session.save_problem
        if problem is not None:
            self._timer.stop()
            self._status.show_saved(NOT_SAVED)
            if problem is not self._told:
                self._told = problem
                self._messages.show_error(problem)
        elif self._session.is_saved:
            self._timer.stop()
            self._status.show_saved(SAVED)
            self.all_saved.emit()
