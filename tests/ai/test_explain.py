"""Which region of a mask is explained, and the scale of a map."""

import numpy as np

from medview.ai.explain import pick_region, scale_to_one
from medview.ai.prediction import outward


def two_parts():
    mask = np.zeros((10, 20), bool)
    mask[2:5, 2:6] = True
    mask[2:9, 14:19] = True
    return mask


def test_the_part_under_or_nearest_to_the_point_is_chosen():
    mask = two_parts()
    left, right = mask.copy(), mask.copy()
    left[:, 10:] = right[:, :10] = False
    assert np.array_equal(pick_region(mask, (3, 3)), left)
    assert np.array_equal(pick_region(mask, (9.0, 11.0)), right)
    assert np.array_equal(pick_region(mask, (-50, -50)), left)


def test_without_a_point_or_with_one_part_it_is_all():
    mask = two_parts()
    assert np.array_equal(pick_region(mask, None), mask)
    mask[:, 10:] = False
    assert np.array_equal(pick_region(mask, (9, 19)), mask)
    assert not pick_region(np.zeros((4, 4), bool), (1, 1)).any()


def test_parts_that_touch_at_a_corner_are_one():
    mask = np.eye(5, dtype=bool)
    assert np.array_equal(pick_region(mask, (0, 0)), mask)


def test_maps_are_scaled_to_one_and_nothing_stays_nothing():
    values = np.array([[0.0, 2.0], [1.0, 4.0]], np.float32)
    assert np.array_equal(scale_to_one(values), values / 4)
    assert scale_to_one(values).dtype == np.float32
    assert not scale_to_one(np.zeros((3, 3), np.float32)).any()


def test_slices_go_outward_from_the_first():
    assert outward(2, 5) == [2, 1, 3, 0, 4]
    assert outward(0, 3) == [0, 1, 2]
    assert outward(99, 3) == [2, 1, 0]
    assert sorted(outward(7, 31)) == list(range(31))
