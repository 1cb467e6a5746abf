"""A polygon encloses what a point-in-polygon test says, in any plane."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage.measure import points_in_poly

from medview.edit.contours import enclosed, nearest_edge, polygon_mask, simplified

corners = st.lists(
    st.tuples(st.floats(-5, 35, width=32), st.floats(-5, 45, width=32)), min_size=3, max_size=9
)


@settings(max_examples=80, deadline=None)
@given(corners)
def test_the_mask_agrees_with_another_point_in_polygon_test(points):
    polygon = np.array(points)
    mask = polygon_mask(polygon, (30, 40))
    grid = np.stack(np.meshgrid(np.arange(30), np.arange(40), indexing="ij"), -1).reshape(-1, 2)
    wanted = points_in_poly(grid, polygon).reshape(30, 40)
    clear = distance_to(polygon, grid).reshape(30, 40) > 1e-4  # on an edge either answer is right
    np.testing.assert_array_equal(mask[clear], wanted[clear])


def distance_to(polygon, points):
    """From each point to the nearest edge of a closed polygon."""
    nearest = np.full(len(points), np.inf)
    for start, end in pairwise([*polygon, polygon[0]]):
        along = end - start
        length = max(float(along @ along), 1e-30)
        place = np.clip((points - start) @ along / length, 0, 1)[:, None]
        nearest = np.minimum(nearest, np.linalg.norm(points - start - place * along, axis=1))
    return nearest


def test_two_polygons_with_a_common_edge_share_no_pixel():
    left = np.array([(2, 3), (20, 3), (20, 11), (2, 17)], float)
    right = np.array([(2, 17), (20, 11), (20, 30), (2, 30)], float)
    one, other = (polygon_mask(part, (25, 35)) for part in (left, right))
    both = polygon_mask(np.array([(2, 3), (20, 3), (20, 30), (2, 30)], float), (25, 35))
    assert not (one & other).any()
    assert np.array_equal(one | other, both)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_the_enclosed_voxels_lie_in_the_plane(axis):
    shape = (8, 20, 30)
    square = [(2.5, 2.5), (2.5, 6.5), (6.5, 6.5), (6.5, 2.5)]
    points = np.array([np.insert(point, axis, 3.0) for point in square])
    box, mask = enclosed(points, shape, axis, 3)
    whole = np.zeros(shape, bool)
    whole[box.slices] = mask
    assert whole.sum() == 16
    assert whole.any(axis=tuple(n for n in range(3) if n != axis)).tolist().index(True) == 3


def test_a_polygon_outside_encloses_nothing():
    points = np.array([(0, -9.0, -9.0), (0, -5.0, -9.0), (0, -5.0, -3.0)])
    box, mask = enclosed(points, (3, 10, 10), 0, 0)
    assert box.is_empty or not mask.any()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 50), st.floats(0, 50)), min_size=3, max_size=40))
def test_a_simplified_line_stays_near_the_drawn_one(points):
    line, spacing = np.array(points), np.array([1.5, 0.7])
    fewer = simplified(line, 1.0, spacing)
    assert len(fewer) <= len(line)
    for point in line:
        away = [_distance(point * spacing, (a * spacing, b * spacing)) for a, b in pairwise(fewer)]
        assert min(away) <= 1.0 + 1e-9


def _distance(point, pair):
    start, end = pair
    along = end - start
    length = float(along @ along)
    share = 0.0 if length == 0 else float(np.clip((point - start) @ along / length, 0, 1))
    return float(np.linalg.norm(point - start - share * along))


def test_the_nearest_edge_may_be_the_closing_one():
    square = np.array([(0, 0), (0, 10), (10, 10), (10, 0)], float)
    assert nearest_edge(square, np.array([5.0, 0.5]), np.ones(2))[0] == 3
    assert nearest_edge(square, np.array([0.5, 5.0]), np.ones(2)) == (0, 0.5)
