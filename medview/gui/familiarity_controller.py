"""FamiliarityController: says before the mask when a case is unlike what the model knows."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject

from medview.core.errors import MedviewError
from medview.gui.job_runner import RunningJob
from medview.gui.model_controller import ModelController
from medview.gui.panels.model_panel import ModelPanel
from medview.gui.workbench import Workbench


class FamiliarityController(QObject):
    """Looks at a dozen slices of every volume that was read; gives way to Segment."""

    def __init__(
        self, bench: Workbench, model: ModelPanel, modeller: ModelController, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._bench = bench
        self._model = model
        self._modeller = modeller
        self._running: RunningJob | None = None
        self._waits = False  # for the end of a prediction
        modeller.busy_changed.connect(self._busy_changed)

    def drop(self) -> None:
        """Another case is opened."""
        if self._running is not None:
            self._running.drop()
        self._running, self._waits = None, False
        self._model.show_warnings(())

    def look(self, _volume: object = None) -> None:
        """Compare the open volume with what the active model was trained on."""
        self.drop()
        volume = self._bench.session.volume
        if volume is None or not volume.is_complete or self._bench.session.active_model is None:
            return
        if self._modeller.is_predicting:
            self._waits = True
            return
        try:
            job = self._bench.session.familiarity_job()
        except MedviewError:
            return  # Segment will say why the model cannot run
        self._running = self._bench.runner.start(job, on_done=self._looked, on_error=self._refused)

    def _looked(self, reasons: Any) -> None:
        self._running = None
        self._model.show_warnings(tuple(reason.text for reason in reasons))

    def _refused(self, error: Exception) -> None:
        """The model cannot be run on this case at all: that is a warning too."""
        self._running = None
        self._model.show_warnings((error.message,) if isinstance(error, MedviewError) else ())

    def _busy_changed(self) -> None:
        if self._modeller.is_predicting and self._running is not None:
            self._running.drop()  # the first slice of the mask is wanted now
            self._running, self._waits = None, True
        elif not self._modeller.is_predicting and self._waits:
            self.look()
