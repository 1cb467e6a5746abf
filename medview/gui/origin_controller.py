"""OriginController: looks up beside the window who made what, whenever labels changed."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, QTimer

from medview.core.labels import LabelTable
from medview.gui.job_runner import RunningJob
from medview.gui.panels.origin_panel import OriginPanel
from medview.gui.workbench import Workbench
from medview.session.provenance import Known, Provenance, look_up_job

_PATIENCE_MS = 400  # after the last change: a stroke is painted first


class OriginController(QObject):
    """Only while its section is unfolded; what was found before is not looked up again."""

    def __init__(self, bench: Workbench, panel: OriginPanel, parent: QObject) -> None:
        super().__init__(parent)
        self._bench = bench
        self._panel = panel
        self._known = Known()
        self._running: RunningJob | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PATIENCE_MS)
        self._timer.timeout.connect(self._look)
        session = bench.session
        session.volume_changed.connect(self._volume_changed)
        session.history_changed.connect(self.look_soon)
        session.table_changed.connect(self.look_soon)
        bench.view.slice_changed.connect(self._show_activity)
        panel.shown.connect(self.look_soon)

    @property
    def is_looking(self) -> bool:
        return self._timer.isActive() or self._running is not None

    def look_soon(self) -> None:
        """Labels, their names or the case changed."""
        if self._panel.isVisible():
            self._timer.start()

    def drop(self) -> None:
        """The case is left, or the window closes."""
        self._timer.stop()
        if self._running is not None:
            self._running.drop()
            self._running = None

    def _volume_changed(self) -> None:
        self.drop()
        self._known = Known()
        self._panel.show_provenance(Provenance(), LabelTable())
        self._show_activity()
        self.look_soon()

    def _look(self) -> None:
        editor, history = self._bench.session.editor, self._bench.session.history
        if editor is None or not self._panel.isVisible():
            return
        if self._running is not None or editor.is_open:
            self._timer.start()
            return
        revision, table = editor.labelmap.revision, editor.labelmap.table

        def done(found: tuple[Provenance, Known]) -> None:
            self._running = None
            if self._bench.session.editor is not editor:
                return
            if editor.is_open or editor.labelmap.revision != revision:
                self.look_soon()  # what was read may be half of a stroke
                return
            provenance, self._known = found
            self._panel.show_provenance(provenance, table)

        def failed(error: Exception) -> None:
            self._running = None
            self._bench.messages.show_error(error)

        def cancelled() -> None:
            self._running = None

        edits = list(history.edits)[: history.applied]
        self._running = self._bench.runner.start(
            look_up_job(editor.labelmap, edits, self._known),
            on_done=done,
            on_error=failed,
            on_cancelled=cancelled,
        )
        self._show_activity()

    def _show_activity(self, _index: Any = None) -> None:
        activity = self._bench.session.activity
        self._panel.show_activity(activity.on_case, activity.on_slice(self._bench.view.slice_index))
