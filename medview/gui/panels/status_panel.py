"""StatusPanel: the line at the bottom: work in progress with Cancel, and whether all is saved."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton, QStatusBar, QWidget

from medview.gui.job_runner import JobRunner, RunningJob
from medview.gui.words import said, time_left, tr

SAVED, SAVING, NOT_SAVED = "all changes saved", "saving …", "NOT SAVED"
_SAY_MS = 4000


class StatusPanel(QStatusBar):
    """Shows the newest running job; quick ones come and go unseen."""

    cancel_wanted = Signal()

    def __init__(self, runner: JobRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self.setSizeGripEnabled(False)
        self.text = QLabel()
        self.text.setAccessibleName(tr("Work in progress"))
        self.bar = QProgressBar()
        self.bar.setAccessibleName(tr("Progress"))
        self.bar.setFixedWidth(160)
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.cancel = QPushButton(tr("Cancel"))
        self.cancel.setFlat(True)
        self.cancel.clicked.connect(self.cancel_wanted)
        self.saved = QLabel()
        self.saved.setAccessibleName(tr("Saved state"))
        for widget in (self.text, self.bar, self.cancel, self.saved):
            self.addPermanentWidget(widget)
        runner.progressed.connect(self._show)
        runner.ended.connect(self._ended)
        self._hide_work()
        self.show_saved(SAVED)

    def current(self) -> RunningJob | None:
        """The job that Cancel means: the newest that runs and is wanted."""
        wanted = [job for job in self._runner.active if not job.is_stale]
        running = [job for job in wanted if job.state == "running"]
        chosen = running or wanted
        return chosen[-1] if chosen else None

    def say(self, text: str) -> None:
        """A short word that goes away by itself."""
        self.showMessage(text, _SAY_MS)

    def show_saved(self, text: str) -> None:
        """Whether all is on the disk."""
        self.saved.setText(tr(text))

    def _show(self, running: RunningJob) -> None:
        report = running.report
        left = time_left(report.seconds_left)
        repeats = report.text.startswith(running.job.name)
        parts = ("" if repeats else said(running.job.name), said(report.text), left)
        self.text.setText("   ".join(part for part in parts if part))
        self.bar.setValue(round(report.fraction * 1000))
        for widget in (self.text, self.bar, self.cancel):
            widget.show()

    def _ended(self, _running: RunningJob) -> None:
        current = self.current()
        if current is None:
            self._hide_work()
        else:
            self._show(current)

    def _hide_work(self) -> None:
        for widget in (self.text, self.bar, self.cancel):
            widget.hide()
