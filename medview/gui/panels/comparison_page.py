"""ComparisonPage: current model against candidate, case by case, and what to do with it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QSizePolicy,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from medview.gui.pictures import pixmap
from medview.gui.training_result import ComparedRow, TrainingResult
from medview.gui.words import RESEARCH_USE, tr

_OF_CURRENT = (2, 4)  # the columns that a new model has nothing for: Dice now, and the change
_CASE_WIDTH = 170  # pixels at first
_VERDICT = {"better": QColor(102, 187, 106), "worse": QColor(239, 108, 94)}
_MORE_FIGURES = (
    ("hd95_mm", "HD95 mm", "{:.1f}"),
    ("surface_dice_2mm", "Surface Dice", "{:.3f}"),
    ("precision", "Precision", "{:.3f}"),
    ("recall", "Recall", "{:.3f}"),
    ("volume_error_ml", "Volume error ml", "{:+.1f}"),
)


class ComparisonPage(QWidget):
    """The table, pictures of the chosen case, the advice, and the buttons."""

    use_wanted = Signal()
    keep_wanted = Signal()
    discard_wanted = Signal()
    half_way_wanted = Signal()
    case_chosen = Signal(str)  # a held-out case, as the child named it

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[ComparedRow, ...] = ()
        self.title = QLabel()
        self.title.setObjectName("heading")
        self.advice = _wrapped()
        self.effort = _wrapped("quiet")
        self.protocol = _wrapped("quiet")
        self.gates = _wrapped("quiet")
        self.table = QTableWidget(0, 5 + len(_MORE_FIGURES))
        self.table.setAccessibleName(tr("Current model against candidate"))
        self.pictures = ExamplePictures()
        self.use = QPushButton(tr("Use"))
        self.keep = QPushButton(tr("Keep"))
        self.discard = QPushButton(tr("Discard"))
        self.half_way = QPushButton(tr("Half Way"))
        self._lay_out()
        self.table.currentCellChanged.connect(self._choose)

    def show_result(self, result: TrainingResult) -> None:
        """The comparison and what may be done with the candidate."""
        self.title.setText(result.title)
        self.advice.setText(result.advice)
        self.protocol.setText(result.protocol)
        self.protocol.setVisible(bool(result.protocol))
        self.effort.setText(result.effort)
        self.effort.setVisible(bool(result.effort))
        lines = [*result.gates, *filter(None, [result.damage])]
        self.gates.setText("\n".join(lines))
        self.gates.setVisible(bool(lines))
        self.use.setObjectName("primary" if result.is_recommended else "")  # no push to a worse one
        self.use.style().unpolish(self.use)
        self.use.style().polish(self.use)
        self.pictures.clear()
        self.table.setCurrentCell(-1, -1)
        self._rows = result.rows
        for column in _OF_CURRENT:
            self.table.setColumnHidden(column, result.is_new)
        self.half_way.setHidden(result.is_new)
        head = self.table.horizontalHeaderItem(0)
        if head is not None:
            head.setText(tr("Left-out case") if result.protocol else tr("Held-out case"))
        self.table.setRowCount(len(result.rows))
        for number, row in enumerate(result.rows):
            self._show_row(number, row, is_new=result.is_new)

    def _show_row(self, number: int, row: ComparedRow, *, is_new: bool) -> None:
        case = tr("{case} (seen in training, not counted)").format(case=row.case)
        values = [
            case if row.is_seen else row.case,
            row.label,
            _dice(row.current),
            _dice(row.candidate),
            _change(row),
        ]
        for key, _, form in _MORE_FIGURES:
            now, then = row.figures.get(key, (None, None))
            values.append(_figure(then, form) if is_new else _both(now, then, form))
        for column, value in enumerate(values):
            item = QTableWidgetItem(value)
            item.setToolTip(value)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
            if column >= 2:
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            if column == 4 and row.verdict in _VERDICT:
                item.setForeground(_VERDICT[row.verdict])
            self.table.setItem(number, column, item)

    def _choose(self, row: int, _column: int, before: int, _before: int) -> None:
        if row < 0 or row >= len(self._rows):
            return
        same = 0 <= before < len(self._rows) and self._rows[before].key == self._rows[row].key
        if not same:
            self.case_chosen.emit(self._rows[row].key)

    def _lay_out(self) -> None:
        heads = [tr("Held-out case"), tr("Label"), tr("Dice now"), tr("Dice candidate")]
        heads += [tr("Change"), *(tr(name) for _, name, _ in _MORE_FIGURES)]
        self.table.setHorizontalHeaderLabels(heads)
        for column, tip in ((2, tr("Dice of the pixels, which is their F1 too")),):
            head = self.table.horizontalHeaderItem(column)
            if head is not None:
                head.setToolTip(tip)
        self.table.verticalHeader().hide()
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)  # names may be long
        self.table.setColumnWidth(0, _CASE_WIDTH)
        self.table.setWordWrap(False)
        self.table.setMinimumHeight(110)
        tips = (
            (self.use, self.use_wanted, tr("Make the candidate the active model")),
            (self.keep, self.keep_wanted, tr("Keep the candidate; the active model stays")),
            (self.discard, self.discard_wanted, tr("Delete the candidate")),
            (
                self.half_way,
                self.half_way_wanted,
                tr("Average the weights of both into another candidate, and compare that"),
            ),
        )
        buttons = QHBoxLayout()
        for button, signal, tip in tips:
            button.setToolTip(tip)
            button.clicked.connect(signal)
            buttons.addWidget(button)
        words = QLabel(tr(RESEARCH_USE))
        words.setObjectName("research")
        side = QVBoxLayout()
        for widget in (self.title, self.advice, self.protocol, self.effort, self.gates):
            side.addWidget(widget)
        side.addStretch(1)
        side.addLayout(buttons)
        side.addWidget(words)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 8)
        layout.addWidget(self.table, 4)
        layout.addWidget(self.pictures, 3)
        layout.addLayout(side, 3)


class ExamplePictures(QWidget):
    """Current, candidate and truth of one slice, side by side."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pixmaps: list[QPixmap] = []
        self.captions: list[QLabel] = []
        self._frames: list[QLabel] = []
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        for name in (tr("Now"), tr("Candidate"), tr("Accepted")):
            caption, frame = QLabel(name), QLabel()
            caption.setObjectName("quiet")
            caption.setWordWrap(True)
            frame.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter)
            frame.setMinimumSize(80, 80)
            frame.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
            frame.setAccessibleName(name)
            column = QVBoxLayout()
            column.addWidget(caption)
            column.addWidget(frame, 1)
            row.addLayout(column, 1)
            self.captions.append(caption)
            self._frames.append(frame)
        self.hide()

    @property
    def is_filled(self) -> bool:
        return bool(self._pixmaps)

    def clear(self) -> None:
        self._pixmaps = []
        self.hide()

    def show_example(self, example: Any) -> None:
        """An `Example` of the session."""
        self._pixmaps = [pixmap(picture) for picture in example.pictures]
        number = example.slice_index + 1
        now, then = (tr("{count} pixels wrong").format(count=count) for count in example.wrong)
        self.captions[0].setText(tr("Now, slice {number}").format(number=number) + f"\n{now}")
        self.captions[1].setText(tr("Candidate") + f"\n{then}")
        self.captions[2].setText(tr("Accepted") + "\n")
        self.show()
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        for frame, picture in zip(self._frames, self._pixmaps, strict=False):
            frame.setPixmap(
                picture.scaled(
                    frame.size(),
                    Qt.AspectRatioMode.KeepAspectRatio,
                    Qt.TransformationMode.SmoothTransformation,
                )
            )


def _wrapped(name: str = "") -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    if name:
        label.setObjectName(name)
    return label


def _change(row: ComparedRow) -> str:
    if row.difference is None:
        return ""
    return f"{row.difference:+.3f}  {tr(row.verdict)}".replace("-0.000", "+0.000")


def _dice(value: float | None) -> str:
    return _figure(value, "{:.3f}")


def _both(now: float | None, then: float | None, form: str) -> str:
    """``4.2 → 3.1``; "" where neither is known."""
    if now is None and then is None:
        return ""
    return f"{_figure(now, form)} → {_figure(then, form)}"


def _figure(value: float | None, form: str) -> str:
    return "-" if value is None else form.format(value)
