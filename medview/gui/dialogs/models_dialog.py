"""ModelsDialog: every model version, and which one is active."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from medview.core.errors import MedviewError
from medview.gui.words import RESEARCH_USE, tr
from medview.gui.workbench import Workbench

_MODEL = Qt.ItemDataRole.UserRole


class ModelsDialog(QDialog):
    """Use or discard a version; nothing is deleted but candidates that a person discards."""

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Models"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._bench = bench
        self.tree = QTreeWidget()
        self.tree.setAccessibleName(tr("Model versions"))
        self.tree.setRootIsDecorated(False)
        self.tree.setHeaderLabels(
            [tr("Model"), tr("Version"), tr("State"), tr("Made from"), tr("Created")]
        )
        self.tree.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.tree.currentItemChanged.connect(self._choose)
        self.use = QPushButton(tr("Use"))
        self.use.clicked.connect(lambda: self._do("use_model"))
        self.discard = QPushButton(tr("Discard"))
        self.discard.clicked.connect(lambda: self._do("discard_model"))
        self._trouble = QLabel()
        self._trouble.setWordWrap(True)
        self._trouble.setTextFormat(Qt.TextFormat.PlainText)
        research = QLabel(tr(RESEARCH_USE))
        research.setObjectName("research")
        buttons = QHBoxLayout()
        buttons.addWidget(research, 1)
        buttons.addWidget(self.use)
        buttons.addWidget(self.discard)
        layout = QVBoxLayout(self)
        layout.addWidget(self.tree)
        layout.addWidget(self._trouble)
        layout.addLayout(buttons)
        self.resize(640, 320)
        self._fill()

    def _fill(self) -> None:
        self.tree.clear()
        for model in self._bench.session.models():
            created = str(model.created)[:16].replace("T", " ")
            texts = (model.name, model.version, tr(model.state), model.parent or "", created)
            item = QTreeWidgetItem(self.tree, [str(text) for text in texts])
            item.setData(0, _MODEL, model)
        self._choose(self.tree.currentItem())

    def _choose(self, item: QTreeWidgetItem | None) -> None:
        state = "" if item is None else item.data(0, _MODEL).state
        self.use.setEnabled(state in ("candidate", "archived"))
        self.discard.setEnabled(state == "candidate")

    def _do(self, method: str) -> None:
        item = self.tree.currentItem()
        if item is None:
            return
        model: Any = item.data(0, _MODEL)
        try:
            getattr(self._bench.session, method)(model.name, model.version)
        except MedviewError as error:
            self._trouble.setText(str(error))
            return
        self._trouble.setText("")
        self._fill()
