"""Compressed pixels, colour and multi-frame files give the pixels that were put in."""

import imagecodecs
import numpy as np
import pydicom
import pytest
from pydicom.encaps import encapsulate
from pydicom.uid import UID

SYNTAXES = {
    "1.2.840.10008.1.2.4.90": lambda a: imagecodecs.jpeg2k_encode(a, level=0, codecformat="j2k"),
    "1.2.840.10008.1.2.4.80": imagecodecs.jpegls_encode,
    "1.2.840.10008.1.2.4.70": lambda a: imagecodecs.ljpeg_encode(a, bitspersample=16),
    "1.2.840.10008.1.2.4.110": lambda a: imagecodecs.jpegxl_encode(a, lossless=True),
    "1.2.840.10008.1.2.5": lambda a: imagecodecs.dicomrle_encode(a),
}


def rle(array):
    from pydicom.pixels.encoders.base import EncodeRunner
    from pydicom.pixels.encoders.native import _encode_frame  # only to write the test's file

    runner = EncodeRunner(pydicom.uid.RLELossless)
    runner.set_options(
        rows=array.shape[0],
        columns=array.shape[1],
        samples_per_pixel=1,
        bits_allocated=16,
        bits_stored=16,
        pixel_representation=0,
        photometric_interpretation="MONOCHROME2",
        number_of_frames=1,
        pixel_keyword="PixelData",
    )
    return _encode_frame(array.tobytes(), runner)


@pytest.fixture
def compress(change):
    """Compress the files of a series with a transfer syntax."""

    def _compress(paths, uid):
        encode = rle if uid.endswith(".5") else SYNTAXES[uid]
        for path in paths:

            def adapt(dataset):
                stored = np.frombuffer(dataset.PixelData, "<u2").reshape(
                    dataset.Rows, dataset.Columns
                )
                dataset.PixelData = encapsulate([encode(np.ascontiguousarray(stored))])
                dataset["PixelData"].VR = "OB"
                dataset["PixelData"].is_undefined_length = True
                dataset.file_meta.TransferSyntaxUID = UID(uid)

            change(path, adapt)

    return _compress


@pytest.mark.parametrize("uid", SYNTAXES)
def test_lossless_syntaxes(series, load, compress, phantom, uid):
    compress(series[1], uid)
    volume = load(series[0])
    assert np.array_equal(volume.voxels, phantom.voxels)
    assert volume.messages == ()


@pytest.mark.parametrize("uid", ["1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.80"])
def test_a_code_stream_cut_short_is_not_shown_as_whole(series, load, compress, uid, codes):
    folder, paths = series
    compress(paths, uid)
    raw = paths[4].read_bytes()
    paths[4].write_bytes(raw[: len(raw) - 200])
    assert codes(load(folder).messages) == {"slice-unreadable"}


def test_a_damaged_code_stream_is_one_bad_slice(series, load, compress, phantom, codes):
    folder, paths = series
    compress(paths, "1.2.840.10008.1.2.4.80")
    raw = bytearray(paths[4].read_bytes())
    start = raw.index(b"\xff\xd8\xff")
    raw[start + 2 : start + 60] = bytes(58)
    paths[4].write_bytes(raw)
    volume = load(folder)
    assert codes(volume.messages) == {"slice-unreadable"}
    assert np.array_equal(volume.voxels[5:], phantom.voxels[5:])


def test_big_endian_and_deflated(series, load, phantom):
    folder, paths = series
    for path in paths[:6]:
        dataset = pydicom.dcmread(path)
        dataset.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRBigEndian
        dataset.PixelData = np.frombuffer(dataset.PixelData, "<u2").astype(">u2").tobytes()
        pydicom.dcmwrite(path, dataset, implicit_vr=False, little_endian=False, force_encoding=True)
    for path in paths[6:]:
        dataset = pydicom.dcmread(path)
        dataset.file_meta.TransferSyntaxUID = pydicom.uid.DeflatedExplicitVRLittleEndian
        dataset.save_as(path)
    assert np.array_equal(load(folder).voxels, phantom.voxels)


