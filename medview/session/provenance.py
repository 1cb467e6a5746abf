"""Provenance: who or what made each label last, and what was changed since the prediction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medview.core.job import Job, Progress
from medview.core.labelmap import LabelMap
from medview.edit.edit import Edit, Origin
from medview.edit.prediction import newest_prediction


@dataclass(frozen=True)
class LabelProvenance:
    """One label: the origin and time (UTC ISO 8601) of the last edit that changed its voxels, None
    and "" where there is none, and how many voxels are or were its own since the prediction."""

    label_id: int
    origin: Origin | None
    time: str
    changed_voxels: int


@dataclass(frozen=True)
class Provenance:
    """Of all labels of a table; ``model`` made the prediction (None: there is none, and nothing
    is counted), ``changed_voxels`` are those whose label is another one now."""

    labels: tuple[LabelProvenance, ...] = ()
    model: Origin | None = None
    changed_voxels: int = 0


@dataclass(frozen=True, eq=False)
class Known:
    """What was found before and stays true whatever is undone: the labels that an edit changed,
    and, by slice, what the newest edit of a model left. Slices without an entry are as it left
    them."""

    touched: Mapping[Edit, frozenset[int]] = field(default_factory=dict)
    model: Edit | None = None
    later: frozenset[Edit] = frozenset()  # edits whose slices are in ``predicted``
    predicted: Mapping[int, NDArray[Any]] = field(default_factory=dict)


def look_up(
    labelmap: LabelMap, done: Sequence[Edit], known: Known, progress: Progress
) -> tuple[Provenance, Known]:
    """``done`` are the edits that led to ``labelmap``, the oldest first.

    ``known`` is what the look-up before gave, `Known` at first. The result counts only if no voxel
    of ``labelmap`` changed meanwhile.
    """
    known = _with_edits(labelmap, done, known, progress)
    last: dict[int, Edit] = {}
    for edit in done:
        last.update(dict.fromkeys(known.touched[edit], edit))
    counts = np.zeros(65536, np.int64)
    total = 0
    for index, before in known.predicted.items():
        now = labelmap.voxels[index]
        different = now != before
        total += int(np.count_nonzero(different))
        counts += np.bincount(now[different], minlength=65536)
        counts += np.bincount(before[different], minlength=65536)
    rows = []
    for label in labelmap.table:
        made = last.get(label.id)
        origin, time = (None, "") if made is None else (made.origin, made.time)
        rows.append(LabelProvenance(label.id, origin, time, int(counts[label.id])))
    model = None if known.model is None else known.model.origin
    return Provenance(tuple(rows), model, total), known


def look_up_job(labelmap: LabelMap, done: Sequence[Edit], known: Known) -> Job:
    """`look_up` as a job; it reads the live label map."""
    return Job("Origin of labels", lambda progress: look_up(labelmap, done, known, progress))


def _with_edits(
    labelmap: LabelMap, done: Sequence[Edit], known: Known, progress: Progress
) -> Known:
    touched = {}
    for edit in done:
        progress.check()
        labels = known.touched.get(edit)
        touched[edit] = _touched_labels(edit) if labels is None else labels
    newest = newest_prediction(done)
    if newest is None:
        return Known(touched)
    same = done[newest] is known.model
    later = done[newest + 1 :]
    planes: dict[int, NDArray[Any]] = {}
    for edit in reversed(later):
        if edit.box.is_empty or (same and edit in known.later):
            continue
        progress.check()
        for index, plane in enumerate(edit.before.array(), start=edit.box.low[0]):
            if same and index in known.predicted:
                continue
            if index not in planes:
                planes[index] = labelmap.voxels[index].copy()
            planes[index][edit.box.slices[1:]] = plane
    if same:
        planes.update(known.predicted)
    return Known(touched, done[newest], frozenset(later), planes)


def _touched_labels(edit: Edit) -> frozenset[int]:
    """Labels that gained or lost voxels."""
    found: set[int] = set()
    for before, after in zip(edit.before.array(), edit.after.array(), strict=True):
        different = before != after
        if different.any():
            for plane in (before, after):
                found.update(np.flatnonzero(np.bincount(plane[different])).tolist())
    return frozenset(found - {0})
