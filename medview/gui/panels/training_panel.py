"""TrainingPanel: live curves of a training, then current against candidate, then the choice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import (
    QGraphicsView,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from medview.gui import theme
from medview.gui.panels.comparison_page import ComparisonPage
from medview.gui.training_result import TrainingResult
from medview.gui.words import time_left, tr

_LOSS, _DICE = "#4fb3bf", "#e0a84f"


class TrainingPanel(QWidget):
    """Page 0: curves, time left, Stop. Page 1: the comparison and the choice."""

    stop_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._losses: list[tuple[float, float]] = []
        self._dices: list[tuple[float, float]] = []
        self._plots: Any = None
        self._curves: tuple[Any, Any] | None = None
        self.bar = QProgressBar()
        self.bar.setAccessibleName(tr("Progress of the training"))
        self.bar.setTextVisible(False)
        self.text = QLabel()
        self.stop = QPushButton(tr("Stop"))
        self.stop.clicked.connect(self.stop_wanted)
        self.comparison = ComparisonPage()
        self.title, self.advice = self.comparison.title, self.comparison.advice
        self.table = self.comparison.table
        self._pages = QStackedWidget()
        self._pages.addWidget(self._curve_page())
        self._pages.addWidget(self.comparison)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._pages)

    def begin(self, text: str = "") -> None:
        """Empty curves for a new training."""
        self._losses, self._dices = [], []
        self._make_plots()
        self._draw()
        self.bar.setRange(0, 0)
        self.text.setText(text or tr("Collecting accepted slices …"))
        self.stop.setEnabled(True)
        self._pages.setCurrentIndex(0)

    def add(self, event: Mapping[str, Any]) -> None:
        """One progress event: a point on each curve, the step, the time left."""
        step = float(event.get("step", 0))
        if isinstance(event.get("loss"), int | float):
            self._losses.append((step, float(event["loss"])))
        if isinstance(event.get("dice"), int | float):
            self._dices.append((step, float(event["dice"])))
        self._draw()
        if not self.stop.isEnabled():
            return  # it says that it is stopping
        steps = int(event.get("steps") or 0)
        is_last = steps > 0 and step >= steps
        self.bar.setRange(0, 0 if is_last else max(steps, 1))
        self.bar.setValue(int(step))
        left = event.get("seconds_left")
        parts = [tr("step {step} of {steps}").format(step=int(step), steps=steps)]
        if "part" in event:
            words = tr("part {part} of {parts}")
            parts.insert(0, words.format(part=event["part"], parts=event.get("parts", "")))
        if self._losses:
            parts.append(tr("loss {value:.3f}").format(value=self._losses[-1][1]))
        if self._dices:
            parts.append(
                tr("Dice {value:.3f} on the slices it learns from").format(value=self._dices[-1][1])
            )
        if is_last:
            parts.append(tr("comparing both models …"))
        elif isinstance(left, int | float):
            parts.append(time_left(left))
        self.text.setText("    ".join(parts))

    def show_stopping(self) -> None:
        self.stop.setEnabled(False)
        self.text.setText(tr("Stopping …"))

    def show_result(self, result: TrainingResult) -> None:
        """The comparison and what may be done with the candidate."""
        self.comparison.show_result(result)
        self._pages.setCurrentIndex(1)

    @property
    def shows_result(self) -> bool:
        return self._pages.currentIndex() == 1

    def _curve_page(self) -> QWidget:
        page = QWidget()
        line = QHBoxLayout()
        line.addWidget(self.text, 1)
        line.addWidget(self.bar, 1)
        line.addWidget(self.stop)
        self._plot_place = QVBoxLayout()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(8, 4, 8, 8)
        layout.addLayout(self._plot_place, 1)
        layout.addLayout(line)
        return page

    def _make_plots(self) -> None:
        if self._plots is not None:
            return
        import pyqtgraph  # half a second that a start without training saves

        pyqtgraph.setConfigOptions(
            background=theme.color("base"), foreground=theme.color("muted"), antialias=True
        )
        self._plots = QWidget()
        row = QHBoxLayout(self._plots)
        row.setContentsMargins(0, 0, 0, 0)
        curves = []
        for name, color in ((tr("loss"), _LOSS), (tr("Dice on the slices it learns from"), _DICE)):
            plot = pyqtgraph.PlotWidget()
            plot.setAccessibleName(tr("Curve of {name}").format(name=name))
            plot.setTitle(name, size="9pt")
            plot.setLabel("bottom", "step")
            plot.showGrid(x=False, y=True, alpha=0.2)
            plot.setMenuEnabled(False)
            plot.hideButtons()
            symbol = {"symbol": "o", "symbolSize": 5, "symbolBrush": color, "symbolPen": None}
            pen = pyqtgraph.mkPen(color, width=2)
            curves.append(plot.plot([], [], pen=pen, **(symbol if color == _DICE else {})))
            row.addWidget(plot)
        self._curves = (curves[0], curves[1])
        self._plot_place.addWidget(self._plots)

    def changeEvent(self, event: QEvent) -> None:
        """Plots do not follow the style sheet by themselves."""
        super().changeEvent(event)
        plots = getattr(self, "_plots", None)  # the first events come before it is there
        if event.type() == QEvent.Type.StyleChange and plots is not None:
            for plot in plots.findChildren(QGraphicsView):
                plot.setBackground(theme.color("base"))

    def _draw(self) -> None:
        if self._curves is None:
            return
        for curve, points in zip(self._curves, (self._losses, self._dices), strict=True):
            curve.setData([x for x, _ in points], [y for _, y in points])
