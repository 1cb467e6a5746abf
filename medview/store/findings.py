"""Tags of slices, yes or no per finding, and the features that findings are learned from."""

from __future__ import annotations

import sqlite3
import time
from concurrent.futures import Future
from dataclasses import dataclass

from medview.store.tables import Tables


@dataclass(frozen=True)
class Tag:
    """``answer``: whether the slice of the case has the finding."""

    case_key: str
    slice_index: int
    finding: str
    answer: bool
    person: str


@dataclass(frozen=True)
class StoredFeatures:
    """Features of all slices of a case by one model: ``features`` float16 (slices, channels) and
    ``places_mm`` float32 (slices,), as bytes."""

    case_key: str
    model: str
    channels: int
    features: bytes
    places_mm: bytes


class FindingTables(Tables):
    """One answer per slice and finding: the newest; one row of features per case and model."""

    def put_tag(self, tag: Tag) -> Future[None]:
        def write(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT OR REPLACE INTO finding_tags VALUES (?, ?, ?, ?, ?, ?)",
                (tag.case_key, tag.slice_index, tag.finding, tag.answer, tag.person, time.time()),
            )

        return self._write(write)

    def remove_tag(self, case_key: str, slice_index: int, finding: str) -> Future[None]:
        def write(connection: sqlite3.Connection) -> None:
            connection.execute(
                "DELETE FROM finding_tags WHERE case_key = ? AND slice_index = ? AND finding = ?",
                (case_key, slice_index, finding),
            )

        return self._write(write)

    def tags(self) -> list[Tag]:
        """All tags, by finding, case and slice."""
        rows = self._rows(
            "SELECT case_key, slice_index, finding, answer, person FROM finding_tags"
            " ORDER BY finding, case_key, slice_index"
        )
        return [Tag(row[0], row[1], row[2], bool(row[3]), row[4]) for row in rows]

    def put_features(self, stored: StoredFeatures) -> Future[None]:
        def write(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT OR REPLACE INTO slice_features VALUES (?, ?, ?, ?, ?)",
                (
                    stored.case_key,
                    stored.model,
                    stored.channels,
                    stored.features,
                    stored.places_mm,
                ),
            )

        return self._write(write)

    def features(self, case_key: str, model: str) -> StoredFeatures | None:
        rows = self._rows(
            "SELECT case_key, model, channels, features, places_mm FROM slice_features"
            " WHERE case_key = ? AND model = ?",
            (case_key, model),
        )
        return StoredFeatures(*rows[0]) if rows else None
