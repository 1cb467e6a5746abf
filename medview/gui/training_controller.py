"""TrainingController: Retrain on corrections, from the child's start to the person's choice."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Signal

from medview.core.errors import MedviewError
from medview.gui.panels.training_panel import TrainingPanel
from medview.gui.training_process import TrainingProcess
from medview.gui.training_result import TrainingResult
from medview.gui.words import tr
from medview.gui.workbench import Workbench
from medview.session.advice import PHANTOM_CASE

_HASH_SHOWN = 7  # characters by which the child names a case


class TrainingController(QObject):
    """One training at a time; nothing live changes before the person chooses Use."""

    panel_wanted = Signal(bool)  # show or hide the panel's dock

    def __init__(self, bench: Workbench, panel: TrainingPanel, parent: QObject) -> None:
        super().__init__(parent)
        self._bench, self._window = bench, parent
        self.panel = panel
        self.process = TrainingProcess(self)
        self._result: TrainingResult | None = None
        self.process.progress.connect(panel.add)
        self.process.progress.connect(self._show_note)
        self.process.done.connect(self._take_result)
        self.process.failed.connect(self._failed)
        self.process.stopped.connect(self._stopped)
        panel.stop_wanted.connect(self._stop)
        page = panel.comparison
        page.use_wanted.connect(self._use)
        page.keep_wanted.connect(self._keep)
        page.discard_wanted.connect(self._discard)
        page.half_way_wanted.connect(self._half_way)
        page.case_chosen.connect(self._show_example)

    def start(self, **options: Any) -> None:
        """Start the child; troubles such as "nothing accepted" become messages.

        Without ``options`` those of the setting ``retrain`` are taken, such as
        ``{"budget": "10m"}`` or ``{"steps": 200, "seed": 1}``: the command line's own.
        """
        if self.process.is_running:
            self.panel_wanted.emit(True)
            return
        try:
            chosen = options or self._bench.session.settings.get("retrain", {})
            command = self._bench.session.retrain_command(**chosen)
        except MedviewError as error:
            self._bench.messages.show_error(error)
            return
        self._result = None
        self.panel.begin()
        self.panel_wanted.emit(True)
        self.process.start(command)

    def compare(self, candidate: str, base: str = "", *, blend: float | None = None) -> None:
        """Measure two versions on the held-out cases again; with ``blend`` the one between."""
        if self.process.is_running:
            self.panel_wanted.emit(True)
            return
        try:
            command = self._bench.session.compare_command(candidate, base, blend)
        except MedviewError as error:
            self._bench.messages.show_error(error)
            return
        self._result = None
        self.panel.begin(tr("comparing both models …"))
        self.panel_wanted.emit(True)
        self.process.start(command)

    def _half_way(self) -> None:
        if self._result is not None:
            self.compare(self._result.candidate, self._result.base, blend=0.5)

    def _show_example(self, case: str) -> None:
        """Pictures of the chosen case, as both versions see it."""
        self.panel.comparison.pictures.clear()
        shown = self._result
        if shown is None or case == PHANTOM_CASE or shown.is_new:
            return  # a new model has no version beside it
        try:
            job = self._bench.session.example_job(shown.base, shown.candidate, case)
        except MedviewError as error:
            self._bench.messages.show_error(error)
            return

        def show(example: Any) -> None:
            if self._result is shown:
                self.panel.comparison.pictures.show_example(example)

        self._bench.runner.start(job, on_done=show, on_error=self._bench.messages.show_error)

    def shutdown(self) -> None:
        """End every child with the window: the training, and a cross-validation."""
        for process in self._window.findChildren(TrainingProcess):
            process.shutdown()

    def _stop(self) -> None:
        self.panel.show_stopping()
        self.process.stop()

    def _show_note(self, event: dict[str, Any]) -> None:
        """What the child wants to be known: it went on after a kill, a disk that is full."""
        if event.get("note"):
            self._bench.messages.show_note(str(event["note"]), severity="warning")

    def _take_result(self, event: dict[str, Any]) -> None:
        self._result = TrainingResult.of(event).with_titles(self._titles())
        self.panel.show_result(self._result)
        self.panel_wanted.emit(True)
        self._bench.session.models_changed.emit()
        if self._result.damage:
            self._bench.messages.show_note(self._result.damage, severity="warning")

    def _titles(self) -> dict[str, str]:
        """Title by the start of the patient's hash, where a patient has one case."""
        found: dict[str, set[str]] = {}
        for record in self._bench.session.workspace.cases():
            found.setdefault(record.patient_id_hash[:_HASH_SHOWN], set()).add(record.title)
        return {start: titles.pop() for start, titles in found.items() if len(titles) == 1}

    def _failed(self, reason: str) -> None:
        self.panel_wanted.emit(False)
        self._bench.messages.show_note(reason, severity="error")

    def _stopped(self) -> None:
        self.panel_wanted.emit(False)
        self._bench.messages.show_note(tr("Training stopped. The models are as they were."))

    def _use(self) -> None:
        if self._result is not None and self._try("use_model", self._result):
            self._bench.messages.show_note(
                tr("{candidate} is now the active model. Model > Roll Back returns.").format(
                    candidate=self._result.candidate
                )
            )

    def _keep(self) -> None:
        if self._result is not None:
            self._bench.messages.show_note(
                tr("{candidate} is kept under Model > Models.").format(
                    candidate=self._result.candidate
                )
            )
        self.panel_wanted.emit(False)

    def _discard(self) -> None:
        if self._result is not None and self._try("discard_model", self._result):
            self._bench.messages.show_note(
                tr("{candidate} was discarded.").format(candidate=self._result.candidate)
            )

    def _try(self, method: str, result: TrainingResult) -> bool:
        try:
            getattr(self._bench.session, method)(*result.name_and_version)
        except MedviewError as error:
            self._bench.messages.show_error(error)
            return False
        self.panel_wanted.emit(False)
        return True
