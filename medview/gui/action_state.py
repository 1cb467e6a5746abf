"""ActionState: which actions can be chosen now, which are ticked, and what undo is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from medview.gui.action_rows import Needs
from medview.gui.actions import ACTIONS
from medview.gui.words import tr

if TYPE_CHECKING:
    from medview.gui.main_window import MainWindow

_HISTORY: tuple[Needs, ...] = ("undo", "redo")


class ActionState:
    """Reads the session and the controllers, changes nothing but the actions."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._session = window.bench.session
        self._by_id = window.actions_by.by_id

    def show(self) -> None:
        """Bring all actions in line."""
        self._window.actions_by.enable(self._answer)
        self._name_history()
        self._check_tools()
        self._by_id["clean"].setChecked(self._session.is_cleaned)

    def show_history(self) -> None:
        """Undo and redo alone, for the key that follows in the same turn."""
        for name in _HISTORY:
            self._by_id[name].setEnabled(self._answer(name))

    def _name_history(self) -> None:
        """The menu says what would be undone; the toolbar keeps its short word."""
        timeline = self._session.timeline
        undo, redo = self._by_id["undo"], self._by_id["redo"]
        undo.setText(tr("Undo {name}").format(name=timeline.undo_name).strip())
        redo.setText(tr("Redo {name}").format(name=timeline.redo_name).strip())

    def _answer(self, need: Needs) -> bool:
        session, window = self._session, self._window
        answers = {
            "nothing": lambda: True,
            "volume": lambda: session.volume is not None,
            "navigating": lambda: session.volume is not None and not window.tools.is_active,
            "labels": lambda: session.labelmap is not None,
            "undo": lambda: session.timeline.can_undo,
            "redo": lambda: session.timeline.can_redo,
            "model": lambda: window.modeller.active is not None and session.volume is not None,
            "trainable": lambda: window.modeller.active is not None,
            "busy": lambda: bool(window.bench.runner.active),
            "measures": lambda: window.measurer.has_measures,
            "heatmap": lambda: session.heatmap is not None,
            "accepted": lambda: session.volume is not None and window.reviewer.slice_is_accepted,
        }
        return answers[need]()

    def _check_tools(self) -> None:
        tools, measuring = self._window.tools, self._window.measurer.active
        measure = f"measure-{measuring}" if measuring else ""
        active = tools.active.id if tools.active else measure or "navigate"
        kinds = [spec.id for spec in ACTIONS if spec.callback == "measure"]
        for tool_id in ("navigate", *tools.tools, *kinds):
            self._by_id[tool_id].setChecked(tool_id == active and self._session.volume is not None)
