"""The accepted slices of a workspace, and which patients are held out from training."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from dataclasses import fields

from medview.core.errors import MedviewError
from medview.store.records import ReviewRecord, Split, columns_of, from_row, to_row
from medview.store.tables import Tables


class ReviewTables(Tables):
    """Accepted slices with their pixels. A patient's split never changes once it is set."""

    def put_reviews(self, records: Iterable[ReviewRecord]) -> Future[None]:
        """Keep accepted slices, all or none; they replace those of the same case and slice.

        A patient's split is frozen with the first. The Future fails with MedviewError
        "split-frozen" for the other one: a held-out patient must never be trained on.
        """
        kept = list(records)
        marks = ", ".join("?" for _ in fields(ReviewRecord))
        sql = f"INSERT OR REPLACE INTO reviews ({columns_of(ReviewRecord)}) VALUES ({marks})"

        def write(connection: sqlite3.Connection) -> None:
            for record in kept:
                _freeze(connection, record.patient, record.split)
                connection.execute(sql, to_row(record))

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
