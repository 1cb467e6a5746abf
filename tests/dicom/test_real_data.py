"""Real files of many makers, against SimpleITK and against each other."""

import numpy as np
import pytest
import SimpleITK

from medview.core.job import Progress
from medview.dicom.decode import stored_values
from medview.dicom.header import FrameRef
from medview.dicom.index import index_paths
from medview.dicom.loader import load_volume
from medview.dicom.read_header import read_header
from medview.dicom.report import info
from medview.dicom.series import split_volumes


def reference(folder):
    """SimpleITK's voxels (slice, row, column) and affine from voxel index to LPS mm."""
    reader = SimpleITK.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(folder)))
    image = reader.Execute()
    directions = np.array(image.GetDirection()).reshape(3, 3) @ np.diag(image.GetSpacing())
    affine = np.eye(4)
    affine[:3, :3] = directions[:, ::-1]
    affine[:3, 3] = image.GetOrigin()
    return SimpleITK.GetArrayFromImage(image), affine


def open_all(folder):
    report = index_paths([folder], Progress())
    return [
        load_volume(plan, Progress()) for entry in report.series for plan in split_volumes(entry)
    ]


@pytest.mark.parametrize(
    "name",
    [
        "series/lung_dx_a0001",
        "series/lung_dx_a0002",
        "series/head_ct_mini",
        "labelled/cip_chest/Testing/Data/Input/ct-64Dicom",
        "fixtures/dicom2nifti/ge/anatomical/001",
        "fixtures/dicom2nifti/hitachi/anatomical/001_implicit",
        "fixtures/dicom2nifti/generic/compressed_jpegls/001",
        "fixtures/dicom2nifti/generic/anatomical/002_non_isotropic",
    ],
)
def test_equal_to_simpleitk(shared_data, name):
    (volume,) = open_all(shared_data / name)
    voxels, affine = reference(shared_data / name)
    assert np.allclose(volume.voxels, voxels, rtol=1e-6)
    assert np.abs(volume.geometry.affine - affine).max() < 1e-3
    assert not any(message.severity == "warning" for message in volume.messages)


def test_pet_is_rescaled_slice_by_slice(shared_data):
    folder = shared_data / "series" / "pet_with_seg" / "rsna_2" / "PET"
    (volume,) = open_all(folder)
    voxels, affine = reference(folder)
    assert (volume.modality, volume.units) == ("PT", "Bq/ml")
    assert np.allclose(volume.voxels, voxels, rtol=1e-5)
    assert np.abs(volume.geometry.affine - affine).max() < 1e-3


def test_a_segmentation_names_its_series(shared_data):
    report = index_paths([shared_data / "series" / "pet_with_seg"], Progress())
    entries = {entry.kind: entry for entry in report.series}
    assert entries["seg"].headers[0].references == (entries["image"].series_uid,)
    assert split_volumes(entries["seg"]) == []


def test_cornerstones_syntaxes_give_the_same_pixels(shared_data):
    folder = shared_data / "fixtures" / "cornerstone"

    def pixels(path):
        return stored_values(FrameRef(read_header(path, path.stat().st_size), 1)).astype(int)

    plain = pixels(folder / "CTImage.dcm")
    tolerances = {"JPEG2000Transfer": 5, "JPEGLSLossy": 1}
    lossy_twelve_bit = ("Process10_12", "Process6_8", "Process2_4", "Process1Transfer")
    compared = 0
    for path in sorted(folder.glob("CTImage.dcm_*")):
        if any(word in path.name for word in lossy_twelve_bit):
            continue
        limit = next((v for key, v in tolerances.items() if key in path.name), 0)
        assert np.abs(pixels(path) - plain).max() <= limit, path.name
        compared += 1
    assert compared >= 9


def test_lossy_jpeg_of_8_and_12_bits_is_near(shared_data):
    folder = shared_data / "fixtures" / "cornerstone"

    def modality(path):
        header = read_header(path, path.stat().st_size)
        info = header.frames[0]
        return stored_values(FrameRef(header, 1)) * info.slope + info.intercept

    plain = modality(folder / "CTImage.dcm")
    for path in sorted(folder.glob("CTImage.dcm_JPEGProcess*")):
        if "Process14" in path.name:
            continue
        apart = np.abs(modality(path) - plain)[plain > -1000]
        assert np.median(apart) < 20, path.name


def test_colour_patterns_agree(shared_data):
    folder = shared_data / "fixtures" / "cornerstone"
    pictures = {}
    for path in sorted(folder.glob("TestPattern_*.dcm")):
        (volume,) = open_all(path)
        assert volume.is_color
        pictures[path.stem] = volume.voxels[0].astype(int)
    plain = pictures["TestPattern_RGB"]
    for name, picture in pictures.items():
        assert np.median(np.abs(picture - plain)) <= 2, name


def folders(root):
    return sorted({path.parent for path in root.rglob("*.dcm")})


def test_every_makers_series_opens(shared_data):
    found = folders(shared_data / "fixtures" / "dicom2nifti")
    assert len(found) > 20
    for folder in found:
        volumes = open_all(folder)
        assert volumes, folder
        for volume in volumes:
            assert volume.geometry.calibrated or volume.messages, folder
            assert not [m for m in volume.messages if m.code == "slice-unreadable"], folder


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("gantrytilting/001", "gantry-tilt"),
        ("sliceincrement/001", "missing-slices"),
        ("sliceincrement/002", "missing-slices"),
        ("notavolume/001", "one-position"),
    ],
)
def test_what_others_refuse_opens_with_a_warning(shared_data, name, code):
    answer = info([shared_data / "fixtures" / "dicom2nifti" / "failing" / name], Progress())
    assert answer["outcome"] == "opens with warning"
    (study,) = answer["studies"]
    assert code in {m["code"] for m in study["series"][0]["volumes"][0]["messages"]}


@pytest.mark.parametrize("kind", ["_j2k", "_jpegls", "_rle", "_jpeg", ""])
def test_compressed_series_equal_simpleitk(shared_data, kind):
    folder = shared_data / "fixtures" / "dicom2nifti" / "generic" / f"compressed{kind}" / "001"
    (volume,) = open_all(folder)
    voxels, affine = reference(folder)
    assert np.array_equal(volume.voxels, voxels)
    assert np.abs(volume.geometry.affine - affine).max() < 1e-3


def test_enhanced_mr_is_a_volume(shared_data):
    folder = shared_data / "fixtures" / "dicom2nifti" / "philips_enhanced"
    (volume,) = open_all(folder / "anatomical" / "001")
    assert volume.voxels.shape == (8, 256, 256)
    assert volume.geometry.spacing_mm == pytest.approx((1.2, 1.0, 1.0), abs=1e-3)
    assert len(open_all(folder / "fmri" / "001")) == 4


def test_slices_of_reformats_are_stacked_by_their_normal(shared_data):
    volumes = open_all(shared_data / "fixtures" / "reformats_same_z")
    assert {volume.geometry.orientation for volume in volumes} == {"coronal", "sagittal"}


def test_nothing_in_the_whole_collection_raises(shared_data):
    answer = info([shared_data / "fixtures"], Progress())
    assert answer["outcome"] == "opens with warning"
    assert not any(m["code"] == "series-unreadable" for m in answer["messages"])
