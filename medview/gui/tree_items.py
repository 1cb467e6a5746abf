"""What Qt's tree items lack."""

from __future__ import annotations

from PySide6.QtWidgets import QTreeWidgetItem


def children(item: QTreeWidgetItem) -> list[QTreeWidgetItem]:
    """The items directly below one, in order."""
    return [child for n in range(item.childCount()) if (child := item.child(n)) is not None]
