"""I see the patient in three planes at once, and one point of the patient in all of them."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from reader import LEFT, NO_KEY, RIGHT, SHIFT


@pytest.fixture
def planes(reader, chest_folder):
    """The chest in three planes."""
    reader.open(chest_folder)
    reader.press("F3")
    QApplication.processEvents()
    return reader


def views(reader):
    return reader.window.bench.views.views


def at(reader, number):
    """The same person, with the mouse over another view."""
    reader.view = views(reader)[number]
    return reader


def move(view, point, keys):
    event = QMouseEvent(
        QMouseEvent.Type.MouseMove,
        QPointF(point),
        QPointF(view.mapToGlobal(point)),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton,
        keys,
    )
    QApplication.sendEvent(view, event)


def test_the_other_planes_lie_right(planes, chest):
    """Coronal and sagittal, head up, the patient's right at the left, front at the left."""
    shown = views(planes)
    assert [view.planes.geometry.orientation for view in shown] == ["axial", "coronal", "sagittal"]
    letters = [view.annotations(view.transform).letters for view in shown]
    assert letters == [("R", "L", "A", "P"), ("R", "L", "H", "F"), ("A", "P", "H", "F")]
    coronal = shown[1]
    np.testing.assert_array_equal(coronal.own_values(), chest.voxels[:, coronal.slice_index, :])
    width, height = coronal.transform.extent
    assert (width, height) == pytest.approx((96 * 4.0, 16 * 18.75))  # millimetres, not voxels


def test_shift_and_moving_the_mouse_shows_the_same_point_everywhere(planes):
    main, coronal, sagittal = views(planes)
    move(main, planes.screen(40, 60), SHIFT)
    assert (coronal.slice_index, sagittal.slice_index) == (40, 60)
    move(coronal, coronal.transform.to_screen(3, 20).toPoint(), SHIFT)
    assert (main.slice_index, sagittal.slice_index) == (3, 20)
    assert planes.window.viewer.crosshair.position_mm == pytest.approx(
        planes.session.volume.geometry.to_patient((3, 40, 20)), abs=4.0
    )


def test_dragging_a_line_turns_one_plane_and_dragging_the_point_turns_both(planes):
    main, coronal, sagittal = views(planes)
    middle = main.screen_of(planes.window.viewer.crosshair.voxel)[0].toPoint()
    step = 10 * 4.0 * main.transform.zoom  # ten voxels
    beside = (middle.x() + 150, middle.y())  # on the coronal plane's line
    planes.drag(beside, (beside[0] + 30, round(beside[1] + step)))
    assert coronal.slice_index == pytest.approx(58, abs=1)
    assert sagittal.slice_index in (47, 48)
    point = main.screen_of(planes.window.viewer.crosshair.voxel)[0].toPoint()
    planes.drag((point.x(), point.y()), (round(point.x() - step), round(point.y() - step)))
    assert coronal.slice_index == pytest.approx(48, abs=1)
    assert sagittal.slice_index == pytest.approx(38, abs=1)


def test_the_wheel_turns_the_view_under_the_mouse_and_the_point_goes_along(planes):
    at(planes, 1).wheel(-5)
    coronal = views(planes)[1]
    assert coronal.slice_index == 53  # toward the back
    assert planes.window.viewer.crosshair.voxel[1] == 53
    planes.press("Down")  # keys mean the view that was used last
    assert coronal.slice_index == 54
    assert views(planes)[0].slice_index == 8


def test_window_and_mask_are_the_same_in_every_plane(planes):
    main, coronal, _ = views(planes)
    planes.press("3")
    assert coronal.window_level == main.window_level
    planes.session.set_active_label(1)
    planes.press("B")
    planes.stroke((48, 40), (48, 60))
    planes.settle()
    move(main, planes.screen(48, 50), SHIFT)
    assert coronal.slice_index == 48
    painted = planes.mask()
    shown = coronal.planes.take(painted, 48, nearest=True)
    assert shown[8, 40:61].all()
    assert not shown[7].any()


def test_i_paint_in_the_coronal_plane(planes):
    """The stroke is round in millimetres there too, in that plane only, and undo brings it back."""
    planes.session.set_active_label(2)
    planes.press("B")
    at(planes, 1).stroke((8, 30), (8, 36))
    planes.settle()
    mask = planes.mask()
    assert mask[8, 48, 30:37].all()
    assert set(np.unique(np.nonzero(mask)[1])) == {48}
    planes.press("Ctrl+Z")
    planes.settle()
    assert not planes.mask().any()


