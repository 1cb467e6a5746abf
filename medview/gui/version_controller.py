"""VersionController: keeps versions of the labels, compares them with now, brings them back."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import QObject

from medview.gui.job_runner import RunningJob
from medview.gui.panels.versions_panel import VersionsPanel
from medview.gui.slice_cell import SliceCell
from medview.gui.slice_view import SliceView
from medview.gui.stepped_commit import SteppedCommit
from medview.gui.view_controller import ViewController
from medview.gui.view_grid import ViewLayout
from medview.gui.words import tr
from medview.gui.workbench import Workbench
from medview.session import versions

COMPARE = ViewLayout(
    "compare",
    "Compare Versions",
    "The labels of now beside what differs from a version (section Versions)",
    (("main", (0, 0, 1, 1)), ("compare", (0, 1, 1, 1))),
)


class VersionController(QObject):
    """Everything slow runs on frozen copies; a comparison of a case that was left is dropped."""

    def __init__(
        self, bench: Workbench, panel: VersionsPanel, viewer: ViewController, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._bench = bench
        self._panel = panel
        self._viewer = viewer
        self._view: SliceView | None = None
        self._running: RunningJob | None = None
        self._versions: list[Any] = []
        self._shown: object = None
        self._commit = SteppedCommit(bench, self)
        self._commit.failed.connect(bench.messages.show_error)
        viewer.grid.add_layout(COMPARE)
        viewer.grid.offer("compare", lambda: SliceCell(self.view))
        panel.keeping_wanted.connect(self.keep)
        panel.comparison_wanted.connect(self.compare)
        panel.return_wanted.connect(self.go_back)
        panel.deletion_wanted.connect(self.delete)

    @property
    def view(self) -> SliceView:
        """The view of the difference; it follows the main view's slice, window and zoom."""
        if self._view is None:
            view, main = SliceView(), self._bench.view
            view.setAccessibleName(tr("Comparison view"))
            main.slice_changed.connect(view.set_slice)
            view.slice_changed.connect(main.set_slice)
            main.window_changed.connect(view.set_window)
            view.window_changed.connect(main.set_window)
            self._view = view
        return self._view

    @property
    def is_writing(self) -> bool:
        return self._commit.is_running

    def read_versions(self) -> None:
        """Ask the workspace which versions the case has."""
        session = self._bench.session
        volume = session.volume
        key = "" if volume is None else volume.case_key
        self._versions = session.workspace.versions(key) if key else []
        self.show_state()

    def show_state(self) -> None:
        """Bring the panel in line with the session."""
        history = self._bench.session.history
        done = [] if history is None else history.edits[: history.applied]
        has_model = any(edit.origin.kind == "model" for edit in done)
        now = (list(self._versions), has_model, history is not None)
        if now != self._shown:
            self._shown = now
            self._panel.show_versions(
                self._versions, has_model=has_model, is_open=history is not None
            )

    def drop(self) -> None:
        """The case is left, or the window closes: what is under way is of no use."""
        self._commit.abandon()
        if self._running is not None:
            self._running.drop()

    def volume_changed(self) -> None:
        """Another case: the comparison is of the one that was left."""
        self.drop()
        self._panel.show_comparison("", None)
        if self._view is not None:
            self._view.set_volume(self._bench.session.volume)
        self.read_versions()

    def keep(self, name: str) -> None:
        """Keep the labels of now."""
        session = self._bench.session
        if session.volume is None:
            return
        taken = len(session.workspace.versions(session.volume.case_key))
        job = versions.keep_job(
            session.workspace,
            session.labelmap.frozen_copy(),
            session.volume.case_key,
            name or tr("version {number}").format(number=taken + 1),
            session.person,
        )
        self._start(job, lambda _id: self.read_versions())

    def compare(self, version_id: int, name: str) -> None:
        """What differs between a version and now, in numbers and in a view of its own."""
        self._start(self._comparing(version_id), partial(self._compared, name))

    def go_back(self, version_id: int, name: str) -> None:
        """The version's labels again, as one edit."""
        self._start(self._comparing(version_id), partial(self._restore, name))

    def delete(self, version_id: int, name: str) -> None:
        """Drop a version; asked first, because nothing brings it back."""

        def drop() -> None:
            self._bench.session.workspace.delete_version(version_id).result()
            self.read_versions()

        self._bench.messages.show_note(
            tr("Delete the version {name} for good?").format(name=name),
            [(tr("Keep"), _nothing), (tr("Delete"), drop)],
        )

    def _comparing(self, version_id: int) -> Any:
        session = self._bench.session
        done = list(session.history.edits)[: session.history.applied]
        return versions.compare_job(
            session.workspace, version_id, session.labelmap.frozen_copy(), done
        )

    def _compared(self, name: str, comparison: versions.Comparison) -> None:
        self._panel.show_comparison(name, comparison)
        main = self._bench.view
        self._viewer.choose_layout("compare")
        self.view.set_volume(main.volume)
        self.view.set_labels(comparison.difference)
        self.view.set_window(main.window_level)
        self.view.set_slice(main.slice_index)

    def _restore(self, name: str, comparison: versions.Comparison) -> None:
        session = self._bench.session
        origin = session.by_hand("version")
        self._commit.start(
            lambda: versions.restore_steps(session.editor, comparison.version, name, origin)
        )

    def _start(self, job: Any, done: Any) -> None:
        if self._running is not None:
            self._running.drop()
        self._running = self._bench.runner.start(
            job, on_done=done, on_error=self._bench.messages.show_error
        )


def _nothing() -> None:
    """The answer that leaves everything as it is."""
