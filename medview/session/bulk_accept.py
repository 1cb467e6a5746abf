"""Many labelled cases at once: a manifest, an nnU-Net dataset, or two folders paired by name."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from medview.core.errors import MedviewError
from medview.core.job import Job, Progress
from medview.core.labelmap import LabelMap
from medview.core.labels import LabelTable
from medview.session import opening
from medview.session.accepting import Accepted, accept_labels, named_labels
from medview.session.evaluating import find_cases, pair
from medview.session.manifest import read_manifest
from medview.session.records import hashed_patient
from medview.store.workspace import Workspace

_DATASET = "dataset.json"
_UNSURE = "unsure"  # what nnU-Net calls "ignore"


@dataclass(frozen=True)
class LabelledCase:
    """``names`` are those of the labels' values; ``unlabelled`` values were not looked for.

    ``patient`` is as the source names it; "" leaves it to the image, else to the case's name.
    """

    name: str
    image: Path
    labels: Path
    patient: str = ""
    names: Mapping[int, str] | None = None
    unlabelled: tuple[int, ...] = ()
    split: str = "auto"


@dataclass(frozen=True)
class BulkResult:
    """What was accepted, and the cases that were not with the reason."""

    accepted: tuple[Accepted, ...]
    left_out: tuple[str, ...]


def cases_of(source: Path, labels: Path | None = None) -> list[LabelledCase]:
    """The labelled cases of a manifest, of an nnU-Net v2 dataset folder, or of two folders.

    MedviewError "bad-manifest", "bad-dataset" or "nothing-paired".
    """
    if labels is not None:
        pairs, _ = pair(find_cases(source, labels=False), find_cases(labels, labels=True),
                        single=False)  # fmt: skip
        if not pairs:
            raise MedviewError(
                f"No file of {source} belongs to one of {labels}.",
                hint="They are paired by their names without the suffix.",
                code="nothing-paired",
            )
        return [LabelledCase(name, *both) for name, both in sorted(pairs.items())]
    if source.is_dir() and (source / _DATASET).is_file():
        return _nnunet_cases(source)
    found = source / "manifest.json" if source.is_dir() else source
    if not found.is_file() or found.suffix.lower() != ".json":
        raise MedviewError(
            f"{source} is no manifest and no nnU-Net dataset.",
            hint="Name a manifest (JSON), or a folder with dataset.json, imagesTr and labelsTr.",
            code="bad-dataset",
        )
    manifest = read_manifest(found)
    names = {label.id: label.name for label in manifest.table}
    splits = {"kept_out": "held-out", "train": "train"}
    return [
        LabelledCase(
            row.case, row.image, row.labels, row.patient, names, row.ignore_labels,
            splits.get(row.split, "auto"),
        )
        for row in manifest.rows
    ]  # fmt: skip


def _nnunet_cases(folder: Path) -> list[LabelledCase]:
    try:
        data: dict[str, Any] = json.loads((folder / _DATASET).read_text(encoding="utf-8"))
        ending = str(data["file_ending"])
        channels = len(data["channel_names"])
        values = {name: value for name, value in data["labels"].items() if name != "background"}
        names = {
            int(value): _UNSURE if name == "ignore" else str(name) for name, value in values.items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise MedviewError(
            f"{folder / _DATASET} is not of nnU-Net v2, or its labels overlap: {error}.",
            hint="One value per label is needed; regions are not.",
            code="bad-dataset",
        ) from error
    if channels != 1:
        raise MedviewError(
            f"{folder} has {channels} channels; medview learns from images of one.",
            code="bad-dataset",
        )
    cases = []
    for labels in sorted((folder / "labelsTr").glob(f"*{ending}")):
        name = labels.name[: -len(ending)]
        image = folder / "imagesTr" / f"{name}_0000{ending}"
        cases.append(LabelledCase(name, image, labels, f"{folder.name} {name}", names))
    if not cases:
        raise MedviewError(f"{folder} has no labels in labelsTr.", code="bad-dataset")
    return cases


def accept_all(
    workspace: Workspace,
    cases: Sequence[LabelledCase],
    reviewer: str,
    progress: Progress,
    *,
    split: str = "auto",
    names: Mapping[int, str] | None = None,
    skip: Collection[str] = (),
) -> BulkResult:
    """Accept every slice of every case. One that cannot be is left out and named, the rest goes on.

    ``split`` "auto" keeps a manifest's own; ``names`` go before those of the source; ``skip`` are
    case keys that must not be touched because they are open.
    """
    accepted: list[Accepted] = []
    left_out: list[str] = []
    for number, case in enumerate(cases):
        progress.report(number / len(cases), f"Accepting case {number + 1} of {len(cases)}")
        try:
            accepted.append(_accept(workspace, case, reviewer, split, names or {}, skip))
        except MedviewError as error:
            left_out.append(f"{case.name}: {error.message}")
    return BulkResult(tuple(accepted), tuple(left_out))


def bulk_job(
    workspace: Workspace, source: Path, labels: Path | None, reviewer: str, skip: Collection[str]
) -> Job:
    """`accept_all` of what lies in ``source``; the result is a `BulkResult`."""

    def function(progress: Progress) -> BulkResult:
        progress.report(0.0, "Looking for labelled cases")
        return accept_all(workspace, cases_of(source, labels), reviewer, progress, skip=skip)

    return Job("Accepting labels", function)


def _accept(
    workspace: Workspace,
    case: LabelledCase,
    reviewer: str,
    split: str,
    names: Mapping[int, str],
    skip: Collection[str],
) -> Accepted:
    for path in (case.image, case.labels):
        if not path.exists():
            raise MedviewError(f"{path} does not exist.", code="no-path")
    report = opening.index([case.image], Progress())
    volume = opening.load(opening.largest_image(report), Progress())
    if volume.case_key in skip:
        raise MedviewError("It is open in the window; close it first.", code="case-open")
    if not volume.modality:
        volume = replace(volume, modality="CT", units="HU")
    known = {**(case.names or {}), **names}
    labelmap = _without(named_labels(case.labels, volume, dict(known)), case.unlabelled)
    own = volume.source.patient_id if volume.source is not None else ""
    patient = hashed_patient(case.patient or own.strip() or case.name)
    readable = [n for n in range(volume.geometry.shape[0]) if n not in volume.unreadable]
    chosen = case.split if split == "auto" else split
    agreed = workspace.split_of(patient) if chosen == case.split else None
    return accept_labels(
        workspace, volume, labelmap, readable,
        patient=patient, reviewer=reviewer, split=agreed or chosen,
    )  # fmt: skip


def _without(labelmap: LabelMap, values: Collection[int]) -> LabelMap:
    """The labels without those that were not looked for: absent from the table means unknown."""
    if not values:
        return labelmap
    table = LabelTable.of(label for label in labelmap.table if label.id not in values)
    if not len(table):
        raise MedviewError("It labels nothing completely.", code="no-labels")
    voxels = labelmap.voxels.copy()
    voxels[np.isin(voxels, list(values))] = 0
    return LabelMap(labelmap.geometry, table, voxels)
