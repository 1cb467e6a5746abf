"""SlicePanel: the grid of views, or an invitation while nothing is open."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from medview.gui.view_grid import ViewGrid
from medview.gui.words import tr

EMPTY_TEXT = "Drop a CT or MR folder here, or press Ctrl+O"


class SlicePanel(QStackedWidget):
    """Page 0 invites; page 1 is the grid of views."""

    open_wanted = Signal()
    demo_wanted = Signal()

    def __init__(self, grid: ViewGrid, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.grid = grid
        self.slider = grid.main.slider
        self.number = grid.main.number
        self.addWidget(self._empty_page())
        self.addWidget(grid)

    def show_volume(self) -> None:
        """The views of an open volume, or the invitation."""
        view = self.grid.main.view
        self.setCurrentIndex(0 if view.volume is None else 1)
        if view.volume is not None:
            view.setFocus()

    def _empty_page(self) -> QWidget:
        invitation = QLabel(tr(EMPTY_TEXT))
        invitation.setTextFormat(Qt.TextFormat.PlainText)
        invitation.setObjectName("invitation")
        invitation.setAlignment(Qt.AlignmentFlag.AlignCenter)
        invitation.setWordWrap(True)
        kinds = QLabel(tr("DICOM folders, files and zip archives · NIfTI · NRRD"))
        kinds.setObjectName("quiet")
        kinds.setAlignment(Qt.AlignmentFlag.AlignCenter)
        open_button = QPushButton(tr("Open Folder…"))
        open_button.clicked.connect(self.open_wanted)
        demo_button = QPushButton(tr("Show the Demo"))
        demo_button.setToolTip(tr("A generated chest phantom; no patient data needed"))
        demo_button.clicked.connect(self.demo_wanted)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(open_button)
        buttons.addWidget(demo_button)
        buttons.addStretch(1)
        page = QWidget()
        page.setObjectName("emptyPage")
        layout = QVBoxLayout(page)
        layout.addStretch(3)
        layout.addWidget(invitation)
        layout.addWidget(kinds)
        layout.addSpacing(16)
        layout.addLayout(buttons)
        layout.addStretch(4)
        return page
