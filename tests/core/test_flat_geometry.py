"""Pictures whose place is unknown: millimetres within the plane, or only the shape of a pixel."""

import numpy as np
import pytest

from medview.core.geometry import Geometry

SHAPE = (3, 40, 50)


def test_millimetres_hold_within_the_plane_only():
    flat = Geometry.flat(SHAPE, 0.2, 0.1)
    assert not flat.calibrated
    assert flat.in_plane_mm == (0.2, 0.1)
    assert flat.spacing_mm[1:] == (0.2, 0.1)


def test_a_pixels_shape_is_no_length():
    flat = Geometry.flat(SHAPE, 2.0, 1.0, plane_in_mm=False)
    assert flat.in_plane_mm is None
    assert flat.spacing_mm[1:] == (2.0, 1.0)
    assert Geometry.uncalibrated(SHAPE).in_plane_mm is None


def test_a_placed_grid_has_both():
    assert Geometry.axial(SHAPE, (5.0, 0.7, 0.8)).in_plane_mm == pytest.approx((0.7, 0.8))


def test_seen_from_another_side_the_plane_is_not_known():
    flat = Geometry.flat(SHAPE, 0.2, 0.1)
    assert flat.reordered((0, 2, 1), (False, True, False)).in_plane_mm == (0.1, 0.2)
    assert flat.reordered((1, 0, 2), (False, False, False)).in_plane_mm is None


def test_close_grids():
    flat = Geometry.flat(SHAPE, 0.2, 0.1)
    assert flat.is_close(Geometry.flat(SHAPE, 0.2, 0.1))
    assert not flat.is_close(Geometry.flat(SHAPE, 0.3, 0.1))
    assert flat.is_close(Geometry.uncalibrated(SHAPE))  # a mask file that knows no millimetres
    assert not flat.is_close(Geometry.axial(SHAPE, (1.0, 0.2, 0.1)))


@pytest.mark.parametrize("degrees", [0.0, 5.0, 12.5, 30.0])
def test_tilt_is_the_angle_between_step_and_normal(degrees):
    affine = Geometry.axial(SHAPE, (5.0, 1.0, 1.0)).affine.copy()
    affine[1, 0] = 5.0 * np.tan(np.radians(degrees))
    tilted = Geometry(SHAPE, affine)
    assert tilted.tilt_degrees == pytest.approx(degrees, abs=1e-6)
    assert tilted.is_sheared is (degrees > 0)
