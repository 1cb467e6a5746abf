"""Timeline: the order of edits and changes of measures, so that one undo serves both."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from medview.edit.edit import Edit
from medview.edit.history import History
from medview.edit.mask_editor import MaskEditor
from medview.session.measuring import MeasureChange, Measures

Act = Literal["edit", "measure"]
Done = Edit | MeasureChange


class Timeline:
    """The order of acts; the edits' history and the measures keep the acts themselves.

    A new act of either kind ends what could be redone of both. After a restart the order comes
    from the acts' times.
    """

    def __init__(self, measures: Measures) -> None:
        self._measures = measures
        self._editor: MaskEditor | None = None
        self._history = History()
        self._done: list[Act] = []
        self._undone: list[Act] = []

    def open(self, editor: MaskEditor, history: History) -> None:
        """Begin with what a case brought back."""
        self._editor, self._history = editor, history
        applied = history.applied
        done, undone = history.edits[:applied], history.edits[applied:]
        self._done = _in_order(done, self._measures.done)
        times = [_seconds(edit.time) for edit in done]
        newest = max([*times, *(step.time for step in self._measures.done)], default=0.0)
        self._undone = _in_order(  # what was undone before the newest act cannot come back
            [edit for edit in undone if _seconds(edit.time) >= newest],
            [step for step in self._measures.undone if step.time >= newest],
        )[::-1]

    def close(self) -> None:
        """No case is open."""
        self._editor, self._history = None, History()
        self._done.clear()
        self._undone.clear()

    def add(self, act: Act) -> None:
        """Something new was done."""
        self._done.append(act)
        self._undone.clear()

    def undo(self) -> Done | None:
        """Take the newest act back; None when there is none, or labels are being written."""
        act = self._next_undo()
        if act is None or self._editor is None:
            return None
        done: Done | None = self._editor.undo() if act == "edit" else self._measures.undo()
        if done is not None:
            self._undone.append(self._done.pop())
        return done

    def redo(self) -> Done | None:
        """Do the act again that was taken back last."""
        act = self._next_redo()
        if act is None or self._editor is None:
            return None
        done: Done | None = self._editor.redo() if act == "edit" else self._measures.redo()
        if done is not None:
            self._done.append(self._undone.pop())
        return done

    @property
    def can_undo(self) -> bool:
        return self._next_undo() is not None

    @property
    def can_redo(self) -> bool:
        return self._next_redo() is not None

    @property
    def undo_name(self) -> str:
        """What undo would take back, "" for nothing."""
        act = self._next_undo()
        if act is None:
            return ""
        return self._history.undo_name if act == "edit" else self._measures.done[-1].name

    @property
    def redo_name(self) -> str:
        """What redo would do again, "" for nothing."""
        act = self._next_redo()
        if act is None:
            return ""
        return self._history.redo_name if act == "edit" else self._measures.undone[0].name

    def _next_undo(self) -> Act | None:
        """The kind of the newest act. Edits that the history forgot are passed over."""
        while self._done:
            act = self._done[-1]
            if self._history.can_undo if act == "edit" else self._measures.done:
                return act
            self._done.pop()
        return None

    def _next_redo(self) -> Act | None:
        while self._undone:
            act = self._undone[-1]
            if self._history.can_redo if act == "edit" else self._measures.undone:
                return act
            self._undone.pop()
        return None


def _in_order(edits: Sequence[Edit], steps: Sequence[MeasureChange]) -> list[Act]:
    """Edits and steps by time; each of the two keeps its own order."""
    order: list[Act] = []
    rest = list(steps)
    for edit in edits:
        while rest and rest[0].time < _seconds(edit.time):
            order.append("measure")
            del rest[0]
        order.append("edit")
    return order + ["measure" for _ in rest]


def _seconds(text: str) -> float:
    """ISO 8601 as seconds since 1970; 0 for anything else."""
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        return 0.0
