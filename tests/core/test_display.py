"""Windows map values to grey exactly as PS3.3 C.11.2.1.2 and C.11.2.1.3 write it."""

import math

import numpy as np
import pytest

from medview.core.display import CT_PRESETS, Window, auto_window, to_grey

WINDOWS = [
    Window(40, 400),
    Window(-600, 1500),
    Window(0, 1),
    Window(50.5, 2),
    Window(128, 256),
    Window(10, 0.5),
    Window(40, 400, function="LINEAR_EXACT"),
    Window(40, 400, function="SIGMOID"),
    Window(-3.25, 7.5, function="LINEAR_EXACT"),
]


def literal(x, window):
    """The standard's pseudo code, with y from 0 to 255 and rounding to the nearest."""
    c, w = window.center, window.width
    if window.function == "SIGMOID":
        return math.floor(255 / (1 + math.exp(-4 * (x - c) / w)) + 0.5)
    if window.function == "LINEAR_EXACT" or w <= 1:
        if x <= c - w / 2:
            return 0
        if x > c + w / 2:
            return 255
        return math.floor(((x - c) / w + 0.5) * 255 + 0.5)
    if x <= c - 0.5 - (w - 1) / 2:
        return 0
    if x > c - 0.5 + (w - 1) / 2:
        return 255
    return math.floor(((x - (c - 0.5)) / (w - 1) + 0.5) * 255 + 0.5)


def edges(window):
    c, w = window.center, window.width
    around = [c, c - w / 2, c + w / 2, c - 0.5 - (w - 1) / 2, c - 0.5 + (w - 1) / 2]
    return sorted({math.floor(v) + step for v in around for step in (-2, -1, 0, 1, 2)})


@pytest.mark.parametrize("window", WINDOWS, ids=str)
@pytest.mark.parametrize("dtype", [np.int16, np.float32])
def test_edges_of_the_window(window, dtype):
    values = np.array([-32768, *edges(window), 32767], dtype=dtype)
    grey = to_grey(values, window).astype(int)
    expected = np.array([literal(float(v), window) for v in values])
    # float32 may round a tie the other way; the ends must be exact
    assert np.abs(grey - expected).max() <= 1
    assert np.array_equal(grey[[0, -1]], expected[[0, -1]])
    assert (np.diff(grey) >= 0).all()


def test_both_paths_agree_for_every_int16():
    every = np.arange(-32768, 32768).astype(np.int16)
    for _, window in CT_PRESETS:
        assert np.array_equal(to_grey(every, window), to_grey(every.astype(np.float32), window))


def test_inverted_is_the_negative():
    values = np.array([[-1000, 0, 40, 3000]], dtype=np.int16)
    window = Window(40, 400)
    assert np.array_equal(to_grey(values, window, inverted=True), 255 - to_grey(values, window))


def test_nan_is_black_and_infinity_is_clipped():
    values = np.array([np.nan, -np.inf, np.inf], dtype=np.float32)
    assert to_grey(values, Window(0, 10)).tolist() == [0, 0, 255]


def test_a_level_window_of_width_one_is_a_threshold():
    assert to_grey(np.array([-1, 0, 1], dtype=np.int16), Window(0.5, 1)).tolist() == [0, 0, 255]


def test_auto_window_leaves_padding_out():
    values = np.concatenate([np.full(5000, -2000), np.arange(0, 1000)]).astype(np.int16)
    window = auto_window(values, (-2000, -2000))
    assert window.center - window.width / 2 >= 0
    assert window.center == pytest.approx(500, abs=5)


@pytest.mark.parametrize("value", [0.0, 7.5, -3.0])
def test_auto_window_of_a_flat_image(value):
    assert auto_window(np.full((4, 4), value, dtype=np.float32)).width > 0


def test_auto_window_without_any_finite_value():
    assert auto_window(np.full((4,), np.nan, dtype=np.float32)).width > 0
