"""NRRD keeps voxels, geometry and Slicer's segments, and SimpleITK agrees."""

import nrrd as pynrrd
import numpy as np
import pytest
import SimpleITK as sitk
from format_samples import DIRECTIONS, TABLE, a_geometry, a_labelmap, a_volume

from medview.core.errors import MedviewError
from medview.core.geometry import Geometry
from medview.core.labelmap import LabelMap
from medview.core.volume import Volume
from medview.formats import nrrd


def agrees_with_itk(path, voxels, geometry):
    image = sitk.ReadImage(str(path))
    assert np.array_equal(sitk.GetArrayFromImage(image), voxels)
    for index in ((0, 0, 0), (1, 2, 3), (5, 8, 10)):
        place = image.TransformIndexToPhysicalPoint(index[::-1])
        assert np.allclose(place, geometry.to_patient(index), atol=1e-4)


@pytest.mark.parametrize("kind", sorted(DIRECTIONS))
def test_an_image_comes_back_exactly(tmp_path, kind):
    volume = a_volume(a_geometry(kind))
    path = tmp_path / "a.nrrd"
    nrrd.write_volume(volume, path)
    read = nrrd.read_volume(path)
    assert np.array_equal(read.voxels, volume.voxels)
    assert read.voxels.dtype == np.int16
    assert np.array_equal(read.geometry.affine, volume.geometry.affine)
    assert (read.modality, read.units, read.name, read.path) == ("CT", "HU", "a", path)
    agrees_with_itk(path, volume.voxels, volume.geometry)


@pytest.mark.parametrize("kind", sorted(DIRECTIONS))
def test_labels_come_back_with_names_colours_and_codes(tmp_path, kind):
    labelmap = a_labelmap(a_geometry(kind))
    path = tmp_path / "a.seg.nrrd"
    nrrd.write_labels(labelmap, path)
    read = nrrd.read_labels(path)
    assert np.array_equal(read.voxels, labelmap.voxels)
    assert np.array_equal(read.geometry.affine, labelmap.geometry.affine)
    assert read.table == labelmap.table
    agrees_with_itk(path, labelmap.voxels, labelmap.geometry)


def test_fractions_come_back_exactly(tmp_path):
    geometry = a_geometry("oblique")
    voxels = np.random.default_rng(1).normal(size=geometry.shape).astype(np.float32)
    nrrd.write_volume(Volume(voxels, geometry), tmp_path / "a.nrrd")
    read = nrrd.read_volume(tmp_path / "a.nrrd")
    assert read.voxels.dtype == np.float32
    assert np.array_equal(read.voxels, voxels)
    agrees_with_itk(tmp_path / "a.nrrd", voxels, geometry)


def test_itks_files_are_read(tmp_path):
    image = sitk.GetImageFromArray(np.arange(24, dtype=np.float32).reshape(2, 3, 4))
    image.SetSpacing((0.5, 0.75, 2.0))
    image.SetOrigin((1.0, 2.0, 3.0))
    image.SetDirection((0, 0, 1, 1, 0, 0, 0, 1, 0))
    sitk.WriteImage(image, str(tmp_path / "a.nrrd"))
    read = nrrd.read_volume(tmp_path / "a.nrrd")
    assert read.voxels.dtype == np.float32
    assert np.allclose(
        read.geometry.to_patient((1, 2, 3)), image.TransformIndexToPhysicalPoint((3, 2, 1))
    )


def test_ras_headers_are_turned_to_lps(tmp_path):
    header = {
        "space": "right-anterior-superior",
        "space directions": np.diag([1.0, 2.0, 3.0]),
        "space origin": [10.0, 20.0, 30.0],
    }
    pynrrd.write(str(tmp_path / "a.nrrd"), np.zeros((4, 5, 6), np.int16), header)
    geometry = nrrd.read_volume(tmp_path / "a.nrrd").geometry
    assert geometry.shape == (6, 5, 4)
    assert geometry.to_patient((1, 1, 1)).tolist() == [-11, -22, 33]


def test_a_header_without_a_patient_is_said(tmp_path):
    pynrrd.write(str(tmp_path / "a.nrrd"), np.zeros((4, 5, 6), np.int16), {"spacings": [1, 2, 3]})
    read = nrrd.read_volume(tmp_path / "a.nrrd")
    assert read.geometry.spacing_mm == (3, 2, 1)
    assert [message.code for message in read.messages] == ["orientation-assumed"]
    pynrrd.write(str(tmp_path / "b.nrrd"), np.zeros((4, 5, 6), np.int16))
    assert not nrrd.read_volume(tmp_path / "b.nrrd").geometry.calibrated


