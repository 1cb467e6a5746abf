"""ModelController: Segment and Heat map, from the press to what is painted."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from medview.core.errors import MedviewError
from medview.gui.job_runner import ProgressReport, RunningJob
from medview.gui.panels.model_panel import ModelPanel
from medview.gui.panels.overlay_panel import OverlayPanel
from medview.gui.words import counted
from medview.gui.workbench import Workbench

_STROKE_WAIT_MS = 50  # a prediction waits for the stroke that is being drawn


class ModelController(QObject):
    """Runs the model on the AI lane; its results of a case that was left are dropped."""

    busy_changed = Signal()

    def __init__(
        self, bench: Workbench, model: ModelPanel, overlay: OverlayPanel, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._bench = bench
        self._model = model
        self._overlay = overlay
        self._prediction: RunningJob | None = None
        self._explanation: RunningJob | None = None
        self._slices_done = 0
        model.segment_wanted.connect(self.segment)
        model.cancel_wanted.connect(self.cancel)
        overlay.heatmap_wanted.connect(self.explain)

    @property
    def is_predicting(self) -> bool:
        return self._prediction is not None

    def can_run(self) -> bool:
        """Whether there is a volume and a model, and nothing runs."""
        session = self._bench.session
        ready = session.volume is not None and not session.volume.is_color
        return ready and session.active_model is not None and not self.is_predicting

    def segment(self) -> None:
        """Predict the whole volume, the visible slice first."""
        if not self.can_run():
            return
        session = self._bench.session
        self._slices_done = 0
        try:
            job = session.prediction_job(
                self._bench.view.slice_index, device=str(self._model.device.currentData())
            )
        except MedviewError as error:
            self._bench.messages.show_error(error)
            return
        self._prediction = self._bench.runner.start(
            job,
            on_item=self._take_slice,
            on_done=self._predicted,
            on_error=self._prediction_failed,
            on_cancelled=self._cancelled,
            on_progress=self._model.show_running,
        )
        self._model.show_running(ProgressReport(0.0, "Starting the model", None))
        self.busy_changed.emit()

    def cancel(self) -> None:
        """Stop the prediction; what is done so far may be kept."""
        if self._prediction is not None:
            self._prediction.cancel()

    def drop(self) -> None:
        """Another case is opened: its results would be stale."""
        for running in (self._prediction, self._explanation):
            if running is not None:
                running.drop()
        self._prediction = self._explanation = None
        self.show_state()

    def explain(self) -> None:
        """A heat map of the chosen label on the visible slice."""
        session, view = self._bench.session, self._bench.view
        label_id = self._overlay.label.currentData()
        if session.volume is None or session.active_model is None or label_id is None:
            return
        if self._explanation is not None:
            self._explanation.drop()
        try:
            job = session.heatmap_job(
                view.slice_index,
                int(label_id),
                region=str(self._overlay.region.currentData()),
                point=None,
                layer=str(self._overlay.layer.currentData()),
            )
        except MedviewError as error:
            self._bench.messages.show_error(error)
            return
        self._explanation = self._bench.runner.start(
            job, on_done=self._explained, on_error=self._explanation_failed
        )

    def show_state(self, text: str = "") -> None:
        """Bring the panel in line with the session."""
        active = self._bench.session.active_model
        self._model.show_model("" if active is None else f"{active.name}@{active.version}")
        if not self.is_predicting:
            self._model.show_idle(can_run=self.can_run(), text=text)

    # ---- prediction

    def _take_slice(self, item: Any) -> None:
        self._slices_done += 1
        self._bench.session.on_predicted_slice(item)

    def _predicted(self, result: Any) -> None:
        editor = self._bench.session.editor
        if editor is not None and editor.is_open:  # one gesture at a time; the stroke comes first
            QTimer.singleShot(_STROKE_WAIT_MS, self, lambda: self._finish(result))
        else:
            self._finish(result)

    def _finish(self, result: Any) -> None:
        editor = self._bench.session.editor
        if editor is not None and editor.is_open:
            QTimer.singleShot(_STROKE_WAIT_MS, self, lambda: self._finish(result))
            return
        try:
            edit = self._bench.session.finish_prediction(result)
        except MedviewError as error:
            self._prediction_failed(error)
            return
        self._model.show_device(str(getattr(result, "device", "")))
        self._end_prediction("done" if edit is not None else "nothing changed")

    def _cancelled(self) -> None:
        done = self._slices_done
        if done == 0:
            self._bench.session.drop_prediction()
        else:
            self._bench.messages.show_note(
                f"Segmentation was cancelled after {counted(done, 'slice')}.",
                (("Keep Them", self._keep_part), ("Discard", self._discard_part)),
            )
        self._end_prediction("cancelled")

    def _keep_part(self) -> None:
        self._bench.session.finish_prediction(None)

    def _discard_part(self) -> None:
        self._bench.session.drop_prediction()

    def _prediction_failed(self, error: Exception) -> None:
        self._bench.session.drop_prediction()
        self._bench.messages.show_error(error)
        self._end_prediction("")

    def _end_prediction(self, text: str) -> None:
        self._prediction = None
        self.show_state(text)
        self.busy_changed.emit()

    # ---- heat map

    def _explained(self, heatmap: Any) -> None:
        self._explanation = None
        self._bench.session.on_heatmap(heatmap)

    def _explanation_failed(self, error: Exception) -> None:
        self._explanation = None
        self._bench.messages.show_error(error)
