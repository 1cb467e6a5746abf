"""medview convert: label files between formats, images to NIfTI, each read back."""

import numpy as np
import pytest
import SimpleITK

from medview.commands._common import open_image
from medview.formats import dicom_seg, nifti, nrrd, png


def test_an_image_keeps_voxels_and_place(medview, chest, tmp_path):
    outcome = medview("convert", chest.series, tmp_path / "image.nii.gz", "--json")
    assert outcome.status == 0
    assert outcome.json["kind"] == "image"
    assert outcome.json["shape"] == [12, 64, 64]
    volume = open_image(chest.series)
    judge = SimpleITK.ReadImage(str(tmp_path / "image.nii.gz"))
    assert np.array_equal(SimpleITK.GetArrayFromImage(judge), volume.voxels)
    corner = judge.TransformIndexToPhysicalPoint((63, 0, 11))
    assert np.allclose(corner, volume.geometry.to_patient((11, 0, 63)), atol=1e-3)


def test_labels_through_every_format_and_back(medview, chest, tmp_path):
    seg, back = tmp_path / "mask.dcm", tmp_path / "back.seg.nrrd"
    reference = ("--reference", chest.series)
    outcome = medview("convert", chest.named_mask, seg, *reference, "--json")
    assert outcome.status == 0
    assert [row["name"] for row in outcome.json["labels"]] == ["right lung", "left lung", "airway"]
    assert set(outcome.json["labels"][0]) == {"id", "name", "voxels", "ml"}
    read = dicom_seg.read_labels(seg, open_image(chest.series))
    assert np.array_equal(read.voxels, chest.labelmap.voxels)
    assert medview("convert", seg, back, *reference).status == 0
    again = nrrd.read_labels(back)
    assert np.array_equal(again.voxels, chest.labelmap.voxels)
    assert again.geometry.is_close(chest.labelmap.geometry)
    assert medview("convert", back, tmp_path / "slices").status == 0
    assert np.array_equal(png.read_labels(tmp_path / "slices").voxels, chest.labelmap.voxels)
    last = tmp_path / "last.nii.gz"
    assert medview("convert", tmp_path / "slices", last, *reference).status == 0
    assert np.array_equal(nifti.read_labels(last).voxels, chest.labelmap.voxels)
    assert nifti.read_labels(last).geometry.is_close(chest.labelmap.geometry)


def test_a_seg_without_its_image_says_that_its_grid_is_its_own(medview, chest, tmp_path):
    seg = tmp_path / "mask.dcm"
    medview("convert", chest.mask, seg, "--reference", chest.series)
    outcome = medview("convert", seg, tmp_path / "own.nii.gz", "--json")
    assert [message["code"] for message in outcome.json["messages"]] == ["own-grid"]


def test_a_seg_needs_a_dicom_reference(fails, medview, chest, tmp_path):
    assert "--reference" in fails("convert", chest.mask, tmp_path / "mask.dcm")
    medview("convert", chest.series, tmp_path / "image.nii.gz")
    line = fails(
        "convert", chest.mask, tmp_path / "m.dcm", "--reference", tmp_path / "image.nii.gz"
    )
    assert "no DICOM image" in line
    assert not list(tmp_path.glob("*.dcm"))


def test_labels_of_another_image_are_refused(fails, chest, tmp_path, shared_data):
    other = shared_data / "series" / "lung_dx_a0002"
    assert "another grid" in fails("convert", chest.mask, tmp_path / "m.dcm", "--reference", other)


@pytest.mark.parametrize("name", ["out.jpg", "out.png", "out.dcm"])
def test_an_image_has_few_targets(fails, chest, tmp_path, name):
    fails("convert", chest.series, tmp_path / name, "--kind", "image")
    assert list(tmp_path.glob("out*")) == []


def test_usage_and_missing_input(medview, fails, tmp_path):
    assert medview("convert", "only-one").status == 2
    assert "does not exist" in fails("convert", tmp_path / "no", tmp_path / "out.nii.gz")


def test_a_real_label_file(medview, shared_data, tmp_path):
    mask = next((shared_data / "labelled" / "cip_chest").rglob("wholeLung-64*.nrrd"))
    outcome = medview("convert", mask, tmp_path / "lung.nii.gz", "--json")
    assert outcome.status == 0
    ours = SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(str(tmp_path / "lung.nii.gz")))
    assert np.array_equal(ours, SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(str(mask))))
