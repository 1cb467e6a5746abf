"""Icons: the SVG drawings of the actions, in the ink of the theme that is on."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QBuffer, QByteArray, QSize
from PySide6.QtGui import QAction, QIcon, QImageReader, QPixmap

from medview.core.resources import resources_path
from medview.gui import theme

_INK = theme.THEMES["dark"]["ink"]  # what the files are drawn in
_SIZES = (16, 18, 32, 36, 54)


def dress(actions: Mapping[str, QAction]) -> None:
    """Give each action the drawing that bears its id; those without one stay as they are."""
    drawn = {path.stem for path in (resources_path() / "icons").glob("*.svg")}
    for action_id, action in actions.items():
        if action_id in drawn:
            action.setIcon(icon(action_id))


def icon(name: str) -> QIcon:
    """A drawing by the name of its file."""
    path = resources_path() / "icons" / f"{name}.svg"
    if theme.current() == "dark":
        return QIcon(str(path))
    ink = theme.THEMES[theme.current()]["ink"]
    data = QByteArray(path.read_bytes().replace(_INK.encode(), ink.encode()))
    made = QIcon()
    for size in _SIZES:
        buffer = QBuffer(data)
        buffer.open(QBuffer.OpenModeFlag.ReadOnly)
        reader = QImageReader(buffer, QByteArray(b"svg"))
        reader.setScaledSize(QSize(size, size))
        made.addPixmap(QPixmap.fromImage(reader.read()))
    return made
