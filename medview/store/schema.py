"""The tables of the workspace, and how an older workspace becomes a current one."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from medview.core.atomic import atomic_path
from medview.core.errors import MedviewError

# UPGRADES[n] brings version n to n + 1; version 0 is an empty file. Never change an entry that
# was released: append one.
UPGRADES: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)""",
        """CREATE TABLE cases (
            key TEXT PRIMARY KEY, patient_id_hash TEXT NOT NULL, title TEXT NOT NULL,
            paths TEXT NOT NULL, shape TEXT NOT NULL, affine TEXT NOT NULL,
            label_table_json TEXT NOT NULL, opened_at REAL NOT NULL)""",
        """CREATE TABLE cursors (case_key TEXT PRIMARY KEY, value INTEGER NOT NULL)""",
        """CREATE TABLE edits (
            case_key TEXT NOT NULL, sequence INTEGER NOT NULL, name TEXT NOT NULL,
            origin_json TEXT NOT NULL, time REAL NOT NULL, low TEXT NOT NULL, high TEXT NOT NULL,
            before BLOB NOT NULL, after BLOB NOT NULL, slice_index INTEGER NOT NULL,
            table_before_json TEXT, table_after_json TEXT,
            PRIMARY KEY (case_key, sequence))""",
        """CREATE TABLE reviews (
            case_key TEXT NOT NULL, patient TEXT NOT NULL, slice_index INTEGER NOT NULL,
            split TEXT NOT NULL, reviewer TEXT NOT NULL, time REAL NOT NULL,
            affine_json TEXT NOT NULL, volume_shape TEXT NOT NULL, image BLOB NOT NULL,
            image_dtype TEXT NOT NULL, labels BLOB NOT NULL, labels_dtype TEXT NOT NULL,
            label_table_json TEXT NOT NULL, modality TEXT NOT NULL, origin_json TEXT NOT NULL,
            PRIMARY KEY (case_key, slice_index))""",
        """CREATE INDEX reviews_by_split ON reviews (split, case_key, slice_index)""",
        """CREATE TABLE splits (patient TEXT PRIMARY KEY, split TEXT NOT NULL)""",
        """CREATE TABLE model_history (
            id INTEGER PRIMARY KEY, name TEXT NOT NULL, version TEXT NOT NULL,
            time REAL NOT NULL, rolled_back INTEGER NOT NULL DEFAULT 0)""",
        """CREATE TABLE training_runs (
            id INTEGER PRIMARY KEY, time REAL NOT NULL, run_json TEXT NOT NULL)""",
    ),
    (
        """CREATE TABLE measures (
            case_key TEXT NOT NULL, sequence INTEGER NOT NULL, time REAL NOT NULL,
            before_json TEXT, after_json TEXT, PRIMARY KEY (case_key, sequence))""",
        """CREATE TABLE measure_cursors (case_key TEXT PRIMARY KEY, value INTEGER NOT NULL)""",
    ),
    (
        """CREATE TABLE label_versions (
            id INTEGER PRIMARY KEY, case_key TEXT NOT NULL, name TEXT NOT NULL,
            time REAL NOT NULL, person TEXT NOT NULL, dtype TEXT NOT NULL, labels BLOB NOT NULL,
            table_json TEXT NOT NULL)""",
        """CREATE TABLE activity (
            case_key TEXT NOT NULL, slice_index INTEGER NOT NULL, seconds REAL NOT NULL,
            gestures INTEGER NOT NULL, PRIMARY KEY (case_key, slice_index))""",
    ),
    (
        """CREATE TABLE readings (
            id INTEGER PRIMARY KEY, case_key TEXT NOT NULL, slice_index INTEGER NOT NULL,
            reviewer TEXT NOT NULL, time REAL NOT NULL, volume_shape TEXT NOT NULL,
            labels BLOB NOT NULL, labels_dtype TEXT NOT NULL, label_table_json TEXT NOT NULL,
            origin_json TEXT NOT NULL)""",
        """CREATE INDEX readings_by_slice ON readings (case_key, slice_index, id)""",
        """INSERT INTO readings (case_key, slice_index, reviewer, time, volume_shape, labels,
            labels_dtype, label_table_json, origin_json)
            SELECT case_key, slice_index, reviewer, time, volume_shape, labels, labels_dtype,
            label_table_json, origin_json FROM reviews ORDER BY time""",
        """CREATE TABLE exclusions (
            case_key TEXT NOT NULL, slice_index INTEGER NOT NULL, reason TEXT NOT NULL,
            person TEXT NOT NULL, time REAL NOT NULL, PRIMARY KEY (case_key, slice_index))""",
        """CREATE TABLE work (
            case_key TEXT NOT NULL, model TEXT NOT NULL, day TEXT NOT NULL, seconds REAL NOT NULL,
            gestures INTEGER NOT NULL, PRIMARY KEY (case_key, model, day))""",
        """INSERT INTO work SELECT case_key, '', '', sum(seconds), sum(gestures) FROM activity
            GROUP BY case_key""",
    ),
    (
        """CREATE TABLE finding_tags (
            case_key TEXT NOT NULL, slice_index INTEGER NOT NULL, finding TEXT NOT NULL,
            answer INTEGER NOT NULL, person TEXT NOT NULL, time REAL NOT NULL,
            PRIMARY KEY (case_key, slice_index, finding))""",
        """CREATE TABLE slice_features (
            case_key TEXT NOT NULL, model TEXT NOT NULL, channels INTEGER NOT NULL,
            features BLOB NOT NULL, places_mm BLOB NOT NULL, PRIMARY KEY (case_key, model))""",
    ),
)


