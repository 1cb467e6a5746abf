"""VOI lookup tables: preferred, read right, on modality values; grey scale inverted once."""

import numpy as np
import pydicom
import pytest
from pydicom.pixels import apply_modality_lut, apply_voi

from medview.core.display import to_grey
from medview.dicom.voi import tables


def lut(descriptor, data, explanation="", vr="US"):
    item = pydicom.Dataset()
    item.add_new("LUTDescriptor", "SS" if min(descriptor) < 0 else "US", descriptor)
    item.add_new("LUTData", vr, data)
    if explanation:
        item.LUTExplanation = explanation
    return item


def give(paths, change, *items, **values):
    def function(dataset):
        dataset.VOILUTSequence = list(items)
        for keyword, value in values.items():
            setattr(dataset, keyword, value)

    for path in paths:
        change(path, function)


RAMP = [int(n) for n in np.linspace(0, 4095, 512)]


def test_tables_come_before_windows_with_their_explanations(series, load, change):
    curve = [int(n) for n in np.linspace(0, 1, 512) ** 2 * 4095]
    give(series[1], change, lut([512, 0, 12], RAMP, "Bright"), lut([512, 0, 12], curve, "Soft"))
    volume = load(series[0])
    assert [window.name for window in volume.windows][:2] == ["Bright", "Soft"]
    assert [window.function for window in volume.windows[:2]] == ["LUT", "LUT"]
    assert all(window.table is None for window in volume.windows[2:])
    assert "voi-lut-unreadable" not in {message.code for message in volume.messages}


@pytest.mark.parametrize("first", [-1000, -200, 0, 37])
def test_the_input_is_the_modality_value(series, load, change, first):
    give(series[1], change, lut([512, first, 12], RAMP))
    volume = load(series[0])
    dataset = pydicom.dcmread(volume.source.files[3])
    values = apply_modality_lut(dataset.pixel_array, dataset)
    expected = apply_voi(values.astype(int), dataset) / 4095 * 255
    assert np.abs(to_grey(volume.voxels[3], volume.windows[0]) - expected).max() <= 0.5


@pytest.mark.parametrize("as_bytes", [True, False])
def test_a_first_input_without_its_sign_is_given_it_where_values_have_one(as_bytes):
    item = lut([4, 65436, 12], [0, 10, 20, 4095])  # -100 written as US
    if as_bytes:
        item["LUTDescriptor"].VR = "UN"
        item["LUTDescriptor"]._value = np.array([4, 65436, 12], "<u2").tobytes()
    (window,) = tables([item], may_be_negative=True)
    assert window.center - window.width / 2 == -100
    (window,) = tables([item], may_be_negative=False)
    assert window.center - window.width / 2 == 65436


def test_a_count_of_zero_is_65536():
    data = np.arange(65536, dtype="<u2").tobytes()
    (window,) = tables([lut([0, 0, 16], data, vr="OW")], may_be_negative=False)
    assert len(window.table.outputs) == 65536
    assert window.table.outputs[-1] == 1.0


def test_8_bit_entries_two_to_a_word():
    data = np.arange(256, dtype=np.uint8).tobytes()
    (window,) = tables([lut([256, 0, 8], data, vr="OW")], may_be_negative=False)
    grey = to_grey(np.arange(256, dtype=np.int16), window)
    assert np.array_equal(grey, np.arange(256))


def test_8_bit_entries_one_to_a_word():
    data = np.arange(256, dtype="<u2").tobytes()
    (window,) = tables([lut([256, 0, 8], data, vr="OW")], may_be_negative=False)
    assert np.array_equal(to_grey(np.arange(256, dtype=np.int16), window), np.arange(256))


def test_values_outside_take_the_ends(series):
    (window,) = tables([lut([3, 10, 8], [50, 100, 200])], may_be_negative=False)
    grey = to_grey(np.array([-5, 10, 11, 12, 500], np.int16), window)
    assert grey.tolist() == [50, 50, 100, 200, 200]


@pytest.mark.parametrize(
    "item",
    [
        lut([512, 0, 12], RAMP[:100]),
        lut([1, 0, 12], [5]),
        lut([512, 0], RAMP),
        pydicom.Dataset(),
    ],
    ids=["too few entries", "one entry", "half a descriptor", "empty"],
)
def test_a_table_without_meaning_is_left_out_and_said(series, load, change, codes, item):
    give(series[1], change, item)
    volume = load(series[0])
    assert all(window.table is None for window in volume.windows)
    assert "voi-lut-unreadable" in codes(volume.messages)
    assert {message.severity for message in volume.messages} == {"note"}


@pytest.mark.parametrize(
    ("photometric", "shape", "inverted"),
    [
        ("MONOCHROME2", "IDENTITY", False),
        ("MONOCHROME2", "INVERSE", True),
        ("MONOCHROME1", "INVERSE", True),
        ("MONOCHROME1", None, True),
        ("MONOCHROME2", None, False),
    ],
)
def test_inverse_shape_and_monochrome1_invert_once(
    series, load, change, photometric, shape, inverted
):
    def function(dataset):
        dataset.PhotometricInterpretation = photometric
        if shape:
            dataset.PresentationLUTShape = shape

    for path in series[1]:
        change(path, function)
    assert load(series[0]).inverted is inverted
