"""medview evaluate: figures of masks and models against a truth."""

import numpy as np
import pytest
from models import write_tiny_model
from PIL import Image

from medview.core.labelmap import LabelMap
from medview.core.labels import Label, LabelTable
from medview.core.metrics import compare_masks
from medview.core.phantom import phantom_table
from medview.formats import nifti, nrrd
from medview.session.evaluating import find_cases, pair

FIGURES = {"dice", "hd95_mm", "surface_dice_2mm", "precision", "recall", "volume_error_ml"}


def shifted(labelmap, columns):
    return LabelMap(labelmap.geometry, labelmap.table, np.roll(labelmap.voxels, columns, axis=2))


@pytest.fixture
def folders(chest, other_chest, tmp_path):
    """Predictions and truths of two cases in two folders."""
    for name, one, by in (("good", chest, 0), ("bad", other_chest, 4)):
        nifti.write_labels(one.labelmap, tmp_path / "truth" / f"{name}.nii.gz")
        nifti.write_labels(shifted(one.labelmap, by), tmp_path / "guess" / f"{name}.nii.gz")
    return tmp_path / "guess", tmp_path / "truth"


def test_per_case_mean_and_worst(medview, folders, other_chest):
    guess, truth = folders
    outcome = medview("evaluate", "--predictions", guess, "--labels", truth, "--json")
    assert outcome.status == 0
    result = outcome.json
    assert list(result["cases"]) == ["bad", "good"]
    assert result["unpaired"] == []
    for figures in result["cases"].values():
        assert list(figures) == ["label 1", "label 2", "label 3"]
        assert all(set(one) == FIGURES for one in figures.values())
    assert result["cases"]["good"]["label 1"]["dice"] == 1.0
    drawn = other_chest.labelmap
    expected = compare_masks(
        drawn.voxels == 1, shifted(drawn, 4).voxels == 1, drawn.geometry
    ).to_json()
    assert result["cases"]["bad"]["label 1"] == pytest.approx(expected)
    assert result["worst"]["label 1"]["dice"] == {
        "value": pytest.approx(expected["dice"]),
        "case": "bad",
    }
    assert result["mean"]["label 1"]["dice"] == pytest.approx((1 + expected["dice"]) / 2)


def test_the_map_joins_labels_on_both_sides(medview, folders, chest):
    guess, truth = folders
    lungs = chest.labelmap.voxels.copy()
    lungs[lungs == 2] = 1
    both = LabelMap(chest.labelmap.geometry, chest.labelmap.table, lungs)
    nifti.write_labels(both, truth / "good.nii.gz")
    words = ("evaluate", "--predictions", guess, "--labels", truth, "--json")
    assert medview(*words).json["cases"]["good"]["label 1"]["dice"] < 0.9
    figures = medview(*words, "--map", "2=1,3=0").json["cases"]["good"]
    perfect = {**dict.fromkeys(FIGURES, 1.0), "hd95_mm": 0.0, "volume_error_ml": 0.0}
    assert figures == {"label 1": pytest.approx(perfect)}


def test_the_empty_mask_rule(medview, chest, tmp_path):
    drawn = chest.labelmap
    only_right = LabelMap(drawn.geometry, drawn.table, np.where(drawn.voxels == 1, drawn.voxels, 0))
    only_left = LabelMap(drawn.geometry, drawn.table, np.where(drawn.voxels == 2, drawn.voxels, 0))
    nrrd.write_labels(only_right, tmp_path / "guess" / "a.seg.nrrd")
    nrrd.write_labels(only_left, tmp_path / "truth" / "a.seg.nrrd")
    words = ("--predictions", tmp_path / "guess", "--labels", tmp_path / "truth")
    figures = medview("evaluate", *words, "--json").json["cases"]["a"]
    assert figures["right lung"]["dice"] == figures["left lung"]["dice"] == 0.0
    assert figures["right lung"]["hd95_mm"] is None
    assert figures["right lung"]["volume_error_ml"] > 0 > figures["left lung"]["volume_error_ml"]
    assert figures["airway"] == dict.fromkeys(FIGURES)


def test_names_go_before_numbers(medview, chest, tmp_path):
    """The same labels under other numbers are the same labels, where files name them."""
    drawn = chest.labelmap
    table = LabelTable.of(
        [Label(5, "right lung", (1, 2, 3)), Label(1, "left lung", (1, 2, 3)),
         Label(2, "airway", (1, 2, 3))]
    )  # fmt: skip
    other = LabelMap(drawn.geometry, table, np.array([0, 5, 1, 2], np.uint8)[drawn.voxels])
    nrrd.write_labels(other, tmp_path / "other.seg.nrrd")
    outcome = medview(
        "evaluate", "--predictions", chest.named_mask, "--labels", tmp_path / "other.seg.nrrd",
        "--json",
    )  # fmt: skip
    (figures,) = outcome.json["cases"].values()
    assert {name: one["dice"] for name, one in figures.items()} == {
        "right lung": 1.0,
        "left lung": 1.0,
        "airway": 1.0,
    }


