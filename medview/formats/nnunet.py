"""Accepted labels as an nnU-Net v2 raw dataset (its documentation/dataset_format.md)."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from medview.core.atomic import atomic_folder
from medview.core.errors import MedviewError
from medview.core.labelmap import LabelMap
from medview.core.labels import LabelTable
from medview.core.volume import Volume
from medview.formats import nifti
from medview.formats.label_files import as_label_voxels

DATASET = "Dataset001_medview"
_IGNORE = "ignore"  # the name by which nnU-Net knows it
_NAME = re.compile(r"Dataset\d{3}_[A-Za-z0-9_-]+")


@dataclass(frozen=True)
class NnunetCase:
    """One training case. ``name`` only makes the file name, as a hash: it may be a patient's."""

    name: str
    volume: Volume
    labelmap: LabelMap


def write_dataset(
    cases: Iterable[NnunetCase],
    folder: Path,
    table: LabelTable,
    name: str = DATASET,
) -> Path:
    """Write ``folder/name/{imagesTr,labelsTr,dataset.json}`` and return that folder.

    Labels are numbered 1..n in the table's order, because nnU-Net wants them consecutive; a label
    "unsure" comes last as nnU-Net's "ignore" (its documentation/ignore_label.md). Voxels of labels
    outside the table become background. ``cases`` is read one at a time, so a generator
    keeps memory low. The folder appears whole or not at all. Raises MedviewError
    "nothing-to-export", "geometry-differs", "folder-not-empty" or "write-failed".
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"nnU-Net wants a name like Dataset001_lungs, not {name!r}")
    target = Path(folder) / name
    numbers = consecutive_ids(table)
    with atomic_folder(target) as building:
        written: set[str] = set()
        modality = ""
        for case in cases:
            name_of_case = identifier(case.name)
            if name_of_case in written:
                raise ValueError(f"two cases have the name {case.name!r}")
            _write_case(case, name_of_case, building, numbers)
            modality = modality or case.volume.modality
            written.add(name_of_case)
        if not written:
            raise MedviewError(
                "There are no accepted labels to export.",
                hint="Accept some slices first.",
                code="nothing-to-export",
            )
        description = _description(table, numbers, len(written), modality or "image")
        text = json.dumps(description, indent=2) + "\n"
        (building / "dataset.json").write_text(text, encoding="utf-8", newline="\n")
    return target


def consecutive_ids(table: LabelTable) -> dict[int, int]:
    """Label id -> number in the dataset: 1..n in the table's order, "unsure" behind them."""
    ordered = sorted(table, key=lambda label: label.is_unsure)
    sure = sum(not label.is_unsure for label in table)
    return {label.id: min(number, sure + 1) for number, label in enumerate(ordered, start=1)}


def _write_case(case: NnunetCase, file_name: str, folder: Path, numbers: dict[int, int]) -> None:
    if not case.labelmap.geometry.is_close(case.volume.geometry):
        raise MedviewError(
            f"The labels of the case {file_name} lie on another grid than its image.",
            code="geometry-differs",
        )
    lookup = np.zeros(int(case.labelmap.voxels.max()) + 1, dtype=np.uint16)
    for label_id, number in numbers.items():
        if label_id < lookup.size:
            lookup[label_id] = number
    # the image's geometry for both: nnU-Net compares them exactly
    voxels = as_label_voxels(lookup[case.labelmap.voxels], folder)
    labels = LabelMap(case.volume.geometry, case.labelmap.table, voxels)
    nifti.write_volume(case.volume, folder / "imagesTr" / f"{file_name}_0000.nii.gz")
    nifti.write_labels(labels, folder / "labelsTr" / f"{file_name}.nii.gz")


def _description(
    table: LabelTable, numbers: dict[int, int], count: int, channel: str
) -> dict[str, Any]:
    """dataset.json. The channel name "CT" turns on nnU-Net's CT normalisation."""
    labels = {"background": 0}
    for label in sorted(table, key=lambda label: label.is_unsure):
        unique = label.name if label.name not in labels else f"{label.name} ({label.id})"
        labels[_IGNORE if label.is_unsure else unique] = numbers[label.id]
    return {
        "channel_names": {"0": channel},
        "labels": labels,
        "numTraining": count,
        "file_ending": ".nii.gz",
    }


def identifier(name: str) -> str:
    """A file name that says nothing about the patient but stays the same in every export."""
    return f"case_{hashlib.sha256(name.encode('utf-8')).hexdigest()[:12]}"
