"""Export: write, read back, compare, and only then say done."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from medview.core.errors import MedviewError
from medview.core.geometry import Geometry
from medview.core.job import Job, Progress
from medview.core.labelmap import LabelArray, LabelMap
from medview.core.labels import LabelTable
from medview.core.volume import Volume
from medview.edit.edit import Edit
from medview.session.attaching import merged_by_name
from medview.session.records import ReviewedSlice, patient_hash, reviewed_slices
from medview.store.workspace import Workspace

if TYPE_CHECKING:
    from medview.formats.nnunet import NnunetCase
from medview.formats.dicom_source import EMPTIED, Identity, LabelOrigin
from medview.formats.label_files import as_label_voxels

KINDS = ("dicom-seg", "rtstruct", "nifti", "nrrd", "png", "nnunet")


def label_origins(labelmap: LabelMap, edits: Sequence[Edit]) -> dict[int, LabelOrigin]:
    """Who made each label, from the edits that are done: only models, only hands, or both."""
    kinds: dict[int, set[str]] = {}
    models: dict[int, tuple[str, str]] = {}
    for edit in edits:
        if edit.box.is_empty:
            continue
        before, after = edit.before.array(), edit.after.array()
        changed = before != after
        ids = set(np.unique(after[changed]).tolist()) | set(np.unique(before[changed]).tolist())
        for label_id in ids - {0}:
            kinds.setdefault(label_id, set()).add(edit.origin.kind)
            if edit.origin.kind == "model":
                models[label_id] = (edit.origin.name, edit.origin.version)
    origins = {}
    for label in labelmap.table:
        made_by = kinds.get(label.id, set())
        if made_by == {"model"}:
            origins[label.id] = LabelOrigin("AUTOMATIC", *models[label.id])
        elif "model" in made_by:
            name, version = models[label.id]
            origins[label.id] = LabelOrigin("SEMIAUTOMATIC", f"{name}, corrected", version)
        elif made_by == {"import"}:
            origins[label.id] = LabelOrigin("SEMIAUTOMATIC", "imported labels")
        else:
            origins[label.id] = LabelOrigin("MANUAL", "medview editing tools")
    return origins


def export_job(
    kind: str,
    path: Path,
    volume: Volume,
    labelmap: LabelMap,
    edits: Sequence[Edit],
    accepted: frozenset[int],
    person: str,
    identity: Identity = EMPTIED,
) -> Job:
    """A job that writes the (frozen) label map; its result is the path written.

    ``identity`` is for the DICOM kinds; the others never say who the patient is.
    """
    if kind not in KINDS:
        raise MedviewError(
            f"{kind} is not an export format.",
            hint=f"Known: {', '.join(KINDS)}.",
            code="bad-format",
        )

    def function(progress: Progress) -> Path:
        progress.report(0.05, "Writing")
        if kind == "nnunet":
            if not accepted:
                raise MedviewError(
                    "No slice of this case is accepted.",
                    hint="Accept slices first; only those are training labels.",
                    code="nothing-accepted",
                )
            return write_nnunet(
                [
                    (patient_hash(volume), part, labels)
                    for part, labels in _runs(volume, labelmap, accepted)
                ],
                path,
            )
        write_labels(kind, path, volume, labelmap, edits, person, identity)
        progress.report(0.6, "Reading back")
        verify(path, labelmap, identity.source(volume))
        return path

    return Job(f"Export {kind}", function)


def write_labels(
    kind: str,
    path: Path,
    volume: Volume,
    labelmap: LabelMap,
    edits: Sequence[Edit],
    person: str = "",
    identity: Identity = EMPTIED,
) -> None:
    """One label map as one file (or folder of PNG slices).

    ``person`` becomes the creator of a DICOM object that keeps the identity, else nobody does.
    """
    if kind in ("dicom-seg", "rtstruct"):
        from medview.formats import dicom_seg, rtstruct

        write = dicom_seg.write_labels if kind == "dicom-seg" else rtstruct.write_labels
        origins = label_origins(labelmap, edits)
        creator = _person_name(person) if identity.kept else ""
        write(labelmap, volume, path, origins=origins, identity=identity, creator=creator)
    elif kind == "nifti":
        from medview.formats import nifti

        nifti.write_labels(labelmap, path)
    elif kind == "nrrd":
        from medview.formats import nrrd

        nrrd.write_labels(labelmap, path)
    else:
        from medview.formats import png

        png.write_labels(labelmap, path)


def _person_name(person: str) -> str:
    """A name as a value representation PN takes it."""
    words = " ".join("".join(" " if c in "\\^=" else c for c in person).split())[:63]
    return f"{words}^" if words else ""


def verify(path: Path, labelmap: LabelMap, volume: Volume) -> None:
    from medview.formats.verify import verify_written

    verify_written(path, labelmap, volume)


def write_nnunet(cases: list[tuple[str, Volume, LabelMap]], folder: Path) -> Path:
    """An nnU-Net dataset of (patient hash, volume, labels), read back; returns its folder."""
    from medview.formats import nnunet

    table = cases[0][2].table
    rows = []
    for number, (patient, volume, labels) in enumerate(cases):
        table, ids = merged_by_name(table, labels.table)
        same_ids = LabelMap(labels.geometry, table, renumbered(labels.voxels, ids))
        rows.append(nnunet.NnunetCase(f"{patient}-{number}", volume, same_ids))
    target = nnunet.write_dataset(rows, folder, table)
    _verify_nnunet(target, rows, nnunet.consecutive_ids(table))
    return folder


def _verify_nnunet(target: Path, rows: list[NnunetCase], numbers: dict[int, int]) -> None:
    """MedviewError "verify-failed" unless the files hold these images and (renumbered) labels."""
    from medview.formats import nifti

    files = sorted((target / "labelsTr").glob("*.nii.gz"))
    labels = sorted(_digest(nifti.read_labels(file).voxels) for file in files)
    files = sorted((target / "imagesTr").glob("*.nii.gz"))
    images = sorted(_digest(nifti.read_volume(file).voxels) for file in files)
    wanted = sorted(_digest(renumbered(row.labelmap.voxels, numbers)) for row in rows)
    if labels != wanted or images != sorted(_digest(row.volume.voxels) for row in rows):
        raise MedviewError(
            f"{target} was written but is not what was accepted.",
            hint="Do not use it. Try another folder, and report this.",
            code="verify-failed",
        )


def _digest(voxels: NDArray[Any]) -> str:
    values = np.ascontiguousarray(voxels, dtype=np.float32)
    return hashlib.sha256(repr(values.shape).encode() + values.tobytes()).hexdigest()


def renumbered(voxels: NDArray[Any], ids: Mapping[int, int]) -> LabelArray:
    """Label voxels with new ids; values that ``ids`` does not name become background."""
    lookup = np.zeros(int(voxels.max(initial=0)) + 1, np.uint16)
    for old, new in ids.items():
        if old < len(lookup):
            lookup[old] = new
    if max(ids.values(), default=0) < 256:
        small: NDArray[np.uint8] = lookup.astype(np.uint8)[voxels]
        return small
    large: NDArray[np.uint16] = lookup[voxels]
    return large


def _runs(
    volume: Volume, labelmap: LabelMap, accepted: frozenset[int]
) -> list[tuple[Volume, LabelMap]]:
    """The accepted slices as volumes of neighbouring slices."""
    return [
        (_part(volume, low, high), _label_part(labelmap, low, high))
        for low, high in contiguous(sorted(accepted))
    ]


def contiguous(indices: Sequence[int]) -> list[tuple[int, int]]:
    """Sorted indices as half-open runs."""
    runs: list[tuple[int, int]] = []
    for index in indices:
        if runs and runs[-1][1] == index:
            runs[-1] = (runs[-1][0], index + 1)
        else:
            runs.append((index, index + 1))
    return runs


def _part(volume: Volume, low: int, high: int) -> Volume:
    return Volume(
        volume.voxels[low:high],
        _geometry_part(volume, low, high),
        modality=volume.modality,
        units=volume.units,
        name=volume.name,
    )


def _label_part(labelmap: LabelMap, low: int, high: int) -> LabelMap:
    geometry = _geometry_part(labelmap, low, high)
    return LabelMap(geometry, labelmap.table, labelmap.voxels[low:high].copy())


def _geometry_part(thing: Volume | LabelMap, low: int, high: int) -> Geometry:
    whole = thing.geometry
    affine = whole.affine.copy()
    affine[:3, 3] = whole.to_patient((low, 0, 0))
    return Geometry((high - low, *whole.shape[1:]), affine, whole.calibrated, whole.plane_in_mm)


def accepted_cases(workspace: Workspace) -> list[tuple[str, Volume, LabelMap]]:
    """All accepted slices of the workspace as (patient hash, volume, labels), by run of slices."""
    by_case: dict[str, list[ReviewedSlice]] = {}
    for one in reviewed_slices(workspace):
        by_case.setdefault(one.record.case_key, []).append(one)
    cases = []
    for slices in by_case.values():
        slices.sort(key=lambda one: one.record.slice_index)
        by_index = {one.record.slice_index: one for one in slices}
        for low, high in contiguous(sorted(by_index)):
            run = [by_index[index] for index in range(low, high)]
            cases.append(_join(run))
    return cases


def _join(run: list[ReviewedSlice]) -> tuple[str, Volume, LabelMap]:
    first = run[0].record
    whole = Geometry(first.volume_shape, np.array(json.loads(first.affine_json)))
    affine = whole.affine.copy()
    affine[:3, 3] = whole.to_patient((first.slice_index, 0, 0))
    geometry = Geometry((len(run), *first.volume_shape[1:]), affine)
    voxels = np.stack([one.volume.voxels[1] for one in run])
    table = LabelTable()
    planes: list[LabelArray] = []
    for one in run:  # slices may have been accepted under different tables
        table, ids = merged_by_name(table, one.table)
        planes.append(renumbered(one.labels, ids))
    volume = Volume(voxels, geometry, modality=first.modality, units=run[0].volume.units)
    labels: LabelArray = as_label_voxels(np.stack(planes), Path(first.case_key))
    return first.patient, volume, LabelMap(geometry, table, labels)
