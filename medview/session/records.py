"""Between the session's objects and the workspace's plain records."""

from __future__ import annotations

import hashlib
import json
import logging
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medview.core.box import Box
from medview.core.errors import MedviewError
from medview.core.geometry import Geometry
from medview.core.label_json import table_from_json, table_to_json
from medview.core.labels import LabelTable
from medview.core.volume import Volume
from medview.edit.edit import Edit, Origin, Patch
from medview.store.records import (
    CaseRecord,
    EditRecord,
    ReviewRecord,
    Split,
    affine_rows,
    pack_array,
    unpack_array,
)
from medview.store.workspace import Workspace

logger = logging.getLogger(__name__)

NEIGHBOR_MM = 3.0  # how far away the kept neighbours of an accepted slice lie (AI.md)


def table_text(table: LabelTable) -> str:
    return json.dumps(table_to_json(table))


def table_of(text: str) -> LabelTable:
    return table_from_json(json.loads(text))


def patient_hash(volume: Volume) -> str:
    """A patient's name for splits and file names that says nothing about the patient.

    The same for all series of one PatientID; a volume without one is its own patient.
    """
    identity = volume.source.patient_id if volume.source is not None else ""
    return hashed_patient(identity or volume.case_key)


def hashed_patient(identity: str) -> str:
    """As `patient_hash`, for a PatientID that somebody names."""
    return "p" + hashlib.sha256(identity.encode()).hexdigest()[:16]


def case_record(volume: Volume, table: LabelTable) -> CaseRecord:
    """What the workspace keeps about an open volume."""
    source = volume.source
    if source is not None:
        paths = tuple(sorted({str(path.parent) for path in source.files}))
        day = source.study_date
        if len(day) == 8 and day.isdigit():
            day = f"{day[:4]}-{day[4:6]}-{day[6:]}"
        words = (source.series_description or source.study_description, day)
        title = " ".join(word for word in words if word) or volume.name
    else:
        paths = () if volume.path is None else (str(volume.path),)
        title = volume.name
    return CaseRecord(
        volume.case_key,
        patient_hash(volume),
        title,
        paths,
        volume.geometry.shape,
        affine_rows(volume.geometry.affine),
        table_text(table),
        time.time(),
    )


def edit_record(edit: Edit, case_key: str, sequence: int) -> EditRecord:
    """Compresses the edit's voxels where that was not done yet; call it off the main thread."""
    return EditRecord(
        case_key,
        sequence,
        edit.name,
        json.dumps(asdict(edit.origin)),
        datetime.fromisoformat(edit.time).timestamp(),
        edit.box.low,
        edit.box.high,
        edit.before.compressed(),
        edit.after.compressed(),
        edit.slice_index,
        None if edit.table_before is None else table_text(edit.table_before),
        None if edit.table_after is None else table_text(edit.table_after),
    )


def edit_of(record: EditRecord, dtype: str) -> Edit:
    """The edit of a record; its voxels stay compressed until they are needed."""
    box = Box(record.low, record.high)
    return Edit(
        record.name,
        box,
        Patch.from_bytes(record.before, box.shape, dtype),
        Patch.from_bytes(record.after, box.shape, dtype),
        _origin_of(record.origin_json),
        datetime.fromtimestamp(record.time, UTC).isoformat(timespec="milliseconds"),
        record.slice_index,
        None if record.table_before_json is None else table_of(record.table_before_json),
        None if record.table_after_json is None else table_of(record.table_after_json),
    )


@lru_cache(maxsize=256)
def _origin_of(text: str) -> Origin:
    """Thousands of strokes have a handful of origins."""
    return Origin(**json.loads(text))


def neighbor_step(geometry: Geometry) -> int:
    """How many slices away the kept neighbours lie: about 3 mm, at least one."""
    return max(1, round(NEIGHBOR_MM / geometry.spacing_mm[0]))


