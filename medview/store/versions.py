"""Named versions of a case's labels, and how long a person worked on each slice."""

from __future__ import annotations

import sqlite3
from concurrent.futures import Future
from dataclasses import dataclass

from medview.store.records import VersionRecord, columns_of, from_row, to_row
from medview.store.tables import Tables


@dataclass(frozen=True)
class VersionTitle:
    """A version without its voxels."""

    id: int
    name: str
    time: float
    person: str


@dataclass(frozen=True)
class SliceActivity:
    """Seconds of editing (pauses left out) and gestures on one slice."""

    seconds: float
    gestures: int


@dataclass(frozen=True)
class Work:
    """Editing of one case on one day with the labels of one model ("" where nobody knows).

    ``day`` is ISO 8601, "" for work from before days were kept.
    """

    case_key: str
    model: str
    day: str
    seconds: float
    gestures: int


class VersionTables(Tables):
    """Versions are only added and deleted, never changed."""

    def put_version(self, record: VersionRecord) -> Future[int]:
        """Keep a version; the Future gives its id."""

        def write(connection: sqlite3.Connection) -> int:
            marks = ", ".join("?" for _ in to_row(record))
            cursor = connection.execute(
                f"INSERT INTO label_versions ({columns_of(VersionRecord)}) VALUES ({marks})",
                to_row(record),
            )
            return int(cursor.lastrowid or 0)

        return self._write(write)

    def versions(self, case_key: str) -> list[VersionTitle]:
        """The versions of a case, the newest first."""
        rows = self._rows(
            "SELECT id, name, time, person FROM label_versions WHERE case_key = ?"
            " ORDER BY time DESC, id DESC",
            (case_key,),
        )
        return [VersionTitle(row[0], row[1], row[2], row[3]) for row in rows]

    def version(self, version_id: int) -> VersionRecord | None:
        """A version with its voxels, or None."""
        rows = self._rows(
            f"SELECT {columns_of(VersionRecord)} FROM label_versions WHERE id = ?", (version_id,)
        )
        return from_row(VersionRecord, rows[0]) if rows else None

    def delete_version(self, version_id: int) -> Future[None]:
        """Drop a version."""

        def write(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM label_versions WHERE id = ?", (version_id,))

        return self._write(write)

    def add_activity(
        self, case_key: str, slice_index: int, seconds: float, model: str = "", day: str = ""
    ) -> Future[None]:
        """One gesture more on a slice, and the seconds that it took; `work` says with what."""

        def write(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT INTO activity VALUES (?, ?, ?, 1) ON CONFLICT (case_key, slice_index)"
                " DO UPDATE SET seconds = seconds + excluded.seconds, gestures = gestures + 1",
                (case_key, slice_index, seconds),
            )
            connection.execute(
                "INSERT INTO work VALUES (?, ?, ?, ?, 1) ON CONFLICT (case_key, model, day)"
                " DO UPDATE SET seconds = seconds + excluded.seconds, gestures = gestures + 1",
                (case_key, model, day, seconds),
            )

        return self._write(write)

    def work(self) -> list[Work]:
        """All editing, the oldest day first."""
        rows = self._rows(
            "SELECT case_key, model, day, seconds, gestures FROM work ORDER BY day, rowid"
        )
        return [Work(row[0], row[1], row[2], float(row[3]), int(row[4])) for row in rows]

    def activity(self, case_key: str) -> dict[int, SliceActivity]:
        """Slice index to what was done there."""
        rows = self._rows(
            "SELECT slice_index, seconds, gestures FROM activity WHERE case_key = ?", (case_key,)
        )
        return {int(row[0]): SliceActivity(float(row[1]), int(row[2])) for row in rows}
