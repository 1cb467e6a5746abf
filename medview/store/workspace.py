"""The workspace: one folder with one SQLite database that keeps all a person did."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from types import TracebackType

from platformdirs import user_data_path

from medview.core.errors import MedviewError
from medview.store import schema
from medview.store.cases import CaseTables
from medview.store.findings import FindingTables
from medview.store.lock import FolderLock, unwritable
from medview.store.measures import MeasureTables
from medview.store.models import ModelTables
from medview.store.reviews import ReviewTables
from medview.store.versions import VersionTables
from medview.store.writer import Writer

_DATABASE = "workspace.sqlite3"
_LOCK = "workspace.lock"
_BUSY_SECONDS = 30.0  # how long to wait for the training child's snapshot or a virus scanner


def workspace_folder(chosen: Path | None = None) -> Path:
    """The folder to use: the chosen one, else $MEDVIEW_WORKSPACE, else the user's data folder."""
    if chosen is not None:
        return Path(chosen)
    named = os.environ.get("MEDVIEW_WORKSPACE")
    if named:
        return Path(named)
    return user_data_path("medview", appauthor=False) / "workspace"


class Workspace(CaseTables, MeasureTables, ReviewTables, VersionTables, ModelTables, FindingTables):
    """Everything that is kept. Use as a context manager, or call `close`.

    One program at a time: MedviewError "workspace-locked" otherwise; the lock of a dead process
    is taken over. Every change returns a Future that is done when SQLite has committed it (WAL,
    synchronous NORMAL: it survives the end of the program at any moment; `save` makes it survive
    a power cut). ``on_error(MedviewError)`` hears of refused writes in the writer's thread.
    ``folder`` is made when it is missing; ``backup`` is the copy made before an upgrade.
    Raises MedviewError "workspace-unwritable", "workspace-damaged" or "workspace-newer".
    """

    def __init__(
        self, folder: Path, on_error: Callable[[MedviewError], None] | None = None
    ) -> None:
        self.folder = Path(folder)
        self.backup: Path | None = None
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise unwritable(self.folder, error) from error
        self._lock: FolderLock | None = FolderLock(self.folder / _LOCK)
        try:
            connection = self._open_database(check=self._lock.was_unclean)
            reader = _connect(self.folder / _DATABASE)
        except BaseException:
            self._lock.release(clean=False)
            raise
        reader.execute("PRAGMA query_only = ON")
        super().__init__(reader, Writer(connection, on_error))

    @classmethod
    def open_readonly(cls, folder: Path) -> Workspace:
        """A snapshot for the training child: no lock, no writer, no upgrade.

        It shows the workspace as it is now until it is closed; close it soon, because the
        database cannot shrink its journal meanwhile. Raises MedviewError "workspace-missing",
        "workspace-older", "workspace-newer" or "workspace-damaged".
        """
        path = Path(folder) / _DATABASE
        if not path.is_file():
            raise MedviewError(
                f"There is no workspace in {folder}.",
                hint="Accept some slices first, or check --workspace.",
                code="workspace-missing",
            )
        workspace = cls.__new__(cls)
        workspace.folder, workspace.backup, workspace._lock = Path(folder), None, None
        reader = _connect(path)
        try:
            reader.execute("PRAGMA query_only = ON")
            reader.execute("BEGIN")  # a read transaction from the first query on
            version = schema.version_of(reader)
        except sqlite3.DatabaseError as error:
            reader.close()
            raise schema.damaged(path, str(error)) from error
        if version != len(schema.UPGRADES):
            reader.close()
            schema.check_not_newer(version, path)
            raise MedviewError(
                f"{path} was made by an older medview.",
                hint="Open it once in the window; that upgrades it.",
                code="workspace-older",
            )
        super(Workspace, workspace).__init__(reader, None)
        return workspace

    def __enter__(self) -> Workspace:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def unwritten(self) -> int:
        """Changes that the disk refused and that wait for the next attempt."""
        return 0 if self._writer is None else self._writer.unwritten

    def flush(self, timeout: float | None = None) -> None:
        """Return when all changes so far are committed; MedviewError when they could not be."""
        if self._writer is not None:
            self._writer.flush(timeout)

    def save(self) -> Future[None]:
        """Make all changes so far survive a power cut too (synchronous FULL)."""

        def write(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT OR REPLACE INTO meta VALUES ('saved_at', ?)", (str(time.time()),)
            )

        return self._write(write, durable=True)

    def note(self, key: str) -> str | None:
        """A text kept under a name, such as what the worklist has learned; None: nothing yet."""
        value: str | None = self._value("SELECT value FROM meta WHERE key = ?", (f"note:{key}",))
        return value

    def set_note(self, key: str, text: str) -> Future[None]:
        """Keep a text under a name, in place of the one before."""

        def write(connection: sqlite3.Connection) -> None:
            connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (f"note:{key}", text))

        return self._write(write)

    def close(self) -> None:
        """Write what is queued and give the folder back. Repeatable."""
        if self._writer is not None:
            self._writer.close()
        with self._reader_lock:
            self._reader.close()
        if self._lock is not None:
            self._lock.release(clean=self.unwritten == 0)

    def _open_database(self, *, check: bool) -> sqlite3.Connection:
        """The writer's connection, checked after an unclean end and brought up to date."""
        path = self.folder / _DATABASE
        connection = _connect(path)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            if check:
                schema.check_integrity(connection, path)
            self.backup = schema.prepare(connection, path)
        except sqlite3.OperationalError as error:
            connection.close()
            raise unwritable(self.folder, OSError(str(error))) from error
        except sqlite3.DatabaseError as error:
            connection.close()
            raise schema.damaged(path, str(error)) from error
        except BaseException:
            connection.close()
            raise
        return connection


def _connect(path: Path) -> sqlite3.Connection:
    """A connection in autocommit mode that any thread may use, one at a time."""
    try:
        return sqlite3.connect(
            path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
    except sqlite3.OperationalError as error:
        raise unwritable(path.parent, OSError(str(error))) from error
