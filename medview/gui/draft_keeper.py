"""DraftKeeper: slow proposals run beside the window, and what is kept is written as one edit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from medview.core.job import Job
from medview.edit.draft import Proposal, keep, keep_steps
from medview.edit.edit import Edit, Origin
from medview.edit.tool import Done, Work
from medview.gui.job_runner import RunningJob
from medview.gui.stepped_commit import SteppedCommit
from medview.gui.words import tr
from medview.gui.workbench import Workbench

_AT_ONCE = 2_000_000  # voxels that are written in one turn of the event loop


class DraftKeeper(QObject):
    """One proposal is worked out at a time; a newer question drops the older one's answer."""

    refused = Signal(str)  # in words
    finished = Signal()  # an answer was handed over
    written = Signal(object)  # Edit or None

    def __init__(self, bench: Workbench, parent: QObject) -> None:
        super().__init__(parent)
        self._bench = bench
        self._running: RunningJob | None = None
        self._commit = SteppedCommit(bench, self)
        self._commit.ended.connect(self.written)
        self._commit.failed.connect(lambda error: self.refused.emit(str(error)))

    def run(
        self, name: str, work: Work, done: Done, late: Callable[[], None] | None = None
    ) -> None:
        """What `ToolContext.run` promises: ``done`` is called only if no label changed meanwhile.

        Else ``late`` is, or the person is told.

        The job reads the live label map: it is told apart by its revision whether what it read
        was whole, so nothing has to be copied first."""
        self.drop()
        editor = self._bench.session.editor
        revision = editor.labelmap.revision

        def is_current() -> bool:
            same = self._bench.session.editor is editor
            return same and editor.labelmap.revision == revision and not editor.is_open

        def too_late() -> None:
            self.refused.emit(
                tr("{name}: the labels changed meanwhile; try again.").format(name=name)
            )

        def finished(result: Any) -> None:
            self._running = None
            if is_current():
                done(result)
                self.finished.emit()
            else:
                (late or too_late)()

        def failed(error: Exception) -> None:
            self._running = None
            if is_current():
                self._bench.messages.show_error(error)
            else:
                (late or too_late)()

        self._running = self._bench.runner.start(Job(name, work), None, finished, failed)

    @property
    def is_working(self) -> bool:
        return self._running is not None or self._commit.is_running

    def drop(self) -> None:
        """Nobody waits for the answer any more."""
        if self._running is not None:
            self._running.drop()
            self._running = None

    def abandon(self) -> None:
        """The case was left."""
        self.drop()
        self._commit.abandon()

    def write(
        self, proposal: Proposal, origin: Origin, slice_index: int, label_id: int | None
    ) -> None:
        """One edit; a large one a few slices per turn of the event loop."""
        editor = self._bench.session.editor
        arguments = (editor, proposal, origin, slice_index, label_id)
        if proposal.box.size <= _AT_ONCE:
            edit: Edit | None = keep(*arguments)
            self.written.emit(edit)
            return
        steps: Callable[[], Any] = lambda: keep_steps(*arguments)  # noqa: E731
        self._commit.start(steps)
