"""RetrainDialog: how long to train, and what only experts want to say; kept for the next time."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QDialog,
    QFormLayout,
    QFrame,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from medview.ai.card import is_name
from medview.gui.words import RESEARCH_USE, tr
from medview.gui.workbench import Workbench

SETTING = "retrain"
TIME_PRESETS = (
    ("2m", "2 minutes", "A quick look whether the corrections help"),
    ("15m", "15 minutes", "For some dozen slices"),
    ("8h", "Overnight", "Eight hours at most; Stop ends it earlier"),
)
TASKS = (
    ("", "Continue the model in use", "It keeps what it knows and learns your corrections"),
    (
        "features",
        "New model for the accepted labels, on the features of the model in use",
        "For another organ or modality: it learns the labels that the model in use does not know",
    ),
    (
        "scratch",
        "New model for the accepted labels, from scratch",
        "With nothing of the model in use; needs far more accepted slices",
    ),
)
RUN_ON = (("auto", "Automatic"), ("cpu", "CPU"), ("cuda", "CUDA"))
_MOST_STEPS = 1_000_000


class RetrainDialog(QDialog):
    """What Model > Retrain on Corrections does from now on; Start does it at once.

    A new model is made once, by Start: it is not kept for the next time.
    """

    start_wanted = Signal(dict)  # the child's options, as `options`

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Retraining"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._bench = bench
        self.presets: dict[str, QRadioButton] = {}
        self._group = QButtonGroup(self)
        self.tasks: dict[str, QRadioButton] = {}
        self._task_group = QButtonGroup(self)
        self.name = QLineEdit()
        self.name.setAccessibleName(tr("Name of the new model"))
        self.name.setPlaceholderText(tr("Name of the new model, such as mr-liver"))
        self._taken = {model.name for model in bench.session.models()}
        self.trouble = QLabel()
        self.trouble.setWordWrap(True)
        self.steps = QSpinBox()
        self.steps.setRange(0, _MOST_STEPS)
        self.steps.setSpecialValueText(tr("by the time above"))
        self.steps.setToolTip(
            tr("Optimiser steps instead of a time: the same again gives the same")
        )
        self.seed = QSpinBox()
        self.seed.setRange(0, _MOST_STEPS)
        self.seed.setToolTip(tr("Another number draws other batches"))
        self.device = QComboBox()
        for value, name in RUN_ON:
            self.device.addItem(tr(name), value)
        self.base = QComboBox()
        self.base.addItem(tr("the model in use"), "")
        for model in bench.session.models():
            name = f"{model.name}@{model.version}"
            self.base.addItem(name, name)
        self.start = QPushButton(tr("Start"))
        self.start.setObjectName("primary")
        self.start.clicked.connect(self._start)
        self.keep = QPushButton(tr("Keep for Next Time"))
        self.keep.clicked.connect(self._keep)
        self._lay_out()
        self._show(bench.session.settings.get(SETTING, {}))

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        for value, name, tip in TASKS:
            button = QRadioButton(tr(name))
            button.setToolTip(tr(tip))
            self._task_group.addButton(button)
            self.tasks[value] = button
            layout.addWidget(button)
        layout.addWidget(self.name)
        line = QFrame()
        line.setFrameShape(QFrame.Shape.HLine)
        layout.addWidget(line)
        for value, name, tip in TIME_PRESETS:
            button = QRadioButton(f"{tr(name)}: {tr(tip)}")
            self._group.addButton(button)
            self.presets[value] = button
            layout.addWidget(button)
        self.expert = QGroupBox(tr("For experts"))
        form = QFormLayout(self.expert)
        for text, widget in (
            (tr("Steps"), self.steps),
            (tr("Seed"), self.seed),
            (tr("Device"), self.device),
            (tr("Start from"), self.base),
        ):
            widget.setAccessibleName(text)
            form.addRow(text, widget)
        layout.addWidget(self.expert)
        layout.addWidget(self.trouble)
        layout.addStretch(1)
        research = QLabel(tr(RESEARCH_USE))
        research.setObjectName("research")
        buttons = QHBoxLayout()
        buttons.addWidget(research, 1)
        buttons.addWidget(self.keep)
        buttons.addWidget(self.start)
        layout.addLayout(buttons)
        self.steps.valueChanged.connect(self._show_times)
        self.tasks[""].setChecked(True)
        self.tasks[""].toggled.connect(self._show_task)
        self._show_task()

    def _show(self, options: dict[str, Any]) -> None:
        """What was kept; a time that is no preset is shown as the first."""
        chosen = self.presets.get(str(options.get("budget", "")), self.presets[TIME_PRESETS[0][0]])
        chosen.setChecked(True)
        self.steps.setValue(int(options.get("steps", 0)))
        self.seed.setValue(int(options.get("seed", 0)))
        self.device.setCurrentIndex(max(0, self.device.findData(options.get("device", "auto"))))
        self.base.setCurrentIndex(max(0, self.base.findData(options.get("base", ""))))
        self._show_times()

    def _show_task(self) -> None:
        is_new = not self.tasks[""].isChecked()
        self.name.setEnabled(is_new)
        self.keep.setEnabled(not is_new)
        self.trouble.setText("")
        if is_new:
            self.name.setFocus()

    def _show_times(self) -> None:
        for button in self.presets.values():
            button.setEnabled(self.steps.value() == 0)

    @property
    def options(self) -> dict[str, Any]:
        """The command line's own words, defaults left out."""
        chosen: dict[str, Any] = {}
        if self.steps.value():
            chosen["steps"] = self.steps.value()
        else:
            chosen["budget"] = next(n for n, one in self.presets.items() if one.isChecked())
        if self.seed.value():
            chosen["seed"] = self.seed.value()
        for name, combo in (("device", self.device), ("base", self.base)):
            if combo.currentIndex() > 0:
                chosen[name] = combo.currentData()
        return chosen

    @property
    def task(self) -> dict[str, Any]:
        """The words for a new model; {} continues the one in use."""
        if self.tasks[""].isChecked():
            return {}
        scratch = {"from_scratch": True} if self.tasks["scratch"].isChecked() else {}
        return {"new_task": self.name.text().strip(), **scratch}

    def _keep(self) -> None:
        self._bench.session.settings.set(SETTING, self.options)
        self.close()

    def _start(self) -> None:
        task, options = self.task, self.options
        if task and not is_name(task["new_task"]):
            self.trouble.setText(
                tr("Name the new model: small letters, digits, dots and dashes, such as mr-liver.")
            )
            return
        if task and task["new_task"] in self._taken:
            self.trouble.setText(tr("There is a model of this name already."))
            return
        self._keep()
        self.start_wanted.emit({**options, **task})
