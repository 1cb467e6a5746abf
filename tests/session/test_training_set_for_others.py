"""The training set as other programs read it: nnU-Net's own check, MONAI's reader, COCO's rules."""

import json
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from small_models import TOOL, names_table, phantom, phantom_volume

from medview.core.box import Box
from medview.core.job import Progress
from medview.session.coco_set import mask_of, run_lengths
from medview.session.training_set import KINDS, write_training_set

CHECK = """
import sys
from nnunetv2.experiment_planning.verify_dataset_integrity import verify_dataset_integrity
verify_dataset_integrity(sys.argv[1], 2)
"""


@pytest.fixture
def workspace(desk):
    """Two patients: slices 4 to 6 and 9 train, slice 5 is held out."""
    session = desk.open()
    for seed, slices in ((0, [4, 5, 6, 9]), (1, [5])):
        session.open_volume(phantom_volume(seed, patient=f"Smith{seed}"))
        session.editor.begin("truth", TOOL, 0)
        session.editor.write(Box.whole((12, 64, 64)), phantom(seed).labels)
        session.editor.commit()
        session.accept_slices(slices)
    session.flush()
    return session.workspace


def written(workspace, kind, folder):
    write_training_set(workspace, kind, folder, Progress())
    return folder


def test_nnunet_accepts_the_dataset_by_its_own_check(workspace, tmp_path):
    """nnU-Net lives in another environment: it imports what medview must not."""
    python = os.environ.get("MEDVIEW_NNUNET_PYTHON", "")
    if not Path(python).is_file():
        pytest.skip("MEDVIEW_NNUNET_PYTHON names no interpreter that has nnunetv2")
    dataset = written(workspace, "nnunet", tmp_path) / "Dataset001_medview"
    plain = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    done = subprocess.run(
        [python, "-c", CHECK, str(dataset)], capture_output=True, text=True, check=False, env=plain
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "verify_dataset_integrity Done" in done.stdout


def test_nnunet_knows_who_is_held_out(workspace, tmp_path):
    dataset = written(workspace, "nnunet", tmp_path) / "Dataset001_medview"
    (fold,) = json.loads((dataset / "splits_final.json").read_text())
    files = {path.name.removesuffix(".nii.gz") for path in (dataset / "labelsTr").iterdir()}
    assert set(fold["train"]) | set(fold["val"]) == files
    assert (len(fold["train"]), len(fold["val"])) == (2, 1)


def test_monai_reads_the_data_list(workspace, tmp_path):
    data = pytest.importorskip("monai.data")
    folder = written(workspace, "monai", tmp_path / "set")
    training = data.load_decathlon_datalist(str(folder / "datalist.json"), True, "training")
    proof = data.load_decathlon_datalist(str(folder / "datalist.json"), True, "validation")
    assert (len(training), len(proof)) == (2, 1)
    from monai.transforms import LoadImaged

    loaded = LoadImaged(keys=("image", "label"))(training[0])
    assert loaded["image"].shape == loaded["label"].shape
    assert int((np.asarray(loaded["label"]) == 1).sum()) > 0
    names = json.loads((folder / "datalist.json").read_text())["labels"]
    assert names["1"] == "right lung"


def test_coco_masks_are_the_accepted_ones(workspace, tmp_path):
    folder = written(workspace, "coco", tmp_path / "set")
    data = json.loads((folder / "annotations_train.json").read_text())
    assert len(data["images"]) == 4
    assert [one["name"] for one in data["categories"]] == ["right lung", "left lung", "airway"]
    first = data["images"][0]
    with Image.open(folder / first["file_name"]) as picture:
        assert (picture.size, picture.mode) == ((first["width"], first["height"]), "L")
    right = next(
        a for a in data["annotations"] if (a["image_id"], a["category_id"]) == (first["id"], 1)
    )
    mask = mask_of(right["segmentation"])
    assert np.array_equal(mask, phantom(0).labels[4] == 1)
    assert right["area"] == mask.sum()
    left, top, width, height = right["bbox"]
    assert mask[top : top + height, left : left + width].sum() == mask.sum()
    assert mask[top].any()
    assert mask[:, left + width - 1].any()
    ids = [one["id"] for one in data["annotations"]]
    assert len(ids) == len(set(ids))
    proof = json.loads((folder / "annotations_val.json").read_text())
    assert len(proof["images"]) == 1


@pytest.mark.parametrize("corner", [(0, 0), (3, 4), (1, 2), None])
def test_run_lengths_begin_with_background(corner):
    """As pycocotools counts: down the columns, the first run is background, even if empty."""
    mask = np.zeros((4, 5), bool)
    if corner is not None:
        mask[corner] = True
    counts = run_lengths(mask)
    assert sum(counts) == 20
    flat = mask.ravel(order="F")
    assert counts[0] == (int(flat.argmax()) if flat.any() else 20)
    assert np.array_equal(mask_of({"size": [4, 5], "counts": counts}), mask)


@pytest.mark.parametrize("kind", [k for k in KINDS if k not in ("dicom-seg", "rtstruct")])
def test_every_set_has_a_card_that_names_nobody(workspace, tmp_path, kind):
    folder = written(workspace, kind, tmp_path / "set")
    (card,) = folder.rglob("README.md")
    text = card.read_text()
    assert "| train | 1 | 2 | 4 |" in text
    assert "| held-out | 1 | 1 | 1 |" in text
    voxels = sum(int((phantom(0).labels[n] == 1).sum()) for n in (4, 5, 6, 9))
    voxels += int((phantom(1).labels[5] == 1).sum())
    assert "| 1 right lung | " in text
    assert f" {voxels} | 0 |" in text
    everything = b"".join(p.read_bytes() for p in folder.rglob("*") if p.suffix in (".json", ".md"))
    assert b"Smith" not in everything


def test_a_label_nobody_looked_for_is_said(desk, tmp_path):
    session = desk.open()
    for seed, table in ((0, names_table("right lung", "left lung", "airway")),
                        (1, names_table("right lung"))):  # fmt: skip
        session.open_volume(phantom_volume(seed, patient=f"Smith{seed}"))
        session.labelmap.table = table
        session.accept_slices([5])
    session.flush()
    text = (written(session.workspace, "nifti", tmp_path / "set") / "README.md").read_text()
    assert "| 3 airway |" in text
    row = next(line for line in text.splitlines() if line.startswith("| 3 airway"))
    assert row.endswith("| 1 |")
