"""DoubtPanel: the slices in which the model was least sure, one click away."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from medview.core.labels import LabelTable
from medview.gui.words import tr

LONGEST = 12  # rows
_ROW_HEIGHT = 22


class DoubtPanel(QWidget):
    """Rows of slice, doubt of the whole slice, and the label that is doubted most there."""

    slice_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.empty = QLabel(tr("Segment to see where the model is unsure."))
        self.empty.setObjectName("quiet")
        self.empty.setWordWrap(True)
        self.table = QTableWidget(0, 3)
        self.table.setAccessibleName(tr("Most doubtful slices"))
        self.table.setHorizontalHeaderLabels([tr("Slice"), tr("Doubt"), tr("Most of all")])
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(_ROW_HEIGHT)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.table.horizontalHeader().setStretchLastSection(True)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setMinimumHeight(6 * _ROW_HEIGHT)
        self.table.cellClicked.connect(self._wanted)
        self.table.cellActivated.connect(self._wanted)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.empty)
        layout.addWidget(self.table)
        self.show_doubts({}, None)

    def show_doubts(
        self, doubts: Mapping[int, Mapping[int, float]], table: LabelTable | None
    ) -> None:
        """``doubts`` by slice and label id (0: the whole slice), 0..1; the most doubtful first."""
        rows = sorted(
            ((by_label[0], index) for index, by_label in doubts.items() if by_label.get(0)),
            reverse=True,
        )[:LONGEST]
        self.table.setRowCount(len(rows))
        for number, (doubt, index) in enumerate(rows):
            by_label = {label: value for label, value in doubts[index].items() if label}
            worst = max(by_label, key=lambda label: by_label[label], default=0)
            known = table is not None and worst in table
            name = table[worst].name if table is not None and known else ""
            texts = (str(index + 1), f"{doubt:.3f}", f"{name} {by_label.get(worst, 0.0):.3f}")
            for column, text in enumerate(texts):
                item = QTableWidgetItem(text if column < 2 or known else "")
                item.setData(Qt.ItemDataRole.UserRole, index)
                self.table.setItem(number, column, item)
        self.empty.setVisible(not rows)
        self.table.setVisible(bool(rows))

    def _wanted(self, row: int, _column: int) -> None:
        item = self.table.item(row, 0)
        if item is not None:
            self.slice_wanted.emit(int(item.data(Qt.ItemDataRole.UserRole)))
