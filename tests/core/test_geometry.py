"""Geometry and Box keep their promises for every grid that can occur."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from medview.core.box import Box
from medview.core.geometry import Geometry

sizes = st.integers(1, 7)
shapes = st.tuples(sizes, sizes, sizes)
spacings = st.floats(0.2, 9.0)
axes = st.permutations([0, 1, 2])
signs = st.tuples(*[st.sampled_from([-1.0, 1.0])] * 3)
angles = st.floats(-0.5, 0.5)
points = st.tuples(*[st.floats(-20, 20)] * 3)


@st.composite
def geometries(draw, max_angle=0.5):
    """Any orientation: axis order, flips, a rotation up to ``max_angle`` radians, a shear."""
    matrix = np.zeros((3, 3))
    for column, (row, sign) in enumerate(zip(draw(axes), draw(signs), strict=True)):
        matrix[row, column] = sign
    a, b = draw(st.floats(-max_angle, max_angle)), draw(st.floats(-max_angle, max_angle))
    about_x = np.array([[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]])
    about_z = np.array([[np.cos(b), -np.sin(b), 0], [np.sin(b), np.cos(b), 0], [0, 0, 1]])
    affine = np.eye(4)
    affine[:3, :3] = about_z @ about_x @ matrix @ np.diag([draw(spacings) for _ in range(3)])
    affine[:3, 3] = draw(points)
    return Geometry(draw(shapes), affine)


@given(geometries(), points)
def test_voxel_to_patient_and_back(geometry, point):
    assert np.allclose(geometry.to_voxel(geometry.to_patient(point)), point, atol=1e-6)
    assert np.allclose(geometry.to_patient(geometry.to_voxel(point)), point, atol=1e-6)


@given(geometries(max_angle=0.35))
def test_canonical_order_runs_to_head_back_and_left(geometry):
    permutation, flips = geometry.canonical_axes()
    canonical = geometry.reordered(permutation, flips)
    d = canonical.directions
    assert d[2, 0] > 0
    assert d[1, 1] > 0
    assert d[0, 2] > 0
    assert canonical.canonical_axes() == ((0, 1, 2), (False, False, False))


@given(geometries(max_angle=0.2))
def test_reordering_moves_voxels_and_geometry_together(geometry):
    voxels = np.arange(np.prod(geometry.shape)).reshape(geometry.shape)
    permutation, flips = geometry.canonical_axes()
    moved = voxels.transpose(permutation)
    moved = np.flip(moved, [axis for axis in range(3) if flips[axis]])
    canonical = geometry.reordered(permutation, flips)
    assert canonical.shape == moved.shape
    index = np.argwhere(np.ones(moved.shape, dtype=bool))
    place = canonical.to_patient(index)
    back = np.rint(geometry.to_voxel(place)).astype(int)
    assert np.array_equal(voxels[tuple(back.T)], moved.ravel())


@given(geometries())
def test_volume_of_a_voxel_and_spacing(geometry):
    origin = geometry.to_patient((0, 0, 0))
    steps = [geometry.to_patient(np.eye(3)[axis]) - origin for axis in range(3)]
    assert np.allclose([np.linalg.norm(step) for step in steps], geometry.spacing_mm)
    assert geometry.voxel_volume_ml == pytest.approx(abs(np.linalg.det(steps)) / 1000)
    assert not geometry.is_sheared


@given(geometries())
def test_a_geometry_is_close_to_itself_and_not_to_a_moved_one(geometry):
    assert geometry.is_close(Geometry(geometry.shape, geometry.affine))
    moved = geometry.affine.copy()
    moved[0, 3] += 0.1
    assert not geometry.is_close(Geometry(geometry.shape, moved))


def test_letters_of_an_axial_volume():
    geometry = Geometry.axial((5, 6, 7))
    assert [geometry.letters(axis) for axis in range(3)] == [("F", "H"), ("A", "P"), ("R", "L")]
    assert geometry.orientation == "axial"


@pytest.mark.parametrize(
    ("columns", "orientation"),
    [
        ([(1, 0, 0), (0, 0, -1), (0, 1, 0)], "sagittal"),
        ([(0, 1, 0), (0, 0, -1), (1, 0, 0)], "coronal"),
        ([(0, 0, -1), (0, -1, 0), (-1, 0, 0)], "axial"),
        ([(0, 0.7, 0.7), (0, -0.7, 0.7), (1, 0, 0)], "oblique"),
    ],
)
def test_orientation(columns, orientation):
    affine = np.eye(4)
    affine[:3, :3] = np.array(columns, dtype=float).T
    assert Geometry((2, 3, 4), affine).orientation == orientation


def test_letters_of_an_oblique_axis_have_two_parts():
    affine = np.eye(4)
    affine[:3, :3] = np.array([(0, 0.6, 0.8), (0, -0.8, 0.6), (1, 0, 0)]).T
    assert Geometry((2, 3, 4), affine).letters(0) == ("FA", "HP")


def test_shear_is_seen():
    affine = np.diag([1.0, 1.0, 1.0, 1.0])
    affine[1, 2] = 0.2
    assert Geometry((2, 2, 2), affine).is_sheared


@pytest.mark.parametrize("affine", [np.zeros((4, 4)), np.eye(3), np.full((4, 4), np.nan)])
def test_impossible_affines_are_refused(affine):
    with pytest.raises(ValueError):
        Geometry((1, 1, 1), affine)


def test_empty_shapes_are_refused():
    with pytest.raises(ValueError, match="shape"):
        Geometry((0, 1, 1), np.eye(4))


indices = st.tuples(*[st.integers(-3, 9)] * 3)
boxes = st.builds(Box, indices, indices)


def filled(box, shape=(6, 6, 6)):
    mask = np.zeros(shape, dtype=bool)
    mask[box.clip(shape).slices] = True
    return mask


@given(boxes)
def test_around_finds_what_a_box_fills(box):
    clipped = box.clip((6, 6, 6))
    assert Box.around(filled(box)) == (None if clipped.is_empty else clipped)
    assert np.count_nonzero(filled(box)) == clipped.size


@given(boxes, boxes)
def test_union_holds_both(one, other):
    union = filled(one.union(other))
    assert not (filled(one) & ~union).any()
    assert not (filled(other) & ~union).any()


def test_whole():
    assert Box.whole((2, 3, 4)).size == 24
