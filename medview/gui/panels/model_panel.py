"""ModelPanel: the active model, its device and backend, and the run that is on."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from medview.gui.job_runner import ProgressReport
from medview.gui.panels.backend_chooser import BackendChooser
from medview.gui.words import RESEARCH_USE, said, time_left, tr

DEVICES = (("auto", "Automatic"), ("cuda", "GPU (CUDA)"), ("cpu", "CPU"))


class ModelPanel(QWidget):
    """Segment and Cancel; what ran, where, and how long it still takes."""

    segment_wanted = Signal()
    cancel_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = QLabel(tr("no model"))
        self.model.setAccessibleName(tr("Active model"))
        self.used = QLabel(tr("not run yet"))
        self.used.setObjectName("quiet")
        self.device = QComboBox()
        self.device.setAccessibleName(tr("Device for the model"))
        for value, text in DEVICES:
            self.device.addItem(tr(text), value)
        self.chooser = BackendChooser()
        self.segment = QPushButton(tr("Segment"))
        self.segment.setObjectName("primary")
        self.segment.clicked.connect(self.segment_wanted)
        self.cancel = QPushButton(tr("Cancel"))
        self.cancel.clicked.connect(self.cancel_wanted)
        self.bar = QProgressBar()
        self.bar.setAccessibleName(tr("Progress of the model"))
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.text = QLabel()
        self.text.setObjectName("quiet")
        self.warnings = QLabel()
        self.warnings.setTextFormat(Qt.TextFormat.PlainText)
        self.warnings.setObjectName("warning")
        self.warnings.setAccessibleName(tr("Why the mask may be wrong"))
        self.warnings.hide()
        words = QLabel(tr(RESEARCH_USE))
        words.setObjectName("research")
        for label in (self.model, self.used, self.text, self.warnings, words):
            label.setWordWrap(True)  # else a long name would widen the whole column
        buttons = QHBoxLayout()
        buttons.addWidget(self.segment, 2)
        buttons.addWidget(self.cancel, 1)
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.addRow(tr("Model"), self.model)
        where = QHBoxLayout()
        where.addWidget(self.device, 1)
        where.addWidget(self.chooser.measure)
        form.addRow(tr("Device"), where)
        form.addRow(tr("Backend"), self.chooser)
        form.addRow("", self.used)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(form)
        layout.addWidget(self.warnings)
        layout.addLayout(buttons)
        layout.addWidget(self.bar)
        layout.addWidget(self.text)
        layout.addWidget(words)
        self.show_idle(can_run=False, text="")

    def show_model(self, name: str) -> None:
        """``name@version`` of the active model, "" when there is none."""
        self.model.setText(name or tr("no model"))

    def show_warnings(self, reasons: Sequence[str]) -> None:
        """Why the open case is unlike those the model was trained on; empty for no warning."""
        head = tr("⚠ Unlike the training cases; check the mask with care.")
        self.warnings.setText("\n".join((head, *(said(reason) for reason in reasons))))
        self.warnings.setVisible(bool(reasons))

    def show_device(self, device: str) -> None:
        """What the last run used."""
        self.used.setText(
            tr("ran on {device}").format(device=device) if device else tr("not run yet")
        )

    def show_idle(self, *, can_run: bool, text: str | None = None) -> None:
        """Nothing runs; ``text`` None keeps the last words of the run before."""
        self.segment.setEnabled(can_run)
        self.cancel.setEnabled(False)
        self.bar.hide()
        if text is not None:
            self.text.setText(text)
            self.text.setVisible(bool(text))

    def show_running(self, report: ProgressReport) -> None:
        self.segment.setEnabled(False)
        self.cancel.setEnabled(True)
        self.bar.show()
        self.bar.setValue(round(report.fraction * 1000))
        left = time_left(report.seconds_left)
        self.text.setText("   ".join(part for part in (said(report.text), left) if part))
        self.text.show()
