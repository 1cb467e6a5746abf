"""Formats are found by discovery, by suffix and by content; masks are told from images."""

import numpy as np
import pytest
from format_samples import a_dicom_volume, a_geometry, a_labelmap, a_volume

from medview.core.errors import MedviewError
from medview.core.volume import Volume
from medview.formats import dicom_seg, nifti, nrrd
from medview.formats.registry import format_for, formats, looks_like_labels, read_volume


def test_every_format_is_discovered():
    assert [known.name for known in formats()] == [
        "DICOM SEG",
        "MetaImage",
        "NIfTI",
        "NRRD",
        "PNG",
        "RTSTRUCT",
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.nii", "NIfTI"),
        ("A.NII.GZ", "NIfTI"),
        ("a.seg.nrrd", "NRRD"),
        ("a.b.nhdr", "NRRD"),
        ("a.dcm", "DICOM SEG"),
        ("a.png", "PNG"),
    ],
)
def test_a_name_tells_the_format_of_a_file_to_be_written(tmp_path, name, expected):
    assert format_for(tmp_path / name).name == expected


def test_content_tells_when_the_name_does_not(tmp_path):
    volume = a_dicom_volume(tmp_path / "ct", a_geometry())
    nifti.write_volume(volume, tmp_path / "a.nii")
    nrrd.write_volume(volume, tmp_path / "a.nrrd")
    for name, expected in (("a.nii", "NIfTI"), ("a.nrrd", "NRRD")):
        renamed = (tmp_path / name).rename(tmp_path / f"{expected} without suffix")
        assert format_for(renamed).name == expected
    assert format_for(volume.source.files[0].rename(tmp_path / "IM0001")).name == "DICOM SEG"


@pytest.mark.parametrize(
    ("name", "code"),
    [("a.xyz", "unknown-format"), ("missing", "file-missing"), ("text", "unknown-format")],
)
def test_what_nobody_knows_is_said(tmp_path, name, code):
    (tmp_path / "text").write_text("hello")
    with pytest.raises(MedviewError) as caught:
        format_for(tmp_path / name)
    assert caught.value.code == code
    assert str(tmp_path / name) in str(caught.value)


def test_a_format_without_images_says_so(tmp_path):
    with pytest.raises(MedviewError) as caught:
        read_volume(tmp_path / "a.png")
    assert caught.value.code == "no-image"


def test_masks_are_told_from_images(tmp_path):
    geometry = a_geometry(shape=(4, 40, 40))
    voxels = np.zeros(geometry.shape, np.int16)
    voxels[1:3, 10:20, 10:20] = 2
    speckled = np.random.default_rng(1).integers(1, 200, geometry.shape).astype(np.int16)
    speckled[:, 12:] = 0  # like an 8 bit MR with a removed background
    cases = {
        "organ.nii.gz": (voxels, True),
        "scan.nii.gz": (a_volume(geometry).voxels, False),
        "head.nii.gz": (speckled, False),
        "head_mask.nii.gz": (speckled, True),
        "stored as float.nii.gz": (voxels.astype(np.float32), True),
        "probability.nii.gz": ((voxels / 4).astype(np.float32), False),
        "scan_labelled.nii.gz": (a_volume(geometry).voxels, False),
    }
    for name, (values, expected) in cases.items():
        nifti.write_volume(Volume(values, geometry), tmp_path / name)
        assert looks_like_labels(tmp_path / name) is expected, name
    nrrd.write_labels(a_labelmap(geometry), tmp_path / "x.seg.nrrd")
    assert looks_like_labels(tmp_path / "x.seg.nrrd")
    assert looks_like_labels(tmp_path / "x.png")


def test_a_dicom_image_is_no_mask(tmp_path):
    volume = a_dicom_volume(tmp_path / "ct", a_geometry())
    dicom_seg.write_labels(a_labelmap(volume.geometry), volume, tmp_path / "labels.dcm")
    assert looks_like_labels(tmp_path / "labels.dcm")
    assert not looks_like_labels(volume.source.files[0])


def test_real_masks_are_told_from_real_images(shared_data):
    folder = shared_data / "chest_ct/volumes/lung_dx_a0002"
    assert looks_like_labels(folder / "labels.nii.gz")
    assert not looks_like_labels(folder / "image.nii.gz")
    spine = shared_data / "labelled/spine_mr/t2"
    assert looks_like_labels(spine / "t2_seg-manual_labeled.nii.gz")
    assert not looks_like_labels(spine / "t2.nii.gz")
