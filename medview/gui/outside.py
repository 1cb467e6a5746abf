"""Handing a file to the desktop's own program for it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices


def open_outside(path: Path) -> bool:
    """Open a file as a double click in the file manager would; whether a program took it."""
    return QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
