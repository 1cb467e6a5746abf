"""SeriesPanel: patients, studies and series as they are found, and the earlier cases."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QImage, QPixmap
from PySide6.QtWidgets import (
    QHeaderView,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QPushButton,
    QSplitter,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from medview.gui.empty_hint import EmptyHint
from medview.gui.tree_items import children
from medview.gui.words import tr

THUMBNAIL = 56
_ENTRY = Qt.ItemDataRole.UserRole
_VOLUME = Qt.ItemDataRole.UserRole + 1
_NAME, _HIDDEN = Qt.ItemDataRole.UserRole + 2, Qt.ItemDataRole.UserRole + 3
NO_SERIES = "Series of the folders that you open stand here."
NO_CASES = "Cases that you worked on stand here, with their labels."
NAMELESS = {"heading": "patient (name hidden)", "study": "study"}


class SeriesPanel(QWidget):
    """The tree fills while files are indexed; activating a series asks to open it."""

    series_chosen = Signal(object, int)  # the entry, which of its volumes
    case_chosen = Signal(object)  # CaseRecord
    beside_wanted = Signal(object, int)  # the same, beside what is open
    fusion_wanted = Signal(object, int)  # the same, over what is open
    skipped_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tree = QTreeWidget()
        self.tree.setAccessibleName(tr("Series"))
        self.tree.setHeaderHidden(True)
        self.tree.setIconSize(QSize(THUMBNAIL, THUMBNAIL))
        self.tree.setIndentation(12)
        self.tree.setRootIsDecorated(False)
        self.tree.header().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.tree.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.tree.itemClicked.connect(self._clicked)
        self.tree.itemActivated.connect(self._clicked)
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.tree.customContextMenuRequested.connect(self._show_menu)
        self.skipped = QPushButton()
        self.skipped.setFlat(True)
        self.skipped.setObjectName("link")
        self.skipped.clicked.connect(self.skipped_wanted)
        self.skipped.hide()
        self.cases = QListWidget()
        self.cases.setAccessibleName(tr("Earlier cases"))
        self.cases.itemActivated.connect(lambda item: self.case_chosen.emit(item.data(_ENTRY)))
        self._series: dict[str, QTreeWidgetItem] = {}
        self._groups: dict[tuple[str, ...], QTreeWidgetItem] = {}
        self._names_visible = True
        self._lay_out()

    def _lay_out(self) -> None:
        found, earlier = QWidget(), QWidget()
        layout = QVBoxLayout(found)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.tree, 1)
        layout.addWidget(self.skipped)
        layout = QVBoxLayout(earlier)
        layout.setContentsMargins(0, 4, 0, 0)
        title = QLabel(tr("Earlier cases"))
        title.setObjectName("heading")
        layout.addWidget(title)
        layout.addWidget(self.cases, 1)
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.addWidget(found)
        splitter.addWidget(earlier)
        self._earlier = earlier
        EmptyHint(self.tree, tr(NO_SERIES))
        EmptyHint(self.cases, tr(NO_CASES))
        splitter.setStretchFactor(0, 3)
        splitter.setStretchFactor(1, 1)
        splitter.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.addWidget(splitter)

    # ---- series

    def clear(self) -> None:
        """Before another index."""
        self.tree.clear()
        self._series.clear()
        self._groups.clear()
        self.skipped.hide()

    def put(self, entry: Any) -> None:
        """Add a series, or show that a known one has grown."""
        item = self._series.get(entry.key)
        if item is None:
            item = QTreeWidgetItem()
            self._insert(self._group(entry), item, entry)
            item.setIcon(0, QIcon(_placeholder()))
            self._series[entry.key] = item
        item.setData(0, _ENTRY, entry)
        title = entry.series_description or tr("no description")
        item.setText(0, f"{title}\n{_facts(entry)}")
        item.setToolTip(0, f"{title}\n{_facts(entry)}")
        item.setDisabled(entry.kind == "other")

    def _insert(self, study: QTreeWidgetItem, item: QTreeWidgetItem, entry: Any) -> None:
        """Among its study's series by number; without one at the end, in the order of coming."""
        places = [study.child(n) for n in range(study.childCount())]
        numbers = [_number(one.data(0, _ENTRY)) for one in places if one is not None]
        place = sum(number <= _number(entry) for number in numbers)
        study.insertChild(place, item)

    def entries(self) -> list[Any]:
        """The series found so far, from the top of the list to its bottom."""
        return [
            series.data(0, _ENTRY)
            for study in children(self.tree.invisibleRootItem())
            for group in children(study)
            for series in children(group)
        ]

    def set_thumbnail(self, key: str, grey: NDArray[np.uint8]) -> None:
        """A (rows, columns) picture of the series ``key``."""
        item = self._series.get(key)
        if item is not None:
            item.setIcon(0, QIcon(_pixmap(grey)))

    def put_volumes(self, key: str, plans: Sequence[Any]) -> None:
        """The volumes of a series that holds several: phases, other matrices, other planes."""
        item = self._series.get(key)
        if item is None or len(plans) < 2:
            return
        entry = item.data(0, _ENTRY)
        item.takeChildren()
        for plan in plans:
            size = " × ".join(str(n) for n in plan.geometry.shape)
            name = plan.name or entry.series_description or tr("volume")
            words = tr("{number} of {count}: {name}   {size}").format(
                number=plan.index + 1, count=len(plans), name=name, size=size
            )
            child = QTreeWidgetItem(item, [words])
            child.setToolTip(0, child.text(0))
            child.setData(0, _ENTRY, entry)
            child.setData(0, _VOLUME, plan.index)
        item.setExpanded(True)

    def mark_open(self, key: str) -> None:
        """Show which series is on the screen."""
        for other, item in self._series.items():
            font = item.font(0)
            font.setBold(other == key)
            item.setFont(0, font)
            if other == key:
                self.tree.setCurrentItem(item)

    def show_skipped(self, count: int) -> None:
        """A way to the files that were not read."""
        self.skipped.setVisible(count > 0)
        words = (
            tr("1 file skipped: show why") if count == 1 else tr("{count} files skipped: show why")
        )
        self.skipped.setText(words.format(count=count))

    def _group(self, entry: Any) -> QTreeWidgetItem:
        patient = entry.patient_name.replace("^", " ").strip() or entry.patient_id or tr("no name")
        top = self._groups.get((patient, entry.patient_id))
        if top is None:
            top = self._heading(self.tree.invisibleRootItem(), patient, "heading")
            self._groups[patient, entry.patient_id] = top
        study = self._groups.get((patient, entry.patient_id, entry.study_uid))
        if study is None:
            day = entry.study_date
            if len(day) == 8 and day.isdigit():
                day = f"{day[:4]}-{day[4:6]}-{day[6:]}"
            parts = [day, entry.study_description or tr("study")]
            study = self._heading(top, "  ".join(part for part in parts if part), "study")
            self._groups[patient, entry.patient_id, entry.study_uid] = study
        return study

    def _heading(self, parent: QTreeWidgetItem, text: str, kind: str) -> QTreeWidgetItem:
        item = QTreeWidgetItem(parent, [""])
        item.setFlags(Qt.ItemFlag.ItemIsEnabled)
        item.setData(0, _NAME, text)
        item.setData(0, _HIDDEN, tr(NAMELESS[kind]))
        self._name(item)
        if kind == "heading":
            font = item.font(0)
            font.setBold(True)
            item.setFont(0, font)
        item.setExpanded(True)
        return item

    def _name(self, item: QTreeWidgetItem) -> None:
        text = str(item.data(0, _NAME if self._names_visible else _HIDDEN))
        item.setText(0, text)
        item.setToolTip(0, text)

    def set_names_visible(self, *, visible: bool) -> None:
        """Patients and studies by name and date, or without; earlier cases have names only."""
        self._names_visible = visible
        for item in self._groups.values():
            self._name(item)
        self._earlier.setVisible(visible)

    def _clicked(self, item: QTreeWidgetItem) -> None:
        entry = item.data(0, _ENTRY)
        if entry is not None:
            self.series_chosen.emit(entry, item.data(0, _VOLUME) or 0)

    def _show_menu(self, where: QPoint) -> None:
        item = self.tree.itemAt(where)
        menu = None if item is None else self.menu_for(item)
        if menu is not None:
            menu.exec(self.tree.viewport().mapToGlobal(where))

    def menu_for(self, item: QTreeWidgetItem) -> QMenu | None:
        """What can be done with an image series; None for other lines."""
        entry = item.data(0, _ENTRY)
        if entry is None or getattr(entry, "kind", "image") != "image":
            return None
        number = item.data(0, _VOLUME) or 0
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for text, signal in (
            (tr("Open"), self.series_chosen),
            (tr("Open Beside"), self.beside_wanted),
            (tr("Lay Over the Open Series"), self.fusion_wanted),
        ):
            menu.addAction(text).triggered.connect(partial(signal.emit, entry, number))
        return menu

    # ---- earlier cases

    def show_cases(self, records: Sequence[Any]) -> None:
        """The workspace's cases, newest first."""
        self.cases.clear()
        for record in records:
            shape = " × ".join(str(n) for n in record.shape)
            item = QListWidgetItem(f"{record.title or tr('untitled')}\n{shape}")
            item.setData(_ENTRY, record)
            item.setToolTip("\n".join(record.paths[:3]))
            self.cases.addItem(item)


def _number(entry: Any) -> float:
    number = getattr(entry, "series_number", None)
    return float("inf") if number is None else float(number)


def _facts(entry: Any) -> str:
    slices, rows, columns = entry.size
    size = f"{slices} × {rows} × {columns}" if slices and rows else ""
    return "   ".join(part for part in (entry.modality, size) if part)


def _pixmap(grey: NDArray[np.uint8]) -> QPixmap:
    pixels = np.ascontiguousarray(grey)
    rows, columns = pixels.shape
    image = QImage(pixels.data, columns, rows, columns, QImage.Format.Format_Grayscale8)
    return QPixmap.fromImage(image).scaled(
        THUMBNAIL,
        THUMBNAIL,
        Qt.AspectRatioMode.KeepAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )


def _placeholder() -> QPixmap:
    pixmap = QPixmap(THUMBNAIL, THUMBNAIL)
    pixmap.fill(Qt.GlobalColor.black)
    return pixmap
