"""The accepted slices of a workspace, who read them, and which patients are held out."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, fields

from medview.core.errors import MedviewError
from medview.store.records import (
    ReadingRecord,
    ReviewRecord,
    Split,
    columns_of,
    from_row,
    to_row,
)
from medview.store.tables import Tables


@dataclass(frozen=True)
class Exclusion:
    """Why an accepted slice is left out of training; ``time`` seconds since 1970 (UTC)."""

    reason: str
    person: str
    time: float


class ReviewTables(Tables):
    """Accepted slices with their pixels. A patient's split never changes once it is set."""

    def put_reviews(self, records: Iterable[ReviewRecord]) -> Future[None]:
        """Keep accepted slices, all or none; they replace those of the same case and slice.

        Each is also one reading more: who accepted what is never forgotten (`readings`).
        A patient's split is frozen with the first. The Future fails with MedviewError
        "split-frozen" for the other one: a held-out patient must never be trained on.
        """
        kept = list(records)
        marks = ", ".join("?" for _ in fields(ReviewRecord))
        sql = f"INSERT OR REPLACE INTO reviews ({columns_of(ReviewRecord)}) VALUES ({marks})"
        marks = ", ".join("?" for _ in fields(ReadingRecord))
        log = f"INSERT INTO readings ({columns_of(ReadingRecord)}) VALUES ({marks})"

        def write(connection: sqlite3.Connection) -> None:
            for record in kept:
                _freeze(connection, record.patient, record.split)
                connection.execute(sql, to_row(record))
                connection.execute(log, to_row(ReadingRecord.of(record)))

        return self._write(write)

    def remove_reviews(self, case_key: str, slices: Iterable[int] | None = None) -> Future[None]:
        """Take back the acceptance of some slices, or of the whole case (None)."""
        chosen = None if slices is None else [(case_key, int(index)) for index in slices]

        def write(connection: sqlite3.Connection) -> None:
            if chosen is None:
                connection.execute("DELETE FROM reviews WHERE case_key = ?", (case_key,))
            else:
                connection.executemany(
                    "DELETE FROM reviews WHERE case_key = ? AND slice_index = ?", chosen
                )

        return self._write(write)

    def reviews(self, split: Split | None = None) -> Iterator[ReviewRecord]:
        """All accepted slices by case and slice, read one at a time (each carries its pixels)."""
        where, values = ("", ()) if split is None else ("WHERE split = ?", (split,))
        order = "ORDER BY case_key, slice_index"
        for case_key, index in self._rows(
            f"SELECT case_key, slice_index FROM reviews {where} {order}", values
        ):
            rows = self._rows(
                f"SELECT {columns_of(ReviewRecord)} FROM reviews"
                " WHERE case_key = ? AND slice_index = ?",
                (case_key, index),
            )
            if rows:
                yield from_row(ReviewRecord, rows[0])

    def reviewed_slices(self, case_key: str) -> set[int]:
        """The accepted slices of a case."""
        rows = self._rows("SELECT slice_index FROM reviews WHERE case_key = ?", (case_key,))
        return {int(row[0]) for row in rows}

    def readings(self, case_key: str, slice_index: int) -> list[ReadingRecord]:
        """Everything anybody ever accepted on a slice, the oldest first."""
        rows = self._rows(
            f"SELECT {columns_of(ReadingRecord)} FROM readings"
            " WHERE case_key = ? AND slice_index = ? ORDER BY id",
            (case_key, slice_index),
        )
        return [from_row(ReadingRecord, row) for row in rows]

    def slices_with_two_readers(self) -> list[tuple[str, int]]:
        """(case, slice) of the slices that several reviewers accepted."""
        rows = self._rows(
            "SELECT case_key, slice_index FROM readings GROUP BY case_key, slice_index"
            " HAVING count(DISTINCT reviewer) > 1 ORDER BY case_key, slice_index"
        )
        return [(str(row[0]), int(row[1])) for row in rows]

    def exclude(
        self, slices: Iterable[tuple[str, int]], reason: str, person: str = ""
    ) -> Future[None]:
        """Leave accepted slices (case, slice) out of training; they stay accepted."""
        rows = [(key, int(index), reason, person, time.time()) for key, index in slices]

        def write(connection: sqlite3.Connection) -> None:
            connection.executemany("INSERT OR REPLACE INTO exclusions VALUES (?, ?, ?, ?, ?)", rows)

        return self._write(write)

    def include(self, slices: Iterable[tuple[str, int]]) -> Future[None]:
        """`exclude` undone."""
        rows = [(key, int(index)) for key, index in slices]

        def write(connection: sqlite3.Connection) -> None:
            connection.executemany(
                "DELETE FROM exclusions WHERE case_key = ? AND slice_index = ?", rows
            )

        return self._write(write)

    def exclusions(self) -> dict[tuple[str, int], Exclusion]:
        """(case, slice) -> why it is left out of training."""
        rows = self._rows("SELECT case_key, slice_index, reason, person, time FROM exclusions")
        return {(str(row[0]), int(row[1])): Exclusion(row[2], row[3], row[4]) for row in rows}

    def split_of(self, patient: str) -> Split | None:
        """The patient's split, or None before it is set."""
        split: Split | None = self._value("SELECT split FROM splits WHERE patient = ?", (patient,))
        return split

    def patient_count(self) -> int:
        """How many patients have a split."""
        return int(self._value("SELECT count(*) FROM splits", ()) or 0)

    def freeze_split(self, patient: str, split: Split) -> Future[None]:
        """Set the patient's split for good; "split-frozen" when it is the other one already."""

        def write(connection: sqlite3.Connection) -> None:
            _freeze(connection, patient, split)

        return self._write(write)


def _freeze(connection: sqlite3.Connection, patient: str, split: Split) -> None:
    if split not in ("train", "held-out"):
        raise ValueError(f"split must be train or held-out, not {split!r}")
    connection.execute("INSERT OR IGNORE INTO splits VALUES (?, ?)", (patient, split))
    frozen = connection.execute(
        "SELECT split FROM splits WHERE patient = ?", (patient,)
    ).fetchone()[0]
    if frozen != split:
        raise MedviewError(
            f"This patient already belongs to the {frozen} cases and cannot become {split}.",
            hint="A patient stays in one split, so that measured quality stays honest.",
            code="split-frozen",
        )
