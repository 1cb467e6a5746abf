"""Layouts: the frame of the main window: docks, toolbar, the column of work panels."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QDockWidget,
    QFrame,
    QMainWindow,
    QMenu,
    QPushButton,
    QScrollArea,
    QToolBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from medview.gui.actions import ActionSet
from medview.gui.words import tr
from medview.store.settings import Settings

_FOLDED = "folded_sections"
_FOLDED_AT_FIRST = ["Fusion", "Measures", "Versions"]  # what is not needed for the main job
_BOTTOM = 0.3  # of the window's height
_SIDE = 300  # pixels, the width of a side dock at first


def dock(window: QMainWindow, title: str, widget: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
    """Add a panel at a side of the window; it can be moved but not closed."""
    added = QDockWidget(tr(title), window)
    added.setObjectName(f"dock-{title.lower()}")
    added.setFeatures(QDockWidget.DockWidgetFeature.DockWidgetMovable)
    added.setWidget(widget)
    window.addDockWidget(area, added)
    if area != Qt.DockWidgetArea.BottomDockWidgetArea:
        added.setMinimumWidth(270)
        window.resizeDocks([added], [_SIDE], Qt.Orientation.Horizontal)
    else:
        once = Qt.ConnectionType.SingleShotConnection
        added.visibilityChanged.connect(lambda _seen: _lower(window, added), once)
    return added


def _lower(window: QMainWindow, added: QDockWidget) -> None:
    """A dock at the bottom leaves most of the height to the image when it is first seen."""
    window.resizeDocks([added], [round(_BOTTOM * window.height())], Qt.Orientation.Vertical)


def toolbar(actions: ActionSet, presets: QMenu, arrangements: QMenu) -> QToolBar:
    """The toolbar from the table of actions, with window presets and layouts before Segment."""
    bar = QToolBar(tr("Tools"))
    bar.setObjectName("toolbar")
    bar.setMovable(False)
    bar.setIconSize(QSize(18, 18))
    bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    actions.fill_toolbar(bar)
    before = actions.by_id["segment"]
    bar.insertWidget(
        before, _menu_button(tr("Window"), tr("Window presets (keys 0 to 9)"), presets)
    )
    places = _menu_button(tr("Layout"), tr("How the views lie (F2 to F5)"), arrangements)
    bar.insertWidget(before, places)
    bar.insertSeparator(actions.by_id["segment"])
    return bar


def _menu_button(text: str, tip: str, menu: QMenu) -> QToolButton:
    """A button that opens a menu; its name for screen readers is the tool tip's."""
    button = QToolButton()
    button.setText(text)
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.setMenu(menu)
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    return button


class Section(QWidget):
    """A panel under its title; a click on the title folds it away."""

    folded = Signal(str, bool)

    def __init__(self, title: str, panel: QWidget) -> None:
        super().__init__()
        self.title = title
        self.panel = panel
        self.heading = QPushButton()
        self.heading.setObjectName("section")
        self.heading.setAccessibleName(tr("{title} section").format(title=tr(title)))
        self.heading.setToolTip(tr("Fold or unfold"))
        self.heading.clicked.connect(self.toggle)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 10)
        layout.addWidget(self.heading)
        layout.addWidget(panel)
        self.set_folded(folded=False)

    def set_folded(self, *, folded: bool) -> None:
        """Hide or show the panel, without a word to anybody."""
        self.panel.setVisible(not folded)
        self.heading.setText(f"{'▸' if folded else '▾'}  {tr(self.title)}")

    def unfold(self) -> None:
        """Show the panel, because there is something new in it."""
        if self.panel.isHidden():
            self.toggle()

    def toggle(self) -> None:
        """What a click does."""
        folded = not self.panel.isHidden()
        self.set_folded(folded=folded)
        self.folded.emit(self.title, folded)


def sections(panels: tuple[tuple[str, QWidget], ...], settings: Settings) -> QScrollArea:
    """Panels under their titles in one column that scrolls; folded as they were left."""
    inner = QWidget()
    inner.setObjectName("sections")
    layout = QVBoxLayout(inner)
    layout.setContentsMargins(10, 8, 10, 8)
    layout.setSpacing(0)

    def keep(title: str, folded: bool) -> None:
        others = [name for name in settings.get(_FOLDED, _FOLDED_AT_FIRST) if name != title]
        settings.set(_FOLDED, [*others, title] if folded else others)

    for title, panel in panels:
        section = Section(title, panel)
        section.set_folded(folded=title in settings.get(_FOLDED, _FOLDED_AT_FIRST))
        section.folded.connect(keep)
        layout.addWidget(section)
    layout.addStretch(1)
    scroll = QScrollArea()
    scroll.setFrameShape(QFrame.Shape.NoFrame)
    scroll.setWidgetResizable(True)
    scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    scroll.setWidget(inner)
    return scroll


def unfold(panel: QWidget) -> None:
    """Show a panel that lies in a folded section."""
    section = panel.parentWidget()
    if isinstance(section, Section):
        section.unfold()


def fold(panel: QWidget) -> None:
    """Hide a panel that lies in an open section."""
    section = panel.parentWidget()
    if isinstance(section, Section) and not panel.isHidden():
        section.toggle()
