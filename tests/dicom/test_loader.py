"""Volumes come out with the right values, slice by slice, and never pretend."""

import errno
import os
import shutil
import threading

import numpy as np
import pydicom
import pytest

from medview.core.errors import Cancelled, MedviewError
from medview.core.job import Progress
from medview.core.phantom import thorax_phantom
from medview.dicom import loader
from medview.dicom.loader import SliceReady, VolumeStarted, load_volume, thumbnail
from medview.dicom.phantom_series import write_series


def pixels(change, paths, function):
    """Change the stored values (uint16) and the header of some files."""
    for number, path in enumerate(paths):

        def adapt(dataset, number=number):
            stored = np.frombuffer(dataset.PixelData, "<u2")
            dataset.PixelData = function(dataset, number, stored.copy()).tobytes()

        change(path, adapt)


def test_values_are_hounsfield_units(series, load, phantom):
    volume = load(series[0])
    assert volume.voxels.dtype == np.int16
    assert np.array_equal(volume.voxels, phantom.voxels)
    assert (volume.modality, volume.units) == ("CT", "HU")
    assert volume.is_complete
    assert not volume.voxels.flags.writeable
    assert [(w.name, w.center, w.width) for w in volume.windows] == [
        ("MEDIASTINUM", 40, 400),
        ("LUNG", -600, 1500),
    ]


def test_the_source_names_every_slice(series, load):
    source = load(series[0]).source
    assert source.files == tuple(series[1])
    assert source.frames == (1,) * 12
    uids = [pydicom.dcmread(path).SOPInstanceUID for path in series[1]]
    assert list(source.sop_instance_uids) == uids


def test_slices_stream_from_the_middle(series, plans):
    items = []
    volume = load_volume(plans(series[0])[0], Progress(on_item=items.append))
    assert isinstance(items[0], VolumeStarted)
    assert items[0].volume.voxels is volume.voxels
    assert items[1] == SliceReady(6)
    assert sorted(item.index for item in items[1:]) == list(range(12))


def test_ready_tells_which_slices_hold_pixels(series, plans, phantom):
    started = []

    def on_item(item):
        if isinstance(item, VolumeStarted):
            started.append(item.volume)
            assert not item.volume.ready.any()
        else:
            volume = started[0]
            assert volume.ready[item.index]
            assert np.array_equal(volume.voxels[item.index], phantom.voxels[item.index])

    load_volume(plans(series[0])[0], Progress(on_item=on_item))
    assert started[0].ready.all()


def test_cancelling_stops_and_leaves_no_thread(series, plans):
    progress = Progress(on_item=lambda item: isinstance(item, SliceReady) and progress.cancel())
    with pytest.raises(Cancelled):
        load_volume(plans(series[0])[0], progress)
    assert not [t for t in threading.enumerate() if t.name.startswith("reader-")]


@pytest.mark.parametrize("size", [1400, 4000])
def test_a_truncated_slice_is_said_and_filled(series, load, phantom, size):
    folder, paths = series
    paths[3].write_bytes(paths[3].read_bytes()[:size])
    volume = load(folder)
    warnings = [m for m in volume.messages if m.severity == "warning"]
    assert [m.code for m in warnings] == ["slice-unreadable"]
    assert warnings[0].files == (paths[3].name,)
    others = [index for index in range(12) if index != 3]
    assert np.array_equal(volume.voxels[others], phantom.voxels[others])
    assert (volume.voxels[3] == volume.voxels[others].min()).all()


def test_a_file_that_vanishes_is_said(series, plans):
    folder, paths = series
    plan = plans(folder)[0]
    paths[0].unlink()
    volume = load_volume(plan, Progress())
    assert [m.files for m in volume.messages] == [(paths[0].name,)]


def test_slices_are_counted_from_1_and_ten_are_named(tmp_path, plans):
    paths = write_series(thorax_phantom((30, 16, 16), (10.0, 20.0, 20.0)), tmp_path)
    plan = plans(tmp_path)[0]
    for path in paths[:15]:
        path.unlink()
    volume = load_volume(plan, Progress())
    (message,) = volume.messages
    assert message.text.startswith("15 slice(s) cannot be read (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, …).")
    assert set(volume.unreadable) == set(range(15))


