"""Accepted slices as COCO: 8 bit pictures and run-length coded masks (cocodataset.org, format)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medview.core.atomic import atomic_folder
from medview.core.display import to_grey
from medview.core.errors import MedviewError
from medview.core.small_picture import window_for
from medview.session.training_cases import TrainingCase

ANNOTATIONS = "annotations.json"


def write_coco(cases: Iterable[TrainingCase], folder: Path) -> None:
    """``images/*.png`` and ``annotations_train.json``, ``annotations_val.json`` (held out).

    Pictures are shown in the lung window where there is air, else in a window of their values;
    each image row says which, in the fields "window" and "spacing_mm". Every mask is read back.
    The folder appears whole or not at all. MedviewError "folder-not-empty" or "verify-failed".
    """
    from PIL import Image

    every = list(cases)
    with atomic_folder(folder) as building:
        (building / "images").mkdir(parents=True)
        for split, name in (("train", "train"), ("held-out", "val")):
            data = _empty(every)
            for case in every:
                if case.split != split:
                    continue
                for index in range(case.volume.geometry.shape[0]):
                    grey, row = _picture(case, index, len(data["images"]) + 1)
                    Image.fromarray(grey).save(building / row["file_name"])
                    data["images"].append(row)
                    data["annotations"] += _annotations(case, index, row["id"], data)
            path = building / f"annotations_{name}.json"
            path.write_text(json.dumps(data, ensure_ascii=False) + "\n", encoding="utf-8")
            _verify(path, every, split)


def _empty(cases: list[TrainingCase]) -> dict[str, Any]:
    table = cases[0].labelmap.table
    categories = [{"id": label.id, "name": label.name} for label in table if not label.is_unsure]
    return {
        "info": {"description": "accepted in medview"},
        "images": [],
        "annotations": [],
        "categories": categories,
    }


def _picture(
    case: TrainingCase, index: int, number: int
) -> tuple[NDArray[np.uint8], dict[str, Any]]:
    plane = case.volume.voxels[index]
    window = window_for(plane, case.volume.modality)
    rows, columns = plane.shape
    row = {
        "id": number,
        "file_name": f"images/{case.name}-{index:04d}.png",
        "height": rows,
        "width": columns,
        "window": [window.center, window.width],
        "spacing_mm": list(case.volume.geometry.spacing_mm[1:]),
        "patient": case.patient,
    }
    return to_grey(plane, window), row


def _annotations(
    case: TrainingCase, index: int, image_id: int, data: dict[str, Any]
) -> list[dict[str, Any]]:
    """One mask per label that is there, as an uncompressed run-length code."""
    found: list[dict[str, Any]] = []
    for label in case.labelmap.table:
        mask = case.labelmap.voxels[index] == label.id
        if label.is_unsure or not mask.any():
            continue
        rows, columns = np.nonzero(mask)
        low_row, low_column = int(rows.min()), int(columns.min())
        size = [int(columns.max()) - low_column + 1, int(rows.max()) - low_row + 1]
        found.append(
            {
                "id": len(data["annotations"]) + len(found) + 1,
                "image_id": image_id,
                "category_id": label.id,
                "segmentation": {"size": list(mask.shape), "counts": run_lengths(mask)},
                "area": int(mask.sum()),
                "bbox": [low_column, low_row, *size],
                "iscrowd": 0,
            }
        )
    return found


def run_lengths(mask: NDArray[np.bool_]) -> list[int]:
    """COCO's uncompressed code: runs down the columns, beginning with background."""
    flat = np.concatenate([[False], mask.ravel(order="F"), [not mask.ravel(order="F")[-1]]])
    edges = np.flatnonzero(flat[1:] != flat[:-1])
    counts = np.diff(np.concatenate([[0], edges]))
    return [int(count) for count in counts]


def mask_of(segmentation: dict[str, Any]) -> NDArray[np.bool_]:
    """`run_lengths` undone."""
    counts = np.array(segmentation["counts"])
    flat = np.repeat(np.arange(len(counts)) % 2 == 1, counts)
    mask: NDArray[np.bool_] = flat.reshape(segmentation["size"], order="F")
    return mask


def _verify(path: Path, cases: list[TrainingCase], split: str) -> None:
    """MedviewError "verify-failed" unless the file holds these masks."""
    data = json.loads(path.read_text(encoding="utf-8"))
    voxels: dict[int, int] = {}
    for one in data["annotations"]:
        mask = mask_of(one["segmentation"])
        voxels[one["category_id"]] = voxels.get(one["category_id"], 0) + int(mask.sum())
    for label in cases[0].labelmap.table:
        wanted = sum(
            int((case.labelmap.voxels == label.id).sum()) for case in cases if case.split == split
        )
        if not label.is_unsure and voxels.get(label.id, 0) != wanted:
            raise MedviewError(
                f"{path} was written but is not what was accepted.",
                hint="Do not use it. Try another folder, and report this.",
                code="verify-failed",
            )
