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
    QVBoxLayout,
    QWidget,
)

from medview.core.errors import MedviewError
from medview.gui import outside
from medview.gui.job_runner import ProgressReport
from medview.gui.words import RESEARCH_USE, said, tr
from medview.gui.workbench import Workbench


class EvaluateDialog(QDialog):
    """Runs one evaluation at a time; closing stops it."""

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Evaluate a Model"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._bench = bench
        self._running: Any = None
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
        self.run = QPushButton(tr("Evaluate"))
        self.run.setObjectName("primary")
        self.run.clicked.connect(self._start)
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
        research = QLabel(tr(RESEARCH_USE))
        research.setObjectName("research")
        buttons = QHBoxLayout()
        buttons.addWidget(research, 1)
        buttons.addWidget(self.open_report)
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

    def _ask(self, line: QLineEdit) -> None:
        chosen = QFileDialog.getExistingDirectory(self, tr("Choose a Folder"), line.text())
        if chosen:
            line.setText(chosen)

    def _start(self) -> None:
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
        self.run.setEnabled(False)
        self.open_report.hide()
        self.bar.show()
        self.bar.setValue(0)
        self.words.setText("")
        self._running = self._bench.runner.start(
            job,
            on_done=self._written,
            on_error=lambda error: self._ended(str(error)),
            on_cancelled=lambda: self._ended(tr("Stopped.")),
            on_progress=self._show_progress,
        )

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
        self._running = None
        self.bar.hide()
        self.run.setEnabled(True)
        self.words.setText(words)

    def done(self, result: int) -> None:
        """Closing stops the evaluation."""
        if self._running is not None:
            self._running.drop()
        super().done(result)
