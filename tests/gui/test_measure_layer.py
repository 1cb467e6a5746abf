"""The layer, the list and the controller of measures, on the window with a pretended session."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from medview.gui import layouts
from medview.gui.actions import ACTIONS
from medview.gui.panels.histogram import HistogramView
from medview.measure.frame import Frame
from medview.measure.kind import kinds
from medview.measure.measure import Measure, as_points
from medview.measure.reading import Histogram

LEFT, NO_KEY = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def window(open_window):
    return open_window


def drag(view, *voxels):
    points = [view.transform.to_screen(*voxel).toPoint() for voxel in voxels]
    QTest.mousePress(view, LEFT, NO_KEY, points[0])
    for point in points[1:]:
        event = QMouseEvent(
            QMouseEvent.Type.MouseMove,
            QPointF(point),
            QPointF(view.mapToGlobal(point)),
            Qt.MouseButton.NoButton,
            LEFT,
            NO_KEY,
        )
        QApplication.sendEvent(view, event)
    QTest.mouseRelease(view, LEFT, NO_KEY, points[-1])


def measures(window):
    return window.bench.session.measures.items


def voxels(window, measure):
    return window.bench.session.volume.geometry.to_voxel(measure.points)


def test_every_kind_has_a_row_in_the_menu():
    rows = {spec.argument for spec in ACTIONS if spec.callback == "measure"}
    assert rows == set(kinds())


@pytest.mark.parametrize("kind", ["length", "rectangle", "ellipse", "arrow"])
def test_two_points_by_a_drag_or_by_two_clicks(window, kind):
    view = window.bench.view
    window.measurer.use(kind)
    drag(view, (30, 30), (50, 60))
    drag(view, (62, 30))
    drag(view, (80, 60))
    first, second = measures(window)
    np.testing.assert_allclose(voxels(window, first)[:, 1:], [(30, 30), (50, 60)], atol=0.2)
    np.testing.assert_allclose(voxels(window, second)[:, 1:], [(62, 30), (80, 60)], atol=0.2)


def test_a_click_that_does_not_become_anything_leaves_nothing(window):
    view = window.bench.view
    window.measurer.use("length")
    drag(view, (30, 30))
    assert window.measurer.layer.pending is not None
    window.measurer.use("ellipse")
    assert window.measurer.layer.pending is None
    assert not measures(window)
    window.measurer.use("freehand")
    drag(view, (30, 30))
    assert not measures(window)


def test_freehand_follows_the_mouse(window):
    view = window.bench.view
    turns = np.linspace(0, 2 * np.pi, 40)
    window.measurer.use("freehand")
    drag(view, *((48 + 15 * np.sin(t), 48 + 15 * np.cos(t)) for t in turns))
    (measure,) = measures(window)
    reading = window.bench.session.measures.reading(measure)
    area = next(value.number for value in reading.values if value.name == "area")
    assert area == pytest.approx(np.pi * (15 * 4.0) ** 2, rel=0.03)
    assert len(window.measurer.layer._lines(view, measure)[0].toList()) == len(measure.points) + 1


def test_a_double_click_ends_a_polygon_and_does_not_maximise(window):
    view = window.bench.view
    asked = []
    view.maximise_wanted.connect(lambda: asked.append(1))
    window.measurer.use("polygon")
    for voxel in ((30, 30), (30, 60), (60, 60)):
        drag(view, voxel)
    QTest.mouseDClick(view, LEFT, NO_KEY, view.transform.to_screen(60, 60).toPoint())
    assert [measure.kind for measure in measures(window)] == ["polygon"]
    assert not asked


def test_the_whole_measure_is_moved_by_its_line(window):
    view = window.bench.view
    window.measurer.use("length")
    drag(view, (30, 30), (30, 60))
    window.measurer.use("")
    drag(view, (30, 45), (40, 50))
    (measure,) = measures(window)
    np.testing.assert_allclose(voxels(window, measure)[:, 1:], [(40, 35), (40, 65)], atol=0.3)
    window.commands.undo()
    np.testing.assert_allclose(voxels(window, measures(window)[0])[0, 1:], (30, 30), atol=0.2)


def test_a_measure_pales_beside_its_plane_and_is_gone_beyond(window):
    view = window.bench.view
    window.measurer.use("length")
    drag(view, (30, 30), (30, 60))
    window.measurer.use("")
    layer, (measure,) = window.measurer.layer, measures(window)
    place = view.transform.to_screen(30, 45)
    here = view.slice_index
    clean = {}
    for step in (0, 1, 3):
        view.set_slice(here + step)
        assert (layer.hit(view, place) is not None) == (step == 0)
        window.bench.session.measures.change(replace(measure, visible=False))
        clean[step] = view.grab().toImage()
        window.bench.session.measures.change(measure)
        shown = view.grab().toImage()
        assert (shown != clean[step]) == (step < 3)


def test_the_list_renames_hides_and_deletes(window, qtbot):
    window.measurer.use("length")
    drag(window.bench.view, (30, 30), (30, 60))
    panel = window.measures
    qtbot.waitUntil(lambda: panel.tree.topLevelItemCount() == 1)
    assert panel.tree.topLevelItem(0).text(2).endswith("mm")
    panel.tree.topLevelItem(0).setText(1, "nodule")
    assert measures(window)[0].name == "nodule"
    panel.tree.topLevelItem(0).setCheckState(0, Qt.CheckState.Unchecked)
    assert not measures(window)[0].visible
    QApplication.processEvents()
    panel.choose(measures(window)[0].id)
    panel.delete.click()
    assert not measures(window)
    window.commands.undo()
    QApplication.processEvents()
    panel.choose(measures(window)[0].id)
    layouts.unfold(panel)
    panel.tree.setFocus()
    QTest.keyClick(panel.tree, Qt.Key.Key_Delete)
    assert not measures(window)
    QApplication.processEvents()
    assert not panel.csv.isVisible()
    for _ in range(3):
        window.commands.undo()
    assert measures(window)[0].name == "Length 1"


def test_jumping_to_an_oblique_measure_turns_a_view_into_its_plane(window):
    from medview.core.planes import Planes

    volume = window.bench.session.volume
    turn = np.radians(20)
    normal = np.array([0, -np.sin(turn), np.cos(turn)])
    down = np.array([0, np.cos(turn), np.sin(turn)])
    axes = np.stack([normal, down, np.array([1.0, 0, 0])], axis=1)
    planes = Planes.across(volume.geometry, axes, 4.0)
    frame = Frame.of(planes, planes.count // 2)
    points = as_points(frame.spatial([[150.0, 180.0], [200.0, 180.0]]))
    kept = window.bench.session.measures.add(Measure("", "length", points, frame))
    window.measurer.jump(kept.id)
    seen = [view for view in window.bench.views.views if view.isVisible()]
    shown = [view for view in seen if kept in window.measurer.layer._here(view)]
    assert len(shown) == 1
    assert shown[0].planes.is_resampled


def test_tools_and_measures_take_turns(window):
    window.measurer.use("length")
    assert window.bench.view.cursor().shape() == Qt.CursorShape.CrossCursor
    window.tools.use("brush")
    assert window.measurer.active == ""
    window.measurer.use("angle")
    assert not window.tools.is_active
    QApplication.processEvents()
    assert window.actions_by.by_id["measure-angle"].isChecked()
    assert not window.actions_by.by_id["navigate"].isChecked()


def test_the_histogram_draws_its_bars(qtbot):
    view = HistogramView()
    qtbot.addWidget(view)
    view.resize(200, 84)
    view.show_histogram(Histogram(np.array([1, 8, 2]), -0.5, 2.5, 0.0, 2.0), "HU")
    picture = view.grab().toImage()
    columns = [
        sum(picture.pixelColor(x, y).green() > 150 for y in range(60)) for x in (30, 100, 170)
    ]
    assert columns[1] > columns[2] > columns[0]
    view.show_histogram(None)
    assert not view.isVisible()
