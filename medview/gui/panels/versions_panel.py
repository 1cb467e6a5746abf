"""VersionsPanel: named states of the labels: keep, compare with now, go back to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from medview.gui.words import counted, tr
from medview.session.versions import MODEL_VERSION

_VERSION = Qt.ItemDataRole.UserRole


class VersionsPanel(QWidget):
    """The list, newest first, a name to type, and what the last comparison said."""

    keeping_wanted = Signal(str)
    comparison_wanted = Signal(int, str)  # id, name
    return_wanted = Signal(int, str)
    deletion_wanted = Signal(int, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = QLineEdit()
        self.name.setAccessibleName(tr("Name of the version"))
        self.name.setPlaceholderText(tr("Name of this state"))
        self.name.returnPressed.connect(self._keep)
        self.keep = QPushButton(tr("Keep"))
        self.keep.setToolTip(tr("Keep the labels as they are now under this name"))
        self.keep.clicked.connect(self._keep)
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Versions"))
        self.list.setMaximumHeight(96)
        self.list.currentItemChanged.connect(lambda *_: self._enable())
        self.compare = QPushButton(tr("Compare"))
        self.compare.setToolTip(tr("This version beside the labels of now, and what differs"))
        self.back = QPushButton(tr("Go Back"))
        self.back.setToolTip(tr("The labels as they were then, as one step that Undo takes back"))
        self.delete = QPushButton(tr("Delete"))
        for button, signal in (
            (self.compare, self.comparison_wanted),
            (self.back, self.return_wanted),
            (self.delete, self.deletion_wanted),
        ):
            button.clicked.connect(lambda _checked=False, wanted=signal: self._send(wanted))
        self.words = QLabel()
        self.words.setObjectName("quiet")
        self.words.setAccessibleName(tr("Comparison"))
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setWordWrap(True)
        self._lay_out()
        self.show_versions((), has_model=False, is_open=False)

    def _lay_out(self) -> None:
        top, buttons = QHBoxLayout(), QHBoxLayout()
        top.addWidget(self.name, 1)
        top.addWidget(self.keep)
        for button in (self.compare, self.back, self.delete):
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(top)
        layout.addWidget(self.list)
        layout.addLayout(buttons)
        layout.addWidget(self.words)

    def show_versions(self, versions: Sequence[Any], *, has_model: bool, is_open: bool) -> None:
        """The kept versions, and the state that the model left where there is one."""
        chosen = self._chosen()
        self.list.clear()
        rows = [(one.id, one.name, _when(one.time), one.person) for one in versions]
        if has_model:
            rows.append((MODEL_VERSION, tr("as the model left it"), "", ""))
        for number, name, when, person in rows:
            item = QListWidgetItem("   ".join(part for part in (name, when, person) if part))
            item.setData(_VERSION, (number, name))
            self.list.addItem(item)
            if chosen is not None and chosen[0] == number:
                self.list.setCurrentItem(item)
        for widget in (self.name, self.keep):
            widget.setEnabled(is_open)
        self._enable()

    def show_comparison(self, name: str, comparison: Any) -> None:
        """Dice of each label between now and a version; None clears."""
        if comparison is None:
            self.words.setText("")
            return
        differ = counted(comparison.voxels, "{count} voxel differs", "{count} voxels differ")
        lines = [f"{name}: {differ}"]
        lines += [
            f"{label}: Dice {value:.3f}"
            for label, value in comparison.dice.items()
            if value is not None
        ]
        self.words.setText("\n".join(lines))

    def _chosen(self) -> tuple[int, str] | None:
        item = self.list.currentItem()
        return None if item is None else item.data(_VERSION)

    def _enable(self) -> None:
        chosen = self._chosen()
        for button in (self.compare, self.back):
            button.setEnabled(chosen is not None)
        self.delete.setEnabled(chosen is not None and chosen[0] != MODEL_VERSION)

    def _keep(self) -> None:
        self.keeping_wanted.emit(self.name.text().strip())
        self.name.clear()

    def _send(self, wanted: Any) -> None:
        chosen = self._chosen()
        if chosen is not None:
            wanted.emit(*chosen)


def _when(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds):%Y-%m-%d %H:%M}"
