"""ModelController: Segment, from the press to what is painted."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Signal

from medview.core.errors import MedviewError
from medview.gui.job_runner import ProgressReport, RunningJob
from medview.gui.panels.model_panel import ModelPanel
from medview.gui.stepped_commit import SteppedCommit
from medview.gui.words import counted, duration, said, tr
from medview.gui.workbench import Workbench


class ModelController(QObject):
    """Runs the model on the AI lane; its results of a case that was left are dropped."""

    busy_changed = Signal()

    def __init__(self, bench: Workbench, model: ModelPanel, parent: QObject) -> None:
        super().__init__(parent)
        self._bench = bench
        self._model = model
        self._prediction: RunningJob | None = None
        self._slices_done = 0
        self.has_finished = False  # the last run, to its end
        self._notes_said: set[str] = set()
        self._question = ""  # whether to keep what a cancelled run did
        self._active: Any = None
        self._commit = SteppedCommit(bench, self)
        self._commit.ended.connect(self._committed)
        self._commit.failed.connect(self._prediction_failed)
        model.segment_wanted.connect(self.segment)
        model.cancel_wanted.connect(self.cancel)
        self.read_models()

    @property
    def active(self) -> Any:
        """The active model, as last read; None when there is none."""
        return self._active

    @property
    def is_predicting(self) -> bool:
        """From the press of Segment until its edit is committed."""
        return self._prediction is not None or self._commit.is_running

    def read_models(self) -> None:
        """Ask the session which model is active: it reads files, so only when that changed."""
        self._active = self._bench.session.active_model
        self.show_state()

    def can_run(self) -> bool:
        """Whether there is a grey volume and a model, and nothing runs."""
        volume = self._bench.session.volume
        ready = volume is not None and not volume.is_color and volume.is_complete
        return ready and self._active is not None and not self.is_predicting

    def segment(self) -> None:
        """Predict the whole volume, the visible slice first."""
        if not self.can_run():
            return
        self._slices_done = 0
        self.has_finished = False
        self._bench.messages.withdraw(self._question)
        try:
            job = self._bench.session.prediction_job(
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
        self._model.show_running(ProgressReport(0.0, tr("Starting the model"), None))
        self.busy_changed.emit()

    def cancel(self) -> None:
        """Stop the prediction; what is done so far may be kept."""
        if self._prediction is not None:
            self._prediction.cancel()

    def drop(self) -> None:
        """Another case is opened: its results would be stale."""
        if self._prediction is not None:
            self._prediction.drop()
        self._prediction = None
        self._commit.abandon()
        self._bench.messages.withdraw(self._question)
        self._model.show_device("")
        self.show_state("")

    def show_state(self, text: str | None = None) -> None:
        """Bring the panel in line with the session; ``text`` None keeps what it says."""
        active = self._active
        self._model.show_model("" if active is None else f"{active.name}@{active.version}")
        if not self.is_predicting:
            self._model.show_idle(can_run=self.can_run(), text=text)

    # ---- prediction

    def _take_slice(self, item: Any) -> None:
        self._slices_done += 1
        self._bench.session.on_predicted_slice(item)

    def _predicted(self, result: Any) -> None:
        self._prediction = None
        for note in result.notes:
            if note not in self._notes_said:  # once is enough
                self._notes_said.add(note)
                self._bench.messages.show_note(said(note))
        self._model.show_device(self._speed(result))
        self._model.show_running(ProgressReport(1.0, tr("Writing the labels"), None))
        self._commit.start(lambda: self._bench.session.finishing(result))

    def _speed(self, result: Any) -> str:
        """What it ran on and how long it took, also per slice."""
        took = duration(result.seconds)
        if result.is_kept:
            return tr("{device}, kept from before").format(device=result.device)
        each = 1000.0 * result.seconds / max(1, self._slices_done)
        return tr("{device}, {time}, {ms} ms per slice").format(
            device=result.device, time=took, ms=f"{each:.0f}"
        )

    def _committed(self, edit: Any) -> None:
        self.has_finished = True
        volume = self._bench.session.volume
        left_out = 0 if volume is None else len(volume.unreadable)
        words = "" if edit is not None else tr("No label changed.")
        if left_out:
            left = counted(
                left_out,
                "{count} slice could not be read and stayed as before.",
                "{count} slices could not be read and stayed as before.",
            )
            words = f"{words} {left}"
        self._end_prediction(words.strip())

    def _cancelled(self) -> None:
        session = self._bench.session
        done = self._slices_done
        if done == 0:
            session.drop_prediction()
        else:
            self._question = counted(
                done,
                "Segmentation was cancelled after {count} slice.",
                "Segmentation was cancelled after {count} slices.",
            )
            self._bench.messages.show_note(
                self._question,
                (
                    (tr("Keep Them"), lambda: self._commit.start(lambda: session.finishing(None))),
                    (tr("Discard"), session.drop_prediction),
                ),
            )
        self._end_prediction("cancelled")

    def _prediction_failed(self, error: Exception) -> None:
        self._bench.session.drop_prediction()
        self._bench.messages.show_error(error)
        self._end_prediction("")

    def _end_prediction(self, text: str) -> None:
        self._prediction = None
        self.show_state(text)
        self.busy_changed.emit()
