"""Which version of each model is active, what was active before, and the training runs."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Mapping
from concurrent.futures import Future
from typing import Any

from medview.core.errors import MedviewError
from medview.store.tables import Tables


class ModelTables(Tables):
    """The choice of versions is a history, so that going back is one step and never forgets."""

    def active(self, name: str) -> str | None:
        """The active version of a model, or None: then the shipped one is."""
        version: str | None = self._value(_ACTIVE, (name,))
        return version

    def chosen(self, name: str) -> set[str]:
        """Every version of a model that was ever made active."""
        rows = self._rows("SELECT DISTINCT version FROM model_history WHERE name = ?", (name,))
        return {str(row[0]) for row in rows}

    def set_active(self, name: str, version: str) -> Future[None]:
        """Make a version the active one; nothing changes when it is."""

        def write(connection: sqlite3.Connection) -> None:
            row = connection.execute(_ACTIVE, (name,)).fetchone()
            if row is None or row[0] != version:
                connection.execute(
                    "INSERT INTO model_history (name, version, time) VALUES (?, ?, ?)",
                    (name, version, time.time()),
                )

        return self._write(write)

    def rollback(self, name: str) -> str | None:
        """Go back to the version before the active one and return it; waits for the commit.

        None is the shipped version, which was active before any choice.
        Raises MedviewError "no-previous-version" when none was ever chosen.
        """

        def write(connection: sqlite3.Connection) -> str | None:
            row = connection.execute(_ACTIVE, (name,)).fetchone()
            if row is None:
                raise MedviewError(
                    f"The model {name} has no earlier version to go back to.",
                    code="no-previous-version",
                )
            connection.execute("UPDATE model_history SET rolled_back = 1 WHERE id = ?", (row[1],))
            before = connection.execute(_ACTIVE, (name,)).fetchone()
            return None if before is None else str(before[0])

        return self._write(write).result()

    def add_run(self, run: Mapping[str, Any]) -> Future[int]:
        """Keep the account of a training run (JSON values); the Future gives its number."""
        text = json.dumps(dict(run))

        def write(connection: sqlite3.Connection) -> int:
            cursor = connection.execute(
                "INSERT INTO training_runs (time, run_json) VALUES (?, ?)", (time.time(), text)
            )
            return int(cursor.lastrowid or 0)

        return self._write(write)

    def runs(self) -> list[dict[str, Any]]:
        """All training runs, the newest first, as they were given plus "id" and "time"."""
        rows = self._rows("SELECT id, time, run_json FROM training_runs ORDER BY id DESC")
        return [{**json.loads(row[2]), "id": row[0], "time": row[1]} for row in rows]


_ACTIVE = (
    "SELECT version, id FROM model_history WHERE name = ? AND rolled_back = 0"
    " ORDER BY id DESC LIMIT 1"
)
