"""NIfTI keeps voxels and geometry in every orientation, and SimpleITK agrees."""

import gzip
from itertools import permutations
from pathlib import Path
from tempfile import TemporaryDirectory

import nibabel
import numpy as np
import pytest
import SimpleITK as sitk
from format_samples import DIRECTIONS, TABLE, a_geometry, a_labelmap, a_volume
from hypothesis import given, settings
from hypothesis import strategies as st

from medview.core.errors import MedviewError
from medview.core.geometry import Geometry
from medview.core.labelmap import LabelMap
from medview.core.volume import Volume
from medview.formats import nifti


def agrees_with_itk(path, voxels, geometry):
    image = sitk.ReadImage(str(path))
    assert np.array_equal(sitk.GetArrayFromImage(image), voxels)
    for index in ((0, 0, 0), tuple(n - 1 for n in voxels.shape), (1, 0, 1)):
        place = image.TransformContinuousIndexToPhysicalPoint([float(n) for n in index[::-1]])
        assert np.allclose(place, geometry.to_patient(index), atol=1e-3)


@pytest.mark.parametrize("name", ["a.nii", "a.nii.gz", "a.b.nii.gz"])
@pytest.mark.parametrize("kind", sorted(DIRECTIONS))
def test_an_image_comes_back_and_itk_agrees(tmp_path, kind, name):
    volume = a_volume(a_geometry(kind))
    path = tmp_path / name
    nifti.write_volume(volume, path)
    read = nifti.read_volume(path)
    assert np.array_equal(read.voxels, volume.voxels)
    assert (read.voxels.dtype, read.voxels.flags.c_contiguous) == (np.int16, True)
    assert not read.voxels.flags.writeable
    assert read.geometry.is_close(volume.geometry, 1e-4)
    assert (read.name, read.path) == (name.removesuffix(".gz").removesuffix(".nii"), path)
    assert (read.modality, read.units) == ("CT", "HU")
    assert [message.code for message in read.messages] == ["units-assumed"]
    agrees_with_itk(path, volume.voxels, volume.geometry)
    nifti.write_volume(read, tmp_path / "again.nii")
    again = nifti.read_volume(tmp_path / "again.nii")
    assert np.array_equal(again.geometry.affine, read.geometry.affine)


@settings(max_examples=60, deadline=None)
@given(
    permutation=st.sampled_from(list(permutations(range(3)))),
    signs=st.tuples(*[st.sampled_from([-1.0, 1.0])] * 3),
    spacing=st.tuples(*[st.floats(0.125, 10, width=32)] * 3),
    origin=st.tuples(*[st.floats(-500, 500, width=32)] * 3),
    shape=st.tuples(*[st.integers(1, 5)] * 3),
    dtype=st.sampled_from([np.uint8, np.uint16]),
)
def test_labels_in_any_axis_order_come_back(permutation, signs, spacing, origin, shape, dtype):
    affine = np.eye(4)
    affine[:3, :3] = 0
    for axis in range(3):
        affine[permutation[axis], axis] = signs[axis] * spacing[axis]
    affine[:3, 3] = origin
    geometry = Geometry(shape, affine)
    chance = np.random.default_rng(3)
    voxels = chance.integers(0, np.iinfo(dtype).max, shape, endpoint=True).astype(dtype)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.nii.gz"
        nifti.write_labels(LabelMap(geometry, TABLE, voxels), path)
        read = nifti.read_labels(path)
        assert np.array_equal(read.voxels, voxels)
        assert np.array_equal(read.geometry.affine, affine)
        nifti.write_labels(read, Path(folder) / "b.nii")
        again = nifti.read_labels(Path(folder) / "b.nii", a_volume(geometry))
        assert np.array_equal(again.voxels, voxels)
        agrees_with_itk(path, voxels, geometry)


def test_labels_get_names(tmp_path):
    labelmap = a_labelmap(a_geometry())
    nifti.write_labels(labelmap, tmp_path / "a.nii.gz")
    assert nifti.read_labels(tmp_path / "a.nii.gz", table=TABLE).table == TABLE
    bare = nifti.read_labels(tmp_path / "a.nii.gz")
    assert [(label.id, label.name) for label in bare.table] == [
        (1, "label 1"),
        (2, "label 2"),
        (300, "label 300"),
    ]
    assert bare.table[1].color != bare.table[2].color


