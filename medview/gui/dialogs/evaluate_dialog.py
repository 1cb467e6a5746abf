"""EvaluateDialog: which model, on which cases; the report opens when it is written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from medview.core.errors import MedviewError
from medview.gui import outside
from medview.gui.job_runner import ProgressReport
from medview.gui.training_process import TrainingProcess
from medview.gui.words import RESEARCH_USE, said, time_left, tr
from medview.gui.workbench import Workbench

_MOST_FOLDS = 10


class EvaluateDialog(QDialog):
    """Runs one evaluation at a time; Cancel and closing stop it.

    A cross-validation trains, so it runs in a child process, which outlives the dialog until it
    has stopped.
    """

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Evaluate a Model"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._bench = bench
        self._running: Any = None
        self._process: TrainingProcess | None = None
        self.report: Path | None = None
        self.model = QComboBox()
        self.model.setAccessibleName(tr("Model"))
        for one in bench.session.models():
            state = tr("in use") if one.in_use else tr(one.state)
            self.model.addItem(f"{one.name}@{one.version} ({state})", f"{one.name}@{one.version}")
            if one.in_use:
                self.model.setCurrentIndex(self.model.count() - 1)
        self.held_out = QRadioButton(tr("On the held-out cases of this workspace"))
        self.held_out.setChecked(True)
        self.files = QRadioButton(tr("On images and labels in two folders, paired by name"))
        self.images, self.labels = QLineEdit(), QLineEdit()
        self.cross = QRadioButton(
            tr("Cross-validate the recipe on the accepted slices (trains K times)")
        )
        self.cross.setToolTip(
            tr("Each training leaves some patients out and is measured on them; Retrain Options "
               "say how long it takes")
        )  # fmt: skip
        self.folds = QSpinBox()
        self.folds.setRange(2, _MOST_FOLDS)
        self.folds.setValue(3)
        self.run = QPushButton(tr("Evaluate"))
        self.run.setObjectName("primary")
        self.run.clicked.connect(self._start)
        self.cancel = QPushButton(tr("Cancel"))
        self.cancel.clicked.connect(self._stop)
        self.cancel.hide()
        self.open_report = QPushButton(tr("Open Report"))
        self.open_report.clicked.connect(self._open)
        self.open_report.hide()
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.hide()
        self.words = QLabel()
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setWordWrap(True)
        self.files.toggled.connect(self._show_choice)
        self.cross.toggled.connect(self._show_choice)
        self._lay_out()
        self._show_choice()

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.addRow(tr("Model"), self.model)
        form.addRow(self.held_out)
        form.addRow(self.files)
        self._browse = []
        for text, line in ((tr("Images"), self.images), (tr("Labels"), self.labels)):
            line.setAccessibleName(text)
            button = QPushButton(tr("Choose…"))
            button.clicked.connect(lambda _checked=False, line=line: self._ask(line))
            self._browse.append(button)
            row = QHBoxLayout()
            row.addWidget(line, 1)
            row.addWidget(button)
            form.addRow(text, row)
        form.addRow(self.cross)
        self.folds.setAccessibleName(tr("Folds (K)"))
        form.addRow(tr("Folds (K)"), self.folds)
        research = QLabel(tr(RESEARCH_USE))
        research.setObjectName("research")
        buttons = QHBoxLayout()
        buttons.addWidget(research, 1)
        buttons.addWidget(self.open_report)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.run)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(self.bar)
        layout.addWidget(self.words)
        layout.addStretch(1)
        layout.addLayout(buttons)
        self.resize(560, 320)

    def _show_choice(self) -> None:
        for widget in (self.images, self.labels, *self._browse):
            widget.setEnabled(self.files.isChecked())
        self.folds.setEnabled(self.cross.isChecked())

    def _ask(self, line: QLineEdit) -> None:
        chosen = QFileDialog.getExistingDirectory(self, tr("Choose a Folder"), line.text())
        if chosen:
            line.setText(chosen)

    def _start(self) -> None:
        if self.cross.isChecked():
            self._cross_validate()
            return
        places: tuple[Path | None, Path | None] = (None, None)
        if self.files.isChecked():
            if not (self.images.text() and self.labels.text()):
                self.words.setText(tr("Choose the folder of images and the folder of labels."))
                return
            places = (Path(self.images.text()), Path(self.labels.text()))
        try:
            job = self._bench.session.report_job(self.model.currentData(), *places)
        except (MedviewError, OSError) as error:
            self.words.setText(str(error))
            return
        self._begin("")
        self._running = self._bench.runner.start(
            job,
            on_done=self._written,
            on_error=lambda error: self._ended(str(error)),
            on_cancelled=self._stopped,
            on_progress=self._show_progress,
        )

    def _begin(self, words: str) -> None:
        self.run.setEnabled(False)
        self.open_report.hide()
        self.cancel.setEnabled(True)
        self.cancel.show()
        self.bar.setValue(0)
        self.bar.show()
        self.words.setText(words)

    def _cross_validate(self) -> None:
        try:
            command = self._bench.session.cross_validation_command(
                self.model.currentData(), self.folds.value()
            )
        except OSError as error:
            self.words.setText(str(error))
            return
        process = TrainingProcess(self.parent())
        process.progress.connect(self._show_step)
        process.done.connect(self._validated)
        process.failed.connect(self._ended)
        process.stopped.connect(self._stopped)
        process.ended.connect(process.deleteLater)
        self._process = process
        self._begin(tr("Collecting accepted slices …"))
        process.start(command)

    def _show_step(self, event: dict[str, Any]) -> None:
        if not self.cancel.isEnabled():
            return  # it says that it is stopping
        self.bar.setValue(round(1000 * event["step"] / max(event["steps"], 1)))
        fold = tr("Training fold {fold} of {folds}").format(
            fold=event["part"], folds=event["parts"]
        )
        self.words.setText("    ".join((fold, time_left(event["seconds_left"]))))

    def _validated(self, event: dict[str, Any]) -> None:
        if self._process is not None:  # else the dialog was closed meanwhile
            self._written(Path(event["report"]))

    def _stopped(self) -> None:
        self._ended(tr("Stopped."))

    def _stop(self) -> None:
        self.cancel.setEnabled(False)
        self.words.setText(tr("Stopping …"))
        if self._process is not None:
            self._process.stop()
        elif self._running is not None:
            self._running.cancel()

    def _show_progress(self, report: ProgressReport) -> None:
        self.bar.setValue(round(1000 * report.fraction))
        self.words.setText(said(report.text))

    def _written(self, path: Path) -> None:
        self.report = path
        self._ended(tr("Report: {path}").format(path=path))
        self.open_report.show()
        self._open()

    def _open(self) -> None:
        if self.report is not None and not outside.open_outside(self.report):
            self.words.setText(
                tr("No program opens it here. The report is {path}").format(path=self.report)
            )

    def _ended(self, words: str) -> None:
        self._running = self._process = None
        self.bar.hide()
        self.cancel.hide()
        self.run.setEnabled(True)
        self.words.setText(words)

    def done(self, result: int) -> None:
        """Closing stops the evaluation."""
        if self._running is not None:
            self._running.drop()
        if self._process is not None:
            self._process.stop()
            self._process = None
        super().done(result)
