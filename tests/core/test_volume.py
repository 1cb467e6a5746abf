"""What a volume says of itself: whether it can be measured, and why not."""

import numpy as np
import pytest

from medview.core.geometry import Geometry
from medview.core.volume import Message, Volume

SHAPE = (3, 4, 5)


def volume(*codes, geometry=None, **more):
    messages = tuple(Message(code, code) for code in codes)
    geometry = geometry or Geometry.axial(SHAPE, (2.0, 1.0, 1.0))
    return Volume(np.zeros(SHAPE, np.int16), geometry, messages=messages, **more)


def test_a_whole_volume_can_be_measured():
    assert volume("gantry-tilt", "executable-preamble").is_measurable
    assert volume().not_measurable == ""


@pytest.mark.parametrize(
    ("code", "even"),
    [
        ("missing-slices", False),
        ("uneven-spacing", False),
        ("off-line", False),
        ("duplicate-position", True),
        ("no-thickness", True),
        ("slice-unreadable", True),
    ],
)
def test_what_keeps_it_from_being_measured_is_said(code, even):
    found = volume("gantry-tilt", code)
    assert not found.is_measurable
    assert found.not_measurable
    assert found.is_even is even


def test_pixels_without_a_place_have_no_volume():
    for geometry in (Geometry.uncalibrated(SHAPE), Geometry.flat(SHAPE, 0.2, 0.1)):
        assert not volume(geometry=geometry).is_measurable