def test_a_segmentation_whose_frames_cover_less(medview, chest, tmp_path):
    """What it leaves out is background, and what it has beyond the truth counts."""
    drawn = chest.labelmap
    low = LabelMap(drawn.geometry, drawn.table, drawn.voxels.copy())
    low.writable()[7:] = 0
    high = LabelMap(drawn.geometry, drawn.table, drawn.voxels.copy())
    high.writable()[:4] = 0
    for name, labelmap in (("low", low), ("high", high)):
        nrrd.write_labels(labelmap, tmp_path / f"{name}.seg.nrrd")
        medview(
            "convert", tmp_path / f"{name}.seg.nrrd", tmp_path / f"{name}.dcm",
            "--reference", chest.series,
        )  # fmt: skip
    expected = compare_masks(high.voxels == 1, low.voxels == 1, drawn.geometry).to_json()
    for words in ((), ("--images", chest.series)):
        outcome = medview(
            "evaluate", "--predictions", tmp_path / "low.dcm", "--labels", tmp_path / "high.dcm",
            *words, "--json",
        )  # fmt: skip
        (figures,) = outcome.json["cases"].values()
        assert figures["right lung"] == pytest.approx(expected)


def test_a_model_on_a_dicom_folder(medview, fails, chest, workspace_folder, tmp_path):
    write_tiny_model(workspace_folder / "models")
    words = ("evaluate", "--model", "tiny", "--labels", chest.mask, "--json")
    outcome = medview(*words, "--images", chest.series)
    assert outcome.status == 0
    assert outcome.json["model"] == "tiny@1.0.0"
    assert list(outcome.json["cases"]) == [chest.series.name]
    figures = outcome.json["cases"][chest.series.name]
    assert list(figures) == [label.name for label in phantom_table()]
    # the same figures as from the mask that medview segment writes
    mask = tmp_path / "mask.nii.gz"
    medview("segment", chest.series, "-o", mask, "--model", "tiny")
    again = medview("evaluate", "--predictions", mask, "--labels", chest.mask, "--json").json
    for number, one in enumerate(figures.values(), start=1):
        there = again["cases"]["mask"].get(f"label {number}")
        if there is not None:
            assert one == pytest.approx(there)
    joined = medview(*words, "--images", chest.series, "--map", "2=1,3=0").json
    assert list(joined["cases"][chest.series.name]) == ["right lung + left lung"]
    assert "--images" in fails(*words)


def test_pairing(tmp_path):
    for name in ("a_0000.nii.gz", "b.nrrd", "lonely.nii", "notes.txt", "c.png"):
        (tmp_path / "ours" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "ours" / name).touch()
    for name in ("a.nii.gz", "b.dcm", "other.nrrd"):
        (tmp_path / "truth" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "truth" / name).touch()
    ours = find_cases(tmp_path / "ours", labels=False)
    assert set(ours) == {"a_0000", "b", "lonely"}
    truths = {"a": tmp_path / "truth/a.nii.gz", "b": tmp_path / "truth/b.dcm",
              "other": tmp_path / "truth/other.nrrd"}  # fmt: skip
    pairs, rest = pair(ours, truths, single=False)
    assert {name: both[1].name for name, both in pairs.items()} == {
        "a_0000": "a.nii.gz",
        "b": "b.dcm",
    }
    assert rest == ["lonely", "other"]


def test_folders_of_one_case_each(shared_data, medview):
    """The layout of the training data: a folder per case with image and labels in it."""
    volumes = shared_data / "chest_ct" / "volumes"
    images, labels = find_cases(volumes, labels=False), find_cases(volumes, labels=True)
    assert set(images) == set(labels)
    assert {path.name for path in images.values()} == {"image.nii.gz"}
    assert {path.name for path in labels.values()} == {"labels.nii.gz"}
    case = volumes / "acrin_flt_013" / "labels.nii.gz"
    outcome = medview("evaluate", "--predictions", case, "--labels", case, "--json")
    assert outcome.json["mean"]["label 1"]["dice"] == 1.0


def test_single_slices_with_png_truth(shared_data, medview, tmp_path):
    slices = shared_data / "chest_ct" / "slices"
    images = find_cases(slices, labels=False)
    labels = find_cases(slices, labels=True)
    pairs, rest = pair(images, labels, single=False)
    assert len(pairs) == 47
    assert rest == []
    truth = pairs["tcga_0000"][1]
    guess = np.asarray(Image.open(truth))
    Image.fromarray(guess).save(tmp_path / "tcga_0000.png")
    outcome = medview(
        "evaluate", "--predictions", tmp_path, "--labels", slices, "--images", slices, "--json"
    )
    assert outcome.json["cases"]["tcga_0000"]["label 1"]["dice"] == 1.0
    assert len(outcome.json["unpaired"]) == 46


def test_trouble(medview, fails, chest, other_chest, tmp_path, folders, shared_data):
    guess, truth = folders
    words = ("evaluate", "--predictions", guess, "--labels", truth)
    assert "joins no labels" in fails(*words, "--map", "x=1")
    assert "each label once" in fails(*words, "--map", "1=2,1=3")
    assert medview("evaluate", "--labels", truth).status == 2
    assert medview(*words, "--model", "tiny").status == 2
    assert "does not exist" in fails(
        "evaluate", "--predictions", tmp_path / "no", "--labels", truth
    )
    (tmp_path / "void").mkdir()
    assert "no label files" in fails(
        "evaluate", "--predictions", tmp_path / "void", "--labels", truth
    )
    (guess / "good.nii.gz").rename(guess / "one.nii.gz")
    (guess / "bad.nii.gz").rename(guess / "two.nii.gz")
    assert "belongs to" in fails(*words)
    other = shared_data / "chest_ct" / "volumes" / "acrin_flt_013" / "labels.nii.gz"
    assert "different grids" in fails("evaluate", "--predictions", other, "--labels", chest.mask)