@pytest.mark.parametrize("planar", [0, 1])
def test_native_colour(series, load, change, planar):
    folder, paths = series
    rgb = np.random.default_rng(0).integers(0, 256, (48, 64, 3), dtype=np.uint8)

    def colour(dataset):
        dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 3, "RGB"
        dataset.PlanarConfiguration = planar
        dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 8, 8, 7
        stored = rgb if planar == 0 else np.ascontiguousarray(rgb.transpose(2, 0, 1))
        dataset.PixelData = stored.tobytes()
        dataset["PixelData"].VR = "OB"

    for path in paths:
        change(path, colour)
    volume = load(folder)
    assert volume.is_color
    assert volume.voxels.dtype == np.uint8
    assert np.array_equal(volume.voxels[5], rgb)


def test_classic_multi_frame_has_no_millimetres(series, load, change, phantom):
    _, paths = series

    def cine(dataset):
        dataset.SOPClassUID = pydicom.uid.UltrasoundMultiFrameImageStorage
        dataset.Modality = "US"
        dataset.NumberOfFrames = "5"
        del dataset.ImagePositionPatient
        del dataset.ImageOrientationPatient
        stored = (phantom.voxels[:5].astype(np.int32) + 1024).astype("<u2")
        dataset.PixelData = stored.tobytes()

    change(paths[0], cine)
    volume = load(paths[0])
    assert np.array_equal(volume.voxels, phantom.voxels[:5])
    assert not volume.geometry.calibrated
    assert volume.source.frames == (1, 2, 3, 4, 5)


def enhanced(phantom, path):
    """An enhanced CT of the phantom, its frames stored from head to feet."""
    dataset = pydicom.dcmread(path)
    dataset.SOPClassUID = pydicom.uid.EnhancedCTImageStorage
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    for keyword in (
        "ImagePositionPatient",
        "ImageOrientationPatient",
        "PixelSpacing",
        "RescaleSlope",
        "RescaleIntercept",
        "WindowCenter",
        "WindowWidth",
    ):
        delattr(dataset, keyword)
    order = range(len(phantom.voxels))[::-1]
    dataset.NumberOfFrames = str(len(phantom.voxels))

    def item(**values):
        inner = pydicom.Dataset()
        for keyword, value in values.items():
            setattr(inner, keyword, value)
        return [inner]

    shared = item(
        PixelMeasuresSequence=item(PixelSpacing=["8", "6"], SliceThickness="25"),
        PlaneOrientationSequence=item(ImageOrientationPatient=["1", "0", "0", "0", "1", "0"]),
        FrameVOILUTSequence=item(WindowCenter="50", WindowWidth="350"),
    )
    frames = []
    for index in order:
        position = [f"{value:.6f}" for value in phantom.geometry.to_patient((index, 0, 0))]
        frames += item(
            PlanePositionSequence=item(ImagePositionPatient=position),
            PixelValueTransformationSequence=item(
                RescaleSlope="1", RescaleIntercept=str(-1000 - index), RescaleType="HU"
            ),
        )
    dataset.SharedFunctionalGroupsSequence = shared
    dataset.PerFrameFunctionalGroupsSequence = frames
    stored = [phantom.voxels[index].astype(np.int32) + 1024 + 1000 + index for index in order]
    dataset.BitsStored, dataset.HighBit = 16, 15
    dataset.PixelData = np.array(stored, dtype="<u2").tobytes()
    dataset.save_as(path)


def test_enhanced_multi_frame(series, load, phantom):
    path = series[1][0]
    enhanced(phantom, path)
    volume = load(path)
    assert np.array_equal(volume.voxels, phantom.voxels + 1024)
    assert volume.geometry.is_close(phantom.geometry, 1e-4)
    assert volume.source.frames == tuple(range(12, 0, -1))
    assert [(w.center, w.width) for w in volume.windows] == [(50, 350)]
    assert volume.messages == ()


def test_too_many_frames_for_the_bytes_is_refused(series, index, change):
    path = series[1][0]
    change(path, lambda d: setattr(d, "NumberOfFrames", "90000"))
    assert [item.code for item in index(path).skipped] == ["truncated"]
