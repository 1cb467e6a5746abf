"""MeasuresPanel: the measures of the case: name, value, slice; all numbers of the chosen one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QModelIndex, QPoint, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QKeySequence, QPixmap, QShortcut
from PySide6.QtWidgets import (
    QColorDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QMenu,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from medview.gui.measure_drawing import ACCENT
from medview.gui.panels.histogram import HistogramView
from medview.gui.words import tr
from medview.measure.measure import Measure
from medview.measure.reading import Reading, number_text

_COLOR, _NAME, _VALUE, _SLICE = range(4)
_ID = Qt.ItemDataRole.UserRole
_HOW = "Measure > Length (D), Angle (G) or a region: drag on the image."


class MeasuresPanel(QWidget):
    """Edits go out as whole measures; the panel shows what the session then says."""

    chosen = Signal(str)  # id: jump there
    edited = Signal(object)  # Measure
    removal_wanted = Signal(str)
    text_wanted = Signal(str)
    export_wanted = Signal(str)  # "csv" or "sr"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._measures: dict[str, Measure] = {}
        self._reading: Callable[[Measure], Reading] = lambda _measure: Reading()
        self._units = ""
        self.tree = QTreeWidget()
        self.tree.setAccessibleName(tr("Measures"))
        self.tree.setRootIsDecorated(False)
        self.tree.setHeaderLabels(["", tr("Measure"), tr("Value"), tr("Slice")])
        for column, tip in (
            (_COLOR, tr("Shown on the image; double click the colour to change it")),
            (_NAME, tr("Click to go there, double click to rename")),
            (_SLICE, tr("The stored slice, counted from 1")),
        ):
            self.tree.headerItem().setToolTip(column, tip)
        self.tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.tree.header()
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(24)
        for column in (_COLOR, _VALUE, _SLICE):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(_NAME, QHeaderView.ResizeMode.Stretch)
        self.tree.itemChanged.connect(self._changed)
        self.tree.itemClicked.connect(lambda item: self.chosen.emit(item.data(_NAME, _ID)))
        self.tree.itemDoubleClicked.connect(self._double_clicked)
        self.tree.currentItemChanged.connect(lambda *_: self._show_details())
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.tree.customContextMenuRequested.connect(self._menu)
        remove = QShortcut(QKeySequence.StandardKey.Delete, self.tree)
        remove.setContext(Qt.ShortcutContext.WidgetShortcut)
        remove.activated.connect(self._delete)
        self.details = QLabel(tr(_HOW))
        self.details.setObjectName("quiet")
        self.details.setTextFormat(Qt.TextFormat.PlainText)
        self.details.setWordWrap(True)
        self.details.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.histogram = HistogramView()
        self.delete = QPushButton(tr("Delete"))
        self.delete.setToolTip(tr("Remove the chosen measure (Del)"))
        self.delete.clicked.connect(self._delete)
        self.csv = QPushButton(tr("CSV…"))
        self.csv.setToolTip(tr("All measures as a table, without the patient's name"))
        self.csv.clicked.connect(lambda: self.export_wanted.emit("csv"))
        self.report = QPushButton(tr("DICOM SR…"))
        self.report.setToolTip(tr("All measures as a DICOM structured report (TID 1500)"))
        self.report.clicked.connect(lambda: self.export_wanted.emit("sr"))
        buttons = QHBoxLayout()
        for button in (self.delete, self.csv, self.report):
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self.tree, self.details, self.histogram):
            layout.addWidget(widget)
        layout.addLayout(buttons)
        self.show_measures((), "", lambda _measure: Reading(), lambda _measure: 0)

    @property
    def current(self) -> str:
        """The id of the chosen measure, "" for none."""
        item = self.tree.currentItem()
        return "" if item is None else str(item.data(_NAME, _ID))

    def show_measures(
        self,
        measures: Sequence[Measure],
        units: str,
        reading: Callable[[Measure], Reading],
        slice_of: Callable[[Measure], int],
    ) -> None:
        """The case's measures and where to ask for their numbers."""
        chosen = self.current
        self._measures = {measure.id: measure for measure in measures}
        self._reading, self._units = reading, units
        with QSignalBlocker(self.tree):
            self.tree.clear()
            for measure in measures:
                item = QTreeWidgetItem(self.tree)
                self._fill(item, measure, reading(measure), slice_of(measure))
                if measure.id == chosen:
                    self.tree.setCurrentItem(item)
        self.tree.setVisible(bool(measures))
        height = self.tree.sizeHintForRow(0) if measures else 24
        rows = min(max(len(measures), 2), 8)
        self.tree.setFixedHeight(self.tree.header().sizeHint().height() + rows * height + 6)
        for button in (self.csv, self.report):
            button.setVisible(bool(measures))
        self.delete.setVisible(bool(measures))
        self._show_details()

    def choose(self, measure_id: str) -> None:
        """Mark a measure as the chosen one, "" for none; nothing jumps."""
        with QSignalBlocker(self.tree):
            self.tree.setCurrentIndex(QModelIndex())
            for number in range(self.tree.topLevelItemCount()):
                item = self.tree.topLevelItem(number)
                if item is not None and item.data(_NAME, _ID) == measure_id:
                    self.tree.setCurrentItem(item)
        self._show_details()

    def _fill(self, item: QTreeWidgetItem, measure: Measure, reading: Reading, index: int) -> None:
        item.setData(_NAME, _ID, measure.id)
        item.setFlags(
            Qt.ItemFlag.ItemIsEnabled
            | Qt.ItemFlag.ItemIsSelectable
            | Qt.ItemFlag.ItemIsUserCheckable
            | Qt.ItemFlag.ItemIsEditable
        )
        pixmap = QPixmap(12, 12)
        pixmap.fill(ACCENT if measure.color is None else QColor(*measure.color))
        item.setIcon(_COLOR, QIcon(pixmap))
        on, off = Qt.CheckState.Checked, Qt.CheckState.Unchecked
        item.setCheckState(_COLOR, on if measure.visible else off)
        item.setText(_NAME, measure.name)
        item.setToolTip(_NAME, measure.name)
        item.setText(_VALUE, reading.summary or measure.text)
        item.setToolTip(_VALUE, "\n".join((*reading.lines, *reading.notes)))
        item.setText(_SLICE, str(index + 1))

    def _show_details(self) -> None:
        measure = self._measures.get(self.current)
        self.delete.setEnabled(measure is not None)
        if measure is None:
            self.details.setText("" if self._measures else tr(_HOW))
            self.details.setVisible(not self._measures)
            self.histogram.show_histogram(None)
            return
        reading = self._reading(measure)
        values = [
            f"{tr(value.name)} {_value_text(value.number, value.name)} {tr(value.unit)}".rstrip()
            for value in reading.values
        ]
        lines = [*([measure.text] if measure.text else []), *values, *reading.notes]
        self.details.setText("\n".join(lines))
        self.details.setVisible(bool(lines))
        self.histogram.show_histogram(reading.histogram, self._units)

    def _changed(self, item: QTreeWidgetItem, column: int) -> None:
        measure = self._measures.get(item.data(_NAME, _ID))
        if measure is None or column not in (_COLOR, _NAME):
            return
        new = replace(
            measure,
            name=item.text(_NAME).strip() or measure.name,
            visible=item.checkState(_COLOR) == Qt.CheckState.Checked,
        )
        if new != measure:
            self.edited.emit(new)

    def _double_clicked(self, item: QTreeWidgetItem, column: int) -> None:
        measure = self._measures.get(item.data(_NAME, _ID))
        if measure is not None and column == _COLOR:
            self._ask_color(measure)
        elif column == _NAME:
            self.tree.editItem(item, _NAME)

    def _ask_color(self, measure: Measure) -> None:
        now = ACCENT if measure.color is None else QColor(*measure.color)
        color = QColorDialog.getColor(now, self, tr("Colour of {name}").format(name=measure.name))
        if color.isValid():
            rgb = (color.red(), color.green(), color.blue())
            self.edited.emit(replace(measure, color=rgb))

    def _menu(self, place: QPoint) -> None:
        item = self.tree.itemAt(place)
        measure = None if item is None else self._measures.get(item.data(_NAME, _ID))
        if item is None or measure is None:
            return
        menu = QMenu(self)
        menu.addAction(tr("Rename")).triggered.connect(lambda: self.tree.editItem(item, _NAME))
        menu.addAction(tr("Words…")).triggered.connect(lambda: self.text_wanted.emit(measure.id))
        menu.addAction(tr("Colour…")).triggered.connect(lambda: self._ask_color(measure))
        menu.addAction(tr("Delete")).triggered.connect(lambda: self.removal_wanted.emit(measure.id))
        menu.popup(self.tree.viewport().mapToGlobal(place))

    def _delete(self) -> None:
        if self.current:
            self.removal_wanted.emit(self.current)


def _value_text(number: float, name: str) -> str:
    return f"{number:.0f}" if name == "voxels" else number_text(number)
