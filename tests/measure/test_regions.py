"""Statistics are those of the voxels inside, of nothing else, on every grid."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from measure_samples import (
    AROUND_HU,
    BALL_HU,
    GRIDS,
    ball,
    geometry,
    on_plane,
    on_slice,
    turned,
    values,
)

from medview.core.geometry import Geometry
from medview.core.planes import Planes
from medview.core.volume import Volume
from medview.measure.kind import kinds, read
from medview.measure.measure import as_points
from medview.measure.region import histogram, inside_polygon, polygon_area, statistics


@pytest.fixture
def noise():
    rng = np.random.default_rng(7)
    grid = geometry()
    return Volume(rng.integers(-1000, 400, grid.shape).astype(np.int16), grid, "CT", "HU")


def check(reading, inside):
    inside = inside.astype(np.float64)
    found = values(reading)
    assert found["voxels"] == inside.size
    assert found["mean"] == pytest.approx(inside.mean())
    assert found["SD"] == pytest.approx(inside.std(ddof=1))
    assert found["min"] == inside.min()
    assert found["max"] == inside.max()
    assert found["median"] == np.median(inside)


def test_a_rectangle_holds_the_voxels_whose_centres_are_inside(noise):
    reading = read(on_slice(noise, "rectangle", 6, (9.6, 14.4), (20.4, 25.6)), noise)
    check(reading, noise.voxels[6, 10:21, 15:26])
    assert values(reading)["area"] == pytest.approx(10.8 * 0.7 * 11.2 * 1.1)
    assert not reading.notes


@pytest.mark.parametrize(("name", "axis"), [("coronal", 1), ("sagittal", 2)])
def test_in_the_other_planes_the_same(noise, name, axis):
    planes = Planes.named(noise.geometry, name)
    reading = read(on_plane(noise, "rectangle", planes, 8, (3.6, 10.4), (9.4, 20.6)), noise)
    check(reading, np.take(noise.voxels, 8, axis=axis)[4:10, 11:21])
    assert not reading.notes


def test_a_reversed_rectangle_is_the_same(noise):
    one = read(on_slice(noise, "rectangle", 6, (9.6, 14.4), (20.4, 25.6)), noise)
    two = read(on_slice(noise, "rectangle", 6, (20.4, 14.4), (9.6, 25.6)), noise)
    assert values(one) == pytest.approx(values(two))


@pytest.mark.parametrize("grid", GRIDS.values(), ids=GRIDS)
def test_an_ellipse_in_a_ball_sees_the_ball_only(grid):
    centre = grid.to_patient((10, 30, 25))
    volume = ball(grid, centre, 9.0)
    rows, columns = 5.0 / grid.spacing_mm[1], 5.0 / grid.spacing_mm[2]
    corners = ((30 - rows, 25 - columns), (30 + rows, 25 + columns))
    reading = read(on_slice(volume, "ellipse", 10, *corners), volume)
    found = values(reading)
    assert (found["mean"], found["SD"], found["min"]) == (BALL_HU, 0.0, BALL_HU)
    assert found["area"] == pytest.approx(np.pi * 25.0)
    pixel = grid.spacing_mm[1] * grid.spacing_mm[2]
    assert found["voxels"] * pixel == pytest.approx(np.pi * 25.0, rel=0.06)


@pytest.mark.parametrize("grid", GRIDS.values(), ids=GRIDS)
def test_an_oblique_region_is_resampled_and_says_so(grid):
    centre = grid.to_patient((10, 30, 25))
    volume = ball(grid, centre, 9.0)
    planes = Planes.across(grid, turned(33, 21), 0.5)
    index, row, column = planes.from_volume((10, 30, 25))
    reading = read(
        on_plane(
            volume, "ellipse", planes, round(index), (row - 8, column - 8), (row + 8, column + 8)
        ),
        volume,
    )
    assert "resampled between voxels" in reading.notes
    assert values(reading)["mean"] == pytest.approx(BALL_HU, abs=0.5)
    assert values(reading)["area"] == pytest.approx(np.pi * 16.0)
    far = read(
        on_plane(
            volume,
            "rectangle",
            planes,
            round(index),
            (row - 60, column - 2),
            (row - 40, column + 2),
        ),
        volume,
    )
    assert values(far).get("max", AROUND_HU) == pytest.approx(AROUND_HU)


def test_values_between_voxels_are_interpolated_exactly_on_a_ramp():
    grid = geometry(spacing=(2.0, 1.0, 1.0))
    index = np.stack(np.meshgrid(*map(np.arange, grid.shape), indexing="ij"), axis=-1)
    ramp = grid.to_patient(index) @ np.array([3.0, -2.0, 5.0])
    volume = Volume(ramp.astype(np.float32), grid)
    planes = Planes.across(grid, turned(40, 10), 1.0)
    middle = planes.from_volume((10, 30, 25))
    plane, row, column = np.rint(middle)
    measure = on_plane(
        volume, "rectangle", planes, int(plane), (row - 4, column - 4), (row + 4, column + 4)
    )
    expected = measure.middle @ np.array([3.0, -2.0, 5.0])
    assert values(read(measure, volume))["mean"] == pytest.approx(expected, rel=1e-4)


def test_padding_is_no_value(noise):
    voxels = noise.voxels.copy()
    voxels[6, 10:15] = -2000
    volume = Volume(voxels, noise.geometry, "CT", "HU", padding=(-2000.0, -2000.0))
    reading = read(on_slice(volume, "rectangle", 6, (9.6, 14.4), (20.4, 25.6)), volume)
    check(reading, voxels[6, 15:21, 15:26])
    planes = Planes.across(noise.geometry, turned(20, 10), 0.7)
    index, row, column = planes.from_volume((6, 12, 20))
    corners = ((row - 10, column - 10), (row + 10, column + 10))
    oblique = read(on_plane(volume, "rectangle", planes, round(index), *corners), volume)
    assert values(oblique)["min"] > -1001


def test_slices_that_could_not_be_read_are_left_out(noise):
    volume = Volume(noise.voxels, noise.geometry, "CT", "HU", unreadable={6: "cut short"})
    here = read(on_slice(volume, "rectangle", 6, (9.6, 14.4), (20.4, 25.6)), volume)
    assert "mean" not in values(here)
    assert "no voxels" in here.lines
    coronal = Planes.named(noise.geometry, "coronal")
    across = read(on_plane(volume, "rectangle", coronal, 8, (3.6, 10.4), (9.4, 20.6)), volume)
    check(across, noise.voxels[[4, 5, 7, 8, 9], 8, 11:21])


def test_slices_that_are_still_read_are_left_out(noise):
    """A volume that streams in: its unfilled slices hold zeros that are nobody's values."""
    ready = np.ones(noise.geometry.shape[0], np.bool_)
    ready[[5, 6]] = False
    volume = Volume(noise.voxels, noise.geometry, "CT", "HU", ready=ready)
    here = read(on_slice(volume, "rectangle", 6, (9.6, 14.4), (20.4, 25.6)), volume)
    assert "no voxels" in here.lines
    assert read(on_slice(volume, "probe", 6, (10, 10)), volume).lines == ("no value",)
    coronal = Planes.named(noise.geometry, "coronal")
    across = read(on_plane(volume, "rectangle", coronal, 8, (3.6, 10.4), (9.4, 20.6)), volume)
    check(across, noise.voxels[[4, 7, 8, 9], 8, 11:21])
    planes = Planes.across(noise.geometry, turned(12, 5), 0.7)
    index, row, column = planes.from_volume((6, 30, 25))
    corners = ((row - 9, column - 9), (row + 9, column + 9))
    oblique = read(on_plane(volume, "rectangle", planes, round(index), *corners), volume)
    whole = read(on_plane(noise, "rectangle", planes, round(index), *corners), noise)
    assert values(oblique).get("voxels", 0) < values(whole)["voxels"]