def test_a_map_of_probabilities_is_float32(tmp_path):
    geometry = a_geometry("sagittal")
    values = np.random.default_rng(1).random(geometry.shape)
    nifti.write_map(values, geometry, tmp_path / "map.nii.gz")
    read = nifti.read_volume(tmp_path / "map.nii.gz")
    assert read.voxels.dtype == np.float32
    assert np.array_equal(read.voxels, values.astype(np.float32))
    assert (read.modality, read.units, read.messages) == ("", "", ())
    with pytest.raises(ValueError, match="does not fit"):
        nifti.write_map(values[1:], geometry, tmp_path / "map.nii.gz")


@pytest.mark.parametrize(
    ("stored", "slope", "intercept", "dtype"),
    [
        (np.uint8, 1, 0, np.int16),
        (np.uint16, 1, -1024, np.int16),
        (np.int32, 1, 0, np.int16),
        (np.int16, 0.5, 0, np.float32),
        (np.float64, 1, 0, np.float32),
        (">i2", 1, 0, np.int16),
    ],
)
def test_values_become_int16_where_they_are_whole(tmp_path, stored, slope, intercept, dtype):
    raw = np.arange(24, dtype=stored).reshape(4, 3, 2)
    kind = raw.dtype.newbyteorder("=")
    image = nibabel.Nifti1Image(raw.astype(kind), np.eye(4), dtype=kind)
    header = image.header if raw.dtype.isnative else image.header.as_byteswapped(">")
    image = nibabel.Nifti1Image(raw, np.eye(4), header, dtype=raw.dtype)
    image.header.set_slope_inter(slope, intercept)
    nibabel.save(image, tmp_path / "a.nii")
    truth = np.asarray(nibabel.load(tmp_path / "a.nii").dataobj).transpose(2, 1, 0)
    read = nifti.read_volume(tmp_path / "a.nii")
    assert read.voxels.dtype == dtype
    assert read.voxels.dtype.isnative
    assert np.allclose(read.voxels, truth)


def test_large_whole_numbers_stay_exact_in_float32(tmp_path):
    nibabel.save(
        nibabel.Nifti1Image(np.full((2, 2, 2), 60000, np.uint16), np.eye(4)), tmp_path / "a.nii"
    )
    read = nifti.read_volume(tmp_path / "a.nii")
    assert read.voxels.dtype == np.float32
    assert (read.voxels == 60000).all()
    assert nifti.read_labels(tmp_path / "a.nii").present_ids() == [60000]


def test_colour_and_uncalibrated_images_come_back(tmp_path):
    voxels = np.random.default_rng(1).integers(0, 255, (2, 3, 4, 3), np.uint8)
    for geometry in (Geometry.uncalibrated((2, 3, 4)), a_geometry(shape=(2, 3, 4))):
        nifti.write_volume(Volume(voxels, geometry), tmp_path / "a.nii.gz")
        read = nifti.read_volume(tmp_path / "a.nii.gz")
        assert np.array_equal(read.voxels, voxels)
        assert read.geometry.is_close(geometry)


def test_a_tilted_gantry_keeps_its_shear(tmp_path):
    affine = a_geometry().affine.copy()
    affine[1, 0] = 0.9
    geometry = Geometry((6, 9, 11), affine)
    nifti.write_volume(a_volume(geometry), tmp_path / "a.nii.gz")
    read = nifti.read_volume(tmp_path / "a.nii.gz")
    assert read.geometry.is_close(geometry, 1e-3)
    assert read.geometry.is_sheared
    assert [message.code for message in read.messages] == ["units-assumed"]


def save(path, shape=(4, 5, 6), sform=None, qform=None, unit="mm"):
    image = nibabel.Nifti1Image(np.ones(shape, np.uint8), None)
    image.header.set_zooms((2.0, 3.0, 4.0, 1.0)[: len(shape)])
    image.header.set_xyzt_units(unit)
    image.set_sform(sform, code=0 if sform is None else 1)
    if qform is not None:
        image.set_qform(qform, code=1)
    nibabel.save(image, path)


def test_the_geometry_follows_the_standard(tmp_path):
    path = tmp_path / "a.nii"
    save(path, qform=np.diag([2, 3, 4, 1.0]))
    assert np.allclose(nifti.read_volume(path).geometry.spacing_mm, (4, 3, 2))
    save(path, sform=np.diag([2, 3, 5, 1.0]), qform=np.diag([2, 3, 4, 1.0]))
    read = nifti.read_volume(path)
    assert np.allclose(read.geometry.spacing_mm, (5, 3, 2))
    assert [message.code for message in read.messages] == ["sform-qform-differ"]
    save(path)
    read = nifti.read_volume(path)
    assert np.allclose(read.geometry.spacing_mm, (4, 3, 2))
    assert [message.code for message in read.messages] == ["orientation-assumed"]
    save(path, sform=np.diag([0.002, 0.003, 0.004, 1.0]), unit="meter")
    assert np.allclose(nifti.read_volume(path).geometry.spacing_mm, (4, 3, 2))


