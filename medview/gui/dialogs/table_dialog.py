"""TableDialog: a list in two columns in a window of its own."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHeaderView, QTreeWidget, QVBoxLayout, QWidget


class TableDialog(QDialog):
    """Subclasses fill ``tree``. Not modal; gone when closed."""

    def __init__(
        self, title: str, columns: tuple[str, str], first_width: int, parent: QWidget | None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.tree = QTreeWidget()
        self.tree.setAccessibleName(title)
        self.tree.setHeaderLabels(columns)
        self.tree.header().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.tree.setColumnWidth(0, first_width)
        layout = QVBoxLayout(self)
        layout.addWidget(self.tree)
        self.resize(760, 400)
