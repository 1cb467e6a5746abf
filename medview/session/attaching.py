"""Attaching: labels from a file become one edit of the case, written in small steps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medview.core.box import Box
from medview.core.errors import MedviewError
from medview.core.labelmap import LabelMap
from medview.core.labels import Label, LabelTable
from medview.core.volume import Volume
from medview.edit.edit import Edit, Origin
from medview.edit.mask_editor import MaskEditor

_HIGHEST_SMALL = 255  # ids are kept where the open label map's eight bits hold them
_SAYS_NOTHING = ("85756007",)  # SNOMED CT Tissue: what a label without a code is written as
_SLICES_AT_ONCE = 4


@dataclass(frozen=True)
class Attached:
    """What attaching did: the edit (None when all was there already), and how many voxels of the
    file's labels had another label here and kept it."""

    edit: Edit | None
    kept_others: int


def content_box(labelmap: LabelMap) -> Box | None:
    """The box of what is labelled; slow for a large map, so computed where it is read."""
    return Box.around(labelmap.voxels > 0)


def attach_steps(
    volume: Volume,
    editor: MaskEditor,
    labelmap: LabelMap,
    origin: Origin,
    name: str = "",
    *,
    replace_existing: bool = False,
    box: Box | None = None,
) -> Generator[float, None, Attached]:
    """Labels from a file beside the open labels, as one edit named after the object.

    Labels join those of the same name, else of the same code. Background in the file leaves what
    is there; so does every voxel with another label, unless ``replace_existing``: somebody put it
    there. Yields the fraction done every few slices; closing it leaves nothing behind. ``box`` is
    the `content_box` where it is known. MedviewError when the grids differ, there are no labels,
    or too many.
    """
    if not labelmap.geometry.is_close(volume.geometry):
        raise MedviewError(
            "The labels lie on another grid than the image.",
            hint="Choose the labels of this series.",
            code="geometry-differs",
        )
    inside = box or content_box(labelmap)
    if inside is None:
        raise MedviewError("The file holds no labels.", code="nothing-to-import")
    known = editor.labelmap.table
    table, ids = merged_by_name(known, _with_known_names(labelmap.table, known))
    lookup = np.zeros(max(max(ids, default=0), np.iinfo(labelmap.voxels.dtype).max) + 1, np.int64)
    for old, new in ids.items():
        lookup[old] = new
    kind = editor.labelmap.voxels.dtype
    if max(ids.values(), default=0) > np.iinfo(kind).max:
        raise MedviewError("The file has more labels than fit here.", code="too-many-labels")
    title = f"Import {name}" if name else "Import labels"
    editor.begin(title, origin, inside.low[0], table)
    others = 0
    try:
        for low in range(inside.low[0], inside.high[0], _SLICES_AT_ONCE):
            high = min(low + _SLICES_AT_ONCE, inside.high[0])
            part = Box((low, *inside.low[1:]), (high, *inside.high[1:]))
            values: NDArray[Any] = lookup[labelmap.voxels[part.slices]].astype(kind)
            where = values > 0
            if not replace_existing:
                here = editor.labelmap.voxels[part.slices]
                others += int(np.count_nonzero(where & (here > 0) & (here != values)))
                where &= here == 0
            editor.write(part, values, where)
            yield (high - inside.low[0]) / inside.shape[0]
    except BaseException:  # given up by the window, or refused: no gesture may stay open
        editor.abort()
        raise
    return Attached(editor.commit(), others)


def merged_by_name(table: LabelTable, other: LabelTable) -> tuple[LabelTable, dict[int, int]]:
    """``table`` with the labels of ``other`` added by name, and other's id -> id."""
    ids = {}
    for label in other:
        known = table.find(label.name)
        if known is None or known.name.lower() != label.name.lower():
            fits = label.id not in table and label.id <= _HIGHEST_SMALL
            free = label.id if fits else table.free_id()
            known = Label(free, label.name, label.color, label.code, label.category, label.modifier)
            table = table.with_label(known)
        ids[label.id] = known.id
    return table, ids


def _with_known_names(table: LabelTable, known: LabelTable) -> LabelTable:
    """The file's labels under the names that the case has for them.

    A label that the file has only a number for (NIfTI) is the case's label of that number. A
    label with another name is the case's label of the same code where both have it only once.
    """
    names = {label.name.lower() for label in table}
    theirs, ours = (Counter(_meaning(label) for label in one) for one in (table, known))
    by_code = {_meaning(label): label for label in known if label.name.lower() not in names}
    taken = {label.name.lower() for label in known}
    result = []
    for label in table:
        meaning = _meaning(label)
        once = meaning is not None and theirs[meaning] == ours[meaning] == 1
        if label.id in known and label.name == f"label {label.id}":
            label = known[label.id]
        elif once and label.name.lower() not in taken and meaning in by_code:
            label = replace(label, name=by_code[meaning].name)
        result.append(label)
    return LabelTable.of(result)


def _meaning(label: Label) -> tuple[str, ...] | None:
    """The code with its side, None for labels without one or with one that says nothing."""
    if label.code is None or label.code.value in _SAYS_NOTHING:
        return None
    side = label.modifier.value if label.modifier is not None else ""
    return label.code.scheme, label.code.value, side