def test_a_medium_that_fails_half_way_is_said(series, plans, phantom, monkeypatch):
    """From the seventh slice on every read fails, and nothing is there any more."""
    plan = plans(series[0])[0]
    real, read = loader.decode_into, []

    def fails(frame, out):
        if len(read) == 6:
            shutil.rmtree(series[0], ignore_errors=True)
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        real(frame, out)
        read.append(frame.path)

    monkeypatch.setattr(loader, "READERS", 1)
    monkeypatch.setattr(loader, "decode_into", fails)
    volume = load_volume(plan, Progress())
    kept = [index for index in range(12) if plan.frames[index].path in read]
    assert np.array_equal(volume.voxels[kept], phantom.voxels[kept])
    assert set(volume.unreadable) == set(range(12)) - set(kept)
    (message,) = volume.messages
    assert message.code == "slice-unreadable"
    assert os.strerror(errno.EIO) in message.text
    assert "is gone" in message.text


def test_a_medium_that_is_gone_before_loading_is_said(series, plans):
    plan = plans(series[0])[0]
    shutil.rmtree(series[0])
    with pytest.raises(MedviewError) as caught:
        load_volume(plan, Progress())
    assert caught.value.code == "unreadable"
    assert "is gone" in caught.value.hint


def test_what_the_files_cannot_hold_is_refused_before_it_is_allocated(series, plans, monkeypatch):
    plan = plans(series[0])[0]
    monkeypatch.setattr(loader, "_FREE_BYTES", 0)
    monkeypatch.setattr(loader, "_PLAIN_RATIO", 0.5)
    monkeypatch.setattr(loader.np, "zeros", None)
    with pytest.raises(MedviewError) as caught:
        load_volume(plan, Progress())
    assert caught.value.code == "too-large"


def test_nothing_readable_is_an_error(series, plans):
    plan = plans(series[0])[0]
    for path in series[1]:
        path.unlink()
    with pytest.raises(MedviewError) as caught:
        load_volume(plan, Progress())
    assert caught.value.code == "unreadable"


class PanicException(BaseException):
    """As Rust decoders raise."""


def test_whatever_a_decoder_raises_the_rest_opens(series, plans, monkeypatch):
    plan = plans(series[0])[0]
    real = loader.decode_into

    def fake(frame, out):
        if frame.path == series[1][2]:
            raise PanicException
        real(frame, out)

    monkeypatch.setattr(loader, "decode_into", fake)
    volume = load_volume(plan, Progress())
    assert [m.files for m in volume.messages] == [("slice-0002.dcm",)]
    assert "PanicException" in volume.messages[0].text


def test_rescale_of_each_slice_is_applied(series, load, change, phantom):
    folder, paths = series
    for number, path in enumerate(paths):

        def scale(dataset, number=number):
            dataset.RescaleSlope = str(0.5 + number)
            dataset.RescaleIntercept = "3"

        change(path, scale)
    volume = load(folder)
    stored = phantom.voxels.astype(np.float64) + 1024
    expected = stored * (0.5 + np.arange(12))[:, None, None] + 3
    assert volume.voxels.dtype == np.float32
    assert np.allclose(volume.voxels, expected, rtol=1e-6)


def test_whole_slopes_stay_int16_while_values_fit(series, load, change, phantom):
    for path in series[1]:
        change(path, lambda d: setattr(d, "RescaleSlope", "2"))
    volume = load(series[0])
    expected = (phantom.voxels.astype(int) + 1024) * 2 - 1024
    assert volume.voxels.dtype == np.int16
    assert np.array_equal(volume.voxels, expected)


def test_values_beyond_int16_become_float(series, plans, change):
    folder, paths = series

    def wide(dataset, number, stored):
        dataset.BitsStored, dataset.HighBit = 16, 15
        if number == 2:
            stored[7] = 60000
        return stored

    pixels(change, paths, wide)
    items = []
    volume = load_volume(plans(folder)[0], Progress(on_item=items.append))
    assert volume.voxels.dtype == np.float32
    assert volume.voxels[2].ravel()[7] == 60000 - 1024
    assert items[0].volume.voxels.dtype == np.int16
    assert sum(isinstance(item, VolumeStarted) for item in items) == 2


