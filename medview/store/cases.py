"""The cases of a workspace and the edits of each."""

from __future__ import annotations

import sqlite3
from concurrent.futures import Future
from dataclasses import fields

from medview.core.errors import MedviewError
from medview.store.records import CaseRecord, EditRecord, columns_of, from_row, to_row
from medview.store.tables import Tables


class CaseTables(Tables):
    """Cases, their edits and the undo cursor: how many of the edits are applied."""

    def upsert_case(self, record: CaseRecord) -> Future[None]:
        """Add a case, or replace what is known of it; its edits stay."""

        def write(connection: sqlite3.Connection) -> None:
            connection.execute(_replace("cases", CaseRecord), to_row(record))

        return self._write(write)

    def case(self, key: str) -> CaseRecord | None:
        rows = self._rows(f"SELECT {columns_of(CaseRecord)} FROM cases WHERE key = ?", (key,))
        return from_row(CaseRecord, rows[0]) if rows else None

    def cases(self) -> list[CaseRecord]:
        """All cases, the last opened first."""
        rows = self._rows(f"SELECT {columns_of(CaseRecord)} FROM cases ORDER BY opened_at DESC")
        return [from_row(CaseRecord, row) for row in rows]

    def append_edit(self, record: EditRecord) -> Future[None]:
        """Keep an edit; the undone ones (this sequence and later) go, the cursor follows it.

        The Future fails with MedviewError "edit-gap" when an edit before it is missing: replaying
        such a history would show labels that nobody drew.
        """

        def write(connection: sqlite3.Connection) -> None:
            key, sequence = record.case_key, record.sequence
            connection.execute(
                "DELETE FROM edits WHERE case_key = ? AND sequence >= ?", (key, sequence)
            )
            count = connection.execute(
                "SELECT count(*) FROM edits WHERE case_key = ?", (key,)
            ).fetchone()[0]
            if count != sequence:
                raise MedviewError(
                    f"Edit {sequence} cannot be kept: only {count} edits are before it.",
                    hint="Reopen the case.",
                    code="edit-gap",
                )
            connection.execute(_replace("edits", EditRecord), to_row(record))
            _set_cursor(connection, key, sequence + 1)

        return self._write(write)

    def set_cursor(self, case_key: str, applied: int) -> Future[None]:
        """Say how many edits of the case are applied, after undo and redo."""

        def write(connection: sqlite3.Connection) -> None:
            _set_cursor(connection, case_key, applied)

        return self._write(write)

    def cursor(self, case_key: str) -> int:
        """How many edits of the case are applied; the rest is there for redo."""
        value = self._value("SELECT value FROM cursors WHERE case_key = ?", (case_key,))
        return int(value or 0)

    def edits(self, case_key: str) -> list[EditRecord]:
        """All edits of the case in order, the undone ones (from `cursor` on) included."""
        rows = self._rows(
            f"SELECT {columns_of(EditRecord)} FROM edits WHERE case_key = ? ORDER BY sequence",
            (case_key,),
        )
        return [from_row(EditRecord, row) for row in rows]


def _replace(table: str, record_class: type[CaseRecord] | type[EditRecord]) -> str:
    marks = ", ".join("?" for _ in fields(record_class))
    return f"INSERT OR REPLACE INTO {table} ({columns_of(record_class)}) VALUES ({marks})"


def _set_cursor(connection: sqlite3.Connection, case_key: str, applied: int) -> None:
    connection.execute("INSERT OR REPLACE INTO cursors VALUES (?, ?)", (case_key, applied))