def test_an_empty_region_says_so(noise):
    between = read(on_slice(noise, "rectangle", 6, (9.6, 14.6), (9.9, 14.9)), noise)
    assert "no voxels" in between.lines
    outside = read(on_slice(noise, "rectangle", 6, (-30, -30), (-10, -10)), noise)
    assert "no voxels" in outside.lines


def test_a_polygon_takes_even_odd_and_gives_its_area(noise):
    corners = ((9.5, 9.5), (9.5, 29.5), (29.5, 29.5), (29.5, 9.5))
    reading = read(on_slice(noise, "polygon", 6, *corners), noise)
    check(reading, noise.voxels[6, 10:30, 10:30])
    assert values(reading)["area"] == pytest.approx(20 * 0.7 * 20 * 1.1)


@given(st.lists(st.tuples(st.floats(0, 20), st.floats(0, 20)), min_size=3, max_size=12))
def test_inside_a_polygon_is_what_a_ray_says(corners):
    points = np.array(corners)
    grid = np.arange(0.37, 20, 1.618)
    mask = inside_polygon(points, grid, grid)
    for row, y in enumerate(grid):
        for column, x in enumerate(grid):
            crossings = 0
            for (x1, y1), (x2, y2) in zip(points, np.roll(points, -1, axis=0), strict=True):
                if (y1 > y) != (y2 > y) and x > x1 + (y - y1) * ((x2 - x1) / (y2 - y1)):
                    crossings += 1
            assert mask[row, column] == (crossings % 2 == 1)


