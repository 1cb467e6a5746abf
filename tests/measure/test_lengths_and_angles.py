"""Lengths and angles are the patient's on every grid and plane; pixels where nothing is known."""

import numpy as np
import pytest
from measure_samples import GRIDS, geometry, on_plane, on_slice, turned, values

from medview.core.geometry import Geometry
from medview.core.planes import Planes
from medview.core.volume import Message, Volume
from medview.measure.kind import read


def blank(grid, **changes):
    return Volume(np.zeros(grid.shape, np.int16), grid, **changes)


@pytest.mark.parametrize("grid", GRIDS.values(), ids=GRIDS)
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_length_is_the_distance_in_the_patient(grid, axis):
    volume = blank(grid)
    names = ("axial", "coronal", "sagittal")
    planes = Planes.along(grid, 0) if axis == 0 else Planes.named(grid, names[axis])
    measure = on_plane(volume, "length", planes, 4, (2, 3), (9, 11))
    ends = np.array(measure.points)
    reading = read(measure, volume)
    assert values(reading)["length"] == pytest.approx(np.linalg.norm(ends[1] - ends[0]), abs=1e-9)
    assert reading.values[0].unit == "mm"
    assert not reading.notes


def test_anisotropic_lengths_known_by_hand():
    volume = blank(geometry(spacing=(3.0, 0.7, 1.1)))
    row = read(on_slice(volume, "length", 5, (10, 10), (20, 10)), volume)
    column = read(on_slice(volume, "length", 5, (10, 10), (10, 20)), volume)
    assert values(row)["length"] == pytest.approx(7.0)
    assert values(column)["length"] == pytest.approx(11.0)
    coronal = Planes.named(volume.geometry, "coronal")
    across = read(on_plane(volume, "length", coronal, 5, (2, 10), (12, 10)), volume)
    assert values(across)["length"] == pytest.approx(30.0)


def test_across_a_sheared_grid_the_length_is_the_patients():
    """Ten slices of 3 mm, each pushed 4 mm back: straight up is 30 mm, not along the stack."""
    grid = geometry(shape=(20, 80, 50), shear=4.0)
    volume = blank(grid)
    sagittal = Planes.named(grid, "sagittal")
    assert sagittal.is_resampled
    top, bottom = grid.to_patient([[4, 50, 20], [14, 50, 20]])
    bottom[1] = top[1]  # the same height at the patient's front
    there = sagittal.from_volume(grid.to_voxel([top, bottom]))
    measure = on_plane(volume, "length", sagittal, round(there[0, 0]), there[0, 1:], there[1, 1:])
    assert values(read(measure, volume))["length"] == pytest.approx(30.0)


def test_an_oblique_plane_measures_in_millimetres():
    grid = GRIDS["anisotropic"]
    planes = Planes.across(grid, turned(30, 40), 0.7)
    volume = blank(grid)
    reading = read(on_plane(volume, "length", planes, 30, (20, 20), (20, 30)), volume)
    assert values(reading)["length"] == pytest.approx(7.0)


@pytest.mark.parametrize("grid", GRIDS.values(), ids=GRIDS)
def test_a_right_angle_is_one_on_every_grid(grid):
    volume = blank(grid)
    reading = read(on_slice(volume, "angle", 3, (10, 30), (30, 30), (30, 41)), volume)
    assert values(reading)["angle"] == pytest.approx(90.0)


def test_angles_need_the_pixels_proportions():
    volume = blank(geometry(spacing=(3.0, 0.5, 1.0)))
    reading = read(on_slice(volume, "angle", 3, (20, 20), (10, 20), (10, 30)), volume)
    assert values(reading)["angle"] == pytest.approx(90.0)
    slant = read(on_slice(volume, "angle", 3, (20, 20), (10, 10), (10, 30)), volume)
    assert values(slant)["angle"] == pytest.approx(np.degrees(np.arctan2(5.0, 10.0)))


def test_cobb_is_the_smaller_angle_of_two_lines_whichever_way_they_were_drawn():
    volume = blank(geometry(spacing=(3.0, 1.0, 1.0)))
    points = ((10, 10), (10, 30), (40, 10), (40 + 20 * np.tan(np.radians(25)), 30))
    one = read(on_slice(volume, "cobb", 3, *points), volume)
    other = read(on_slice(volume, "cobb", 3, points[1], points[0], points[2], points[3]), volume)
    assert values(one)["Cobb angle"] == pytest.approx(25.0)
    assert values(other)["Cobb angle"] == pytest.approx(25.0)


def test_without_any_distance_there_are_pixels_and_it_is_said():
    volume = blank(Geometry.uncalibrated((3, 40, 40)))
    reading = read(on_slice(volume, "length", 1, (10, 10), (13, 14)), volume)
    assert values(reading)["length"] == pytest.approx(5.0)
    assert reading.lines == ("5.00 px",)
    assert "distances unknown" in reading.notes[0]


def test_the_detectors_spacing_is_not_the_patients():
    note = Message("no-geometry", "Nothing. The only spacing given is at the detector.")
    volume = blank(Geometry.uncalibrated((1, 40, 40)), messages=(note,))
    reading = read(on_slice(volume, "length", 0, (10, 10), (10, 20)), volume)
    assert reading.values[0].unit == "px"
    assert "at the detector" in reading.notes[0]


def test_flat_pictures_are_in_millimetres_within_the_picture_only():
    volume = blank(Geometry.flat((6, 40, 40), 0.5, 0.25))
    reading = read(on_slice(volume, "length", 2, (10, 10), (10, 20)), volume)
    assert values(reading)["length"] == pytest.approx(2.5)
    assert reading.values[0].unit == "mm"
    across = Planes.named(volume.geometry, "coronal")
    none = read(on_plane(volume, "length", across, 5, (1, 10), (4, 10)), volume)
    assert not none.values
    assert "no distances between slices" in none.notes[0]


def test_where_slices_are_missing_there_are_no_lengths_across_them():
    volume = blank(geometry(), messages=(Message("missing-slices", "Two are missing."),))
    within = read(on_slice(volume, "length", 3, (10, 10), (10, 20)), volume)
    assert within.values[0].unit == "mm"
    coronal = Planes.named(volume.geometry, "coronal")
    across = read(on_plane(volume, "length", coronal, 5, (1, 10), (9, 10)), volume)
    assert not across.values
    assert across.notes == ("slices are missing",)
    angle = read(on_plane(volume, "angle", coronal, 5, (1, 10), (9, 10), (9, 20)), volume)
    assert not angle.values
