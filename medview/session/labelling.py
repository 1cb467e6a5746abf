"""Labelling: changes of the label table and of whole labels, each an edit that undo takes back."""

from __future__ import annotations

import json
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

from medview.core.atomic import write_text
from medview.core.box import Box
from medview.core.errors import MedviewError
from medview.core.label_json import table_from_json, table_to_json
from medview.core.labels import Label, LabelTable, default_color
from medview.edit.edit import Edit, Origin
from medview.edit.mask_editor import MaskEditor

_SLICES_AT_ONCE = 8
_LARGEST_SCHEMA = 4 << 20  # bytes


def change_table(editor: MaskEditor, table: LabelTable, name: str, origin: Origin) -> Edit | None:
    """Another table as one edit; voxels stay. None when nothing differs."""
    editor.begin(name, origin, 0, table)
    return editor.commit()


def relabel_steps(
    editor: MaskEditor, label_id: int, into: int, origin: Origin
) -> Generator[float, None, Edit | None]:
    """Give all voxels of a label to another one (0: to the background) and drop it, as one edit.

    Yields the fraction done every few slices; the Edit is the return value. MedviewError for a
    locked label, of which nothing may change.
    """
    table = editor.labelmap.table
    label = table[label_id]
    for one in (label, *((table[into],) if into else ())):
        if one.locked:
            raise MedviewError(
                f"The label {one.name} is locked.", hint="Unlock it first.", code="label-locked"
            )
    name = f"Merge {label.name} into {table[into].name}" if into else f"Delete {label.name}"
    voxels, shape = editor.labelmap.voxels, editor.labelmap.geometry.shape
    editor.begin(name, origin, _first_slice(editor, label_id), table.without(label_id))
    try:
        for low in range(0, shape[0], _SLICES_AT_ONCE):
            high = min(low + _SLICES_AT_ONCE, shape[0])
            where = voxels[low:high] == label_id
            if where.any():
                editor.paint(Box((low, 0, 0), (high, shape[1], shape[2])), where, into)
            yield high / shape[0]
    except BaseException:  # given up by the window: no gesture may stay open
        editor.abort()
        raise
    return editor.commit()


def _first_slice(editor: MaskEditor, label_id: int) -> int:
    """Where the label begins, for the way back there."""
    for index, plane in enumerate(editor.labelmap.voxels):
        if (plane == label_id).any():
            return index
    return 0


def write_schema(table: LabelTable, path: Path) -> None:
    """Keep a table for other cases, as JSON; MedviewError "write-failed"."""
    write_text(path, json.dumps({"labels": table_to_json(table)}, indent=2) + "\n")


def read_schema(path: Path) -> LabelTable:
    """A table from `write_schema`, or from an nnU-Net ``dataset.json`` (names to ids).

    MedviewError "not-a-schema" with the reason for anything else.
    """
    try:
        labels: Any = json.loads(_text(path))["labels"]
        table = _from_nnunet(labels) if isinstance(labels, dict) else table_from_json(labels)
    except OSError as error:
        raise MedviewError(f"{path}: {error.strerror}.", code="file-unreadable") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise MedviewError(
            f"{path.name} is no label schema: {error}.",
            hint="Choose a file that medview saved, or an nnU-Net dataset.json.",
            code="not-a-schema",
        ) from error
    return table


def _text(path: Path) -> str:
    if path.stat().st_size > _LARGEST_SCHEMA:
        raise ValueError("it is too large")
    return path.read_text(encoding="utf-8")


def _from_nnunet(labels: dict[str, Any]) -> LabelTable:
    """nnU-Net v2's ``{"background": 0, "liver": 1}``; regions (lists of ids) are no labels."""
    regions = [name for name, number in labels.items() if isinstance(number, list)]
    if regions:
        raise ValueError(f"{regions[0]} is a region of several labels")
    found = [
        Label(int(number), str(name), default_color(int(number)))
        for name, number in labels.items()
        if int(number) > 0 and name != "ignore"
    ]
    return LabelTable.of(sorted(found, key=lambda label: label.id))


def joined(table: LabelTable, other: LabelTable) -> LabelTable:
    """``table`` with the labels of ``other`` that it has not by name; taken ids get a free one."""
    for label in other:
        known = table.find(label.name)
        if known is not None and known.name.lower() == label.name.lower():
            continue
        free = table.free_id() if label.id in table else label.id
        table = table.with_label(replace(label, id=free))
    return table
