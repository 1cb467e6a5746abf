"""OriginPanel: who or what made each label last, what changed since the prediction, how long."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPixmap, QShowEvent
from PySide6.QtWidgets import (
    QHeaderView,
    QLabel,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from medview.core.labels import LabelTable
from medview.edit.edit import Origin
from medview.edit.operation import discover_operations
from medview.edit.tool import discover_tools
from medview.gui.words import counted, duration, tr
from medview.session.provenance import Provenance

_LABEL, _CHANGED = range(2)
_MOST_ROWS = 6  # more labels scroll


class OriginPanel(QWidget):
    """A row for each label: its name, what made it last and whose it was, and when."""

    shown = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._makers = _makers()
        self.tree = QTreeWidget()
        self.tree.setAccessibleName(tr("Origin of the labels"))
        self.tree.setRootIsDecorated(False)
        self.tree.setHeaderLabels([tr("Label, made last by"), tr("Changed")])
        self.tree.headerItem().setToolTip(
            _CHANGED, tr("Voxels that the label gained or lost since the prediction")
        )
        header = self.tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(_LABEL, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(_CHANGED, QHeaderView.ResizeMode.ResizeToContents)
        self.changed = _quiet(tr("Changed since the prediction"))
        self.activity = _quiet(tr("Editing time"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self.tree, self.changed, self.activity):
            layout.addWidget(widget)
        self.show_provenance(Provenance(), LabelTable())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.shown.emit()

    def show_provenance(self, provenance: Provenance, table: LabelTable) -> None:
        """One row for each label of the table that is still there."""
        self.tree.clear()
        for row in provenance.labels:
            if row.label_id not in table:
                continue
            label = table[row.label_id]
            made = tr("nothing drawn") if row.origin is None else self._made(row.origin, row.time)
            changed = "" if provenance.model is None else f"{row.changed_voxels:,}"
            item = QTreeWidgetItem(self.tree, [f"{label.name}\n{made}", changed])
            item.setToolTip(_LABEL, item.text(_LABEL))
            item.setTextAlignment(
                _CHANGED, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            )
            pixmap = QPixmap(16, 16)
            pixmap.fill(QColor(*label.color))
            item.setIcon(_LABEL, QIcon(pixmap))
        rows = self.tree.topLevelItemCount()
        height = self.tree.sizeHintForRow(0) if rows else 0
        shown = min(rows, _MOST_ROWS) * height
        self.tree.setFixedHeight(self.tree.header().sizeHint().height() + shown + 6)
        self.tree.setVisible(rows > 0)
        self._show_changed(provenance)

    def show_activity(self, case: Any, one_slice: Any) -> None:
        """Seconds of editing, pauses left out, on the case and on the shown slice."""
        self.activity.setVisible(case.gestures > 0)
        self.activity.setText(
            tr("Edited for {time} in {gestures}, {here} on this slice").format(
                time=duration(case.seconds),
                gestures=counted(case.gestures, "{count} gesture", "{count} gestures"),
                here=duration(one_slice.seconds),
            )
        )

    def _show_changed(self, provenance: Provenance) -> None:
        if not provenance.labels:
            self.changed.setText(tr("Nothing open"))
        elif provenance.model is None:
            self.changed.setText(tr("No prediction to compare with"))
        else:
            words = counted(
                provenance.changed_voxels,
                "{count} voxel changed since {model}",
                "{count} voxels changed since {model}",
                model=self._maker(provenance.model),
            )
            self.changed.setText(words)

    def _made(self, origin: Origin, time: str) -> str:
        when = f"{datetime.fromisoformat(time).astimezone():%Y-%m-%d %H:%M}"
        who = ", ".join(part for part in (self._maker(origin), origin.person) if part)
        return f"{who}\n{when}"

    def _maker(self, origin: Origin) -> str:
        if origin.kind == "model":
            return f"{origin.name} {origin.version}".strip()
        if origin.kind == "import":
            return tr("from a file")
        return self._makers.get(origin.name, origin.name)


def _quiet(name: str) -> QLabel:
    label = QLabel()
    label.setObjectName("quiet")
    label.setAccessibleName(name)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label


def _makers() -> dict[str, str]:
    """What the origin of an edit is called, by its name there."""
    found = {
        "labels": tr("Table of labels"),
        "version": tr("Version"),
        "clipboard": tr("Pasted"),
    }
    found.update((tool.id, tr(tool.name)) for tool in discover_tools())
    found.update((one.id, tr(one.name)) for one in discover_operations())
    return found
