"""Theme: the colours of the window, dark or light; the picture area is black in both."""

from __future__ import annotations

import re

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from medview.core.resources import resources_path

DEFAULT = "dark"
SETTING = "theme"
THEMES: dict[str, dict[str, str]] = {
    "dark": {
        "accent": "#4fb3bf",
        "accent-hover": "#7fd0da",
        "alternate": "#1a1e21",
        "amber": "#e0a84f",
        "bar": "#24343a",
        "bar-error": "#452624",
        "bar-warning": "#3d3320",
        "base": "#16191c",
        "border": "#3a4147",
        "box": "#5a656b",
        "bright": "#dde3e6",
        "button": "#2a2f33",
        "button-off": "#22272a",
        "chosen": "#23484d",
        "edge": "#121517",
        "faint-line": "#262b2f",
        "highlight": "#2b6f78",
        "hover": "#333a3f",
        "ink": "#b6c0c5",
        "line": "#343b40",
        "menu": "#24292d",
        "mid": "#30363b",
        "muted": "#9aa5ab",
        "off": "#6a747a",
        "on-chosen": "#ffffff",
        "placeholder": "#7b868c",
        "pressed": "#23282b",
        "primary": "#2b7c87",
        "primary-hover": "#328d99",
        "primary-off": "#223236",
        "quiet": "#8b969c",
        "text": "#c6ced2",
        "title": "#191c1f",
        "window": "#1d2124",
    },
    "light": {
        "accent": "#1f7681",
        "accent-hover": "#15606a",
        "alternate": "#f4f6f7",
        "amber": "#8f5a00",
        "bar": "#d9ecee",
        "bar-error": "#f9dcd8",
        "bar-warning": "#fbeed2",
        "base": "#ffffff",
        "border": "#b9c2c7",
        "box": "#7d888e",
        "bright": "#11181b",
        "button": "#f7f9fa",
        "button-off": "#e6eaec",
        "chosen": "#bfe0e4",
        "edge": "#c3cacf",
        "faint-line": "#d9dee1",
        "highlight": "#2b7c87",
        "hover": "#e0e6e9",
        "ink": "#46525a",
        "line": "#c9d0d4",
        "menu": "#f7f9fa",
        "mid": "#dfe4e7",
        "muted": "#4d585e",
        "off": "#98a2a7",
        "on-chosen": "#10282b",
        "placeholder": "#7b868c",
        "pressed": "#d3d9dd",
        "primary": "#2b7c87",
        "primary-hover": "#328d99",
        "primary-off": "#c9dadc",
        "quiet": "#5d686e",
        "text": "#20282c",
        "title": "#e1e6e9",
        "window": "#eceff1",
    },
}
_ROLES = {
    QPalette.ColorRole.Window: "window",
    QPalette.ColorRole.WindowText: "text",
    QPalette.ColorRole.Base: "base",
    QPalette.ColorRole.AlternateBase: "alternate",
    QPalette.ColorRole.Text: "text",
    QPalette.ColorRole.Button: "button",
    QPalette.ColorRole.ButtonText: "text",
    QPalette.ColorRole.ToolTipBase: "button",
    QPalette.ColorRole.ToolTipText: "bright",
    QPalette.ColorRole.PlaceholderText: "placeholder",
    QPalette.ColorRole.Highlight: "highlight",
    QPalette.ColorRole.Link: "accent",
    QPalette.ColorRole.Light: "border",
    QPalette.ColorRole.Midlight: "mid",
    QPalette.ColorRole.Mid: "faint-line",
    QPalette.ColorRole.Dark: "edge",
}
_DISABLED = (
    QPalette.ColorRole.WindowText,
    QPalette.ColorRole.Text,
    QPalette.ColorRole.ButtonText,
)
_PROPERTY = "medview-theme"  # of the application


def apply(application: QApplication, name: str) -> None:
    """Dress the whole program; a name that is not known is the default."""
    chosen = name if name in THEMES else DEFAULT
    if application.property(_PROPERTY) == chosen:
        return
    application.setProperty(_PROPERTY, chosen)
    application.setPalette(_palette(THEMES[chosen]))
    template = (resources_path() / "styles" / "theme.qss").read_text(encoding="utf-8")
    values = {**THEMES[chosen], "icons": (resources_path() / "icons").as_posix()}
    application.setStyleSheet(re.sub(r"@([a-z-]+)", lambda found: values[found[1]], template))


def current() -> str:
    """The name of the theme that is on."""
    application = QApplication.instance()
    name = None if application is None else application.property(_PROPERTY)
    return str(name) if name in THEMES else DEFAULT


def color(name: str) -> QColor:
    """A colour of the theme that is on."""
    return QColor(THEMES[current()][name])


def _palette(colors: dict[str, str]) -> QPalette:
    palette = QPalette()
    for role, name in _ROLES.items():
        palette.setColor(role, QColor(colors[name]))
    palette.setColor(QPalette.ColorRole.HighlightedText, QColor("#ffffff"))
    palette.setColor(QPalette.ColorRole.Shadow, QColor("#000000"))
    for role in _DISABLED:
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(colors["off"]))
    return palette
