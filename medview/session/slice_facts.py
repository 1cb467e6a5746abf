"""What a worklist knows of every slice: one look of the model at each case of the workspace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from medview.ai.catalog import ModelFolder
from medview.ai.preprocess import PreparedVolume
from medview.ai.worklist.strategy import SliceFacts
from medview.core.errors import MedviewError
from medview.core.job import Job, Progress
from medview.core.metrics import dice
from medview.core.volume import Volume
from medview.session.models import Models
from medview.session.records import case_record, reviewed_slices, table_of
from medview.store.records import CaseRecord
from medview.store.workspace import Workspace

if TYPE_CHECKING:
    from medview.ai.network.predictor import Predictor

STEP_MM = 10.0  # between two slices that are looked at: nearer ones teach the same
Kept = dict[tuple[str, str], list[SliceFacts]]  # by case and model, looked at once


def facts_job(workspace: Workspace, models: Models, open_volume: Volume | None, kept: Kept) -> Job:
    """`SliceFacts` of the slices that nobody accepted: of the open case, and of earlier ones.

    The result is (facts, left out), the second naming cases whose images are not there or that
    the model is not for. ``kept`` holds what was found before, by case and model.
    """
    active = models.active_folder()
    before = _previous(models, active)

    def function(progress: Progress) -> tuple[list[SliceFacts], list[str]]:
        from medview.session.model_jobs import load_predictor
        from medview.session.training_set import source_volume  # pydicom: not at the start

        cases = [one for one in workspace.cases() if _is_this(one, open_volume)]
        cases += [one for one in workspace.cases() if not _is_this(one, open_volume)]
        if open_volume is not None and not any(_is_this(one, open_volume) for one in cases):
            cases.insert(0, case_record(open_volume, active.card.labels))
        predictors: list[Predictor] = []
        found: list[SliceFacts] = []
        left_out: list[str] = []
        for number, record in enumerate(cases):
            progress.report(number / max(len(cases), 1), f"Looking at case {number + 1}")
            key = (record.key, active.card.id)
            if key not in kept:
                try:
                    is_open = _is_this(record, open_volume)
                    volume = open_volume if is_open else None
                    volume = volume or source_volume(record, record.key, Progress())
                    if not predictors:
                        folders = [active] if before is None else [active, before]
                        predictors = [
                            load_predictor(str(one.folder), "auto", spare_cores=1)
                            for one in folders
                        ]
                    kept[key] = case_facts(record, volume, predictors, progress)
                except MedviewError as error:
                    left_out.append(f"{record.title or record.key}: {error.message}")
                    continue
            found += kept[key]
        return _unaccepted(workspace, found), left_out

    return Job("What next", function, "ai")


def _is_this(record: CaseRecord, volume: Volume | None) -> bool:
    return volume is not None and record.key == volume.case_key


def _previous(models: Models, active: ModelFolder) -> ModelFolder | None:
    name, _, version = active.card.parent.partition("@")
    try:
        return models.catalog.find(name, version) if version else None
    except MedviewError:
        return None


def case_facts(
    record: CaseRecord, volume: Volume, predictors: Sequence[Predictor], progress: Progress
) -> list[SliceFacts]:
    """Facts of every axial slice about 10 mm apart; ``predictors`` are the active one and, where
    there is one, the version before. Raises MedviewError "not-axial", or what `check_input` does.
    """
    from medview.ai.network.predictor import check_input

    check_input(volume, predictors[0].card)
    if volume.geometry.canonical_axes()[0][0] != 0:
        raise MedviewError("Its slices are not axial.", code="not-axial")
    step = max(1, round(STEP_MM / volume.geometry.spacing_mm[0]))
    last = volume.geometry.shape[0] - 1
    chosen = [n for n in range(0, last + 1, step) if n not in volume.unreadable]
    planes: list[list[NDArray[Any]]] = []
    doubts: list[float] = []
    for number, predictor in enumerate(predictors):
        prepared = PreparedVolume(volume, predictor.card.input)
        found = []
        for index in chosen:
            progress.check()
            place = last - index if prepared.flips[0] else index
            labels, _, sure = predictor.slice_labels(prepared, [place])
            found.append(labels[0])
            if number == 0:
                doubts.append(sure[0].get(0, 0.0))
        planes.append(found)
    facts = []
    for n, index in enumerate(chosen):
        one = planes[0][n]
        near = [planes[0][m] for m in (n - 1, n + 1) if 0 <= m < len(chosen)]
        names = {predictors[0].card.labels[value].name for value in np.unique(one) if value}
        facts.append(
            SliceFacts(
                record.key,
                record.patient_id_hash,
                index,
                doubts[n],
                disagreement(one, planes[1][n]) if len(planes) > 1 else 0.0,
                float(np.mean([_unlike(one, other) for other in near])) if near else 0.0,
                labels=frozenset(names),
            )
        )
    return facts


def disagreement(first: NDArray[Any], second: NDArray[Any]) -> float:
    """The part of what either labelled on which they differ, 0..1."""
    either = (first > 0) | (second > 0)
    count = int(either.sum())
    return float((first != second)[either].sum() / count) if count else 0.0


def _unlike(one: NDArray[Any], other: NDArray[Any]) -> float:
    overlap = [dice(one == value, other == value) for value in np.union1d(one, other) if value]
    known = [value for value in overlap if value is not None]
    return 1.0 - float(np.mean(known)) if known else 0.0


def _unaccepted(workspace: Workspace, facts: list[SliceFacts]) -> list[SliceFacts]:
    """Without what is accepted, and with the rarity of today."""
    accepted = {key: workspace.reviewed_slices(key) for key in {one.case_key for one in facts}}
    counts = accepted_counts(workspace)
    most = max(counts.values(), default=0)
    return [
        replace(one, rarity=_rarity(one.labels, counts, most))
        for one in facts
        if one.slice_index not in accepted[one.case_key]
    ]


def _rarity(labels: frozenset[str], counts: dict[str, int], most: int) -> float:
    rarest = min((counts.get(name.lower(), 0) for name in labels), default=most)
    return 1.0 - rarest / most if most else 0.0


def accepted_counts(workspace: Workspace) -> dict[str, int]:
    """On how many accepted slices each label (lower case) has a pixel."""
    counts: dict[str, int] = {}
    for one in reviewed_slices(workspace):
        there = set(np.unique(one.labels).tolist())
        for label in table_of(one.record.label_table_json):
            if label.id in there:
                counts[label.name.lower()] = counts.get(label.name.lower(), 0) + 1
    return counts
