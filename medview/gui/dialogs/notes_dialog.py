"""NotesDialog: all that is known to be odd about the open series, warnings and notes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QHeaderView,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from medview.core.volume import Message
from medview.gui.words import tr


class NotesDialog(QDialog):
    """One row per message, the files it is about below it. Not modal."""

    def __init__(self, messages: Sequence[Message], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Notes on the Series"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.tree = QTreeWidget()
        self.tree.setAccessibleName(tr("Notes on the series"))
        self.tree.setHeaderLabels([tr("Kind"), tr("What is known")])
        self.tree.header().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.tree.setColumnWidth(0, 160)
        self.tree.setWordWrap(True)
        for message in messages:
            row = QTreeWidgetItem(self.tree, [message.severity, message.text])
            row.setToolTip(1, message.text)
            row.addChildren([QTreeWidgetItem(["", name]) for name in message.files])
        if not messages:
            QTreeWidgetItem(self.tree, ["", tr("Nothing odd was found.")])
        layout = QVBoxLayout(self)
        layout.addWidget(self.tree)
        self.resize(760, 360)
