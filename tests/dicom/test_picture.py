"""Cine time, loss, pixel shape and ultrasound regions from what headers say."""

import pytest

from medview.dicom.picture import aspect_of, frame_time_ms, lossy_text

JPEG, NEAR, J2K, LOSSLESS = (
    f"1.2.840.10008.1.2.4.{n}" for n in ("50", "81", "91", "90")
)  # fmt: skip
PLAIN = "1.2.840.10008.1.2.1"


@pytest.mark.parametrize(
    ("flag", "ratio", "method", "syntax", "words"),
    [
        ("", b"", "", PLAIN, ""),
        ("00", b"", "", LOSSLESS, ""),
        ("01", b"10", "ISO_15444_1", PLAIN, "lossy 10:1 (JPEG 2000)"),
        ("01", b"10.25", "", J2K, "lossy 10.2:1 (JPEG 2000)"),
        ("01", b"4\\20", "ISO_10918_1\\ISO_15444_1", PLAIN, "lossy 4:1 + 20:1 (JPEG 2000)"),
        ("01", b"ten", "NOBODY", PLAIN, "lossy"),
        ("", b"", "", JPEG, "lossy (JPEG)"),
        ("00", b"", "", NEAR, "lossy (JPEG-LS)"),
        ("", b"", "", J2K, "perhaps lossy (JPEG 2000)"),
        ("00", b"", "", J2K, ""),
    ],
)
def test_loss_in_words(flag, ratio, method, syntax, words):
    assert lossy_text(flag, ratio, method, syntax) == words


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((b"40", None, None, None), 40.0),
        ((None, b"0\\30\\50", None, None), 40.0),
        ((None, None, b"25", None), 40.0),
        ((None, None, None, b"50"), 20.0),
        ((b"33", b"0\\1\\1", b"10", b"10"), 33.0),
        ((b"0", None, b"0", b"20"), 50.0),
        ((b"fast", b"", b"-5", None), None),
        ((b"1e9", None, None, None), None),
        ((None, None, None, None), None),
    ],
)
def test_time_between_frames(values, expected):
    assert frame_time_ms(*values) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"2\\1", (2.0, 1.0)),
        (b"1\\2", (0.5, 1.0)),
        (b"0\\1", (1.0, 1.0)),
        (b"1", (1.0, 1.0)),
        (b"100000\\1", (1.0, 1.0)),
        (b"a\\b", (1.0, 1.0)),
        (None, (1.0, 1.0)),
    ],
)
def test_shape_of_a_pixel(raw, expected):
    assert aspect_of(raw) == expected


def test_loss_reaches_the_volume(series, load, change):
    def lose(dataset):
        dataset.LossyImageCompression = "01"
        dataset.LossyImageCompressionRatio = "12"
        dataset.LossyImageCompressionMethod = "ISO_14495_1"

    for path in series[1]:
        change(path, lose)
    assert load(series[0]).lossy == "lossy 12:1 (JPEG-LS)"


def test_only_a_cine_has_a_time(series, load, change):
    for path in series[1]:
        change(path, lambda dataset: setattr(dataset, "FrameTime", "40"))
    assert load(series[0]).frame_time_ms is None
