"""ExplainController: heat maps and the model's doubt, from the press to what is painted."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject

from medview.core.errors import MedviewError
from medview.gui.job_runner import ProgressReport, RunningJob
from medview.gui.panels.doubt_panel import DoubtPanel
from medview.gui.panels.overlay_panel import OverlayPanel
from medview.gui.words import time_left, tr
from medview.gui.workbench import Workbench


class ExplainController(QObject):
    """Runs explanations on the AI lane; what belongs to a case that was left is dropped."""

    def __init__(
        self, bench: Workbench, overlay: OverlayPanel, doubts: DoubtPanel, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._bench = bench
        self._overlay = overlay
        self._doubts = doubts
        self._running: RunningJob | None = None
        self._everywhere = False  # the maps of all slices, or of one
        overlay.heatmap_wanted.connect(self.explain)
        doubts.slice_wanted.connect(self._bench.view.set_slice)
        bench.session.doubts_changed.connect(self.show_doubts)
        bench.session.models_changed.connect(self.follow_model)
        self.follow_model()

    def follow_model(self) -> None:
        """Offer the method that did best for the model that is active now."""
        if self._bench.session.active_model is not None:
            self._overlay.choose_method(*self._bench.session.best_heatmap)

    def show_doubts(self) -> None:
        """The list of the slices in which the newest prediction was least sure."""
        session = self._bench.session
        table = None if session.labelmap is None else session.labelmap.table
        self._doubts.show_doubts(session.doubts, table)

    def drop(self) -> None:
        """Another case is opened: its results would be stale."""
        self._stop()
        self._doubts.show_doubts({}, None)

    def explain(self) -> None:
        """A heat map of the chosen label on the visible slice, near the mouse if it is there.

        While the maps of all slices are made, the same press stops them.
        """
        session, view = self._bench.session, self._bench.view
        if self._running is not None:
            was_everywhere = self._everywhere
            self._stop()
            if was_everywhere:
                return
        question = self._overlay.question
        if session.volume is None or session.active_model is None or question is None:
            return
        self._everywhere = question.everywhere
        try:
            job = session.heatmap_job(
                view.slice_index,
                question.label_id,
                region=question.region,
                point=view.cursor_voxel,
                layer=question.layer,
                method=question.method,
                everywhere=question.everywhere,
            )
        except MedviewError as error:
            self._bench.messages.show_error(error)
            return
        if self._everywhere:
            session.clear_heatmap()
        self._overlay.show_running(tr("Stop") if self._everywhere else tr("Working …"))
        self._running = self._bench.runner.start(
            job,
            on_item=lambda heatmap: session.on_heatmap(heatmap, add=True),
            on_done=self._explained,
            on_error=self._failed,
            on_progress=self._report,
        )

    def _report(self, report: ProgressReport) -> None:
        words = tr("Stop") if self._everywhere else tr("Working …")
        left = time_left(report.seconds_left)
        self._overlay.show_running("   ".join(part for part in (words, left) if part))

    def _explained(self, result: Any) -> None:
        self._running = None
        self._overlay.show_running("")
        if not self._everywhere:
            self._bench.session.on_heatmap(result)
        elif result == 0:
            self._bench.messages.show_note(tr("The model finds nothing of this label here."))

    def _stop(self) -> None:
        """Stop what is being made; maps that are ready stay."""
        if self._running is not None:
            self._running.drop()
        self._running = None
        self._overlay.show_running("")

    def _failed(self, error: Exception) -> None:
        self._running = None
        self._overlay.show_running("")
        self._bench.messages.show_error(error)
