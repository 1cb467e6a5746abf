"""LabelController: what the labels panel asks for: names, looks, codes, merging, schemas."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from medview.core.errors import MedviewError
from medview.core.label_json import table_to_json
from medview.core.labels import Code, Label, LabelTable
from medview.gui.dialogs.term_dialog import TermDialog
from medview.gui.panels.labels_panel import LabelsPanel
from medview.gui.stepped_commit import SteppedCommit
from medview.gui.words import tr
from medview.gui.workbench import Workbench
from medview.session.labelling import joined, read_schema, write_schema
from medview.session.session import SCHEMA

_SCHEMA_FILES = "Label schema (*.json)"


class LabelController(QObject):
    """Changes go through the session; whole labels are rewritten in small steps."""

    def __init__(self, bench: Workbench, panel: LabelsPanel, parent: QObject) -> None:
        super().__init__(parent)
        self._bench = bench
        self._panel = panel
        self._commit = SteppedCommit(bench, self)
        self._commit.failed.connect(bench.messages.show_error)
        self._commit.ended.connect(self._relabelled)
        panel.label_edited.connect(self._edit)
        panel.label_chosen.connect(self.choose)
        panel.deletion_wanted.connect(self.delete)
        panel.merge_wanted.connect(self.merge)
        panel.move_wanted.connect(self._move)
        panel.term_wanted.connect(self.ask_term)
        panel.schema_wanted.connect(self._schema)

    @property
    def is_writing(self) -> bool:
        """Whether a label is being deleted or merged."""
        return self._commit.is_running

    def choose(self, label_id: int) -> None:
        """Make a label the active one."""
        if label_id != self._bench.session.active_label:
            self._bench.session.set_active_label(label_id)

    def choose_by_number(self, digit: int) -> None:
        """The label at that place in the list, from 1."""
        labelmap = self._bench.session.labelmap
        if labelmap is not None and 1 <= digit <= len(labelmap.table):
            self.choose(labelmap.table.labels[digit - 1].id)

    def delete(self, label_id: int) -> None:
        """Drop a label with all its voxels; Undo brings both back."""
        self.merge(label_id, 0)

    def merge(self, label_id: int, into: int) -> None:
        """Give a label's voxels to another and drop it."""
        self._commit.start(lambda: self._bench.session.relabelling(label_id, into))

    def drop(self) -> None:
        """Another case is opened."""
        self._commit.abandon()

    def _relabelled(self, edit: Any) -> None:
        session = self._bench.session
        table = LabelTable() if session.labelmap is None else session.labelmap.table
        if edit is not None:
            self._bench.messages.show_note(
                tr("{name}; Undo brings it back.").format(name=edit.name)
            )
        if len(table) and session.active_label not in table:
            session.set_active_label(table.labels[0].id)

    def _edit(self, label: Label) -> None:
        self._try(lambda: self._bench.session.set_label(label))

    def _move(self, label_id: int, steps: int) -> None:
        table = self._bench.session.labelmap.table
        moved = table.moved(label_id, steps)
        if moved != table:
            name = tr("Move {name}").format(name=table[label_id].name)
            self._try(lambda: self._bench.session.set_table(moved, name))

    def ask_term(self, label_id: int) -> TermDialog:
        """A search for what the label stands for."""
        label = self._bench.session.labelmap.table[label_id]
        dialog = TermDialog(label, self._panel)
        dialog.chosen.connect(lambda *codes: self._take_term(label_id, *codes))
        dialog.show()
        return dialog

    def _take_term(self, label_id: int, code: Code, category: Code, side: Code | None) -> None:
        """The code, and the term as the name where the label has none of its own yet."""
        label = self._bench.session.labelmap.table[label_id]
        words = code.meaning if side is None else f"{side.meaning} {code.meaning}".lower()
        name = words if label.name == f"label {label_id}" else label.name
        self._edit(replace(label, name=name, code=code, category=category, modifier=side))

    # ---- schemas

    def _schema(self, what: str) -> None:
        if what == "keep":
            table = self._bench.session.labelmap.table
            self._bench.session.settings.set(SCHEMA, table_to_json(table))
            self._bench.messages.show_note(
                tr("New cases begin with these labels."),
                [(tr("Undo"), lambda: self._bench.session.settings.set(SCHEMA, []))],
            )
        elif what == "save":
            chosen, _ = QFileDialog.getSaveFileName(
                self._panel,
                tr("Save Labels as Schema"),
                str(Path.home() / "labels.json"),
                tr(_SCHEMA_FILES),
            )
            if chosen:
                self.save_schema(Path(chosen))
        else:
            chosen, _ = QFileDialog.getOpenFileName(
                self._panel, tr("Add Labels from Schema"), str(Path.home()), tr(_SCHEMA_FILES)
            )
            if chosen:
                self.load_schema(Path(chosen))

    def save_schema(self, path: Path) -> None:
        """Write the labels, without their voxels."""
        self._try(lambda: write_schema(self._bench.session.labelmap.table, path))

    def load_schema(self, path: Path) -> None:
        """Add the labels of a schema or an nnU-Net dataset.json to the case's."""

        def load() -> None:
            session = self._bench.session
            session.set_table(
                joined(session.labelmap.table, read_schema(path)),
                tr("Labels of {name}").format(name=path.name),
            )

        self._try(load)

    def _try(self, act: Any) -> None:
        try:
            act()
        except MedviewError as error:
            self._bench.messages.show_error(error)
