"""EffortDialog: minutes and gestures per case, over time and by model version; CSV out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from medview.core.errors import MedviewError
from medview.gui.charts import draw_bars, draw_lines, new_chart
from medview.gui.words import counted, tr
from medview.gui.workbench import Workbench
from medview.session.effort import CaseEffort, ModelEffort, by_model, case_efforts, write_csv


class EffortDialog(QDialog):
    """Two charts: each case as it was corrected, and the mean per model version."""

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Editing Time"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._bench = bench
        bench.session.flush()
        self.cases: list[CaseEffort] = case_efforts(bench.session.workspace)
        self.words = QLabel()
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setWordWrap(True)
        self.over_time: Any = None
        self.by_model: Any = None
        self.save = QPushButton(tr("Save as CSV…"))
        self.save.setEnabled(bool(self.cases))
        self.save.clicked.connect(self._ask)
        charts = QHBoxLayout()
        if self.cases:
            self._draw(charts)
        self.words.setText(effort_words(by_model(self.cases)))
        layout = QVBoxLayout(self)
        layout.addLayout(charts, 1)
        layout.addWidget(self.words)
        layout.addWidget(self.save, 0, Qt.AlignmentFlag.AlignRight)
        self.resize(900 if self.cases else 480, 460 if self.cases else 120)

    def _draw(self, charts: QHBoxLayout) -> None:
        self.over_time = new_chart(
            tr("Case by case"), tr("minutes of editing"), tr("cases, the oldest first")
        )
        lines: dict[str, list[tuple[float, float]]] = {}
        for number, one in enumerate(self.cases):
            lines.setdefault(_model_name(one.model), []).append((number + 1, one.minutes))
        draw_lines(self.over_time, lines, from_zero=True)
        models = by_model(self.cases)
        self.by_model = new_chart(tr("By model version"), tr("minutes per case"))
        ticks = [one.model.partition("@")[2] or _model_name(one.model) for one in models]
        draw_bars(self.by_model, [one.minutes for one in models], ticks)
        charts.addWidget(self.over_time, 3)
        charts.addWidget(self.by_model, 2)

    def _ask(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(
            self, tr("Editing Time"), "editing-time.csv", "CSV (*.csv)"
        )
        if chosen:
            self.write(Path(chosen))

    def write(self, path: Path) -> None:
        """Write the table behind the charts."""
        try:
            write_csv(self.cases, path)
        except MedviewError as error:
            self._bench.messages.show_error(error)
            return
        self._bench.messages.show_note(tr("{path} written.").format(path=path))


def _model_name(model: str) -> str:
    return model or tr("from scratch")


def effort_words(models: list[ModelEffort]) -> str:
    """The charts in words, for those who read rather than look."""
    if not models:
        return tr("Nothing was edited yet. Time counts from gesture to gesture, without pauses.")
    lines = []
    for one in models:
        words = tr("{model}: {minutes:.1f} minutes and {gestures:.0f} gestures per case, {cases}")
        lines.append(
            words.format(
                model=_model_name(one.model),
                minutes=one.minutes,
                gestures=one.gestures,
                cases=counted(one.cases, "{count} case", "{count} cases"),
            )
        )
    return "\n".join(lines)
