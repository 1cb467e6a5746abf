"""A code stream that is not of its header's matrix never reaches a native decoder."""

import struct

import hostile
import imagecodecs
import numpy as np
import pydicom
import pytest
from pydicom.data import get_testdata_file

from medview.core.errors import MedviewError
from medview.dicom.header import PixelFormat
from medview.dicom.streams import check_stream

GREY = np.arange(40 * 30, dtype=np.uint16).reshape(40, 30)
STREAMS = {
    "jpeg": ("1.2.840.10008.1.2.4.50", imagecodecs.jpeg8_encode((GREY >> 3).astype("u1"))),
    "jpeg-lossless": ("1.2.840.10008.1.2.4.70", imagecodecs.ljpeg_encode(GREY, bitspersample=16)),
    "jpeg-ls": ("1.2.840.10008.1.2.4.80", imagecodecs.jpegls_encode(GREY)),
    "jpeg-2000": ("1.2.840.10008.1.2.4.90", imagecodecs.jpeg2k_encode(GREY, codecformat="j2k")),
    "boxed": ("1.2.840.10008.1.2.4.90", imagecodecs.jpeg2k_encode(GREY, codecformat="jp2")),
    "htj2k": ("1.2.840.10008.1.2.4.201", imagecodecs.htj2k_encode(GREY)),
    "rle": ("1.2.840.10008.1.2.5", hostile.rle(GREY)),
    "jpeg-xl": ("1.2.840.10008.1.2.4.110", imagecodecs.jpegxl_encode(GREY, lossless=True)),
}


def pixel(syntax, rows=40, columns=30, samples=1, bits=16):
    return PixelFormat(
        rows, columns, samples, "MONOCHROME2", 0, bits, bits, bits - 1, False, "int", syntax,
        True, b"OB",
    )  # fmt: skip


@pytest.mark.parametrize("name", STREAMS)
def test_a_valid_stream_passes(name):
    syntax, data = STREAMS[name]
    check_stream(bytes(data), pixel(syntax, bits=8 if name == "jpeg" else 16))


@pytest.mark.parametrize("name", [name for name in STREAMS if name not in ("rle", "jpeg-xl")])
@pytest.mark.parametrize("wrong", [{"rows": 41}, {"columns": 3}, {"samples": 3}])
def test_another_matrix_is_damage(name, wrong):
    syntax, data = STREAMS[name]
    with pytest.raises(MedviewError) as caught:
        check_stream(bytes(data), pixel(syntax, **wrong))
    assert caught.value.code == "damaged"


@pytest.mark.parametrize("name", [name for name in STREAMS if name != "jpeg-xl"])
@pytest.mark.parametrize("size", [0, 1, 3, 10, 20])
def test_a_stump_is_an_expected_error(name, size):
    syntax, data = STREAMS[name]
    with pytest.raises(MedviewError):
        check_stream(bytes(data)[:size], pixel(syntax))


@pytest.mark.parametrize(
    "head", [(1, 64), (16, 64), (2, 64, 0), (2, 64, 1 << 31), (2, 90, 80), (2, 0, 64)]
)
def test_run_length_tables_that_lie(head):
    data = bytearray(STREAMS["rle"][1])
    data[: 4 * len(head)] = struct.pack(f"<{len(head)}I", *head)
    with pytest.raises(MedviewError):
        check_stream(bytes(data), pixel(STREAMS["rle"][0]))


def test_tiles_without_number_are_damage():
    syntax, data = STREAMS["jpeg-2000"]
    data = bytearray(data)
    at = data.index(b"\xff\x4f\xff\x51") + 8 + 16
    data[at : at + 8] = bytes(8)
    with pytest.raises(MedviewError, match="tiles"):
        check_stream(bytes(data), pixel(syntax))


def test_big_endian_colour_of_an_odd_size(load):
    name = get_testdata_file("SC_rgb_small_odd_big_endian.dcm", download=False)
    twin = get_testdata_file("SC_rgb_small_odd.dcm", download=False)
    if name is None or twin is None:
        pytest.skip("pydicom came without its test files")
    assert np.array_equal(load(name).voxels[0], pydicom.dcmread(twin).pixel_array)
