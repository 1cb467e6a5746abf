"""SkippedDialog: files that were not read, each with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QHeaderView,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from medview.gui.words import tr


class SkippedDialog(QDialog):
    """Grouped by reason, so that a thousand text files are one line."""

    def __init__(self, skipped: Sequence[Any], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Skipped Files"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.tree = QTreeWidget()
        self.tree.setAccessibleName(tr("Skipped files"))
        self.tree.setHeaderLabels([tr("File"), tr("Reason")])
        self.tree.setUniformRowHeights(True)
        self.tree.header().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.tree.setColumnWidth(0, 360)
        groups: dict[str, list[Any]] = {}
        for item in skipped:
            groups.setdefault(item.code, []).append(item)
        for code, items in groups.items():
            top = QTreeWidgetItem(self.tree, [f"{code.replace('-', ' ')} ({len(items)})"])
            top.addChildren([QTreeWidgetItem([str(item.path), str(item.reason)]) for item in items])
            top.setExpanded(len(items) <= 20)
        layout = QVBoxLayout(self)
        layout.addWidget(self.tree)
        self.resize(760, 420)
