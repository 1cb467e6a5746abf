"""ShortcutsDialog: all keys and mouse actions, made from the table of actions."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QHeaderView,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from medview.gui.actions import ACTIONS, MOUSE


class ShortcutsDialog(QDialog):
    """Not modal: it may stay open beside the work."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Shortcuts")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.tree = QTreeWidget()
        self.tree.setAccessibleName("Shortcuts")
        self.tree.setHeaderLabels(["Action", "Key"])
        self.tree.header().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.tree.setUniformRowHeights(True)
        self.tree.setSelectionMode(QTreeWidget.SelectionMode.NoSelection)
        groups: dict[str, list[tuple[str, str]]] = {"Mouse": [(what, how) for how, what in MOUSE]}
        for spec in ACTIONS:
            if spec.shortcuts:
                row = (spec.text.rstrip("…"), "   ".join(spec.shortcuts))
                groups.setdefault(spec.menu.replace("/", " > "), []).append(row)
        for group, rows in groups.items():
            top = QTreeWidgetItem(self.tree, [group])
            font = top.font(0)
            font.setBold(True)
            top.setFont(0, font)
            for row in rows:
                top.addChild(QTreeWidgetItem(list(row)))
            top.setExpanded(True)
        layout = QVBoxLayout(self)
        layout.addWidget(self.tree)
        self.resize(520, 640)
