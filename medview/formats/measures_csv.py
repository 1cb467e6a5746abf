"""Measures as a table of comma separated values: one row per measure, nothing of the patient."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from medview.core.atomic import atomic_path
from medview.core.errors import MedviewError
from medview.formats.measure_rows import MeasureRow

_FIRST = ("name", "kind", "text", "slice", "series_uid", "made_utc", "coordinates", "points")
_FORMULA = ("=", "+", "-", "@")  # what a spreadsheet would compute


def write_measures(rows: Sequence[MeasureRow], path: Path, series_uid: str = "") -> None:
    """Write a table: name, kind, words, slice (from 1), points, then a column per value and unit.

    Numbers have all their places. Points are "x y z; x y z". The file is UTF-8 with a byte order
    mark, which spreadsheets need to see that it is. Atomic, and read back.
    Raises MedviewError "nothing-to-export", "verify-failed" or "write-failed".
    """
    if not rows:
        raise MedviewError(
            "There are no measures to export.", hint="Draw one first.", code="nothing-to-export"
        )
    table = _table(rows, series_uid)
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(table)
    with atomic_path(Path(path)) as temporary:
        temporary.write_text(text.getvalue(), encoding="utf-8-sig", newline="")
    if read_table(path) != table:
        raise MedviewError(
            f"{path} was written but does not hold the measures.",
            hint="Do not use it. Try another folder, and report this.",
            code="verify-failed",
        )


def read_table(path: Path) -> list[list[str]]:
    """The cells of a file of measures, the header first."""
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def _table(rows: Sequence[MeasureRow], series_uid: str) -> list[list[str]]:
    columns: list[str] = []
    for row in rows:
        for value in row.values:
            if (heading := _heading(value.name, value.unit)) not in columns:
                columns.append(heading)
    table = [[*_FIRST, *columns, "notes"]]
    for row in rows:
        numbers = {_heading(v.name, v.unit): repr(float(v.number)) for v in row.values}
        made = datetime.fromtimestamp(row.time, UTC).isoformat(timespec="seconds")
        points = "; ".join(" ".join(f"{part:.4f}" for part in point) for point in row.points)
        table.append(
            [
                _words(row.name),
                row.kind,
                _words(row.text),
                str(row.slice_index + 1),
                series_uid,
                made,
                "LPS mm" if row.in_mm else "voxels: slice row column from 0",
                points,
                *(numbers.get(column, "") for column in columns),
                "; ".join(row.notes),
            ]
        )
    return table


def _heading(name: str, unit: str) -> str:
    return f"{name} ({unit})" if unit else name


def _words(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
