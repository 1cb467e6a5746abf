"""TermDialog: finds the anatomical term, with its code, that a label stands for."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from medview.core.anatomy import LEFT, RIGHT, search
from medview.core.labels import Label
from medview.gui.words import tr

_TERM = Qt.ItemDataRole.UserRole
_SIDES = (("no side", None), ("right", RIGHT), ("left", LEFT))


class TermDialog(QDialog):
    """A search over the shipped terms; ``chosen`` carries (code, category, side)."""

    chosen = Signal(object, object, object)

    def __init__(self, label: Label, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Anatomical Term"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.search = QLineEdit(label.code.meaning if label.code else label.name)
        self.search.setAccessibleName(tr("Search terms"))
        self.search.setPlaceholderText(tr("Search, for example: lobe of lung"))
        self.search.textChanged.connect(self._find)
        self.found = QListWidget()
        self.found.setAccessibleName(tr("Terms found"))
        self.found.itemActivated.connect(lambda _item: self._take())
        self.side = QComboBox()
        self.side.setAccessibleName(tr("Side"))
        for text, code in _SIDES:
            self.side.addItem(tr(text), code)
            if code == label.modifier and code is not None:
                self.side.setCurrentIndex(self.side.count() - 1)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        buttons.accepted.connect(self._take)
        buttons.rejected.connect(self.reject)
        line = QHBoxLayout()
        line.addWidget(QLabel(tr("Side")))
        line.addWidget(self.side, 1)
        layout = QVBoxLayout(self)
        for widget in (self.search, self.found):
            layout.addWidget(widget)
        layout.addLayout(line)
        layout.addWidget(buttons)
        self.resize(460, 420)
        self._find(self.search.text())
        self.search.selectAll()

    def _find(self, text: str) -> None:
        self.found.clear()
        for term in search(text):
            item = QListWidgetItem(f"{term.code.meaning}    {term.code.scheme} {term.code.value}")
            item.setToolTip(term.category.meaning)
            item.setData(_TERM, term)
            self.found.addItem(item)
        self.found.setCurrentRow(0)

    def _take(self) -> None:
        item = self.found.currentItem()
        if item is not None:
            term = item.data(_TERM)
            self.chosen.emit(term.code, term.category, self.side.currentData())
            self.accept()
