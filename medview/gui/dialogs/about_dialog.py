"""AboutDialog: what this is and what it is not."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from medview import __version__
from medview.gui.words import RESEARCH_USE, tr

_TEXT = (
    "Opens CT and MR series, segments them with a model on this computer, shows what the model "
    "used, takes your corrections and learns from them.\n\n"
    "No network access and no telemetry. A heat map shows what the model used, not the disease.\n\n"
    "Apache License 2.0."
)


class AboutDialog(QDialog):
    """Name, version, honest words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("About medview"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        title = QLabel(f"medview {__version__}")
        title.setObjectName("invitation")
        research = QLabel(tr(RESEARCH_USE))
        research.setObjectName("research")
        text = QLabel(tr(_TEXT))
        text.setTextFormat(Qt.TextFormat.PlainText)
        text.setWordWrap(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.close)
        layout = QVBoxLayout(self)
        for widget in (title, research, text, buttons):
            layout.addWidget(widget)
        self.setMinimumWidth(440)
