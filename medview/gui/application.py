"""The Qt application: one per process, dark and calm for reading rooms."""

from __future__ import annotations

import os
import sys

from PySide6.QtCore import QLibraryInfo
from PySide6.QtWidgets import QApplication

from medview.core.errors import MedviewError
from medview.gui import theme


def application() -> QApplication:
    """The running application, or a new one.

    Without a display on Linux the offscreen platform is taken, so that rendering works on servers.
    """
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    if sys.platform.startswith("linux") and not (
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    ):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    created = QApplication([sys.argv[0] or "medview"])
    created.setApplicationName("medview")
    created.setApplicationDisplayName("medview")
    created.setStyle("Fusion")
    theme.apply(created, theme.DEFAULT)
    return created


def require_display() -> None:
    """MedviewError "no-display" where a window was asked for and none can be shown."""
    if not sys.platform.startswith("linux"):
        return
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if not any(os.environ.get(name) for name in names):
        raise MedviewError(
            "There is no display to open a window on.",
            hint="Run it in a desktop session, or use a headless command: medview --help.",
            code="no-display",
        )


def qt_version() -> str:
    """For reports."""
    return QLibraryInfo.version().toString()
