"""Accepting slices, and taking labels from a file as an edit."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from medview.core.box import Box
from medview.core.errors import MedviewError
from medview.core.labelmap import LabelMap
from medview.core.labels import Label, LabelTable
from medview.core.volume import Volume
from medview.edit.edit import Edit, Origin
from medview.edit.mask_editor import MaskEditor
from medview.session.records import AcceptedSlices, patient_hash, review_records
from medview.store.records import Split
from medview.store.workspace import Workspace

_HIGHEST_SMALL = 255  # ids are kept where the open label map's eight bits hold them
_SAYS_NOTHING = ("85756007",)  # SNOMED CT Tissue: what a label without a code is written as
HELD_OUT_EVERY = 4  # of the patients, one is held out: the second, the sixth, ...


def choose_split(workspace: Workspace, patient: str) -> Split:
    """The patient's frozen split; of new patients the second and then every fourth is held out.

    So the first correction can be trained on and the second patient can prove it. Once chosen it
    stays (the workspace freezes it): no trained case can fall into validation.
    """
    known = workspace.split_of(patient)
    if known is not None:
        return known
    return "held-out" if workspace.patient_count() % HELD_OUT_EVERY == 1 else "train"


def accepted(
    volume: Volume,
    labelmap: LabelMap,
    indices: Iterable[int],
    reviewer: str,
    *,
    patient: str | None = None,
    split: Split | None = None,
) -> AcceptedSlices:
    """Copies of what is to be kept; MedviewError for slices that are not there or not whole."""
    chosen = sorted(set(indices))
    count = volume.geometry.shape[0]
    if not chosen or chosen[0] < 0 or chosen[-1] >= count:
        raise MedviewError(
            f"Slices must be 0 to {count - 1}.", code="no-such-slice", hint="Nothing was accepted."
        )
    if volume.ready is not None and not volume.ready[chosen].all():
        raise MedviewError(
            "These slices are still being read.", hint="Wait a moment.", code="not-ready"
        )
    lost = [index for index in chosen if index in volume.unreadable]
    if lost:
        numbers = ", ".join(str(index + 1) for index in lost[:10])
        raise MedviewError(
            f"Slices that could not be read cannot be accepted: {numbers} (counted from 1).",
            hint="Accept the other slices one by one.",
            code="slice-unreadable",
        )
    if volume.is_color:
        raise MedviewError("Colour images cannot be accepted for training.", code="not-grey")
    name = patient or patient_hash(volume)
    return AcceptedSlices(
        volume,
        labelmap.table,
        {index: labelmap.voxels[index].copy() for index in chosen},
        split,
        name,
        reviewer,
        json.dumps({"revision": labelmap.revision}),
    )


def keep_accepted(workspace: Workspace, chosen: AcceptedSlices) -> Future[None]:
    """Pack accepted slices and hand them to the workspace; slow, so off the main thread."""
    split = chosen.split or choose_split(workspace, chosen.patient)
    return workspace.put_reviews(review_records(chosen, split))


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


def _in_case(editor: MaskEditor, labelmap: LabelMap) -> tuple[LabelTable, Box, NDArray[np.uint16]]:
    """(the case's table with the file's labels, the box of the file's, its voxels in case ids)."""
    known = editor.labelmap.table
    table, ids = merged_by_name(known, _with_known_names(labelmap.table, known))
    box = Box.around(labelmap.voxels > 0)
    if box is None:
        raise MedviewError("The file holds no labels.", code="nothing-to-import")
    lookup = np.zeros(int(labelmap.voxels.max()) + 1, np.uint16)
    for old, new in ids.items():
        if old < len(lookup):
            lookup[old] = new
    part: NDArray[np.uint16] = lookup[labelmap.voxels[box.slices]]
    return table, box, part


def labelled_otherwise(editor: MaskEditor, labelmap: LabelMap) -> int:
    """How many voxels of the file's labels have another label in the case."""
    _, box, values = _in_case(editor, labelmap)
    here = editor.labelmap.voxels[box.slices]
    return int(np.count_nonzero((values > 0) & (here > 0) & (here != values)))


def attach(
    volume: Volume,
    editor: MaskEditor,
    labelmap: LabelMap,
    person: str,
    name: str = "",
    replace_existing: bool = False,
) -> Edit | None:
    """Labels from a file beside the open labels, as one edit named after the object.

    Labels join those of the same name, else of the same code. Background in the file leaves what
    is there; so does every voxel with another label, unless ``replace_existing``: somebody put it
    there. MedviewError when the grids differ, there are no labels, or too many.
    """
    if not labelmap.geometry.is_close(volume.geometry):
        raise MedviewError(
            "The labels lie on another grid than the image.",
            hint="Choose the labels of this series.",
            code="geometry-differs",
        )
    table, box, values = _in_case(editor, labelmap)
    kind = editor.labelmap.voxels.dtype
    if int(values.max()) > np.iinfo(kind).max:
        raise MedviewError("The file has more labels than fit here.", code="too-many-labels")
    where = values > 0
    if not replace_existing:
        where &= editor.labelmap.voxels[box.slices] == 0
    title = f"Import {name}" if name else "Import labels"
    editor.begin(title, Origin("import", "file", person=person), box.low[0], table)
    editor.write(box, values.astype(kind), where)
    return editor.commit()
