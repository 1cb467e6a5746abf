"""Display filters take noise away, keep edges and means, and never write to the data."""

import numpy as np
import pytest

from medview.session.smoothing import DisplayFilter, smooth

KINDS = ("median", "gaussian", "non-local-means")


@pytest.fixture
def noisy():
    random = np.random.default_rng(3)
    clean = np.zeros((64, 96), np.float32)
    clean[:, 48:] = 200.0
    return clean, (clean + random.normal(0, 20, clean.shape)).astype(np.int16)


@pytest.mark.parametrize("kind", KINDS)
def test_noise_falls_and_the_edge_stays(noisy, kind):
    _, image = noisy
    before = image.copy()
    shown = smooth(image, (1.0, 1.0), DisplayFilter(kind, 2.0))
    np.testing.assert_array_equal(image, before)
    flat = (slice(8, 56), slice(8, 40))
    assert shown[flat].std() < 0.5 * image[flat].std()
    assert abs(shown[flat].mean() - image[flat].mean()) < 1.0
    assert shown[:, 56:].mean() - shown[:, :40].mean() == pytest.approx(200, abs=4)


@pytest.mark.parametrize("kind", ["median", "gaussian"])
def test_the_reach_is_in_millimetres(kind):
    """On pixels four times as high as wide a point spreads four times as many columns as rows."""
    image = np.zeros((41, 41), np.float32)
    image[20, 20] = 1000.0
    if kind == "median":
        image = np.zeros((41, 41), np.float32)
        image[18:23, 12:29] = 1000.0
    shown = smooth(image, (4.0, 1.0), DisplayFilter(kind, 8.0))
    rows, columns = np.nonzero(shown > shown.max() * 0.2)
    down, across = np.ptp(rows) * 4.0, np.ptp(columns)
    assert down == pytest.approx(across, abs=8.0)


def test_no_filter_gives_the_values_back(noisy):
    _, image = noisy
    np.testing.assert_array_equal(smooth(image, (1, 1), DisplayFilter()), image)


def test_a_constant_slice_has_no_noise_to_take(noisy):
    flat = np.full((20, 20), 7, np.int16)
    np.testing.assert_array_equal(smooth(flat, (1, 1), DisplayFilter("non-local-means")), 7)
