"""NotesDialog: all that is known to be odd about the open series, warnings and notes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QTreeWidgetItem, QWidget

from medview.core.volume import Message
from medview.gui.dialogs.table_dialog import TableDialog
from medview.gui.words import tr


class NotesDialog(TableDialog):
    """One row per message, the files it is about below it."""

    def __init__(self, messages: Sequence[Message], parent: QWidget | None = None) -> None:
        columns = (tr("Kind"), tr("What is known"))
        super().__init__(tr("Notes on the Series"), columns, 160, parent)
        self.tree.setWordWrap(True)
        for message in messages:
            row = QTreeWidgetItem(self.tree, [message.severity, message.text])
            row.setToolTip(1, message.text)
            row.addChildren([QTreeWidgetItem(["", name]) for name in message.files])
        if not messages:
            QTreeWidgetItem(self.tree, ["", tr("Nothing odd was found.")])
