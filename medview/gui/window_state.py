"""Window state: where the window and its docks stand, kept in the settings."""

from __future__ import annotations

import base64

from PySide6.QtCore import QByteArray
from PySide6.QtWidgets import QMainWindow

from medview.store.settings import Settings

_STATE = "window_state"
_GEOMETRY = "window_geometry"


def save(window: QMainWindow, settings: Settings) -> None:
    """Keep size, place and docks for the next start."""
    for name, state in ((_STATE, window.saveState()), (_GEOMETRY, window.saveGeometry())):
        settings.set(name, base64.b64encode(state.data()).decode("ascii"))


def restore(window: QMainWindow, settings: Settings) -> None:
    """As it was left; nothing at the first start."""
    for name, put_back in ((_GEOMETRY, window.restoreGeometry), (_STATE, window.restoreState)):
        text = settings.get(name, "")
        if text:
            put_back(QByteArray(base64.b64decode(text)))
