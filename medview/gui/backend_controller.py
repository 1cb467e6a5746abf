"""BackendController: measuring the backends when nothing else runs, and choosing one by hand."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject

from medview.core.errors import MedviewError
from medview.gui.job_runner import ProgressReport, RunningJob
from medview.gui.model_controller import ModelController
from medview.gui.panels.model_panel import ModelPanel
from medview.gui.panels.overlay_panel import OverlayPanel
from medview.gui.words import said
from medview.gui.workbench import Workbench


class BackendController(QObject):
    """Measures after the first run, on its case; a new run or heat map goes before."""

    def __init__(
        self,
        bench: Workbench,
        panel: ModelPanel,
        modeller: ModelController,
        overlay: OverlayPanel,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._bench = bench
        self._panel = panel
        self._chooser = panel.chooser
        self._modeller = modeller
        self._measuring: RunningJob | None = None
        self._chooser.show_backends(bench.session.backends(), bench.session.backend)
        self._chooser.chosen.connect(self._choose)
        self._chooser.measure_wanted.connect(self.measure)
        modeller.busy_changed.connect(self._busy_changed)
        overlay.heatmap_wanted.connect(self.give_way)

    @property
    def is_measuring(self) -> bool:
        return self._measuring is not None

    def measure(self) -> None:
        """Time every backend that can run here, with the open volume as the real case."""
        if self._measuring is not None or self._modeller.is_predicting:
            return
        try:
            job = self._bench.session.backends_job(str(self._panel.device.currentData()))
        except MedviewError as error:
            self._bench.messages.show_error(error)
            return
        self._measuring = self._bench.runner.start(
            job,
            on_done=self._measured,
            on_error=self._failed,
            on_cancelled=self._ended,
            on_progress=self._progress,
        )
        self._chooser.show_measuring(is_on=True)

    def give_way(self) -> None:
        """Stop measuring: somebody waits for the model."""
        if self._measuring is not None:
            self._measuring.drop()
            self._ended()
            self._chooser.say("")

    def _busy_changed(self) -> None:
        if self._modeller.is_predicting:
            self.give_way()
        elif self._modeller.has_finished and self._bench.session.backends_unmeasured:
            self.measure()

    def _choose(self, wanted: str) -> None:
        self._bench.session.set_backend(wanted)
        self.give_way()

    def _progress(self, report: ProgressReport) -> None:
        self._chooser.say(said(report.text))

    def _measured(self, measured: Any) -> None:
        self._ended()
        self._chooser.show_measured(measured)

    def _failed(self, error: Exception) -> None:
        self._ended()
        self._chooser.say("")
        self._bench.messages.show_error(error)

    def _ended(self) -> None:
        self._measuring = None
        self._chooser.show_measuring(is_on=False)
