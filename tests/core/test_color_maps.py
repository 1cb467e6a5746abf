"""Colour maps run evenly from dark to bright, so that no edge appears that is not in the data."""

import numpy as np
import pytest

from medview.core.color_maps import GREY, NAMES, color_map


@pytest.mark.parametrize("name", NAMES)
def test_brightness_never_falls(name):
    colors = color_map(name).astype(float)
    assert colors.shape == (256, 3)
    brightness = colors @ [0.299, 0.587, 0.114]
    assert (np.diff(brightness) > -0.6).all()
    assert brightness[-1] - brightness[0] > 100


def test_grey_is_grey():
    np.testing.assert_array_equal(color_map(GREY)[:, 0], np.arange(256))


def test_an_unknown_name_is_refused():
    with pytest.raises(ValueError, match="jet"):
        color_map("jet")
