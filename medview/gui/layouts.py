"""Layouts: the frame of the main window: docks, toolbar, the column of work panels."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QDockWidget,
    QFrame,
    QLabel,
    QMainWindow,
    QMenu,
    QScrollArea,
    QToolBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from medview.core.resources import resources_path
from medview.gui.actions import ActionSet

_SIDE = 300  # pixels, the width of a side dock at first


def dock(window: QMainWindow, title: str, widget: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
    """Add a panel at a side of the window; it can be moved but not closed."""
    added = QDockWidget(title, window)
    added.setObjectName(f"dock-{title.lower()}")
    added.setFeatures(QDockWidget.DockWidgetFeature.DockWidgetMovable)
    added.setWidget(widget)
    window.addDockWidget(area, added)
    if area != Qt.DockWidgetArea.BottomDockWidgetArea:
        added.setMinimumWidth(270)
        window.resizeDocks([added], [_SIDE], Qt.Orientation.Horizontal)
    return added


def toolbar(actions: ActionSet, presets: QMenu) -> QToolBar:
    """The toolbar from the table of actions, with the window presets before Segment."""
    bar = QToolBar("Tools")
    bar.setObjectName("toolbar")
    bar.setMovable(False)
    bar.setIconSize(QSize(18, 18))
    bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    for action_id, action in actions.by_id.items():
        icon = resources_path() / "icons" / f"{action_id}.svg"
        if icon.is_file():
            action.setIcon(QIcon(str(icon)))
    actions.fill_toolbar(bar)
    button = QToolButton()
    button.setText("Window")
    button.setToolTip("Window presets (keys 0 to 9)")
    button.setAccessibleName("Window presets")
    button.setMenu(presets)
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    bar.insertWidget(actions.by_id["segment"], button)
    bar.insertSeparator(actions.by_id["segment"])
    return bar


def sections(panels: tuple[tuple[str, QWidget], ...]) -> QScrollArea:
    """Panels under their titles in one column that scrolls."""
    inner = QWidget()
    inner.setObjectName("sections")
    layout = QVBoxLayout(inner)
    layout.setContentsMargins(10, 8, 10, 8)
    for title, panel in panels:
        heading = QLabel(title)
        heading.setObjectName("section")
        heading.setIndent(0)
        layout.addWidget(heading)
        layout.addWidget(panel)
        layout.addSpacing(10)
    layout.addStretch(1)
    scroll = QScrollArea()
    scroll.setFrameShape(QFrame.Shape.NoFrame)
    scroll.setWidgetResizable(True)
    scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    scroll.setWidget(inner)
    return scroll
