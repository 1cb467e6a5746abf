"""LabelsPanel: the labels of the case: name, colour, shown, locked, volume."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import (
    QColorDialog,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QMenu,
    QPushButton,
    QSlider,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from medview.core.geometry import Geometry
from medview.core.labels import LABEL_STATES, Label, LabelTable, default_color
from medview.gui.label_counts import LabelCounts
from medview.gui.words import counted, tr

_COLOR, _NAME, _SHOWN, _LOCKED, _VOLUME = range(5)
_LABEL = Qt.ItemDataRole.UserRole


class LabelsPanel(QWidget):
    """Edits go out as whole labels; the panel shows what the table then says."""

    label_edited = Signal(object)  # Label, new or changed
    label_chosen = Signal(int)  # id
    deletion_wanted = Signal(int)
    merge_wanted = Signal(int, int)  # the label, and the one that it becomes
    move_wanted = Signal(int, int)  # the label, and so many places down
    term_wanted = Signal(int)
    schema_wanted = Signal(str)  # "save", "load", or "keep": for new cases

    def __init__(self, counts: LabelCounts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._counts = counts
        self._geometry: Geometry | None = None
        self._table = LabelTable()
        self._not_measurable = ""
        self.tree = QTreeWidget()
        self.tree.setAccessibleName(tr("Labels"))
        self.tree.setRootIsDecorated(False)
        self.tree.setHeaderLabels(["", tr("Label"), tr("Show"), tr("Lock"), "ml"])
        for column, tip in (
            (_COLOR, tr("Double click a colour to change it")),
            (_NAME, tr("Double click a name to change it")),
            (_SHOWN, tr("Shown over the image")),
            (_LOCKED, tr("Locked labels are never painted over")),
            (_VOLUME, tr("Volume in millilitres")),
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
        self.add_button = QPushButton(tr("Add Label"))
        self.add_button.clicked.connect(self._add)
        self.more = QPushButton(tr("More"))
        self.more.setToolTip(tr("Merge, delete, reorder, code, schema"))
        self.menu = QMenu(self)
        self.menu.aboutToShow.connect(self._fill_menu)
        self.more.setMenu(self.menu)
        self.opacity = QSlider(Qt.Orientation.Horizontal)
        self.opacity.setAccessibleName(tr("Opacity of the label"))
        self.opacity.setToolTip(tr("Opacity of this label, of the mask's opacity"))
        self.opacity.setRange(0, 100)
        self.opacity.valueChanged.connect(self._look_edited)
        self.state = QComboBox()
        self.state.setAccessibleName(tr("State of the label"))
        for state in LABEL_STATES:
            self.state.addItem(tr(state), state)
        self.state.currentIndexChanged.connect(self._look_edited)
        self.words = QLabel()
        self.words.setObjectName("quiet")
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setWordWrap(True)
        self._lay_out()
        counts.changed.connect(self._show_volumes)
        counts.outdated.connect(self._show_volumes)

    def _lay_out(self) -> None:
        buttons, look = QHBoxLayout(), QHBoxLayout()
        for widget in (self.add_button, self.more):
            buttons.addWidget(widget, 1)
        look.addWidget(self.opacity, 1)
        look.addWidget(self.state, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.tree)
        layout.addWidget(self.words)
        layout.addLayout(look)
        layout.addLayout(buttons)

    @property
    def active(self) -> Label | None:
        """The label that is chosen."""
        item = self.tree.currentItem()
        return None if item is None else self._label_of(item)

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
                known = geometry.calibrated and not self._not_measurable and self._counts.is_near
                item.setText(_VOLUME, text if known else "")
        self._show_active()

    def _show_active(self) -> None:
        """The chosen label in words, and its look."""
        label = self.active
        for widget in (self.opacity, self.state, self.more):
            widget.setEnabled(label is not None)
        if label is None:
            self.words.setText("")
            return
        with QSignalBlocker(self.opacity), QSignalBlocker(self.state):
            self.opacity.setValue(round(label.opacity * 100))
            self.state.setCurrentIndex(self.state.findData(label.state))
        parts = []
        if self._counts.is_near:
            parts.append(counted(self._counts.slices(label.id), "{count} slice", "{count} slices"))
        if label.code is not None:
            side = f"{label.modifier.meaning} " if label.modifier is not None else ""
            parts.append(f"{side}{label.code.meaning} ({label.code.scheme} {label.code.value})")
        else:
            parts.append(tr("no code"))
        self.words.setText("   ".join(parts))

    def _say_why(self, not_measurable: str) -> None:
        self._not_measurable = not_measurable
        tip = tr("Volume in millilitres")
        if not_measurable:
            tip = tr("No volumes: {reason}").format(reason=not_measurable)
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
        color = QColorDialog.getColor(
            QColor(*label.color), self, tr("Colour of {name}").format(name=label.name)
        )
        if color.isValid():
            rgb = (color.red(), color.green(), color.blue())
            self.label_edited.emit(replace(label, color=rgb))

    def _current_changed(self, item: QTreeWidgetItem | None) -> None:
        if item is not None:
            self.label_chosen.emit(item.data(_NAME, _LABEL))
            self._show_active()

    def _look_edited(self) -> None:
        label = self.active
        if label is None:
            return
        state = next(one for one in LABEL_STATES if one == self.state.currentData())
        new = replace(label, opacity=self.opacity.value() / 100.0, state=state)
        if new != label:
            self.label_edited.emit(new)

    def _fill_menu(self) -> None:
        self.menu.clear()
        label = self.active
        if label is None:
            return
        number = label.id
        self.menu.addAction(tr("Term and Code…")).triggered.connect(
            lambda: self.term_wanted.emit(number)
        )
        for text, steps in ((tr("Move Up"), -1), (tr("Move Down"), 1)):
            self.menu.addAction(text).triggered.connect(partial(self._move, number, steps))
        merge = self.menu.addMenu(tr("Merge Into"))
        for other in self._table:
            if other.id != number:
                name = other.name.replace("&", "&&")
                merge.addAction(name).triggered.connect(partial(self._merge, number, other.id))
        merge.setEnabled(len(self._table) > 1)
        self.menu.addAction(tr("Delete with Its Voxels")).triggered.connect(
            lambda: self.deletion_wanted.emit(number)
        )
        self.menu.addSeparator()
        for text, what in (
            (tr("Save Labels as Schema…"), "save"),
            (tr("Add Labels from Schema…"), "load"),
            (tr("Use These Labels for New Cases"), "keep"),
        ):
            self.menu.addAction(text).triggered.connect(partial(self._schema, what))

    def _move(self, number: int, steps: int) -> None:
        self.move_wanted.emit(number, steps)

    def _merge(self, number: int, into: int) -> None:
        self.merge_wanted.emit(number, into)

    def _schema(self, what: str) -> None:
        self.schema_wanted.emit(what)

    def _add(self) -> None:
        free = self._table.free_id()
        self.label_edited.emit(Label(free, f"label {free}", default_color(free)))
        self.label_chosen.emit(free)
