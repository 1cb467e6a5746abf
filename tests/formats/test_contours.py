"""Outlines of any mask fill to the same mask, and foreign polygons fill as they were meant."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from skimage.draw import polygon2mask

from medview.formats.contour_fill import fill
from medview.formats.contour_trace import trace

SHAPES = st.tuples(st.integers(1, 12), st.integers(1, 12))
MASKS = SHAPES.flatmap(lambda shape: arrays(bool, shape))


def box(top, left, bottom, right):
    return np.array([(top, left), (top, right), (bottom, right), (bottom, left)], float)


@given(MASKS)
@settings(max_examples=400, deadline=None)
def test_what_is_traced_fills_to_the_same_pixels(mask):
    filled, copies = fill(trace(mask), mask.shape)
    assert np.array_equal(filled, mask)
    assert copies == 0


@given(MASKS)
@settings(max_examples=100, deadline=None)
def test_another_programs_rasteriser_fills_the_outlines_alike(mask):
    """scikit-image knows nothing of holes: the keyhole alone must carry them."""
    filled = np.zeros(mask.shape, bool)
    for outline in trace(mask):
        filled |= polygon2mask(mask.shape, outline)
    assert np.array_equal(filled, mask)


def test_every_region_is_one_outline_and_corners_only():
    mask = np.ones((9, 9), bool)
    mask[2:7, 2:7] = False
    mask[4, 4] = True
    outlines = trace(mask)
    assert len(outlines) == 2  # the frame with its hole, and the island in it
    assert sorted(len(outline) for outline in outlines) == [4, 10]


def test_a_hole_drawn_as_a_contour_of_its_own_is_a_hole():
    filled, _ = fill([box(2.5, 2.5, 7.5, 7.5), box(0.5, 0.5, 9.5, 9.5)], (11, 11))
    assert filled.sum() == 81 - 25
    island = [box(0.5, 0.5, 9.5, 9.5), box(2.5, 2.5, 7.5, 7.5), box(4.5, 4.5, 5.5, 5.5)]
    assert fill(island, (11, 11))[0].sum() == 81 - 25 + 1


def test_the_same_contour_twice_does_not_cancel_out():
    once = box(0.5, 0.5, 4.5, 4.5)
    filled, copies = fill([once, once[::-1], np.roll(once, 1, axis=0)], (6, 6))
    assert filled.sum() == 16
    assert copies == 2


def test_contours_that_cross_are_joined():
    filled, _ = fill([box(0.5, 0.5, 4.5, 4.5), box(2.5, 2.5, 6.5, 6.5)], (8, 8))
    assert filled.sum() == 16 + 16 - 4


def test_outlines_from_centre_to_centre_hold_their_pixels():
    """OpenCV, and so rt-utils, outline pixels through their centres, a hole's neighbours too."""
    filled, _ = fill([box(1.001, 0.999, 4, 4)], (6, 6))
    assert np.array_equal(np.argwhere(filled).min(axis=0), (1, 1))
    assert filled.sum() == 16
    ring, _ = fill([box(0, 0, 6, 6), box(2, 2, 4, 4)], (7, 7))
    assert ring.sum() == 49 - 1
    line, _ = fill([np.array([(2.0, 1.0), (2.0, 4.0)])], (6, 6))
    assert np.argwhere(line).tolist() == [[2, 1], [2, 2], [2, 3], [2, 4]]
    slope, _ = fill([np.array([(1.0, 1.0), (3.0, 3.0), (1.0, 3.0)])], (5, 5))
    assert slope.sum() == 6


@pytest.mark.parametrize("shift", [-20.0, 3.0, 40.0])
def test_what_leaves_the_picture_is_cut(shift):
    filled, _ = fill([box(-5.5, shift - 0.5, 50.5, shift + 4.5)], (8, 8))
    columns = np.flatnonzero(filled.any(axis=0))
    assert columns.tolist() == [n for n in range(8) if shift <= n <= shift + 4]
