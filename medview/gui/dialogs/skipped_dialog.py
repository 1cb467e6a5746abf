"""SkippedDialog: files that were not read, each with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtWidgets import QTreeWidgetItem, QWidget

from medview.gui.dialogs.table_dialog import TableDialog
from medview.gui.words import tr


class SkippedDialog(TableDialog):
    """Grouped by reason, so that a thousand text files are one line."""

    def __init__(self, skipped: Sequence[Any], parent: QWidget | None = None) -> None:
        super().__init__(tr("Skipped Files"), (tr("File"), tr("Reason")), 360, parent)
        self.tree.setUniformRowHeights(True)
        groups: dict[str, list[Any]] = {}
        for item in skipped:
            groups.setdefault(item.code, []).append(item)
        for code, items in groups.items():
            top = QTreeWidgetItem(self.tree, [f"{code.replace('-', ' ')} ({len(items)})"])
            top.addChildren([QTreeWidgetItem([str(item.path), str(item.reason)]) for item in items])
            top.setExpanded(len(items) <= 20)