def test_uncalibrated_and_colour_images_come_back(tmp_path):
    voxels = np.random.default_rng(1).integers(0, 255, (2, 3, 4, 3), np.uint8)
    for geometry in (Geometry.uncalibrated((2, 3, 4)), a_geometry(shape=(2, 3, 4))):
        nrrd.write_volume(Volume(voxels, geometry), tmp_path / "a.nrrd")
        read = nrrd.read_volume(tmp_path / "a.nrrd")
        assert np.array_equal(read.voxels, voxels)
        assert read.geometry.is_close(geometry)


def test_overlapping_layers_of_slicer_are_joined(tmp_path):
    layers = np.zeros((2, 4, 5, 6), np.uint8)
    layers[0, :2], layers[1, 1:3] = 1, 1
    header = {
        "space": "left-posterior-superior",
        "kinds": ["list", "domain", "domain", "domain"],
        "space directions": np.vstack([np.full((1, 3), np.nan), np.eye(3)]),
        "space origin": [0, 0, 0],
    }
    for number, name in enumerate(("liver", "tumour")):
        header[f"Segment{number}_Name"] = name
        header[f"Segment{number}_LabelValue"] = "1"
        header[f"Segment{number}_Layer"] = str(number)
        header[f"Segment{number}_Color"] = "1 0.5 0"
    pynrrd.write(str(tmp_path / "a.seg.nrrd"), layers, header)
    messages = []
    read = nrrd.read_labels(tmp_path / "a.seg.nrrd", messages=messages)
    assert [(label.id, label.name, label.color) for label in read.table] == [
        (1, "liver", (255, 128, 0)),
        (2, "tumour", (255, 128, 0)),
    ]
    assert read.geometry.shape == (6, 5, 4)
    assert (read.voxels[..., 0] == 1).all()
    assert (read.voxels[..., 1:3] == 2).all()
    assert [message.code for message in messages] == ["segments-overlap"]


def test_a_segmentation_cropped_by_slicer_fits_its_image(tmp_path):
    labelmap = a_labelmap(a_geometry())
    shift = np.eye(4)
    shift[0, 3] = 1
    cropped = LabelMap(
        Geometry((4, 9, 11), labelmap.geometry.affine @ shift), TABLE, labelmap.voxels[1:-1].copy()
    )
    nrrd.write_labels(cropped, tmp_path / "a.seg.nrrd")
    read = nrrd.read_labels(tmp_path / "a.seg.nrrd", a_volume(labelmap.geometry))
    assert np.array_equal(read.voxels, labelmap.voxels)


def test_real_files_agree_with_itk(shared_data):
    files = sorted((shared_data / "labelled/cip_chest").rglob("*.nrrd"))
    assert files
    for file in files:
        read = nrrd.read_volume(file)
        image = sitk.ReadImage(str(file))
        assert np.array_equal(sitk.GetArrayFromImage(image), read.voxels)
        place = image.TransformContinuousIndexToPhysicalPoint((3.0, 2.0, 1.0))
        assert np.allclose(place, read.geometry.to_patient((1, 2, 3)), atol=1e-6)
    lobes = next(file for file in files if file.name == "lm-64.nrrd")
    image = nrrd.read_volume(next(file for file in files if file.name == "ct-64.nrrd"))
    labels = nrrd.read_labels(lobes, image)
    assert labels.geometry is image.geometry
    assert labels.voxels.dtype == np.uint16


@pytest.mark.parametrize(
    "damage", ["cut", "text", "huge", "zero", "2d", "4d labels", "missing", "elsewhere", "singular"]
)
def test_bad_files_are_said_with_their_name(tmp_path, damage):
    path = tmp_path / "a.nrrd"
    header = {"space": "left-posterior-superior", "space directions": np.eye(3)}
    header["space origin"] = [0, 0, 0]
    if damage == "2d":
        pynrrd.write(str(path), np.zeros((4, 5), np.uint8))
    elif damage == "4d labels":
        pynrrd.write(str(path), np.ones((2, 4, 5, 6), np.uint8))
    elif damage == "text":
        path.write_text("NRRD0004\nwhat: ever\n\nhello")
    elif damage != "missing":
        if damage == "singular":
            header["space directions"] = np.zeros((3, 3))
        pynrrd.write(str(path), np.ones((40, 50, 60), np.uint8), header)
        raw = path.read_bytes()
        change = {
            "cut": lambda: raw[:-30],
            "huge": lambda: raw.replace(b"sizes: 40 50 60", b"sizes: 40000 50000 60000"),
            "zero": lambda: raw.replace(b"sizes: 40 50 60", b"sizes: 0 50 60"),
            "elsewhere": lambda: raw.replace(b"encoding:", b"data file: /etc/passwd\nencoding:"),
            "singular": lambda: raw,
        }
        path.write_bytes(change[damage]())
    with pytest.raises(MedviewError) as caught:
        nrrd.read_labels(path)
    assert str(path) in str(caught.value)
