"""Drag and drop of folders, files and archives on the whole window."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QDropEvent


def dropped_paths(event: QDropEvent) -> list[Path]:
    """The local files and folders a drag carries."""
    return [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]


def answer(event: QDropEvent) -> list[Path]:
    """Accept a drag of local paths as a copy and return them; ignore any other.

    Always a copy: a file manager that is told "move" deletes what it gave.
    """
    paths = dropped_paths(event)
    if paths:
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
    else:
        event.ignore()
    return paths
