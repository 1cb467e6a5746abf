"""The Qt application: one per process, dark and calm for reading rooms."""

from __future__ import annotations

import os
import sys

from PySide6.QtCore import QLibraryInfo
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from medview.core.errors import MedviewError
from medview.core.resources import resources_path

_COLORS = {
    QPalette.ColorRole.Window: "#1d2124",
    QPalette.ColorRole.WindowText: "#c6ced2",
    QPalette.ColorRole.Base: "#16191c",
    QPalette.ColorRole.AlternateBase: "#1a1e21",
    QPalette.ColorRole.Text: "#c6ced2",
    QPalette.ColorRole.Button: "#2a2f33",
    QPalette.ColorRole.ButtonText: "#c6ced2",
    QPalette.ColorRole.ToolTipBase: "#2a2f33",
    QPalette.ColorRole.ToolTipText: "#dde3e6",
    QPalette.ColorRole.PlaceholderText: "#7b868c",
    QPalette.ColorRole.Highlight: "#2b6f78",
    QPalette.ColorRole.HighlightedText: "#ffffff",
    QPalette.ColorRole.Link: "#4fb3bf",
    QPalette.ColorRole.Light: "#3a4147",
    QPalette.ColorRole.Midlight: "#30363b",
    QPalette.ColorRole.Mid: "#262b2f",
    QPalette.ColorRole.Dark: "#121517",
    QPalette.ColorRole.Shadow: "#000000",
}
_DISABLED = "#6a747a"


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
    created.setPalette(_palette())
    style = resources_path() / "styles" / "dark.qss"
    if style.is_file():
        icons = (resources_path() / "icons").as_posix()
        created.setStyleSheet(style.read_text(encoding="utf-8").replace("{icons}", icons))
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


def _palette() -> QPalette:
    palette = QPalette()
    for role, color in _COLORS.items():
        palette.setColor(role, QColor(color))
    for role in (
        QPalette.ColorRole.WindowText,
        QPalette.ColorRole.Text,
        QPalette.ColorRole.ButtonText,
    ):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(_DISABLED))
    return palette
