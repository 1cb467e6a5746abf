"""Accepting labels from files: into the case, into the accepted slices, under one split."""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import numpy as np

from medview.core.box import Box
from medview.core.errors import MedviewError
from medview.core.labelmap import LabelMap
from medview.core.labels import Label, LabelTable, default_color
from medview.core.volume import Volume
from medview.edit.edit import Origin
from medview.formats.registry import format_for
from medview.session.exporting import contiguous
from medview.session.manifest import with_known_code
from medview.session.records import case_record, hashed_patient, review_records, table_of
from medview.session.reviewing import accepted, choose_split
from medview.store.records import Split
from medview.store.workspace import Workspace


@dataclass(frozen=True)
class Accepted:
    """What was accepted of one case."""

    case_key: str
    patient: str
    split: Split
    slices: tuple[int, ...]
    table: LabelTable


def accept_labels(
    workspace: Workspace,
    volume: Volume,
    labelmap: LabelMap,
    slices: Sequence[int],
    *,
    patient: str,
    reviewer: str,
    split: str = "auto",
) -> Accepted:
    """Draw labels into the case and accept its slices, as a person would in the window.

    ``patient`` is a hash (`patient_of`); ``split`` "auto", "train" or "held-out". Raises
    MedviewError "split-frozen", "too-many-labels" or what `accepted` raises. The case must not be
    open elsewhere.
    """
    labelmap = _with_the_cases_ids(workspace, volume, labelmap)
    chosen = accepted(volume, labelmap, slices, reviewer, patient=patient)
    agreed = _split(split, workspace, patient)
    workspace.freeze_split(patient, agreed).result()
    if workspace.case(volume.case_key) is None:
        workspace.upsert_case(case_record(volume, labelmap.table)).result()
    _draw_in_case(workspace, volume, labelmap, list(slices), reviewer)
    workspace.put_reviews(review_records(chosen, agreed)).result()
    kept = workspace.case(volume.case_key)
    if kept is not None:  # opening the case wrote the patient as the image names it
        workspace.upsert_case(replace(kept, patient_id_hash=patient)).result()
    return Accepted(volume.case_key, patient, agreed, tuple(slices), labelmap.table)


def named_labels(path: Path, volume: Volume, names: dict[int, str]) -> LabelMap:
    """The mask on the image's grid, each of its labels named by the file or by ``names``.

    ``names`` go first, and add labels that the mask has no voxel of.
    """
    known = format_for(path / "slice.png" if path.is_dir() else path)
    if known.read_labels is None:
        raise MedviewError(f"{path} ({known.name}) holds no labels.", code="no-labels")
    labelmap: LabelMap = known.read_labels(path, volume)
    if not labelmap.geometry.is_close(volume.geometry):
        raise MedviewError(
            f"{path} lies on another grid than the image.",
            hint="Choose the image it was drawn on; --series chooses among several.",
            code="geometry-differs",
        )
    table = labelmap.table
    for number, name in names.items():
        if number not in table or table[number].name != name:
            table = table.with_label(with_known_code(Label(number, name, default_color(number))))
    nameless = [label.id for label in table if label.name == f"label {label.id}"]
    if nameless:
        raise MedviewError(
            f"{path} does not name its labels {', '.join(map(str, nameless))}.",
            hint='Name them, e.g. --labels "1=right lung,2=left lung".',
            code="labels-unnamed",
        )
    if not len(table):
        raise MedviewError(
            f"{path} holds no labels, so it must be said which structures are absent.",
            hint='Name them, e.g. --labels "1=right lung,2=left lung".',
            code="labels-unnamed",
        )
    return LabelMap(labelmap.geometry, table, labelmap.voxels.copy())


def patient_of(identity: str | None, volume: Volume) -> str:
    """The hash of the patient; one is needed, so that no patient is trained on and held out."""
    own = volume.source.patient_id if volume.source is not None else ""
    chosen = (identity or own).strip()
    if not chosen:
        raise MedviewError(
            "The image does not say whose it is.",
            hint="Name the patient with --patient ID; only a hash of it is kept.",
            code="no-patient",
        )
    return hashed_patient(chosen)


def _split(wanted: str, workspace: Workspace, patient: str) -> Split:
    """The split asked for; MedviewError where the patient already has the other one."""
    known = workspace.split_of(patient)
    if wanted == "auto":
        return known or choose_split(workspace, patient)
    if known is not None and known != wanted:
        raise MedviewError(
            f"This patient already belongs to the {known} cases and cannot become {wanted}.",
            hint="A patient stays in one split, so that measured quality stays honest.",
            code="split-frozen",
        )
    return cast("Split", wanted)


def account() -> str:
    """Who works here, as far as the system knows."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "reader"


def _with_the_cases_ids(workspace: Workspace, volume: Volume, labelmap: LabelMap) -> LabelMap:
    """The labels under the ids that the case already gives to their names, all below 256."""
    record = workspace.case(volume.case_key)
    table = LabelTable()
    if record is not None and record.shape == volume.geometry.shape:
        table = table_of(record.label_table_json)
    voxels = labelmap.voxels
    lookup = np.zeros(int(voxels.max()) + 1, np.uint8)
    mine = []
    for label in labelmap.table:
        known = next((one for one in table if one.name.lower() == label.name.lower()), None)
        if known is None:
            free = label.id < 256 and label.id not in table
            known = replace(label, id=label.id if free else table.free_id())
            table = table.with_label(known)
        if known.id > 255:
            raise MedviewError("A case can have at most 255 labels.", code="too-many-labels")
        if label.id < len(lookup):
            lookup[label.id] = known.id
        mine.append(known)
    return LabelMap(volume.geometry, LabelTable.of(mine), lookup[voxels])


def _draw_in_case(
    workspace: Workspace, volume: Volume, labelmap: LabelMap, slices: list[int], reviewer: str
) -> None:
    """The accepted slices as edits of the case, so that the window shows what was accepted.

    One edit per run of slices: an edit takes back the acceptance of every slice in its box.
    """
    from medview.session.session import Session  # which offers these jobs, so it is loaded first

    session = Session(workspace)
    try:
        session.open_volume(volume)
        editor, mine = session.editor, session.labelmap
        assert editor is not None
        assert mine is not None
        origin = Origin("import", "medview accept", person=reviewer)
        _, rows, columns = volume.geometry.shape
        for low, high in contiguous(slices):
            table = mine.table
            for label in labelmap.table:
                table = table if label.id in table else table.with_label(label)
            editor.begin("Accept labels", origin, low, table)
            editor.write(Box((low, 0, 0), (high, rows, columns)), labelmap.voxels[low:high])
            editor.commit()
        session.flush()
    finally:
        session.close()