def test_the_area_of_a_circle_of_many_corners():
    turns = np.linspace(0, 2 * np.pi, 2000, endpoint=False)
    circle = np.stack([3 * np.cos(turns), 3 * np.sin(turns)], axis=1)
    assert polygon_area(circle) == pytest.approx(np.pi * 9, rel=1e-5)


def test_sd_is_that_of_a_sample():
    assert statistics(np.array([1.0, 3.0]))["SD"] == pytest.approx(np.sqrt(2))
    assert statistics(np.array([5.0]))["SD"] == 0.0


def test_the_histogram_counts_every_voxel_once():
    whole = histogram(np.array([-3.0, -3.0, 0.0, 5.0]))
    assert whole.counts.tolist() == [2, 0, 0, 1, 0, 0, 0, 0, 1]
    assert (whole.low, whole.high) == (-3.5, 5.5)
    many = histogram(np.random.default_rng(1).normal(size=1000))
    assert many.counts.sum() == 1000
    assert histogram(np.array([0.25])).counts.sum() == 1
    rounded = np.array([60.1, np.nextafter(60.1, 100)])
    assert histogram(rounded).counts.tolist() == [2]


def test_an_uncalibrated_region_is_in_square_pixels():
    volume = Volume(np.full((1, 30, 30), 7, np.int16), Geometry.uncalibrated((1, 30, 30)))
    reading = read(on_slice(volume, "rectangle", 0, (4.5, 4.5), (9.5, 14.5)), volume)
    assert values(reading)["area"] == pytest.approx(50.0)
    assert values(reading)["voxels"] == 50
    assert reading.values[0].unit == "px²"
    assert "in pixels" in reading.notes[0]


def test_colour_has_an_area_but_no_statistics():
    volume = Volume(np.zeros((1, 30, 30, 3), np.uint8), Geometry.flat((1, 30, 30), 0.5, 0.5))
    reading = read(on_slice(volume, "rectangle", 0, (4, 4), (9, 14)), volume)
    assert [value.name for value in reading.values] == ["area"]
    assert "colour: no statistics" in reading.notes


def test_suv_stands_beside_the_activity_and_its_absence_is_explained(noise):
    activity = Volume(noise.voxels + np.int16(1000), noise.geometry, "PT", "Bq/ml", suv=0.002)
    corners = ((9.6, 14.4), (20.4, 25.6))
    found = values(read(on_slice(activity, "rectangle", 6, *corners), activity))
    assert found["SUV mean"] == pytest.approx(found["mean"] * 0.002)
    assert found["SUV max"] == pytest.approx(found["max"] * 0.002)
    without = Volume(activity.voxels, noise.geometry, "PT", "Bq/ml", no_suv="no patient weight")
    reading = read(on_slice(without, "rectangle", 6, *corners), without)
    assert "no SUV: no patient weight" in reading.notes
    assert not any("SUV" in name for name in values(reading))


@pytest.mark.parametrize("kind", ["rectangle", "ellipse"])
@pytest.mark.parametrize("handle", range(4))
def test_every_handle_of_a_box_goes_where_it_is_dragged(kind, handle):
    shape = kinds()[kind]
    points = np.array([[2.0, 3.0], [10.0, 9.0]])
    to = shape.handles(points)[handle] + np.array([0.5, -0.25])
    moved = shape.moved(points, handle, to)
    after = shape.handles(moved)
    if kind == "rectangle":
        assert np.abs(after - to).sum(axis=1).min() < 1e-9
    else:
        axis = handle % 2
        assert after[handle][axis] == pytest.approx(to[axis])
    assert shape.area(moved) != pytest.approx(shape.area(points))


def test_a_freehand_handle_takes_its_neighbours_along_and_no_others():
    turns = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    ring = np.stack([np.cos(turns), np.sin(turns)], axis=1) * 10
    shape = kinds()["freehand"]
    to = shape.handles(ring)[0] + 3.0
    moved = shape.moved(ring, 0, to)
    assert np.allclose(moved[0], to)
    assert np.allclose(moved[16:48], ring[16:48])
    assert 0 < np.linalg.norm(moved[4] - ring[4]) < 4


def test_a_probe_reads_the_voxel_itself(noise):
    reading = read(on_slice(noise, "probe", 6, (10.4, 19.6)), noise)
    assert values(reading)["value"] == noise.voxels[6, 10, 20]
    outside = read(on_slice(noise, "probe", 6, (-5, 3)), noise)
    assert not outside.values
    assert as_points(np.zeros((1, 3))) == ((0.0, 0.0, 0.0),)