def test_double_click_maximises_and_brings_back(planes):
    coronal = views(planes)[1]
    small = coronal.width()
    QTest.mouseDClick(coronal, LEFT, NO_KEY, coronal.rect().center())
    QApplication.processEvents()
    assert not views(planes)[0].isVisible()
    assert coronal.width() > small
    QTest.mouseDClick(coronal, LEFT, NO_KEY, coronal.rect().center())
    QApplication.processEvents()
    assert views(planes)[0].isVisible()


def test_the_layout_is_remembered(desk, chest_folder):
    first = desk.start()
    first.open(chest_folder)
    first.press("F3")
    desk.leave()
    again = desk.start()
    again.open(chest_folder)
    QApplication.processEvents()
    assert [view.isVisible() for view in views(again)] == [True, True, True]


def test_dragging_an_arm_turns_the_planes_across(planes, chest):
    """The picture says that it is resampled; every point shown still is where it says it is."""
    main, coronal, sagittal = views(planes)
    before = main.own_values().copy()
    point = main.screen_of(planes.window.viewer.crosshair.voxel)[0]
    reach = 0.4 * min(main.width(), main.height())
    end = (round(point.x() + reach), round(point.y()))
    angle = np.radians(20)
    turned = (point.x() + reach * np.cos(angle), point.y() + reach * np.sin(angle))
    planes.drag(end, (round(turned[0]), round(turned[1])))
    assert coronal.planes.is_resampled
    assert "resampled" in coronal.annotations(coronal.transform).bottom_right
    np.testing.assert_array_equal(main.own_values(), before)  # the stored slices stay
    line = planes.window.viewer.crosshair.line(main, coronal)
    went = np.arctan(line.y() / line.x())  # with the mouse: clockwise
    assert went == pytest.approx(angle, abs=0.02)
    row = coronal.planes.geometry.directions[:, 2]
    assert np.degrees(np.arccos(abs(row[0]))) == pytest.approx(20, abs=1)
    held = coronal.screen_of(planes.window.viewer.crosshair.voxel)
    assert abs(held[1]) <= 0.5  # the crosshair's point lies on the turned plane
    index = (8.0, 44.0, 50.0)
    there = coronal.planes.from_volume(index)
    shown = coronal.planes.take(chest.voxels, round(there[0]))
    nearest = shown[round(there[1]), round(there[2])]
    around = chest.voxels[7:10, 43:46, 49:52]
    assert around.min() <= nearest <= around.max()
    planes.press("Shift+X")
    assert not coronal.planes.is_resampled
    assert not sagittal.planes.is_resampled


def test_i_paint_and_erase_on_a_turned_plane(planes):
    """The disc lies in the plane that I see, with nothing left out; Undo takes it back."""
    main, coronal, _ = views(planes)
    planes.window.viewer.crosshair.turn(main, 0.5)
    assert coronal.planes.is_resampled
    planes.session.set_active_label(1)
    planes.press("B")
    for _ in range(10):
        planes.press("]")  # 40 mm: across slices of 19
    reader = at(planes, 1)
    middle = coronal.rect().center()
    reader.drag((middle.x() - 40, middle.y()), (middle.x() + 40, middle.y()))
    painted = planes.mask()
    index = coronal.slice_index
    shown = coronal.planes.take(painted, index, nearest=True)
    row, first = coronal.transform.to_voxel(QPointF(middle.x() - 40, middle.y()))
    _, last = coronal.transform.to_voxel(QPointF(middle.x() + 40, middle.y()))
    assert shown[round(row), round(first) : round(last) + 1].all(), "no gaps along the stroke"
    voxels = np.argwhere(painted)
    away = coronal.planes.from_volume(voxels)[:, 0] - index
    normal = coronal.planes.geometry.directions[:, 0]
    extent = np.abs(planes.session.volume.geometry.affine[:3, :3].T @ normal).sum()
    assert np.abs(away).max() * coronal.planes.spacing_mm <= extent / 2 + 0.01
    assert planes.session.history.applied == 1
    reader.drag((middle.x() - 40, middle.y()), (middle.x() + 40, middle.y()), button=RIGHT)
    assert not planes.mask().any()
    planes.press("Ctrl+Z")
    np.testing.assert_array_equal(planes.mask(), painted)


def test_a_line_on_a_turned_plane_is_refused_in_words(planes):
    main, coronal, _ = views(planes)
    planes.window.viewer.crosshair.turn(main, 0.3)
    planes.session.set_active_label(1)
    planes.press("P")
    at(planes, 1).drag((100, 100), (120, 100))
    assert planes.window.tools.draft is None
    assert "Only brushes work" in planes.window.status.currentMessage()
    assert coronal.planes.is_resampled
