"""All accepted labels of a workspace as a training set on disk, each file read back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

from medview.core.atomic import atomic_folder, atomic_path
from medview.core.errors import MedviewError
from medview.core.job import Progress
from medview.core.label_json import table_to_json
from medview.core.labelmap import LabelMap
from medview.core.labels import LabelTable
from medview.core.volume import Volume
from medview.formats import nnunet
from medview.formats.dicom_source import EMPTIED, Identity, LabelOrigin
from medview.session import opening
from medview.session.attaching import merged_by_name
from medview.session.coco_set import write_coco
from medview.session.dataset_card import CARD, card_text
from medview.session.exporting import renumbered, verify, write_nnunet
from medview.session.records import ReviewedSlice, reviewed_slices
from medview.session.training_cases import TrainingCase, training_cases
from medview.store.records import CaseRecord
from medview.store.workspace import Workspace

KINDS = ("nnunet", "monai", "coco", "dicom-seg", "rtstruct", "nifti", "png")
_DICOM = ("dicom-seg", "rtstruct")
_MANIFEST = "manifest.json"
_HIGHEST = 65535


@dataclass(frozen=True)
class Written:
    """What an export made: the folder, and how many cases and slices are in it."""

    folder: Path
    cases: int
    slices: int
    left_out: tuple[str, ...] = ()


def write_training_set(
    workspace: Workspace,
    kind: str,
    folder: Path,
    progress: Progress,
    identity: Identity = EMPTIED,
) -> Written:
    """Write every accepted slice as ``kind`` below ``folder``, which must be new or empty.

    "nnunet" makes a raw dataset inside it; "monai" a data list with NIfTI files; "coco" pictures
    and masks; "nifti" images, labels and a manifest that
    ``medview train`` reads; "png" 16 bit images and index labels; "dicom-seg" and
    "rtstruct" one object per case from its source files, whose ``identity`` says whose it is.
    A dataset card (README.md) lies beside the files.
    Raises MedviewError "nothing-accepted", "source-missing" (naming the case),
    "folder-not-empty", "write-failed" or "verify-failed".
    """
    cases = training_cases(workspace)
    if kind in _DICOM:
        written = _write_objects(workspace, kind, folder, progress, identity)
        _write_card(workspace, kind, folder, cases, written.left_out, kept=identity.kept)
        return written
    if not cases:
        raise _nothing()
    slices = sum(case.volume.geometry.shape[0] for case in cases)
    progress.report(0.1, f"Writing {len(cases)} cases")
    folder_of_card = folder
    if kind == "nnunet":
        write_nnunet([(case.patient, case.volume, case.labelmap) for case in cases], folder)
        folder_of_card = folder / nnunet.DATASET
        _write_splits(cases, folder_of_card)
    elif kind == "nifti":
        _write_nifti(cases, folder)
    elif kind == "monai":
        _write_nifti(cases, folder, monai=True)
    elif kind == "coco":
        write_coco(cases, folder)
    elif kind == "png":
        _write_png(cases, folder)
    else:
        raise MedviewError(
            f"{kind} is no training set.", hint=f"Known: {', '.join(KINDS)}.", code="bad-format"
        )
    _write_card(workspace, kind, folder_of_card, cases)
    return Written(folder, len(cases), slices)


def _write_card(
    workspace: Workspace,
    kind: str,
    folder: Path,
    cases: list[TrainingCase],
    left_out: tuple[str, ...] = (),
    *,
    kept: bool = False,
) -> None:
    """The dataset card beside the files."""
    readers = len({one.record.reviewer for one in reviewed_slices(workspace)})
    text = card_text(kind, cases, readers, left_out, identity_kept=kept)
    with atomic_path(folder / CARD) as temporary:
        Path(temporary).write_text(text, encoding="utf-8", newline="\n")


def _write_splits(cases: list[TrainingCase], dataset: Path) -> None:
    """nnU-Net's splits_final.json: one fold, held-out patients to validate on."""
    fold: dict[str, list[str]] = {"train": [], "val": []}
    for number, case in enumerate(cases):
        name = nnunet.identifier(f"{case.patient}-{number}")
        fold["train" if case.split == "train" else "val"].append(name)
    with atomic_path(dataset / "splits_final.json") as temporary:
        Path(temporary).write_text(json.dumps([fold], indent=2) + "\n", encoding="utf-8")


