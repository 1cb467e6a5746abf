"""The measures of each case: every change of one, in order, so that undo survives a restart."""

from __future__ import annotations

import sqlite3
from concurrent.futures import Future

from medview.store.records import MeasureStep, columns_of, from_row, to_row
from medview.store.tables import Tables


class MeasureTables(Tables):
    """Steps and a cursor, as edits have them: how many of the steps are applied."""

    def append_measure_step(self, step: MeasureStep) -> Future[None]:
        """Keep a step; the undone ones (this sequence and later) go, the cursor follows it."""

        def write(connection: sqlite3.Connection) -> None:
            connection.execute(
                "DELETE FROM measures WHERE case_key = ? AND sequence >= ?",
                (step.case_key, step.sequence),
            )
            connection.execute(
                f"INSERT INTO measures ({columns_of(MeasureStep)}) VALUES (?, ?, ?, ?, ?)",
                to_row(step),
            )
            _set_cursor(connection, step.case_key, step.sequence + 1)

        return self._write(write)

    def set_measure_cursor(self, case_key: str, applied: int) -> Future[None]:
        """Say how many steps of the case are applied, after undo and redo."""
        return self._write(lambda connection: _set_cursor(connection, case_key, applied))

    def measure_cursor(self, case_key: str) -> int:
        """How many steps of the case are applied; the rest is there for redo."""
        value = self._value("SELECT value FROM measure_cursors WHERE case_key = ?", (case_key,))
        return int(value or 0)

    def measure_steps(self, case_key: str) -> list[MeasureStep]:
        """All steps of the case in order, the undone ones included."""
        rows = self._rows(
            f"SELECT {columns_of(MeasureStep)} FROM measures WHERE case_key = ? ORDER BY sequence",
            (case_key,),
        )
        return [from_row(MeasureStep, row) for row in rows]


def _set_cursor(connection: sqlite3.Connection, case_key: str, applied: int) -> None:
    connection.execute("INSERT OR REPLACE INTO measure_cursors VALUES (?, ?)", (case_key, applied))
