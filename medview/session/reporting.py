"""Reporting: what a printed report says of a case, gathered as plain texts and numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from medview.core.job import Job, Progress
from medview.core.labelmap import LabelMap
from medview.core.volume import Volume

_MOST_PICTURES = 8  # of labels; the slice that is shown comes before them


@dataclass(frozen=True)
class LabelRow:
    """A label's line: ``ml`` is None where volumes cannot be given."""

    name: str
    slices: int
    voxels: int
    ml: float | None
    key_slice: int  # where it has most voxels


@dataclass(frozen=True)
class CaseReport:
    """Everything a report says, but for the pictures. All texts are plain."""

    heading: tuple[tuple[str, str], ...]
    labels: tuple[LabelRow, ...] = ()
    not_measurable: str = ""
    measures: tuple[tuple[str, str, str], ...] = ()  # name, slice, reading
    models: tuple[str, ...] = ()
    accepted: str = ""
    notes: tuple[str, ...] = ()
    key_slices: tuple[tuple[int, str], ...] = ()  # slice, what it is shown for


def heading(volume: Volume, person: str, *, names: bool) -> tuple[tuple[str, str], ...]:
    """What the case is; who the patient is only with ``names``."""
    source = volume.source
    slices, rows, columns = volume.geometry.shape
    lines = [("Images", f"{volume.modality} {slices} × {rows} × {columns}".strip())]
    if names and source is not None:
        lines = [
            ("Patient", source.patient_name.replace("^", " ").strip()),
            ("Patient ID", source.patient_id),
            ("Study", f"{source.study_date} {source.study_description}".strip()),
            ("Series", source.series_description),
            *lines,
        ]
    elif names:
        lines.insert(0, ("Images from", volume.name))
    if volume.geometry.calibrated:
        spacing = " × ".join(f"{mm:.3g}" for mm in volume.geometry.spacing_mm)
        lines.append(("Voxel", f"{spacing} mm (slice, row, column)"))
    lines.append(("Written", f"{datetime.now():%Y-%m-%d %H:%M}" + (f" by {person}" * names)))
    return tuple((what, words) for what, words in lines if words)


def report_job(session: Any, shown_slice: int, *, names: bool) -> Job:
    """Gathers the report of the open case; the result is a `CaseReport`.

    The session is read here, in its own thread; the job counts voxels of a frozen copy.
    """
    volume: Volume = session.volume
    labels: LabelMap = session.labelmap.frozen_copy()
    base = CaseReport(
        heading(volume, session.person, names=names),
        not_measurable=volume.not_measurable,
        measures=_measures(session),
        models=_models(session),
        accepted=ranges(session.accepted),
        notes=tuple(message.text for message in volume.messages) if names else _codes(volume),
    )

    def work(progress: Progress) -> CaseReport:
        rows = label_rows(labels, progress, measurable=volume.is_measurable)
        first = ((shown_slice, "the slice shown"),)
        keys = tuple((row.key_slice, row.name) for row in rows[:_MOST_PICTURES])
        return CaseReport(
            base.heading,
            rows,
            base.not_measurable,
            base.measures,
            base.models,
            base.accepted,
            base.notes,
            first + keys,
        )

    return Job("Report", work)


def label_rows(
    labels: LabelMap, progress: Progress, *, measurable: bool = True
) -> tuple[LabelRow, ...]:
    """One line per label that has voxels, in the order of the table."""
    size = max((label.id for label in labels.table), default=0) + 1
    counts = np.zeros((labels.geometry.shape[0], size), np.int64)
    for index, plane in enumerate(labels.voxels):
        progress.report(index / len(counts), "counting")
        counts[index] = np.bincount(plane.ravel(), minlength=size)[:size]
    rows = []
    for label in labels.table:
        of_label = counts[:, label.id]
        total = int(of_label.sum())
        if total:
            ml = total * labels.geometry.voxel_volume_ml if measurable else None
            slices = int(np.count_nonzero(of_label))
            rows.append(LabelRow(label.name, slices, total, ml, int(of_label.argmax())))
    return tuple(rows)


def ranges(indices: Iterable[int]) -> str:
    """Slice numbers as people count them: ``1-3, 7`` for 0, 1, 2, 6."""
    parts: list[list[int]] = []
    for number in sorted(index + 1 for index in indices):
        if parts and number == parts[-1][-1] + 1:
            parts[-1][1:] = [number]
        else:
            parts.append([number])
    return ", ".join("-".join(str(n) for n in part) for part in parts)


def _codes(volume: Volume) -> tuple[str, ...]:
    """Notes without files' names in them: their texts where they list no file, else the code."""
    return tuple(
        message.code.replace("-", " ") if message.files else message.text
        for message in volume.messages
    )


def _models(session: Any) -> tuple[str, ...]:
    """The versions whose predictions are in the labels, then the active one."""
    edits = list(session.history.edits)[: session.history.applied]
    used = [edit.origin for edit in edits if edit.origin.kind == "model"]
    lines = [f"Segmented with {origin.name}@{origin.version}" for origin in used]
    active = session.active_model
    if active is not None:
        lines.append(f"Active model {active.name}@{active.version}")
    return tuple(dict.fromkeys(lines))


def _measures(session: Any) -> tuple[tuple[str, str, str], ...]:
    measures = getattr(session, "measures", None)
    if measures is None:
        return ()
    return tuple(
        (
            measure.name,
            str(measures.slice_of(measure) + 1),
            "; ".join(measures.reading(measure).lines),
        )
        for measure in measures.items
    )
