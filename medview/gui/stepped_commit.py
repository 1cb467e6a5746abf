"""SteppedCommit: a large edit written in idle turns of the event loop."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from medview.core.errors import MedviewError
from medview.gui.workbench import Workbench

Steps = Generator[float, None, Any]


class SteppedCommit(QObject):
    """Writes one edit a few slices per turn, so that the window stays free.

    It waits for the stroke that is being drawn: there is one gesture at a time.
    """

    ended = Signal(object)  # what the steps return
    failed = Signal(object)  # Exception

    def __init__(self, bench: Workbench, parent: QObject) -> None:
        super().__init__(parent)
        self._bench = bench
        self._make: Callable[[], Steps] | None = None
        self._steps: Steps | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._step)

    @property
    def is_running(self) -> bool:
        return self._timer.isActive()

    def start(self, make_steps: Callable[[], Steps]) -> None:
        """Begin as soon as no gesture is open; ``make_steps`` gives the generator of steps."""
        self.abandon()
        self._make = make_steps
        self._timer.start()

    def abandon(self) -> None:
        """The case was left: what is not written yet never will be."""
        self._timer.stop()
        self._make = None
        if self._steps is not None:
            self._steps.close()
            self._steps = None

    def _step(self) -> None:
        editor = self._bench.session.editor
        if self._steps is None:
            if editor is not None and editor.is_open:
                return  # the stroke comes first; the next turn asks again
            assert self._make is not None
            self._steps = self._make()
        try:
            next(self._steps)
        except StopIteration as stop:
            self._finish()
            self.ended.emit(stop.value)
        except (MedviewError, RuntimeError, ValueError) as error:
            self._finish()
            self.failed.emit(error)

    def _finish(self) -> None:
        self._timer.stop()
        self._make = self._steps = None
