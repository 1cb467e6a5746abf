"""Accepting slices, and taking labels from a file as an edit."""

from __future__ import annotations

import json
from collections.abc import Iterable
from concurrent.futures import Future

import numpy as np

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
    """Labels that a file has only numbers for (NIfTI) are those of the case with these numbers."""
    return LabelTable.of(
        known[label.id] if label.id in known and label.name == f"label {label.id}" else label
        for label in table
    )


def attach(volume: Volume, editor: MaskEditor, labelmap: LabelMap, person: str) -> Edit | None:
    """Labels from a file over the open labels, as one edit named an import.

    Background in the file leaves what is there. MedviewError when the grids differ.
    """
    if not labelmap.geometry.is_close(volume.geometry):
        raise MedviewError(
            "The labels lie on another grid than the image.",
            hint="Choose the labels of this series.",
            code="geometry-differs",
        )
    table, ids = merged_by_name(
        editor.labelmap.table, _with_known_names(labelmap.table, editor.labelmap.table)
    )
    box = Box.around(labelmap.voxels > 0)
    if box is None:
        raise MedviewError("The file holds no labels.", code="nothing-to-import")
    kind = editor.labelmap.voxels.dtype
    if max(ids.values()) > np.iinfo(kind).max:
        raise MedviewError("The file has more labels than fit here.", code="too-many-labels")
    lookup = np.zeros(int(labelmap.voxels.max()) + 1, kind)
    for old, new in ids.items():
        if old < len(lookup):
            lookup[old] = new
    part = labelmap.voxels[box.slices]
    editor.begin("Import labels", Origin("import", "file", person=person), box.low[0], table)
    editor.write(box, lookup[part], part > 0)
    return editor.commit()
