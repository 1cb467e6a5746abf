"""Screen and voxel, there and back, on every orientation and spacing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QSizeF

from medview.core.geometry import Geometry
from medview.gui.view_transform import Placement, ViewTransform

VIEW = QSizeF(640, 480)


def geometry(slice_axis, row_axis, column_axis, shape=(5, 20, 30), spacing=(3.0, 1.0, 0.5)):
    """From LPS directions such as (0, 0, 1)."""
    affine = np.eye(4)
    for axis, direction in enumerate((slice_axis, row_axis, column_axis)):
        affine[:3, axis] = np.asarray(direction) * spacing[axis]
    return Geometry(shape, affine)


X, Y, Z = (1, 0, 0), (0, 1, 0), (0, 0, 1)


def minus(axis):
    return tuple(-v for v in axis)


@pytest.mark.parametrize(
    ("axes", "letters"),
    [
        ((Z, Y, X), ("R", "L", "A", "P")),
        ((Z, Y, minus(X)), ("R", "L", "A", "P")),
        ((minus(Z), minus(Y), X), ("R", "L", "A", "P")),
        ((Z, X, Y), ("R", "L", "A", "P")),
        ((Z, minus(X), Y), ("R", "L", "A", "P")),
        ((Y, minus(Z), X), ("R", "L", "H", "F")),
        ((Y, Z, minus(X)), ("R", "L", "H", "F")),
        ((X, minus(Z), Y), ("A", "P", "H", "F")),
        ((minus(X), Z, minus(Y)), ("A", "P", "H", "F")),
    ],
)
def test_every_storage_is_shown_radiologically(axes, letters):
    grid = geometry(*axes)
    placement = Placement.of(grid)
    assert placement.letters(grid) == letters
    transform = ViewTransform.fitted(grid, VIEW)
    left = grid.to_patient((0, *transform.to_voxel(QPointF(200, 240))))
    right = grid.to_patient((0, *transform.to_voxel(QPointF(440, 240))))
    top = grid.to_patient((0, *transform.to_voxel(QPointF(320, 200))))
    bottom = grid.to_patient((0, *transform.to_voxel(QPointF(320, 280))))
    assert _is_toward(right - left, letters[1])
    assert _is_toward(bottom - top, letters[3])


def _is_toward(vector, letter):
    axis, sign = {"L": (0, 1), "P": (1, 1), "H": (2, 1), "F": (2, -1)}[letter]
    return abs(vector).argmax() == axis and np.sign(vector[axis]) == sign


@pytest.mark.parametrize(
    ("axes", "step"),
    [((Z, Y, X), -1), ((minus(Z), Y, X), 1), ((Y, minus(Z), X), 1), ((X, minus(Z), Y), 1)],
)
def test_the_wheel_turned_down_goes_to_feet_back_or_left(axes, step):
    assert Placement.of(geometry(*axes)).toward_down == step


def test_uncalibrated_pixels_are_shown_as_stored():
    grid = Geometry.uncalibrated((1, 10, 20))
    assert Placement.of(grid) == Placement()
    assert Placement.of(grid).letters(grid) == ("", "", "", "")


def test_pixels_have_the_aspect_of_the_spacing():
    transform = ViewTransform.fitted(geometry(Z, Y, X), VIEW)  # 20 mm high, 15 mm wide
    corner, opposite = transform.to_screen(-0.5, -0.5), transform.to_screen(19.5, 29.5)
    assert (opposite.y() - corner.y()) / (opposite.x() - corner.x()) == pytest.approx(20 / 15)
    assert opposite.y() - corner.y() == pytest.approx(0.97 * 480)


@given(
    axes=st.sampled_from([(Z, Y, X), (Z, X, minus(Y)), (Y, minus(Z), minus(X)), (X, Z, Y)]),
    row=st.floats(-5, 25),
    column=st.floats(-5, 35),
    factor=st.floats(0.3, 20),
    x=st.floats(-200, 200),
    y=st.floats(-200, 200),
)
def test_screen_and_voxel_there_and_back(axes, row, column, factor, x, y):
    transform = ViewTransform.fitted(geometry(*axes), VIEW)
    moved = transform.zoomed(factor, QPointF(100, 50)).panned(QPointF(x, y))
    back = moved.to_voxel(moved.to_screen(row, column))
    assert back == pytest.approx((row, column), abs=1e-6)


@given(factor=st.floats(0.2, 8), x=st.floats(0, 640), y=st.floats(0, 480))
def test_zoom_holds_the_point_under_the_mouse(factor, x, y):
    transform = ViewTransform.fitted(geometry(Z, Y, X), VIEW)
    anchor = QPointF(x, y)
    before = transform.to_voxel(anchor)
    assert transform.zoomed(factor, anchor).to_voxel(anchor) == pytest.approx(before, abs=1e-6)


def test_a_fitted_view_stays_fitted_when_resized():
    transform = ViewTransform.fitted(geometry(Z, Y, X), VIEW)
    assert transform.resized(QSizeF(1000, 900)).is_fitted
    zoomed = transform.zoomed(2, QPointF(10, 10))
    assert zoomed.resized(QSizeF(1000, 900)).zoom == zoomed.zoom