def version_of(connection: sqlite3.Connection) -> int:
    """The schema version of an open database; 0 when it is empty."""
    known = connection.execute(
        "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'schema_version'"
    ).fetchone()
    if known is None:
        return 0
    row = connection.execute("SELECT max(version) FROM schema_version").fetchone()
    return int(row[0] or 0)


def prepare(
    connection: sqlite3.Connection, path: Path, upgrades: Sequence[Sequence[str]] = UPGRADES
) -> Path | None:
    """Bring a database to the current version, all or nothing; returns the backup made, if any.

    ``path`` is the database's file: an older workspace is copied beside it, as
    ``<name>.backup-v<version>``, before it is touched.
    Raises MedviewError "workspace-newer" for a workspace of a later medview.
    """
    version = version_of(connection)
    check_not_newer(version, path, len(upgrades))
    if version == len(upgrades):
        return None
    backup = back_up(connection, path, version) if version > 0 else None
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.execute(
            "CREATE TABLE IF NOT EXISTS schema_version"
            " (version INTEGER PRIMARY KEY, applied_at REAL NOT NULL)"
        )
        for number in range(version, len(upgrades)):
            for statement in upgrades[number]:
                connection.execute(statement)
            connection.execute(
                "INSERT INTO schema_version VALUES (?, ?)", (number + 1, time.time())
            )
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return backup


def check_not_newer(version: int, path: Path, current: int = len(UPGRADES)) -> None:
    """Raise MedviewError "workspace-newer" when this program is too old for the workspace."""
    if version > current:
        raise MedviewError(
            f"{path} was made by a newer medview (schema {version}, this program knows {current}).",
            hint="Update medview, or choose another workspace.",
            code="workspace-newer",
        )


def back_up(connection: sqlite3.Connection, path: Path, version: int) -> Path:
    """Copy the database, whole and consistent, to a file beside it; atomic."""
    backup = path.with_name(f"{path.name}.backup-v{version}")
    with atomic_path(backup) as temporary, closing(sqlite3.connect(temporary)) as copy:
        connection.backup(copy)
    return backup


def check_integrity(connection: sqlite3.Connection, path: Path) -> None:
    """Raise MedviewError "workspace-damaged" when SQLite finds the file inconsistent."""
    rows = connection.execute("PRAGMA integrity_check(1)").fetchall()
    if [row[0] for row in rows] != ["ok"]:
        raise damaged(path, str(rows[0][0]) if rows else "no answer")


def damaged(path: Path, reason: str) -> MedviewError:
    """The MedviewError "workspace-damaged"."""
    backups = sorted(str(file) for file in path.parent.glob(f"{path.name}.backup-v*"))
    kept = f" A backup from before an upgrade: {backups[-1]}." if backups else ""
    return MedviewError(
        f"The workspace {path} is damaged: {reason}.",
        hint=f"Choose another workspace; keep this file, its labels can often be rescued.{kept}",
        code="workspace-damaged",
    )
