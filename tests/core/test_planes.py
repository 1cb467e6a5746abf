"""Planes through a volume: the same voxels from every side, and straight planes of tilted grids."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from medview.core.box import Box
from medview.core.geometry import Geometry
from medview.core.planes import Planes, Slab
from medview.core.resample import sample

SHAPE = (5, 6, 7)


@pytest.fixture
def voxels():
    return np.arange(np.prod(SHAPE), dtype=np.int16).reshape(SHAPE)


def axial():
    return Geometry.axial(SHAPE, (4.0, 2.0, 1.5), (-10.0, 20.0, 30.0))


def sagittal():
    """Slices to the left, rows to the feet, columns to the back."""
    affine = np.eye(4)
    affine[:3, :3] = np.array([[3.0, 0, 0], [0, 0, 1.0], [0, -1.0, 0]])
    return Geometry(SHAPE, affine)


def tilted():
    affine = axial().affine.copy()
    affine[1, 0] = 1.5  # each slice 1.5 mm further back
    return Geometry(SHAPE, affine)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_planes_of_voxels_are_views_of_the_array(voxels, axis):
    planes = Planes.along(axial(), axis)
    for index in range(planes.count):
        plane = planes.take(voxels, index)
        assert plane.base is not None
        np.testing.assert_array_equal(plane, np.take(voxels, index, axis=axis))


@pytest.mark.parametrize("name", ["axial", "coronal", "sagittal"])
@pytest.mark.parametrize("geometry", [axial(), sagittal()])
def test_a_named_plane_shows_that_plane_of_the_patient(geometry, name):
    planes = Planes.named(geometry, name)
    assert planes.geometry.orientation == name
    assert not planes.is_resampled


@given(
    point=st.tuples(*[st.floats(0, n - 1) for n in SHAPE]),
    name=st.sampled_from(["native", "axial", "coronal", "sagittal"]),
    which=st.sampled_from([axial, sagittal, tilted]),
)
def test_a_point_goes_to_a_plane_and_back(point, name, which):
    geometry = which()
    planes = Planes.named(geometry, name)
    there = planes.from_volume(point)
    np.testing.assert_allclose(planes.to_volume(there), point, atol=1e-6)
    np.testing.assert_allclose(
        planes.geometry.to_patient(there), geometry.to_patient(point), atol=1e-6
    )


def test_a_tilted_grid_is_shown_straight_in_other_planes():
    geometry = tilted()
    planes = Planes.named(geometry, "sagittal")
    assert planes.is_resampled
    assert not planes.geometry.is_sheared
    marked = np.zeros(SHAPE, np.int16)
    marked[:, 3, 3] = 100  # a rod along the table's tilt: in the patient it leans back
    index = round(float(planes.from_volume((2, 3, 3))[0]))
    plane = planes.take(marked, index)
    rows, columns = np.nonzero(plane > 30)
    where = planes.geometry.to_patient(np.column_stack([np.full(len(rows), index), rows, columns]))
    lean = np.polyfit(where[:, 2], where[:, 1], 1)[0]
    assert lean == pytest.approx(1.5 / 4.0, abs=0.05)


def test_a_straight_stack_holds_the_whole_volume():
    geometry = axial()
    angle = np.radians(30)
    axes = np.array(
        [[0, 0, 1.0], [np.sin(angle), np.cos(angle), 0], [np.cos(angle), -np.sin(angle), 0]]
    )
    planes = Planes.across(geometry, axes, 0.5)
    ends = np.array(np.meshgrid(*[(0, n - 1) for n in SHAPE])).reshape(3, -1).T
    inside = planes.from_volume(ends)
    assert inside.min() > -0.5
    assert (inside < np.array(planes.geometry.shape) - 0.5).all()


def test_sampling_at_voxel_centres_gives_the_voxels(voxels):
    geometry = axial()
    np.testing.assert_array_equal(sample(voxels, geometry, geometry), voxels)
    np.testing.assert_array_equal(sample(voxels, geometry, geometry, nearest=True), voxels)


def test_sampling_a_linear_field_is_exact(voxels):
    geometry = axial()
    target = Geometry.axial((4, 5, 6), (4.0, 2.0, 1.5), (-9.25, 21.0, 32.0))
    field = geometry.to_patient(np.moveaxis(np.indices(SHAPE), 0, -1)) @ [1.0, 2.0, 3.0]
    expected = target.to_patient(np.moveaxis(np.indices(target.shape), 0, -1)) @ [1.0, 2.0, 3.0]
    np.testing.assert_allclose(sample(field, geometry, target), expected, rtol=1e-9)


@pytest.mark.parametrize(
    ("projection", "expected"), [("maximum", 5.0), ("minimum", 0.0), ("mean", 5.0 / 3.0)]
)
def test_a_slab_takes_the_planes_within_its_thickness(projection, expected):
    array = np.zeros(SHAPE, np.int16)
    array[3] = 5
    array[0] = 100  # outside the slab
    planes = Planes.along(axial(), 0)
    slab = Slab(12.0, projection)  # three slices of 4 mm
    assert planes.slab_reach(slab) == 1
    assert planes.take_slab(array, 2, slab)[0, 0] == pytest.approx(expected)


def test_a_slab_at_the_end_takes_what_is_there():
    array = np.arange(5, dtype=np.int16)[:, None, None] * np.ones(SHAPE, np.int16)
    planes = Planes.along(axial(), 0)
    assert planes.take_slab(array, 4, Slab(12.0, "minimum"))[0, 0] == 3


def test_a_box_says_which_planes_show_it():
    box = Box((1, 2, 3), (2, 4, 6))
    assert Planes.along(axial(), 0).span(box) == (1, 2)
    assert Planes.along(axial(), 1).span(box) == (2, 4)
    assert Planes.along(axial(), 2).span(box) == (3, 6)
    low, high = Planes.named(tilted(), "sagittal").span(box)
    planes = Planes.named(tilted(), "sagittal")
    for voxel in ((1, 2, 3), (1, 3, 5)):
        assert low <= planes.from_volume(voxel)[0] < high