def _nothing() -> MedviewError:
    return MedviewError(
        "No slice of this workspace is accepted.",
        hint="Accept slices in the window (A) or with medview accept.",
        code="nothing-accepted",
    )


# ---- NIfTI with a manifest


def _write_nifti(cases: list[TrainingCase], folder: Path, *, monai: bool = False) -> None:
    from medview.formats import nifti

    with atomic_folder(folder) as building:
        rows = []
        for case in cases:
            image = building / "images" / f"{case.name}.nii.gz"
            labels = building / "labels" / f"{case.name}.nii.gz"
            nifti.write_volume(case.volume, image)
            nifti.write_labels(case.labelmap, labels)
            verify(labels, case.labelmap, case.volume)
            written = nifti.read_volume(image)
            if not np.array_equal(written.voxels, case.volume.voxels):
                raise _not_what_was_written(image)
            rows.append(_row(case, f"images/{image.name}", f"labels/{labels.name}"))
        if monai:
            _write_datalist(building, cases, rows)
        else:
            _write_manifest(building, cases, rows)


def _write_datalist(folder: Path, cases: list[TrainingCase], rows: list[dict[str, Any]]) -> None:
    """The data list that MONAI's ``load_decathlon_datalist`` reads."""
    parts: dict[str, list[dict[str, str]]] = {"training": [], "validation": []}
    for row in rows:
        part = "training" if row["split"] == "train" else "validation"
        parts[part].append({"image": row["image"], "label": row["labels"]})
    labels = {"0": "background"} | {str(one.id): one.name for one in cases[0].labelmap.table}
    modality = {"0": cases[0].volume.modality or "image"}
    data = {
        "name": "medview",
        "tensorImageSize": "3D",
        "modality": modality,
        "labels": labels,
        "numTraining": len(parts["training"]),
        "numTest": 0,
        **parts,
    }
    text = json.dumps(data, indent=2, ensure_ascii=False) + "\n"
    (folder / "datalist.json").write_text(text, encoding="utf-8", newline="\n")


def _row(case: TrainingCase, image: str, labels: str) -> dict[str, Any]:
    split = "kept_out" if case.split == "held-out" else "train"
    row = {"image": image, "labels": labels, "patient": case.patient, "split": split}
    return {**row, "ignore_labels": list(case.ignore_labels)} if case.ignore_labels else row


def _write_manifest(folder: Path, cases: list[TrainingCase], rows: list[dict[str, Any]]) -> None:
    data = {"labels": table_to_json(cases[0].labelmap.table), "rows": rows}
    text = json.dumps(data, indent=2, ensure_ascii=False) + "\n"
    (folder / _MANIFEST).write_text(text, encoding="utf-8", newline="\n")


# ---- PNG


def _write_png(cases: list[TrainingCase], folder: Path) -> None:
    """Folders of slices. Image pixels are 16 bit: modality value = slope * pixel + intercept."""
    from medview.formats import png

    with atomic_folder(folder) as building:
        rows = []
        for case in cases:
            labels = building / "labels" / case.name
            png.write_labels(case.labelmap, labels)
            verify(labels, case.labelmap, case.volume)
            slope, intercept = _write_image_slices(case, building / "images" / case.name)
            row = _row(case, f"images/{case.name}", f"labels/{case.name}")
            spacing = list(case.volume.geometry.spacing_mm)
            scale = {"slope": slope, "intercept": intercept, "spacing_mm": spacing}
            rows.append({**row, **scale})
        _write_manifest(building, cases, rows)