@dataclass(frozen=True)
class AcceptedSlices:
    """What is needed to keep accepted slices: a volume, and copies of the slices' labels."""

    volume: Volume
    table: LabelTable
    labels: dict[int, NDArray[Any]]
    split: Split | None  # None: chosen when it is kept
    patient: str
    reviewer: str
    origin: str


def review_records(accepted: AcceptedSlices, split: Split) -> list[ReviewRecord]:
    """Packs the pixels and labels of accepted slices; slow, so off the main thread."""
    volume = accepted.volume
    origin = json.loads(accepted.origin)
    if volume.is_complete:
        origin["ends"] = volume.value_ends()
    last = volume.geometry.shape[0] - 1
    step = neighbor_step(volume.geometry)
    records = []
    for index, labels in sorted(accepted.labels.items()):
        near = [max(0, index - step), index, min(last, index + step)]
        stack = volume.voxels[near]
        records.append(
            ReviewRecord(
                volume.case_key,
                accepted.patient,
                index,
                split,
                accepted.reviewer,
                time.time(),
                json.dumps(affine_rows(volume.geometry.affine)),
                volume.geometry.shape,
                pack_array(stack),
                stack.dtype.name,
                pack_array(labels),
                labels.dtype.name,
                table_text(accepted.table),
                volume.modality,
                json.dumps(origin),
            )
        )
    return records


@dataclass(frozen=True, eq=False)
class ReviewedSlice:
    """An accepted slice taken out of the workspace: three slices as a small volume, and labels.

    ``volume`` has shape (3, rows, columns), its middle slice is the accepted one and its geometry
    is that of the three. ``labels`` (rows, columns).
    """

    record: ReviewRecord
    volume: Volume
    labels: NDArray[Any]
    table: LabelTable


def reviewed_slice(record: ReviewRecord) -> ReviewedSlice:
    rows, columns = record.volume_shape[1:]
    stack = unpack_array(record.image, (3, rows, columns), record.image_dtype)
    labels = unpack_array(record.labels, (rows, columns), record.labels_dtype)
    whole = Geometry(record.volume_shape, np.array(json.loads(record.affine_json)))
    step = neighbor_step(whole)
    affine = whole.affine.copy()
    affine[:3, 0] *= step
    affine[:3, 3] = whole.to_patient((record.slice_index - step, 0, 0))
    volume = Volume(
        stack,
        Geometry((3, rows, columns), affine),
        modality=record.modality,
        units="HU" if record.modality == "CT" else "",
        series_ends=_ends_of(record),
    )
    return ReviewedSlice(record, volume, labels, table_of(record.label_table_json))


def slice_distance(one: ReviewedSlice) -> float:
    """Millimetres between neighbouring slices of the series that an accepted slice is of."""
    affine = np.array(json.loads(one.record.affine_json))
    return float(np.linalg.norm(affine[:3, 0]))


def _ends_of(record: ReviewRecord) -> tuple[float, float] | None:
    """The whole series' `Volume.value_ends`; None of slices accepted before they were kept.

    ValueError or TypeError for what are none.
    """
    ends = json.loads(record.origin_json).get("ends")
    if ends is None:
        return None
    low, high = (float(end) for end in ends)
    if not low < high:
        raise ValueError(f"no range of values: {low} to {high}")
    return low, high


def reviewed_slices(
    workspace: Workspace, damaged: Callable[[ReviewRecord], None] | None = None
) -> Iterator[ReviewedSlice]:
    """The accepted slices that a training set holds: those nobody excluded, and that are whole.

    ``damaged`` hears of each whose pixels or labels cannot be unpacked; the log names it too.
    """
    excluded = workspace.exclusions()
    for record in workspace.reviews():
        if (record.case_key, record.slice_index) in excluded:
            continue
        try:
            yield reviewed_slice(record)
        except (ValueError, KeyError, TypeError, zlib.error, MedviewError):
            number = record.slice_index + 1
            logger.warning("accepted slice %d of %s is damaged", number, record.case_key)
            if damaged is not None:
                damaged(record)
