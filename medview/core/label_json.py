"""Label tables as JSON: for the workspace, model cards and label schema files."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from medview.core.labels import LABEL_STATES, Code, Label, LabelTable, default_color


def table_to_json(table: LabelTable) -> list[dict[str, Any]]:
    """The labels in order, codes left out where there are none."""
    return [
        {name: value for name, value in asdict(label).items() if value is not None}
        for label in table
    ]


def table_from_json(rows: list[dict[str, Any]]) -> LabelTable:
    """`table_to_json` undone; colour and flags have defaults. ValueError for anything else."""
    try:
        return LabelTable.of(_label(row) for row in rows)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a label table: {error}") from error


def _label(row: dict[str, Any]) -> Label:
    color = row.get("color") or default_color(int(row["id"]))
    return Label(
        int(row["id"]),
        str(row["name"]),
        (int(color[0]), int(color[1]), int(color[2])),
        _code(row.get("code")),
        _code(row.get("category")),
        _code(row.get("modifier")),
        bool(row.get("visible", True)),
        bool(row.get("locked", False)),
        min(max(float(row.get("opacity", 1.0)), 0.0), 1.0),
        row["state"] if row.get("state") in LABEL_STATES else "not started",
    )


def _code(row: dict[str, str] | None) -> Code | None:
    return None if row is None else Code(str(row["value"]), str(row["scheme"]), str(row["meaning"]))
