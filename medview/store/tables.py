"""Reading and writing for the parts of the workspace: one writer thread, one read connection."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, TypeVar

from medview.core.errors import MedviewError
from medview.store.writer import Writer

Result = TypeVar("Result")


class Tables:
    """What CaseTables, ReviewTables and ModelTables stand on. Callable from any thread."""

    def __init__(self, reader: sqlite3.Connection, writer: Writer | None) -> None:
        reader.row_factory = sqlite3.Row
        self._reader = reader
        self._reader_lock = threading.Lock()
        self._writer = writer

    def _write(
        self, function: Callable[[sqlite3.Connection], Result], *, durable: bool = False
    ) -> Future[Result]:
        """Queue a change; MedviewError "workspace-readonly" when opened for reading."""
        if self._writer is None:
            raise MedviewError(
                "This workspace was opened for reading only.", code="workspace-readonly"
            )
        return self._writer.submit(function, durable=durable)

    def _rows(self, sql: str, values: Sequence[Any] = ()) -> list[sqlite3.Row]:
        """All rows of a query; sees every change queued before it."""
        if self._writer is not None and not self._writer.is_own_thread:
            with suppress(MedviewError):  # was told to on_error; what is committed can be read
                self._writer.flush()
        with self._reader_lock:
            return self._reader.execute(sql, values).fetchall()

    def _value(self, sql: str, values: Sequence[Any] = ()) -> Any:
        """The first column of the first row, or None."""
        rows = self._rows(sql, values)
        return rows[0][0] if rows else None
