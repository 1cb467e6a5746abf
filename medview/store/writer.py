"""The one thread that writes to the workspace: in order, grouped, acknowledged after commit."""

from __future__ import annotations

import logging
import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, TypeVar

from medview.core.errors import MedviewError

Result = TypeVar("Result")
_LARGEST_GROUP = 512
_DISK_CODES = frozenset(
    {
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
    }
)

logger = logging.getLogger(__name__)


@dataclass
class _Write:
    """One queued change; ``durable`` asks for a commit that survives a power cut.

    ``function`` is None for a mere question whether all before it is written.
    """

    function: Callable[[sqlite3.Connection], Any] | None
    durable: bool = False
    future: Future[Any] = field(default_factory=Future)
    result: Any = None


class Writer:
    """Runs changes on its own connection, which it owns from then on and closes.

    All that is queued goes into one transaction; a Future is done when its change is committed.
    When the disk refuses (full, read-only), every Future of the group gets a MedviewError
    "workspace-write-failed", ``on_error`` is told, and the changes are **kept and tried again
    before the next ones**, so that the order holds and nothing is lost while the program runs;
    changes must therefore be repeatable. A change that fails by itself (a MedviewError, a bug)
    fails alone. ``on_error`` and Future callbacks run in the writer's thread.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        on_error: Callable[[MedviewError], None] | None = None,
    ) -> None:
        self._connection = connection
        self._on_error = on_error
        self._queue: queue.SimpleQueue[_Write | None] = queue.SimpleQueue()
        self._unwritten: list[_Write] = []
        self._newest: _Write | None = None
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="workspace-writer", daemon=True)
        self._thread.start()

    def submit(
        self, function: Callable[[sqlite3.Connection], Result], *, durable: bool = False
    ) -> Future[Result]:
        """Queue a change; it must not commit. RuntimeError after `close`."""
        return self._enqueue(_Write(function, durable))

    @property
    def unwritten(self) -> int:
        """How many changes the disk refused so far and wait for the next attempt."""
        return len(self._unwritten)

    @property
    def is_own_thread(self) -> bool:
        return threading.current_thread() is self._thread

    def flush(self, timeout: float | None = None) -> None:
        """Return when all that was queued before was tried; MedviewError when it is not written."""
        newest = self._newest
        if not self._closed and not self._unwritten and (newest is None or newest.future.done()):
            return  # a question to the thread costs milliseconds while others are reading files
        self._enqueue(_Write(None)).result(timeout)

    def close(self) -> None:
        """Write what is queued, end the thread, close the connection. Repeatable."""
        if self._closed:
            return
        self._closed = True
        self._queue.put(None)
        self._thread.join()

    def _enqueue(self, write: _Write) -> Future[Any]:
        if self._closed:
            raise RuntimeError("the workspace is closed")
        write.future.set_running_or_notify_cancel()  # a person's work cannot be cancelled
        self._newest = write
        self._queue.put(write)
        return write.future

    def _run(self) -> None:
        going_on = True
        while going_on:
            group: list[_Write] = []
            going_on = self._collect(group)
            if group or (not going_on and self._unwritten):
                self._write(group)
        self._connection.close()

    def _collect(self, group: list[_Write]) -> bool:
        """Wait for one change and take all others that are there; False at the end."""
        write = self._queue.get()
        while write is not None:
            group.append(write)
            if len(group) >= _LARGEST_GROUP:
                return True
            try:
                write = self._queue.get_nowait()
            except queue.Empty:
                return True
        return False

    def _write(self, group: list[_Write]) -> None:
        kept = self._unwritten
        try:
            failures = self._commit([*kept, *group])
        except sqlite3.Error as error:  # the disk: nothing of the group is written
            self._unwritten = [*kept, *(write for write in group if write.function is not None)]
            refused = _write_failed(error)
            self._tell(refused)
            for write in group:
                write.future.set_exception(refused)
            return
        self._unwritten = []
        for write in [*kept, *group]:
            failure = failures.get(id(write))
            if failure is not None:
                self._tell(failure)
            if write.future.done():  # told before that the disk refused it
                continue
            if failure is not None:
                write.future.set_exception(failure)
            else:
                write.future.set_result(write.result)

    def _commit(self, writes: list[_Write]) -> dict[int, MedviewError]:
        """Run the changes in one transaction; the failed ones by id. sqlite3.Error: none stands."""
        connection = self._connection
        failures: dict[int, MedviewError] = {}
        level = "FULL" if any(write.durable for write in writes) else "NORMAL"
        connection.execute(f"PRAGMA synchronous = {level}")
        connection.execute("BEGIN IMMEDIATE")
        try:
            for write in writes:
                failure = self._apply(write)
                if failure is not None:
                    failures[id(write)] = failure
            connection.execute("COMMIT")
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        return failures

    def _apply(self, write: _Write) -> MedviewError | None:
        """Run one change inside a savepoint; a disk error goes up, any other is its own."""
        if write.function is None:
            return None
        connection = self._connection
        failure: MedviewError | None = None
        connection.execute("SAVEPOINT change")
        try:
            write.result = write.function(connection)
        except Exception as error:
            if isinstance(error, sqlite3.Error) and _is_of_the_disk(error):
                raise
            # the thread must live on; the Future carries what went wrong
            connection.execute("ROLLBACK TO change")
            failure = error if isinstance(error, MedviewError) else _write_failed(error)
        connection.execute("RELEASE change")
        return failure

    def _tell(self, failure: MedviewError) -> None:
        logger.info("workspace write failed: %s", failure.code)
        if self._on_error is None:
            return
        try:
            self._on_error(failure)
        except Exception:
            logger.exception("on_error of the workspace failed")


def _is_of_the_disk(error: sqlite3.Error) -> bool:
    """Would the same change succeed once the disk is well again? Extended codes share 8 bits."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and (code & 0xFF) in _DISK_CODES


def _write_failed(error: Exception) -> MedviewError:
    failure = MedviewError(
        f"The workspace could not be written: {error}.",
        hint="Free some space on its disk; the change is kept and tried again with the next one.",
        code="workspace-write-failed",
    )
    failure.__cause__ = error
    return failure
