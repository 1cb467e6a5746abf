"""Overlays 60xx: beside the pixels and in unused bits, placed, merged, never in the values."""

import numpy as np
import pydicom
import pytest

from medview.core.bitmaps import Bitmaps

ROWS, COLUMNS = 48, 64


def overlay(dataset, bitmap, group=0x6000, origin=(1, 1), kind="G", **more):
    """Write a bitmap ([frames,] rows, columns) as an overlay of a group."""
    dataset.add_new((group, 0x10), "US", bitmap.shape[-2])
    dataset.add_new((group, 0x11), "US", bitmap.shape[-1])
    dataset.add_new((group, 0x40), "CS", kind)
    dataset.add_new((group, 0x50), "SS", list(origin))
    dataset.add_new((group, 0x100), "US", 1)
    dataset.add_new((group, 0x102), "US", 0)
    data = np.packbits(bitmap.ravel(), bitorder="little").tobytes()
    dataset.add_new((group, 0x3000), "OW", data + b"\0" * (len(data) % 2))
    for element, value in more.items():
        number = {"frames": 0x15, "first": 0x51}[element]
        dataset.add_new((group, number), "IS" if number == 0x15 else "US", value)


def drawing(seed, rows=ROWS, columns=COLUMNS):
    return np.random.default_rng(seed).random((rows, columns)) < 0.1


def test_of_one_slice_only(series, load, change, phantom):
    bitmap = drawing(1)
    change(series[1][3], lambda dataset: overlay(dataset, bitmap))
    volume = load(series[0])
    assert list(volume.overlays) == [3]
    assert np.array_equal(volume.overlays[3], bitmap)
    assert np.array_equal(volume.voxels, phantom.voxels)
    assert volume.overlays.get(2) is None


def test_groups_of_a_slice_are_merged_graphics_and_regions(series, load, change):
    one, two = drawing(1), drawing(2)

    def both(dataset):
        overlay(dataset, one, 0x6000)
        overlay(dataset, two, 0x601E, kind="R")

    change(series[1][0], both)
    assert np.array_equal(load(series[0]).overlays[0], one | two)


@pytest.mark.parametrize("origin", [(1, 1), (5, 9), (-3, -10), (40, 60), (200, 1), (-100, 5)])
def test_the_origin_may_lie_anywhere(series, load, change, origin):
    bitmap = drawing(3, 20, 30)
    bitmap[0, 0] = bitmap[-1, -1] = True
    change(series[1][0], lambda dataset: overlay(dataset, bitmap, origin=origin))
    expected = np.zeros((ROWS + 400, COLUMNS + 400), bool)
    top, left = origin[0] + 199, origin[1] + 199
    expected[top : top + 20, left : left + 30] = bitmap
    expected = expected[200 : 200 + ROWS, 200 : 200 + COLUMNS]
    found = load(series[0]).overlays.get(0, np.zeros((ROWS, COLUMNS), bool))
    assert np.array_equal(found, expected)


@pytest.mark.parametrize("bit", [12, 15])
def test_in_an_unused_bit_of_the_pixels(series, load, change, phantom, bit):
    bitmap = drawing(4)

    def embed(dataset):
        stored = np.frombuffer(dataset.PixelData, "<u2").reshape(ROWS, COLUMNS)
        dataset.PixelData = (stored | bitmap.astype("<u2") << bit).tobytes()
        dataset.add_new(0x60000010, "US", ROWS)
        dataset.add_new(0x60000011, "US", COLUMNS)
        dataset.add_new(0x60000100, "US", 16)
        dataset.add_new(0x60000102, "US", bit)

    for path in series[1]:
        change(path, embed)
    volume = load(series[0])
    assert np.array_equal(volume.voxels, phantom.voxels)
    assert len(volume.overlays) == len(series[1])
    assert np.array_equal(volume.overlays[5], bitmap)


def test_a_bit_of_the_value_is_no_overlay(series, load, change, codes):
    def embed(dataset):
        dataset.add_new(0x60000010, "US", ROWS)
        dataset.add_new(0x60000011, "US", COLUMNS)
        dataset.add_new(0x60000102, "US", 11)

    change(series[1][0], embed)
    volume = load(series[0])
    assert not volume.overlays
    assert "overlay-unreadable" in codes(volume.messages)


def multiframe(path, change, count, **more):
    def function(dataset):
        dataset.NumberOfFrames = str(count)
        dataset.PixelData = dataset.PixelData * count
        overlay(dataset, more.pop("bitmap"), **more)

    change(path, function)


def test_frames_of_an_overlay_belong_to_frames_of_the_image(series, load, change):
    bitmap = np.stack([drawing(5), drawing(6)])
    multiframe(series[1][0], change, 4, bitmap=bitmap, frames="2", first=2)
    overlays = load(series[1][0]).overlays
    assert list(overlays) == [1, 2]
    assert np.array_equal(overlays[1], bitmap[0])
    assert np.array_equal(overlays[2], bitmap[1])


def test_an_overlay_without_frames_lies_over_all(series, load, change):
    bitmap = drawing(7)
    multiframe(series[1][0], change, 3, bitmap=bitmap)
    overlays = load(series[1][0]).overlays
    assert list(overlays) == [0, 1, 2]
    assert np.array_equal(overlays[2], bitmap)


def test_too_few_bits_are_said_and_cost_nothing_else(series, load, change, codes, phantom):
    def short(dataset):
        overlay(dataset, drawing(8))
        dataset[0x60003000].value = b"\xff" * 20

    change(series[1][2], short)
    volume = load(series[0])
    assert not volume.overlays
    assert codes(volume.messages) == {"overlay-unreadable"}
    assert np.array_equal(volume.voxels, phantom.voxels)


def test_equal_to_pydicom(load):
    path = pydicom.data.get_testdata_file("examples_overlay.dcm", download=False)
    expected = pydicom.dcmread(path).overlay_array(0x6000)
    assert np.array_equal(load(path).overlays[0], expected.astype(bool))


def test_bitmaps_take_an_eighth_and_have_a_limit(monkeypatch):
    monkeypatch.setattr("medview.core.bitmaps.MAX_BYTES", 3 * 8)
    bitmaps = Bitmaps(8, 8)
    full = np.ones((8, 8), bool)
    assert [bitmaps.put(n, full) for n in range(4)] == [True, True, True, False]
    assert bitmaps.put(9, ~full)
    assert list(bitmaps) == [0, 1, 2]
