"""TagsPanel: the DICOM attributes of the file behind the visible slice, with search and copy."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from medview.core.job import Job
from medview.core.volume import Volume
from medview.gui.job_runner import JobRunner, RunningJob
from medview.gui.tree_items import children
from medview.gui.words import tr

_WAIT_MS = 120  # scrolling through a stack reads the file one rests on, not every one
_COLUMNS = ("Tag", "Name", "VR", "Value")


class TagsPanel(QWidget):
    """Follows the slice while it is seen; reads in a job and drops what is out of date."""

    def __init__(
        self, runner: JobRunner, make_job: Callable[[Path, int], Job], parent: QWidget | None = None
    ) -> None:
        """``make_job(path, frame)`` reads the tree of `TagNode` of a file."""
        super().__init__(parent)
        self._runner = runner
        self._make_job = make_job
        self._volume: Volume | None = None
        self._index = 0
        self._reading: RunningJob | None = None
        self._shown: tuple[object, int] | None = None
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search tags, names and values"))
        self.search.setAccessibleName(tr("Search tags"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filter)
        self.source = QLabel()
        self.source.setObjectName("quiet")
        self.source.setTextFormat(Qt.TextFormat.PlainText)
        self.tree = self._make_tree()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        for widget in (self.search, self.source, self.tree):
            layout.addWidget(widget)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_WAIT_MS)
        self._timer.timeout.connect(self._read)

    def _make_tree(self) -> QTreeWidget:
        tree = QTreeWidget()
        tree.setAccessibleName(tr("DICOM tags"))
        tree.setHeaderLabels([tr(name) for name in _COLUMNS])
        tree.setUniformRowHeights(True)
        tree.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        tree.header().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for column, width in enumerate((170, 240, 40)):
            tree.setColumnWidth(column, width)
        tree.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        for text, keys, slot in (
            (tr("Copy Lines"), QKeySequence(QKeySequence.StandardKey.Copy), self.copy_lines),
            (tr("Copy Values"), QKeySequence("Ctrl+Shift+C"), self.copy_values),
        ):
            action = QAction(text, tree)
            action.setShortcut(keys)
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(slot)
            tree.addAction(action)
        return tree

    def show_slice(self, volume: Volume | None, index: int) -> None:
        """Follow this slice of a volume; read soon, and only while the panel is seen."""
        self._volume, self._index = volume, index
        if self.isVisible():
            self._timer.start()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._timer.start()

    # ---- reading

    def _read(self) -> None:
        if not self.isVisible():  # hidden or closed while it waited
            return
        volume = self._volume
        source = None if volume is None else volume.source
        if volume is None or source is None or not source.files:
            self._shown = None
            self.tree.clear()
            self.source.setText("" if volume is None else tr("This image is no DICOM file."))
            return
        path, frame = source.files[self._index], source.frames[self._index]
        if self._shown == (path, frame):
            return
        if self._reading is not None:
            self._reading.drop()
        several = len(source.files) > 1 and source.files[0] == source.files[-1]
        words = (
            tr("{file}   frame {number}").format(file=path.name, number=frame)
            if several
            else path.name
        )

        def done(nodes: Sequence[Any]) -> None:
            self._shown = (path, frame)
            self.source.setText(words)
            self._show(nodes)

        def failed(error: Exception) -> None:
            self._shown = None
            self.tree.clear()
            self.source.setText(str(error))

        job = self._make_job(path, frame)
        self._reading = self._runner.start(job, on_done=done, on_error=failed)

    def _show(self, nodes: Sequence[Any]) -> None:
        """Other values under the same tags: what was opened, and the place, stay."""
        opened = {_path(item) for item in self.items() if item.isExpanded()}
        place = self.tree.verticalScrollBar().value()
        self.tree.setUpdatesEnabled(False)
        self.tree.clear()
        self.tree.addTopLevelItems([_item(node) for node in nodes])
        for item in self.items():
            if _path(item) in opened:
                item.setExpanded(True)
        self._filter(self.search.text())
        self.tree.setUpdatesEnabled(True)
        self.tree.verticalScrollBar().setValue(place)

    # ---- search and copy

    def _filter(self, text: str) -> None:
        """Keep lines that hold every word, their parents and what is inside them."""
        words = text.lower().split()
        for item in children(self.tree.invisibleRootItem()):
            _keep(item, words, inside=False)

    def copy_lines(self) -> None:
        """The chosen lines, tab between columns."""
        lines = [
            "\t".join(item.text(column) for column in range(len(_COLUMNS)))
            for item in self._chosen()
        ]
        QGuiApplication.clipboard().setText("\n".join(lines))

    def copy_values(self) -> None:
        """The values alone."""
        QGuiApplication.clipboard().setText("\n".join(item.text(3) for item in self._chosen()))

    def _chosen(self) -> list[QTreeWidgetItem]:
        return [item for item in self.items() if item.isSelected() and not item.isHidden()]

    def items(self) -> Iterator[QTreeWidgetItem]:
        """All lines, from top to bottom, shut ones included."""
        waiting = children(self.tree.invisibleRootItem())[::-1]
        while waiting:
            item = waiting.pop()
            yield item
            waiting += children(item)[::-1]


def _item(node: Any) -> QTreeWidgetItem:
    item = QTreeWidgetItem([node.tag, node.name, node.vr, node.value])
    item.setToolTip(3, node.value[:400])
    if node.is_private:
        font = item.font(1)
        font.setItalic(True)
        item.setFont(1, font)
    item.addChildren([_item(child) for child in node.children])
    return item


def _path(item: QTreeWidgetItem) -> tuple[str, ...]:
    parent = item.parent()
    return (*(() if parent is None else _path(parent)), item.text(0))


def _keep(item: QTreeWidgetItem, words: list[str], *, inside: bool) -> bool:
    """Whether the line or one inside it matches; hides the others and opens the way to it."""
    own = inside or _matches(item, words)
    below = [_keep(child, words, inside=own) for child in children(item)]
    item.setHidden(not (own or any(below)))
    if words and any(below) and not own:
        item.setExpanded(True)
    return own or any(below)


def _matches(item: QTreeWidgetItem, words: list[str]) -> bool:
    text = " ".join(item.text(column) for column in (0, 1, 3)).lower()
    bare = item.text(0).strip("()").replace(",", "").lower()
    return all(word in text or word in bare for word in words)
