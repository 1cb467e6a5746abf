"""MetaImage, judged by SimpleITK."""

import zlib

import numpy as np
import pytest
import SimpleITK as sitk
from format_samples import DIRECTIONS, a_geometry, a_labelmap, a_volume

from medview.core.errors import MedviewError
from medview.formats import mha
from medview.formats.registry import format_for
from medview.formats.verify import verify_written


def itk_image(dtype=np.int16, shape=(4, 5, 6), kind="oblique"):
    geometry = a_geometry(kind, shape)
    values = np.random.default_rng(3).integers(0, 100, shape).astype(dtype)
    image = sitk.GetImageFromArray(values)
    image.SetSpacing([float(n) for n in reversed(geometry.spacing_mm)])
    image.SetOrigin([float(n) for n in geometry.affine[:3, 3]])
    image.SetDirection([float(n) for n in geometry.directions[:, ::-1].ravel()])
    return image, values, geometry


@pytest.mark.parametrize("kind", sorted(DIRECTIONS))
@pytest.mark.parametrize(("name", "packed"), [("a.mha", True), ("a.mha", False), ("a.mhd", True),
                                              ("a.mhd", False)])  # fmt: skip
def test_what_simpleitk_writes(tmp_path, kind, name, packed):
    image, values, geometry = itk_image(kind=kind)
    sitk.WriteImage(image, str(tmp_path / name), packed)
    volume = mha.read_volume(tmp_path / name)
    assert np.array_equal(volume.voxels, values)
    assert volume.geometry.is_close(geometry)
    assert volume.messages == ()


@pytest.mark.parametrize("dtype", ["i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8"])
def test_every_type(tmp_path, dtype):
    image, values, _ = itk_image(dtype)
    sitk.WriteImage(image, str(tmp_path / "a.mha"))
    assert np.array_equal(mha.read_volume(tmp_path / "a.mha").voxels, values)
    if dtype[0] != "f":
        assert np.array_equal(mha.read_labels(tmp_path / "a.mha").voxels, values)


@pytest.mark.parametrize("kind", sorted(DIRECTIONS))
def test_simpleitk_reads_what_is_written(tmp_path, kind):
    volume = a_volume(a_geometry(kind))
    labelmap = a_labelmap(volume.geometry)
    mha.write_volume(volume, tmp_path / "a.mha")
    mha.write_labels(labelmap, tmp_path / "l.mha")
    verify_written(tmp_path / "l.mha", labelmap)
    for path, voxels in (
        (tmp_path / "a.mha", volume.voxels),
        (tmp_path / "l.mha", labelmap.voxels),
    ):
        image = sitk.ReadImage(str(path))
        assert np.array_equal(sitk.GetArrayFromImage(image), voxels)
        place = image.TransformIndexToPhysicalPoint((3, 2, 1))
        assert np.allclose(place, volume.geometry.to_patient((1, 2, 3)), atol=1e-6)


def test_two_and_four_dimensions_and_colour(tmp_path):
    path = tmp_path / "a.mha"
    flat = np.arange(30, dtype=np.int16).reshape(5, 6)
    sitk.WriteImage(sitk.GetImageFromArray(flat), str(path))
    assert np.array_equal(mha.read_volume(path).voxels, flat[None])
    colour = np.random.default_rng(1).integers(0, 255, (4, 5, 6, 3)).astype(np.uint8)
    sitk.WriteImage(sitk.GetImageFromArray(colour, isVector=True), str(path))
    assert np.array_equal(mha.read_volume(path).voxels, colour)
    phases = sitk.JoinSeries([sitk.GetImageFromArray(np.full((2, 3, 4), n, "i2")) for n in (7, 8)])
    sitk.WriteImage(phases, str(path))
    volume = mha.read_volume(path)
    assert volume.voxels.shape == (2, 3, 4)
    assert (volume.voxels == 7).all()
    assert [message.code for message in volume.messages] == ["first-volume-only"]


def header(**fields):
    known = {"ObjectType": "Image", "NDims": "3", "DimSize": "4 3 2", "ElementType": "MET_SHORT",
             "TransformMatrix": "1 0 0 0 1 0 0 0 1"} | fields  # fmt: skip
    known["ElementDataFile"] = known.pop("ElementDataFile", "LOCAL")
    return "".join(f"{k} = {v}\n" for k, v in known.items() if v).encode()


VALUES = np.arange(24, dtype=np.int16).reshape(2, 3, 4)


def test_big_endian_and_letters(tmp_path):
    path = tmp_path / "a.mha"
    fields = {"TransformMatrix": "", "AnatomicalOrientation": "LPI", "ElementSpacing": "1 2 3"}
    path.write_bytes(header(ElementByteOrderMSB="True", **fields) + VALUES.astype(">i2").tobytes())
    volume = mha.read_volume(path)
    assert np.array_equal(volume.voxels, VALUES)
    assert np.array_equal(volume.geometry.to_patient((1, 1, 1)), (-1, -2, 3))
    path.write_bytes(header(TransformMatrix="") + VALUES.tobytes())
    assert [one.code for one in mha.read_volume(path).messages] == ["orientation-assumed"]
    bare = tmp_path / "nameless"
    bare.write_bytes(path.read_bytes())
    assert format_for(bare).name == "MetaImage"


@pytest.mark.parametrize(
    ("fields", "data"),
    [
        ({}, VALUES.tobytes()[:-1]),
        ({"DimSize": "40000 40000 40000", "CompressedData": "True"}, zlib.compress(b"0" * 99)),
        ({"CompressedData": "True"}, b"no zlib"),
        ({"CompressedData": "True"}, zlib.compress(b"short")),
        ({"DimSize": "0 3 2"}, b""),
        ({"DimSize": "x"}, b""),
        ({"ElementType": "MET_STRANGE"}, b""),
        ({"ElementSpacing": "1 0 1"}, VALUES.tobytes()),
        ({"ElementSpacing": "1 nan 1"}, VALUES.tobytes()),
        ({"Offset": "1 2"}, VALUES.tobytes()),
        ({"BinaryData": "False"}, b"1 2 3"),
        ({"ElementDataFile": "../secret.raw"}, b""),
        ({"ElementDataFile": "/etc/passwd"}, b""),
        ({"ElementDataFile": "..\\secret.raw"}, b""),
        ({"ElementDataFile": "slice%03d.raw 1 9 1"}, b""),
        ({"ElementDataFile": "LIST"}, b""),
        ({"ElementDataFile": "linked.raw"}, b""),
        ({"ElementDataFile": "."}, b""),
        ({"HeaderSize": "999"}, VALUES.tobytes()),
    ],
)
def test_damaged_and_hostile_files_are_refused(tmp_path, fields, data):
    (tmp_path / "secret.raw").write_bytes(bytes(100))
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "linked.raw").symlink_to(tmp_path / "secret.raw")
    (folder / "a.mhd").write_bytes(header(**fields) + data)
    with pytest.raises(MedviewError) as caught:
        mha.read_volume(folder / "a.mhd")
    assert caught.value.code == "file-unreadable"


def test_missing_parts_and_headers_without_an_end(tmp_path):
    (tmp_path / "a.mhd").write_bytes(header(ElementDataFile="gone.raw"))
    with pytest.raises(MedviewError, match=r"gone\.raw") as caught:
        mha.read_volume(tmp_path / "a.mhd")
    assert caught.value.code == "file-missing"
    (tmp_path / "b.mha").write_bytes(b"ObjectType = Image\n" * 9999)
    with pytest.raises(MedviewError, match="ElementDataFile"):
        mha.read_volume(tmp_path / "b.mha")