def _write_image_slices(case: TrainingCase, folder: Path) -> tuple[float, float]:
    """Whole numbers exactly, fractions in 65,535 steps over their range; (slope, intercept)."""
    from PIL import Image

    voxels = case.volume.voxels
    slope, intercept = 1.0, -32768.0
    if voxels.dtype != np.int16:
        low, high = float(voxels.min()), float(voxels.max())
        slope, intercept = max((high - low) / _HIGHEST, 1e-12), low
    stored = np.rint((voxels.astype(np.float64) - intercept) / slope).astype(np.uint16)
    folder.mkdir(parents=True)
    for index, plane in enumerate(stored):
        path = folder / f"slice-{index:04d}.png"
        Image.fromarray(plane).save(path)
        with Image.open(path, formats=("PNG",)) as written:
            if not np.array_equal(np.asarray(written), plane):
                raise _not_what_was_written(path)
    return slope, intercept


# ---- DICOM SEG and RTSTRUCT


def _write_objects(
    workspace: Workspace, kind: str, folder: Path, progress: Progress, identity: Identity
) -> Written:
    """One object per case on its own series; a case without a labelled voxel has none."""
    from medview.formats import dicom_seg, rtstruct

    write = dicom_seg.write_labels if kind == "dicom-seg" else rtstruct.write_labels
    left_out = []
    cases = slices = 0
    with atomic_folder(folder) as building:
        every = reviewed_slices(workspace)
        for key, slices_of_case in groupby(every, lambda one: one.record.case_key):
            progress.report(0.0, f"Case {cases + 1}")
            reviewed = list(slices_of_case)
            volume = source_volume(workspace.case(key), key, progress)
            labelmap = _on_volume(volume, reviewed)
            if not labelmap.present_ids():
                left_out.append(f"{_title(workspace.case(key), key)}: no voxel is labelled")
                continue
            path = building / f"case-{cases:04d}.dcm"
            origin = LabelOrigin("SEMIAUTOMATIC", "medview, accepted by a reviewer")
            origins = {label.id: origin for label in labelmap.table}
            write(labelmap, volume, path, origins=origins, identity=identity)
            verify(path, labelmap, identity.source(volume))
            cases, slices = cases + 1, slices + len(reviewed)
        if not cases and not left_out:
            raise _nothing()
        if not cases:
            raise MedviewError(
                "No accepted slice has a labelled voxel, so there is no segmentation to write.",
                hint="nnunet and nifti can hold such negative cases.",
                code="nothing-to-export",
            )
    return Written(folder, cases, slices, tuple(left_out))


def source_volume(record: CaseRecord | None, key: str, progress: Progress) -> Volume:
    """The case's image, read again where it was last seen; MedviewError naming the case."""
    title = _title(record, key)
    there = [Path(path) for path in record.paths if Path(path).exists()] if record else []
    report = opening.index(there, progress) if there else None
    uid, _, index = key.rpartition("#")
    for entry in report.series if report is not None else ():
        if entry.kind == "image" and entry.key == uid and index.isdigit():
            volume = opening.load(entry, progress, int(index))
            if volume.case_key == key:
                return volume
    if there and not uid:
        raise MedviewError(
            f"The case {title} is no DICOM image, so it cannot have a DICOM segmentation.",
            hint="Export nnunet or nifti.",
            code="no-dicom-source",
        )
    raise MedviewError(
        f"The images of the case {title} are not where they were.",
        hint="Open them once where they are now, or export nnunet or nifti, which need no images.",
        code="source-missing",
    )


def _title(record: CaseRecord | None, key: str) -> str:
    name = record.title if record is not None else ""
    return f"{name} ({key})" if name else key


def _on_volume(volume: Volume, reviewed: list[ReviewedSlice]) -> LabelMap:
    """The accepted slices' labels on the whole volume; other slices are background."""
    table = LabelTable()
    for one in reviewed:
        table, _ = merged_by_name(table, one.table)
    voxels = np.zeros(volume.geometry.shape, np.uint16)
    for one in reviewed:
        _, ids = merged_by_name(table, one.table)
        voxels[one.record.slice_index] = renumbered(one.labels, ids)
    small = voxels.astype(np.uint8) if int(voxels.max()) < 256 else voxels
    return LabelMap(volume.geometry, table, small)


def _not_what_was_written(path: Path) -> MedviewError:
    return MedviewError(
        f"{path} was written but is not what was accepted.",
        hint="Do not use it. Try another folder, and report this.",
        code="verify-failed",
    )
