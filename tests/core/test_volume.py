"""What a volume says of itself: whether it can be measured, and why not."""

from dataclasses import replace

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


def test_all_but_half_a_percent_at_each_end_lie_between_the_ends():
    values = np.arange(1000, dtype=np.int16).reshape(10, 10, 10)
    whole = Volume(values, Geometry.axial((10, 10, 10), (1.0, 1.0, 1.0)))
    assert whole.value_ends() == pytest.approx((5.0, 994.0), abs=0.1)
    assert replace(whole, series_ends=(1.0, 2.0)).value_ends() == (1.0, 2.0), "a part of a series"


def test_the_ends_leave_padding_out_and_always_differ():
    values = np.full((2, 10, 10), -2000, np.int16)
    values[:, 5:] = 7
    whole = Volume(values, Geometry.axial((2, 10, 10), (1.0, 1.0, 1.0)), padding=(-2000, -2000))
    low, high = whole.value_ends()
    assert low == 7.0
    assert high > low
    nothing = replace(whole, padding=(-2000, 7))
    assert nothing.value_ends() == (-2000.0, 7.0), "where all is padding, what is there"


def test_the_ends_of_a_large_volume_are_those_of_all_its_columns():
    columns = np.arange(256, dtype=np.int16)
    values = np.broadcast_to(columns, (20, 256, 256)).copy()
    whole = Volume(values, Geometry.axial(values.shape, (1.0, 1.0, 1.0)))
    assert whole.value_ends() == pytest.approx((1.0, 254.0), abs=1.0)