def test_of_four_dimensions_the_first_volume_is_shown(tmp_path):
    values = np.random.default_rng(1).integers(0, 9, (4, 5, 6, 3)).astype(np.int16)
    nibabel.save(nibabel.Nifti1Image(values, np.eye(4)), tmp_path / "a.nii.gz")
    read = nifti.read_volume(tmp_path / "a.nii.gz")
    assert np.array_equal(read.voxels, values[..., 0].transpose(2, 1, 0))
    assert [message.code for message in read.messages] == ["first-volume-only"]
    nibabel.save(nibabel.Nifti1Image(values[..., :1], np.eye(4)), tmp_path / "b.nii")
    assert nifti.read_labels(tmp_path / "b.nii").geometry.shape == (6, 5, 4)


@pytest.mark.parametrize(
    "damage",
    [
        "cut",
        "cut gz",
        "no gz",
        "text",
        "empty",
        "huge",
        "huge gz",
        "2d",
        "4d",
        "missing",
        "fractions",
        "negative",
        "analyze",
        "folder",
    ],
)
def test_bad_files_are_said_with_their_name(tmp_path, damage):
    path = tmp_path / ("a.nii.gz" if "gz" in damage else "a.nii")
    shape = {"2d": (4, 5), "4d": (4, 5, 6, 2)}.get(damage, (40, 50, 60))
    values = np.random.default_rng(1).integers(0, 99, shape).astype(np.uint8)
    if damage == "fractions":
        values = values / 7
    elif damage == "negative":
        values = values.astype(np.int16) - 20
    nibabel.save(nibabel.Nifti1Image(values, np.eye(4)), tmp_path / "good.nii")
    raw = (tmp_path / "good.nii").read_bytes()
    if "huge" in damage:
        sizes = np.array([3, 30000, 30000, 30000, 1, 1, 1, 1], "<i2").tobytes()
        raw = raw[:40] + sizes + raw[56:]
    changed = {
        "cut": raw[:-5],
        "cut gz": gzip.compress(raw)[:-900],
        "no gz": raw,
        "text": b"hello",
        "empty": b"",
        "huge gz": gzip.compress(raw),
    }.get(damage, raw)
    if damage == "analyze":
        path = tmp_path / "a.img"
        nibabel.save(nibabel.AnalyzeImage(values.astype(np.int16), np.eye(4)), path)
    elif damage == "folder":
        path.mkdir()
    elif damage != "missing":
        path.write_bytes(changed)
    with pytest.raises(MedviewError) as caught:
        nifti.read_labels(path)
    assert str(path) in str(caught.value)
    if damage not in ("fractions", "negative", "4d"):
        with pytest.raises(MedviewError) as caught:
            nifti.read_volume(path)
        assert str(path) in str(caught.value)


def test_what_cannot_be_written_is_said_and_nothing_stays(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(MedviewError) as caught:
        nifti.write_labels(a_labelmap(a_geometry()), tmp_path / "file" / "a.nii.gz")
    assert caught.value.code == "write-failed"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_real_cases_come_back_and_itk_agrees(shared_data, tmp_path):
    for case in ("lung_dx_a0002", "cptac_c3l_00189", "acrin_flt_013"):
        folder = shared_data / "chest_ct/volumes" / case
        image = nifti.read_volume(folder / "image.nii.gz")
        labels = nifti.read_labels(folder / "labels.nii.gz", image)
        assert labels.geometry is image.geometry
        assert (image.modality, image.voxels.dtype) == ("CT", np.int16)
        agrees_with_itk(folder / "image.nii.gz", image.voxels, image.geometry)
        nifti.write_labels(labels, tmp_path / "labels.nii.gz")
        again = nifti.read_labels(tmp_path / "labels.nii.gz", image)
        assert np.array_equal(again.voxels, labels.voxels)
        stored = nibabel.load(folder / "labels.nii.gz")
        assert np.array_equal(nibabel.load(tmp_path / "labels.nii.gz").affine, stored.affine)


def test_real_labelled_files_are_read(shared_data):
    files = sorted((shared_data / "labelled").rglob("*.nii.gz"))
    chosen = [file for file in files if "seg" in file.name or "mask" in file.name][:12]
    assert chosen
    for file in chosen:
        if file.name in ("mt1_gmseg.nii.gz", "mt1_wmseg.nii.gz"):  # soft segmentations
            with pytest.raises(MedviewError, match="fractions"):
                nifti.read_labels(file)
            continue
        labels = nifti.read_labels(file)
        agrees_with_itk(file, labels.voxels, labels.geometry)
