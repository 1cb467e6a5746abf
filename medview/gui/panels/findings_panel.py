"""FindingsPanel: yes/no findings of slices: scores, a person's answers, learning."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from medview.gui.words import tr


class FindingsPanel(QWidget):
    """The chosen finding, its score and answer on this slice, and what can be done."""

    chosen = Signal(str)
    tagged = Signal(object)  # True, False, or None: take the answer back
    look_wanted = Signal()
    learn_wanted = Signal()
    why_wanted = Signal()
    new_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.finding = QComboBox()
        self.finding.setAccessibleName(tr("Finding"))
        self.finding.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.finding.currentTextChanged.connect(self.chosen)
        self.new_name = QLineEdit()
        self.new_name.setAccessibleName(tr("Name of a new finding"))
        self.new_name.setPlaceholderText(tr("new finding, then Enter"))
        self.new_name.setMaxLength(64)
        self.new_name.returnPressed.connect(self._name_new)
        self.state = QLabel()
        self.state.setAccessibleName(tr("Score of this slice"))
        self.state.setWordWrap(True)
        self.tags = QLabel()
        self.tags.setObjectName("quiet")
        self.tags.setAccessibleName(tr("Answers so far"))
        self.tags.setWordWrap(True)
        self.yes = QPushButton(tr("Yes"))
        self.no = QPushButton(tr("No"))
        self.clear = QPushButton(tr("Clear"))
        self.look = QPushButton(tr("Score Slices"))
        self.look.setToolTip(tr("The active model looks at every slice once; kept with the case"))
        self.learn = QPushButton(tr("Learn"))
        self.learn.setToolTip(tr("Learn the finding from the slices that were answered"))
        self.why = QPushButton(tr("Why?"))
        self.why.setToolTip(tr("Heat map of this slice's score"))
        answers = QHBoxLayout()
        for button, answer in ((self.yes, True), (self.no, False), (self.clear, None)):
            button.clicked.connect(lambda _on=False, answer=answer: self.tagged.emit(answer))
            answers.addWidget(button)
        work = QHBoxLayout()
        for button, signal in (
            (self.look, self.look_wanted),
            (self.learn, self.learn_wanted),
            (self.why, self.why_wanted),
        ):
            button.clicked.connect(signal)
            work.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self.finding, self.new_name, self.state):
            layout.addWidget(widget)
        layout.addLayout(answers)
        layout.addWidget(self.tags)
        layout.addLayout(work)
        self.enable(can_tag=False, can_look=False, can_learn=False, has_score=False)

    def show_names(self, names: Sequence[str], chosen: str) -> None:
        """The findings to choose from."""
        with QSignalBlocker(self.finding):
            self.finding.clear()
            self.finding.addItems(list(names))
            self.finding.setCurrentIndex(self.finding.findText(chosen))

    def show_slice(self, score: float | None, answer: bool | None, tags: str) -> None:
        """Score 0..1 (None: not looked at) and the person's answer on the shown slice."""
        words = tr("not scored yet") if score is None else tr("score {n:.2f}").format(n=score)
        said = {True: tr("you said yes"), False: tr("you said no"), None: ""}[answer]
        self.state.setText(", ".join(part for part in (words, said) if part))
        self.tags.setText(tags)

    def enable(self, *, can_tag: bool, can_look: bool, can_learn: bool, has_score: bool) -> None:
        for button in (self.yes, self.no, self.clear):
            button.setEnabled(can_tag)
        self.look.setEnabled(can_look)
        self.learn.setEnabled(can_learn)
        self.why.setEnabled(has_score)

    def _name_new(self) -> None:
        name = self.new_name.text().strip()
        if name:
            self.new_name.clear()
            self.new_wanted.emit(name)
