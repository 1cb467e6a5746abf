"""A training manifest: a JSON file of images, labels and patients, with paths relative to it."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medview.core.errors import MedviewError
from medview.core.job import Progress
from medview.core.labels import Code, Label, LabelTable, default_color
from medview.core.volume import Volume
from medview.formats.registry import format_for
from medview.session import opening

KEPT_OUT = "kept_out"


@dataclass(frozen=True)
class ManifestRow:
    """One labelled case. ``ignore_labels`` are ids that this case does not label completely."""

    image: Path
    labels: Path
    patient: str
    ignore_labels: tuple[int, ...] = ()
    split: str = "train"

    @property
    def case(self) -> str:
        """A short name: the folder of a volume, the stem of a single file."""
        stem = self.image.name.split(".")[0]
        return self.image.parent.name if stem in ("image", "img", "volume") else stem


@dataclass(frozen=True)
class Manifest:
    """``labels`` names the values; ``rows`` the cases."""

    path: Path
    table: LabelTable
    rows: tuple[ManifestRow, ...]

    @property
    def numbers(self) -> dict[int, int]:
        """Value -> class 1..n of what a model learns; a label "unsure" has none."""
        learned = [label.id for label in self.table if not label.is_unsure]
        if len(learned) == len(self.table):
            return {value: value for value in learned}
        return {value: number for number, value in enumerate(learned, start=1)}

    @property
    def unsure(self) -> tuple[int, ...]:
        """The values that training leaves out."""
        return tuple(label.id for label in self.table if label.is_unsure)

    @property
    def classes(self) -> LabelTable:
        """The labels that a model learns, under their numbers."""
        numbers = self.numbers
        return LabelTable.of(
            replace(label, id=numbers[label.id]) for label in self.table if label.id in numbers
        )

    def held_out(self, patients: set[str]) -> set[str]:
        """Patients never to train on: those named, and those the manifest keeps out.

        A patient with one row kept out is kept out whole.
        """
        marked = {row.patient for row in self.rows if row.split == KEPT_OUT}
        return marked | {
            r.patient for r in self.rows if r.patient in patients or r.case in patients
        }


def read_manifest(path: Path) -> Manifest:
    """The manifest in ``path``; MedviewError naming what is wrong with it.

    Either a list of rows, or an object with "rows" and "labels" (id -> name, or a list of label
    objects as in a model card).
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        rows = data["rows"] if isinstance(data, dict) else data
        names = data.get("labels", {}) if isinstance(data, dict) else {}
        parsed = tuple(_row(row, path.parent) for row in rows)
        table = _table(names)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise MedviewError(
            f"{path} is not a training manifest: {error}.",
            hint='It needs rows with "image", "labels" and "patient".',
            code="bad-manifest",
        ) from error
    if not parsed:
        raise MedviewError(f"{path} has no rows.", code="bad-manifest")
    return Manifest(path, table, parsed)


def _row(row: dict[str, Any], folder: Path) -> ManifestRow:
    return ManifestRow(
        folder / str(row["image"]),
        folder / str(row["labels"]),
        str(row["patient"]),
        tuple(int(value) for value in row.get("ignore_labels", ())),
        str(row.get("split", "train")),
    )


def _table(names: Any) -> LabelTable:
    if isinstance(names, list):
        from medview.core.label_json import table_from_json

        return table_from_json(names)
    return LabelTable.of(
        with_known_code(Label(int(value), str(name), default_color(int(value))))
        for value, name in sorted(names.items(), key=lambda item: int(item[0]))
    )


# SNOMED CT codes as in DICOM PS3.16 (CID 6115 lung, trachea) for names that a manifest may use.
_ANATOMY = Code("123037004", "SCT", "Anatomical Structure")
_RIGHT, _LEFT = Code("24028007", "SCT", "Right"), Code("7771000", "SCT", "Left")
_LUNG = Code("39607008", "SCT", "Lung")
_AIRWAY = Code("110726009", "SCT", "Trachea and bronchus")
_KNOWN = {
    "right lung": (_LUNG, _RIGHT, (86, 180, 233)),
    "left lung": (_LUNG, _LEFT, (230, 159, 0)),
    "trachea and main bronchi": (_AIRWAY, None, (0, 158, 115)),
    "airway": (_AIRWAY, None, (0, 158, 115)),
}


def with_known_code(label: Label) -> Label:
    """The label with code and colour where its name is one we know."""
    if label.name.lower() not in _KNOWN:
        return label
    code, side, color = _KNOWN[label.name.lower()]
    return Label(label.id, label.name, color, code, _ANATOMY, side)


def read_case(row: ManifestRow) -> tuple[Volume, NDArray[np.uint8]]:
    """Image and labels of a row on one grid; MedviewError naming the file otherwise."""
    for path in (row.image, row.labels):
        if not path.exists():
            raise MedviewError(f"{path} does not exist.", code="no-path")
    report = opening.index([row.image], Progress())
    volume = opening.load(opening.largest_image(report), Progress())
    if not volume.modality:
        volume = Volume(volume.voxels, volume.geometry, modality="CT", units="HU", path=volume.path)
    known = format_for(row.labels)
    if known.read_labels is None:
        raise MedviewError(f"{row.labels} holds no labels.", code="no-labels")
    if volume.unreadable:
        raise MedviewError(
            f"{row.image} has slices that could not be read: {sorted(volume.unreadable)[:10]}.",
            hint="Leave it out, or repair its files.",
            code="slice-unreadable",
        )
    voxels = known.read_labels(row.labels, volume).voxels
    if voxels.shape != volume.geometry.shape:
        raise MedviewError(
            f"{row.labels} has the shape {voxels.shape}, its image {volume.geometry.shape}.",
            code="geometry-differs",
        )
    return volume, voxels.astype(np.uint8)
