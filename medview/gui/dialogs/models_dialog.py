"""ModelsDialog: every model version, how good each is on the held-out cases, which is active."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from medview.core.errors import MedviewError
from medview.gui.charts import draw_lines, new_chart
from medview.gui.words import RESEARCH_USE, counted, tr
from medview.gui.workbench import Workbench

_MODEL = Qt.ItemDataRole.UserRole


class ModelsDialog(QDialog):
    """Use, compare or discard a version; nothing is deleted but candidates a person discards."""

    compare_wanted = Signal(str)  # NAME@VERSION, against the version in use

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Models"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._bench = bench
        self._measuring: Any = None
        self.chart: Any = None
        self.tree = QTreeWidget()
        self.tree.setAccessibleName(tr("Model versions"))
        self.tree.setRootIsDecorated(False)
        heads = [tr("Model"), tr("Version"), tr("State"), tr("Made from"), tr("Created")]
        self.tree.setHeaderLabels([*heads, tr("Held-out Dice")])
        self.tree.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.tree.currentItemChanged.connect(self._choose)
        self.use = QPushButton(tr("Use"))
        self.use.clicked.connect(lambda: self._do("use_model"))
        self.back = QPushButton(tr("Roll Back"))
        self.back.clicked.connect(self._roll_back)
        self.compare = QPushButton(tr("Compare"))
        self.compare.setToolTip(tr("Measure it against the model in use, on the held-out cases"))
        self.compare.clicked.connect(self._compare)
        self.discard = QPushButton(tr("Discard"))
        self.discard.clicked.connect(lambda: self._do("discard_model"))
        self.measure = QPushButton(tr("Measure All"))
        self.measure.setToolTip(
            tr("Every version of the model in use, on the held-out cases of today")
        )
        self.measure.clicked.connect(self._measure)
        self._note = QLabel()
        self._note.setObjectName("quiet")
        self._note.setWordWrap(True)
        self._trouble = QLabel()
        self._trouble.setWordWrap(True)
        self._trouble.setTextFormat(Qt.TextFormat.PlainText)
        self._lay_out()
        self._fill()

    def _lay_out(self) -> None:
        research = QLabel(tr(RESEARCH_USE))
        research.setObjectName("research")
        buttons = QHBoxLayout()
        buttons.addWidget(research, 1)
        for button in (self.measure, self.compare, self.use, self.back, self.discard):
            buttons.addWidget(button)
        self._chart_place = QVBoxLayout()
        layout = QVBoxLayout(self)
        layout.addWidget(self.tree, 2)
        layout.addLayout(self._chart_place, 3)
        layout.addWidget(self._note)
        layout.addWidget(self._trouble)
        layout.addLayout(buttons)
        self.resize(760, 320)

    def _fill(self) -> None:
        chosen = self.tree.currentItem()
        before = None if chosen is None else chosen.data(0, _MODEL)
        models = self._bench.session.models()
        scores = {
            name: self._bench.session.model_scores(name)
            for name in dict.fromkeys(model.name for model in models)
        }
        by_model = {score.model: score for many in scores.values() for score in many}
        self.tree.clear()
        for model in models:
            created = str(model.created)[:16].replace("T", " ")
            score = by_model.get(f"{model.name}@{model.version}")
            dice = "" if score is None or score.mean is None else f"{score.mean:.3f}"
            state = tr("in use") if model.in_use else tr(model.state)
            texts = (model.name, model.version, state, model.parent or "", created, dice)
            item = QTreeWidgetItem(self.tree, [str(text) for text in texts])
            item.setData(0, _MODEL, model)
            if model.in_use:
                font = item.font(0)
                font.setBold(True)
                for column in range(len(texts)):
                    item.setFont(column, font)
            if before is not None and (model.name, model.version) == (before.name, before.version):
                self.tree.setCurrentItem(item)
        self._choose(self.tree.currentItem())
        self._draw(scores.get(self._name_in_use(models), []))

    @staticmethod
    def _name_in_use(models: Any) -> str:
        """Whose versions the chart shows and Measure All measures; "" where it cannot be read."""
        return next((str(model.name) for model in models if model.in_use), "")

    def _draw(self, scores: list[Any]) -> None:
        """The chart, once there is something to compare; nothing for one version alone."""
        if not scores:
            self._note.setText(
                tr("No version was measured on held-out cases yet. Measure All does it.")
            )
            return
        if self.chart is None:
            self.chart = new_chart(tr("Dice on held-out cases, version by version"), tr("Dice"))
            self.chart.setMinimumHeight(180)
            self._chart_place.addWidget(self.chart)
            self.resize(max(self.width(), 760), max(self.height(), 560))
        names = dict.fromkeys(label for score in scores for label in score.dice)
        lines = {
            label: [(n, s.dice[label]) for n, s in enumerate(scores) if label in s.dice]
            for label in names
        }
        draw_lines(self.chart, lines, [score.model.partition("@")[2] for score in scores])
        if len({score.cases for score in scores}) > 1:
            self._note.setText(
                tr("These were not all measured on the same cases. Measure All compares fairly.")
            )
        else:
            cases = counted(scores[-1].count, "{count} held-out case", "{count} held-out cases")
            self._note.setText(tr("All measured on the same {cases}.").format(cases=cases))

    def _choose(self, item: QTreeWidgetItem | None) -> None:
        model = None if item is None else item.data(0, _MODEL)
        is_other = model is not None and not model.in_use
        self.use.setEnabled(is_other)
        self.compare.setEnabled(is_other)
        self.discard.setEnabled(model is not None and model.state == "candidate")

    def _do(self, method: str) -> None:
        item = self.tree.currentItem()
        if item is not None:
            model: Any = item.data(0, _MODEL)
            self._try(lambda: getattr(self._bench.session, method)(model.name, model.version))

    def _roll_back(self) -> None:
        self._try(self._bench.session.roll_back_model)

    def _compare(self) -> None:
        item = self.tree.currentItem()
        if item is not None:
            model: Any = item.data(0, _MODEL)
            self.compare_wanted.emit(f"{model.name}@{model.version}")
            self.close()

    def _measure(self) -> None:
        self.measure.setEnabled(False)
        self._measuring = self._bench.runner.start(
            self._bench.session.score_job(self._name_in_use(self._bench.session.models())),
            on_done=lambda _scores: self._measured(),
            on_error=lambda error: self._measured(str(error)),
            on_cancelled=self._measured,
        )

    def _measured(self, trouble: str = "") -> None:
        self._measuring = None
        self.measure.setEnabled(True)
        self._trouble.setText(trouble)
        self._fill()

    def done(self, result: int) -> None:
        """Closing stops the measuring; what was measured is kept."""
        if self._measuring is not None:
            self._measuring.drop()
        super().done(result)

    def _try(self, action: Any) -> None:
        try:
            action()
        except MedviewError as error:
            self._trouble.setText(str(error))
            return
        self._trouble.setText("")
        self._fill()
