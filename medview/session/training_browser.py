"""The training set as a person looks through it: every accepted slice, and why it counts or not."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from medview.core.errors import MedviewError
from medview.core.job import Job, Progress
from medview.core.metrics import dice
from medview.core.small_picture import labelled_picture, shrunk, window_for
from medview.session.comparing import is_seen
from medview.session.records import ReviewedSlice, reviewed_slice, table_of
from medview.session.reviewed_labels import usable
from medview.store.records import ReadingRecord, ReviewRecord, unpack_array
from medview.store.workspace import Workspace

THUMBNAIL = 96  # pixels, the longer side
_AT_ONCE = 16  # entries handed out together
FEW_PATIENTS = 5  # held-out patients under which figures are only a hint


@dataclass(frozen=True, eq=False)
class TrainingEntry:
    """One accepted slice. ``why_not`` says why training leaves it out, "" when it does not.

    ``is_excluded``: a person did it, and can take it back. ``agreement`` is the Dice by label
    between the newest labels of the two readers who read it last; {} with one reader.
    ``is_seen``: held out, but the bundled model was made from this patient.
    """

    case_key: str
    slice_index: int
    title: str
    patient: str
    split: str
    reviewer: str
    readers: tuple[str, ...]
    time: float
    modality: str
    labels: tuple[str, ...]
    picture: NDArray[np.uint8]
    why_not: str = ""
    is_excluded: bool = False
    is_seen: bool = False
    agreement: Mapping[str, float] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, int]:
        return self.case_key, self.slice_index


def entries_job(workspace: Workspace, seen: Collection[str] = ()) -> Job:
    """Hands out lists of `TrainingEntry`; the result is how many there are.

    ``seen`` are SHA-256 of PatientIDs that the model in use was made from.
    """

    def function(progress: Progress) -> int:
        titles = {record.key: record.title for record in workspace.cases()}
        excluded = workspace.exclusions()
        double = set(workspace.slices_with_two_readers())
        batch: list[TrainingEntry] = []
        count = 0
        progress.report(0.0, "Reading the training set")
        for record in workspace.reviews():
            key = (record.case_key, record.slice_index)
            readings = workspace.readings(*key) if key in double else []
            reason = excluded[key].reason if key in excluded else None
            batch.append(entry_of(record, titles.get(record.case_key, ""), reason, readings, seen))
            count += 1
            if len(batch) == _AT_ONCE:
                progress.item(batch)
                batch = []
        if batch:
            progress.item(batch)
        return count

    return Job("Training set", function)


def entry_of(
    record: ReviewRecord,
    title: str,
    excluded: str | None,
    readings: Iterable[ReadingRecord],
    seen: Collection[str],
) -> TrainingEntry:
    """One slice with its picture; a damaged one is said to be so and has none."""
    why = "" if excluded is None else excluded or "excluded"
    names: tuple[str, ...] = ()
    picture = np.zeros((THUMBNAIL, THUMBNAIL, 3), np.uint8)
    try:
        one = reviewed_slice(record)
        names = _present(one)
        step = max(1, -(-max(one.labels.shape) // THUMBNAIL))
        plane = one.volume.voxels[1][::step, ::step]
        window = window_for(plane, record.modality)
        picture = labelled_picture(plane, one.labels[::step, ::step], one.table, window)
        picture = shrunk(picture, THUMBNAIL)
        why = why or _unusable(one)
    except (ValueError, KeyError, TypeError, zlib.error, MedviewError):
        why = why or "damaged: its pixels or labels cannot be read"
    newest = {reading.reviewer: reading for reading in readings}
    return TrainingEntry(
        record.case_key,
        record.slice_index,
        title,
        record.patient,
        record.split,
        record.reviewer,
        tuple(newest) or (record.reviewer,),
        record.time,
        record.modality,
        names,
        picture,
        why,
        excluded is not None,
        record.split == "held-out" and is_seen(record.patient, seen),
        agreement(list(newest.values())),
    )


def _present(one: ReviewedSlice) -> tuple[str, ...]:
    there = set(np.unique(one.labels).tolist())
    return tuple(label.name for label in one.table if label.id in there)


def _unusable(one: ReviewedSlice) -> str:
    """Why a model cannot learn from it; "" when it can."""
    if not usable(one):
        return "not axial"
    if not any(not label.is_unsure for label in one.table):
        return "no labels"
    return ""


def agreement(readings: list[ReadingRecord]) -> dict[str, float]:
    """Dice by label (lower case) between the two newest of several readers' readings."""
    if len(readings) < 2:
        return {}
    masks = []
    for reading in sorted(readings, key=lambda one: one.time)[-2:]:
        labels = unpack_array(reading.labels, reading.volume_shape[1:], reading.labels_dtype)
        table = table_of(reading.label_table_json)
        masks.append({label.name.lower(): labels == label.id for label in table})
    both = [name for name in masks[0] if name in masks[1]]
    found = {name: dice(masks[0][name], masks[1][name]) for name in both}
    return {name: value for name, value in found.items() if value is not None}


@dataclass(frozen=True)
class SetSummary:
    """How many slices and patients train, prove, and are left out."""

    train: int
    held_out: int
    left_out: int
    train_patients: int
    held_out_patients: int
    seen_patients: int

    @classmethod
    def of(cls, entries: Iterable[TrainingEntry]) -> SetSummary:
        rows = list(entries)
        train = [one for one in rows if not one.why_not and one.split == "train"]
        proof = [one for one in rows if not one.why_not and one.split == "held-out"]
        counted = [one for one in proof if not one.is_seen]
        return cls(
            len(train),
            len(proof),
            sum(bool(one.why_not) for one in rows),
            len({one.patient for one in train}),
            len({one.patient for one in counted}),
            len({one.patient for one in proof if one.is_seen}),
        )
