"""LabelsPanel: the labels of the case: name, colour, shown, locked, volume."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import (
    QColorDialog,
    QHeaderView,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from medview.core.geometry import Geometry
from medview.core.labels import Label, LabelTable, default_color
from medview.gui.label_counts import LabelCounts

_COLOR, _NAME, _SHOWN, _LOCKED, _VOLUME = range(5)
_LABEL = Qt.ItemDataRole.UserRole


class LabelsPanel(QWidget):
    """Edits go out as whole labels; the panel shows what the table then says."""

    label_edited = Signal(object)  # Label, new or changed
    label_chosen = Signal(int)  # id

    def __init__(self, counts: LabelCounts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._counts = counts
        self._geometry: Geometry | None = None
        self._table = LabelTable()
        self._not_measurable = ""
        self.tree = QTreeWidget()
        self.tree.setAccessibleName("Labels")
        self.tree.setRootIsDecorated(False)
        self.tree.setHeaderLabels(["", "Label", "Show", "Lock", "ml"])
        for column, tip in (
            (_COLOR, "Double click a colour to change it"),
            (_NAME, "Double click a name to change it"),
            (_SHOWN, "Shown over the image"),
            (_LOCKED, "Locked labels are never painted over"),
            (_VOLUME, "Volume in millilitres"),
        ):
            self.tree.headerItem().setToolTip(column, tip)
        header = self.tree.header()
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(24)
        for column in (_COLOR, _SHOWN, _LOCKED, _VOLUME):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(_NAME, QHeaderView.ResizeMode.Stretch)
        self.tree.itemChanged.connect(self._changed)
        self.tree.itemDoubleClicked.connect(self._double_clicked)
        self.tree.currentItemChanged.connect(self._current_changed)
        self.add_button = QPushButton("Add Label")
        self.add_button.clicked.connect(self._add)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.tree)
        layout.addWidget(self.add_button)
        counts.changed.connect(self._show_volumes)

    def show_table(self, labelmap: Any, active: int, *, not_measurable: str = "") -> None:
        """Show a label map's table; None empties the panel.

        ``not_measurable`` says why no volumes in ml can be given, "" when they can.
        """
        table = LabelTable() if labelmap is None else labelmap.table
        self._say_why(not_measurable)
        if labelmap is not None and table is self._table and labelmap.geometry is self._geometry:
            self.choose(active)
            self._show_volumes()
            return
        self._table = table
        self._geometry = None if labelmap is None else labelmap.geometry
        self.add_button.setEnabled(labelmap is not None)
        with QSignalBlocker(self.tree):
            self.tree.clear()
            for label in self._table:
                item = QTreeWidgetItem(self.tree)
                self._fill(item, label)
                if label.id == active:
                    self.tree.setCurrentItem(item)
        height = self.tree.sizeHintForRow(0) if len(self._table) else 24
        rows = min(max(len(self._table), 3), 8)
        self.tree.setFixedHeight(self.tree.header().sizeHint().height() + rows * height + 6)
        self._show_volumes()

    def choose(self, label_id: int) -> None:
        """Mark a label as the active one."""
        with QSignalBlocker(self.tree):
            for number in range(self.tree.topLevelItemCount()):
                item = self.tree.topLevelItem(number)
                if item is not None and item.data(_NAME, _LABEL) == label_id:
                    self.tree.setCurrentItem(item)

    def _fill(self, item: QTreeWidgetItem, label: Label) -> None:
        item.setData(_NAME, _LABEL, label.id)
        item.setFlags(
            Qt.ItemFlag.ItemIsEnabled
            | Qt.ItemFlag.ItemIsSelectable
            | Qt.ItemFlag.ItemIsUserCheckable
            | Qt.ItemFlag.ItemIsEditable
        )
        pixmap = QPixmap(16, 16)
        pixmap.fill(QColor(*label.color))
        item.setIcon(_COLOR, QIcon(pixmap))
        item.setText(_NAME, label.name)
        item.setToolTip(_NAME, label.name)
        on, off = Qt.CheckState.Checked, Qt.CheckState.Unchecked
        item.setCheckState(_SHOWN, on if label.visible else off)
        item.setCheckState(_LOCKED, on if label.locked else off)
        item.setTextAlignment(_VOLUME, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def _show_volumes(self) -> None:
        geometry = self._geometry
        if geometry is None:
            return
        with QSignalBlocker(self.tree):
            for number in range(self.tree.topLevelItemCount()):
                item = self.tree.topLevelItem(number)
                if item is None:
                    continue
                voxels = self._counts.voxels(item.data(_NAME, _LABEL))
                ml = voxels * geometry.voxel_volume_ml
                text = f"{ml:.0f}" if ml >= 100 else f"{ml:.1f}"
                known = geometry.calibrated and not self._not_measurable
                item.setText(_VOLUME, text if known else "")

    def _say_why(self, not_measurable: str) -> None:
        self._not_measurable = not_measurable
        tip = f"No volumes: {not_measurable}" if not_measurable else "Volume in millilitres"
        self.tree.headerItem().setToolTip(_VOLUME, tip)

    def _label_of(self, item: QTreeWidgetItem) -> Label | None:
        label_id = item.data(_NAME, _LABEL)
        return next((label for label in self._table if label.id == label_id), None)

    def _changed(self, item: QTreeWidgetItem, column: int) -> None:
        label = self._label_of(item)
        if label is None or column == _VOLUME:
            return
        name = item.text(_NAME).strip() or label.name
        checked = Qt.CheckState.Checked
        new = replace(
            label,
            name=name,
            visible=item.checkState(_SHOWN) == checked,
            locked=item.checkState(_LOCKED) == checked,
        )
        if new != label:
            self.label_edited.emit(new)

    def _double_clicked(self, item: QTreeWidgetItem, column: int) -> None:
        label = self._label_of(item)
        if label is None or column != _COLOR:
            return
        color = QColorDialog.getColor(QColor(*label.color), self, f"Colour of {label.name}")
        if color.isValid():
            rgb = (color.red(), color.green(), color.blue())
            self.label_edited.emit(replace(label, color=rgb))

    def _current_changed(self, item: QTreeWidgetItem | None) -> None:
        if item is not None:
            self.label_chosen.emit(item.data(_NAME, _LABEL))

    def _add(self) -> None:
        free = self._table.free_id()
        self.label_edited.emit(Label(free, f"label {free}", default_color(free)))
        self.label_chosen.emit(free)