def test_padding_beyond_int16_does_not_cost_int16(series, load, change):
    folder, paths = series

    def pad(dataset, number, stored):
        dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 16, 15, 1
        dataset.add_new(0x00280120, "SS", -32768)
        stored[:5] = 0x8000
        return stored

    pixels(change, paths, pad)
    volume = load(folder)
    assert volume.voxels.dtype == np.int16
    assert (volume.voxels[0].ravel()[:5] == -32768).all()
    assert volume.padding == (-32768, -32768)


def test_padding_range_is_in_modality_values(series, load, change):
    def pad(dataset):
        dataset.add_new(0x00280120, "US", 0)
        dataset.add_new(0x00280121, "US", 10)

    for path in series[1]:
        change(path, pad)
    assert load(series[0]).padding == (-1024, -1014)


def test_sign_and_high_bit_are_respected(series, load, change):
    folder, paths = series
    values = np.arange(-1536, 1536, dtype=np.int16)

    def lifted(dataset, number, stored):
        dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 12, 13, 1
        dataset.RescaleIntercept = "0"
        rubbish = np.uint16(0xC003)
        return ((values.view(np.uint16) & 0xFFF) << 2) | rubbish

    pixels(change, paths, lifted)
    assert np.array_equal(load(folder).voxels[0].ravel(), values)


def test_unused_bits_are_masked(series, load, change, phantom):
    pixels(change, series[1], lambda dataset, number, stored: stored | np.uint16(0xF000))
    assert np.array_equal(load(series[0]).voxels, phantom.voxels)


def test_monochrome1_is_marked_not_changed(series, load, change, phantom):
    for path in series[1]:
        change(path, lambda d: setattr(d, "PhotometricInterpretation", "MONOCHROME1"))
    volume = load(series[0])
    assert volume.inverted
    assert np.array_equal(volume.voxels, phantom.voxels)


def test_window_function_and_useless_windows(series, load, change):
    def windows(dataset):
        dataset.WindowCenter, dataset.WindowWidth = ["10", "20"], ["0", "5.5"]
        dataset.VOILUTFunction = "SIGMOID"

    for path in series[1]:
        change(path, windows)
    assert [(w.center, w.width, w.function) for w in load(series[0]).windows] == [
        (20, 5.5, "SIGMOID")
    ]


def test_modality_lut(series, load, change, phantom):
    table = (np.arange(4096) // 3).astype(np.uint16)

    def lut(dataset):
        item = pydicom.Dataset()
        item.add_new(0x00283002, "US", [4096, 0, 16])
        item.ModalityLUTType = "US"
        item.add_new(0x00283006, "OW", table.tobytes())
        dataset.ModalityLUTSequence = [item]
        del dataset.RescaleSlope
        del dataset.RescaleIntercept

    for path in series[1]:
        change(path, lut)
    assert np.array_equal(load(series[0]).voxels, table[phantom.voxels.astype(int) + 1024])


def test_what_cannot_be_applied_is_said(series, load, change, codes):
    def extras(dataset):
        dataset.VOILUTSequence = [pydicom.Dataset()]
        dataset.add_new(0x60000010, "US", 48)

    for path in series[1]:
        change(path, extras)
    messages = load(series[0]).messages
    assert codes(messages) == {"voi-lut-unreadable", "overlay-unreadable"}
    assert {message.severity for message in messages} == {"note"}


def test_without_rescale_values_are_not_called_hu(series, load, change, codes):
    def remove(dataset):
        del dataset.RescaleSlope
        del dataset.RescaleIntercept
        del dataset.RescaleType

    for path in series[1]:
        change(path, remove)
    volume = load(series[0])
    assert volume.units == ""
    assert codes(volume.messages) == {"no-rescale"}


def test_thumbnail_keeps_the_proportions(series, plans):
    picture = thumbnail(plans(series[0])[0], 96)
    assert picture.shape == (96, 96)
    assert picture.dtype == np.uint8
    assert picture.max() > 100
    assert picture[0].any() == picture[-1].any()
