"""ReviewPanel: what of this case is accepted, and the way out as a file."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QVBoxLayout, QWidget

from medview.gui.words import tr


class ReviewPanel(QWidget):
    """Buttons for Accept and Export; the counts beside them."""

    accept_slice_wanted = Signal()
    accept_case_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.count = QLabel()
        self.count.setAccessibleName(tr("Accepted slices"))
        self.count.setWordWrap(True)
        self.slice_button = QPushButton(tr("Accept Slice"))
        self.slice_button.setToolTip(tr("The labels on this slice are right (A)"))
        self.slice_button.clicked.connect(self.accept_slice_wanted)
        self.case_button = QPushButton(tr("Accept Case"))
        self.case_button.setToolTip(tr("Every slice is right (Ctrl+Shift+A)"))
        self.case_button.clicked.connect(self.accept_case_wanted)
        self.export_button = QPushButton(tr("Export"))
        buttons = QHBoxLayout()
        buttons.addWidget(self.slice_button)
        buttons.addWidget(self.case_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.count)
        layout.addLayout(buttons)
        layout.addWidget(self.export_button)
        self.show_counts(0, 0, this_slice=False)

    def set_export_menu(self, menu: QMenu) -> None:
        """The same menu as File > Export."""
        self.export_button.setMenu(menu)

    def show_counts(self, accepted: int, slices: int, *, this_slice: bool) -> None:
        """How many of how many slices are accepted, and whether the shown one is."""
        if slices == 0:
            self.count.setText(tr("Nothing open"))
        else:
            words = tr("{accepted} of {slices} slices accepted")
            if this_slice:
                words = tr("{accepted} of {slices} slices accepted, this one is")
            self.count.setText(words.format(accepted=accepted, slices=slices))
        for button in (self.slice_button, self.case_button, self.export_button):
            button.setEnabled(slices > 0)
        self.slice_button.setEnabled(slices > 0 and not this_slice)
