"""medview export writes all accepted labels as a training set and reads each file back."""

import json
import shutil

import nibabel
import numpy as np
import pytest
from PIL import Image

from medview.commands._common import open_image
from medview.formats import dicom_seg, nifti
from medview.session.manifest import read_case, read_manifest

NAMES = "1=right lung,2=left lung,3=airway"


@pytest.fixture
def accepted(medview, chest, other_chest):
    """Slices 3, 4, 5 and 8 of one patient; all of another, without the airway."""
    for one, more in ((chest, ("--slices", "3-5,8")), (other_chest, ())):
        names = NAMES if one is chest else "2=right lung,1=left lung,3=airway"
        outcome = medview("accept", one.series, one.mask, "--labels", names, *more)
        assert outcome.status == 0


def swapped(voxels):
    """Right and left exchanged, as the second patient's names say."""
    return np.array([0, 2, 1, 3], np.uint8)[voxels]


def test_nifti_is_a_set_that_train_reads(accepted, medview, chest, other_chest, tmp_path):
    outcome = medview("export", tmp_path / "set", "--format", "nifti", "--json")
    assert outcome.status == 0
    assert outcome.json == {
        "output": str(tmp_path / "set"),
        "format": "nifti",
        "cases": 3,
        "slices": 16,
        "left_out": [],
    }
    manifest = read_manifest(tmp_path / "set" / "manifest.json")
    assert {label.id: label.name for label in manifest.table} == {
        1: "right lung",
        2: "left lung",
        3: "airway",
    }
    assert [row.split for row in manifest.rows] == ["train", "train", "kept_out"]
    assert len({row.patient for row in manifest.rows}) == 2
    whole = open_image(other_chest.series)
    volume, labels = read_case(manifest.rows[2])
    assert np.array_equal(volume.voxels, whole.voxels)
    assert volume.geometry.is_close(whole.geometry)
    assert np.array_equal(labels, swapped(other_chest.labelmap.voxels))
    volume, labels = read_case(manifest.rows[0])
    assert np.array_equal(labels, chest.labelmap.voxels[3:6])
    assert np.allclose(
        volume.geometry.to_patient((0, 0, 0)), chest.labelmap.geometry.to_patient((3, 0, 0))
    )


def test_labels_that_a_case_never_named_are_ignored_in_training(
    medview, chest, other_chest, tmp_path
):
    medview("accept", chest.series, chest.mask, "--labels", NAMES)
    lungs = tmp_path / "lungs.nii.gz"
    labelmap = other_chest.labelmap
    nifti.write_map(labelmap.voxels * (labelmap.voxels < 3), labelmap.geometry, lungs)
    medview("accept", other_chest.series, lungs, "--labels", "1=right lung,2=left lung")
    medview("export", tmp_path / "set", "--format", "nifti")
    rows = read_manifest(tmp_path / "set" / "manifest.json").rows
    assert [row.ignore_labels for row in rows] == [(), (3,)]


def test_nnunet(accepted, medview, tmp_path):
    assert medview("export", tmp_path, "--format", "nnunet").status == 0
    dataset = json.loads((tmp_path / "Dataset001_medview" / "dataset.json").read_text())
    assert dataset["labels"] == {"background": 0, "right lung": 1, "left lung": 2, "airway": 3}
    assert dataset["numTraining"] == 3
    files = sorted((tmp_path / "Dataset001_medview" / "labelsTr").iterdir())
    right = [np.count_nonzero(np.asarray(nibabel.load(file).dataobj) == 1) for file in files]
    assert all(right)


def test_png(accepted, medview, chest, tmp_path):
    assert medview("export", tmp_path / "set", "--format", "png").status == 0
    rows = json.loads((tmp_path / "set" / "manifest.json").read_text())["rows"]
    label = Image.open(tmp_path / "set" / rows[0]["labels"] / "slice-0000.png")
    assert np.array_equal(np.asarray(label), chest.labelmap.voxels[3])
    image = np.asarray(Image.open(tmp_path / "set" / rows[0]["image"] / "slice-0000.png"))
    values = image * rows[0]["slope"] + rows[0]["intercept"]
    assert np.array_equal(values, open_image(chest.series).voxels[3])


def test_dicom_seg(accepted, medview, chest, tmp_path):
    outcome = medview("export", tmp_path / "set", "--format", "dicom-seg", "--json")
    assert outcome.status == 0
    assert outcome.json["cases"] == 2
    volume = open_image(chest.series)
    masks = []
    for file in sorted((tmp_path / "set").glob("*.dcm")):
        labelmap = dicom_seg.read_labels(file, volume)
        if labelmap.geometry.is_close(volume.geometry) and labelmap.voxels[3].any():
            masks.append(labelmap)
    expected = np.zeros_like(chest.labelmap.voxels)
    expected[[3, 4, 5, 8]] = chest.labelmap.voxels[[3, 4, 5, 8]]
    assert any(np.array_equal(labelmap.voxels, expected) for labelmap in masks)


def test_dicom_seg_names_the_case_whose_images_are_gone(medview, fails, chest, tmp_path):
    series = tmp_path / "on-a-disc"
    shutil.copytree(chest.series, series)
    medview("accept", series, chest.mask, "--labels", NAMES)
    shutil.rmtree(series)
    line = fails("export", tmp_path / "set", "--format", "dicom-seg")
    assert "Thorax phantom" in line
    assert "not where they were" in line
    assert not (tmp_path / "set").exists()
    assert medview("export", tmp_path / "set", "--format", "nifti").status == 0


def test_dicom_seg_of_a_case_that_is_no_dicom(medview, fails, chest, tmp_path):
    image = tmp_path / "image.nii.gz"
    medview("convert", chest.series, image)
    medview("accept", image, chest.mask, "--labels", NAMES, "--patient", "x")
    assert "no DICOM" in fails("export", tmp_path / "set", "--format", "dicom-seg")


def test_trouble(medview, fails, accepted, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("keep me")
    for kind in ("nifti", "png", "dicom-seg"):
        assert "not an empty folder" in fails("export", tmp_path / "full", "--format", kind)
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["mine.txt"]
    assert medview("export", tmp_path / "set", "--format", "word").status == 2


def test_without_a_workspace(fails, tmp_path):
    assert "no workspace" in fails("export", tmp_path / "set", "--format", "nifti")


def test_without_accepted_slices(fails, workspace_folder, tmp_path):
    from medview.store.workspace import Workspace

    Workspace(workspace_folder).close()
    for kind in ("nifti", "nnunet", "dicom-seg"):
        assert "is accepted" in fails("export", tmp_path / "set", "--format", kind)
