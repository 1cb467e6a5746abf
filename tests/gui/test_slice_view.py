"""The slice view through real mouse events: pixels, window, zoom, pan, wheel, texts."""

from __future__ import annotations

import gc
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from medview.core.display import Window
from medview.core.geometry import Geometry
from medview.core.labelmap import LabelMap
from medview.core.labels import Label, LabelTable
from medview.core.volume import Volume
from medview.gui.annotations import HEAT_WORDS, bar_length_mm
from medview.gui.slice_view import SliceView


def gradient_volume(affine=None, shape=(9, 40, 60)):
    """Bright only toward the patient's left and back corner."""
    geometry = Geometry.axial(shape, (5.0, 1.0, 1.0)) if affine is None else Geometry(shape, affine)
    rows, columns = np.mgrid[: shape[1], : shape[2]]
    position = geometry.to_patient(np.stack([np.zeros_like(rows), rows, columns], -1))
    middle = position.reshape(-1, 3).mean(0)
    bright = (position[..., 0] > middle[0]) & (position[..., 1] > middle[1])
    voxels = np.repeat((bright * 1000).astype(np.int16)[None], shape[0], 0)
    return Volume(voxels, geometry, "CT", "HU", windows=(Window(500, 1000),))


@pytest.fixture
def view(qtbot):
    view = SliceView()
    qtbot.addWidget(view)
    view.resize(600, 500)
    view.show()
    view.set_volume(gradient_volume())
    return view


def wheel(view, notches, modifiers=Qt.KeyboardModifier.NoModifier, at=None):
    position = QPointF(at or view.rect().center())
    event = QWheelEvent(
        position,
        view.mapToGlobal(position),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view, event)


def drag(view, button, start, end, modifiers=Qt.KeyboardModifier.NoModifier):
    QTest.mousePress(view, button, modifiers, QPoint(*start))
    middle = QPoint((start[0] + end[0]) // 2, (start[1] + end[1]) // 2)
    _move(view, middle, button, modifiers)
    _move(view, QPoint(*end), button, modifiers)
    QTest.mouseRelease(view, button, modifiers, QPoint(*end))


def _move(view, where, button, modifiers):
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QMouseEvent

    event = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(where),
        QPointF(view.mapToGlobal(where)),
        Qt.MouseButton.NoButton,
        button,
        modifiers,
    )
    QApplication.sendEvent(view, event)


FLIPS = {
    "as acquired": (1, 1),
    "columns to the right": (-1, 1),
    "rows to the front": (1, -1),
    "both": (-1, -1),
}


@pytest.mark.parametrize("signs", FLIPS.values(), ids=FLIPS.keys())
@pytest.mark.parametrize("transposed", [False, True])
def test_left_is_at_the_right_and_back_is_below(qtbot, signs, transposed):
    affine = np.zeros((4, 4))
    row, column = (0, 1) if transposed else (1, 0)
    affine[row, 1], affine[column, 2], affine[2, 0], affine[3, 3] = signs[1], signs[0], 5, 1
    view = SliceView()
    qtbot.addWidget(view)
    view.resize(600, 500)
    view.toggle_texts()
    view.set_volume(gradient_volume(affine))
    picture = view.grab().toImage()
    scale = picture.width() / view.width()

    def bright(x, y):
        return QColor(picture.pixel(int(x * scale), int(y * scale))).red() > 200

    assert bright(360, 310)
    assert not bright(240, 310)
    assert not bright(360, 190)
    assert not bright(240, 190)


def test_dragging_right_widens_and_up_brightens(view):
    before = view.window_level
    drag(view, Qt.MouseButton.LeftButton, (300, 250), (350, 250))
    wider = view.window_level
    assert wider.width > before.width
    assert wider.center == before.center
    drag(view, Qt.MouseButton.LeftButton, (300, 250), (300, 200))
    assert view.window_level.center < before.center  # a lower centre shows more as bright
    assert view.window_level.width == wider.width


def test_the_drag_follows_the_data_range(view):
    before = view.window_level
    drag(view, Qt.MouseButton.LeftButton, (100, 250), (350, 250))
    moved = view.window_level.width - before.width
    assert moved == pytest.approx(250 / 500 * view.data_range)


def test_shift_makes_the_drag_finer(view):
    drag(
        view,
        Qt.MouseButton.LeftButton,
        (300, 250),
        (350, 250),
        Qt.KeyboardModifier.ShiftModifier,
    )
    assert view.window_level.width - 1000 == pytest.approx(0.2 * 50 / 500 * view.data_range)


def test_the_wheel_turned_down_goes_toward_the_feet(view, qtbot):
    assert view.slice_index == 4
    wheel(view, -1)
    assert view.slice_index == 3
    wheel(view, 2)
    assert view.slice_index == 5
    wheel(view, 50)
    assert view.slice_index == 8


def test_ctrl_and_wheel_zoom_at_the_mouse(view):
    anchor = QPointF(200, 180)
    before = view.transform.to_voxel(anchor)
    wheel(view, 3, Qt.KeyboardModifier.ControlModifier, anchor)
    assert view.transform.zoom > view.transform.fit_zoom
    assert view.transform.to_voxel(anchor) == pytest.approx(before)
    assert view.slice_index == 4


def test_middle_drag_pans_and_right_drag_zooms(view):
    before = view.transform.to_voxel(QPointF(300, 250))
    drag(view, Qt.MouseButton.MiddleButton, (300, 250), (340, 230))
    assert view.transform.to_voxel(QPointF(340, 230)) == pytest.approx(before)
    zoom = view.transform.zoom
    drag(view, Qt.MouseButton.RightButton, (300, 250), (300, 200))
    assert view.transform.zoom > zoom


def test_double_click_asks_for_the_whole_place(view, qtbot):
    with qtbot.waitSignal(view.maximise_wanted):
        QTest.mouseDClick(view, Qt.MouseButton.LeftButton, pos=QPoint(300, 250))


def test_the_value_under_the_mouse_is_told_with_label_and_position(view):
    volume = view.volume
    table = LabelTable.of([Label(2, "left lung", (0, 200, 0))])
    labels = np.zeros(volume.geometry.shape, np.uint8)
    labels[4, 30, 50] = 2
    view.set_labels(LabelMap(volume.geometry, table, labels))
    where = view.transform.to_screen(30, 50)
    QTest.mouseMove(view, where.toPoint())
    _move(view, where.toPoint(), Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier)
    assert view.cursor_text() == "1000 HU    left lung    L 50.0  P 30.0  H 20.0 mm"
    _move(view, QPoint(2, 2), Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier)
    assert view.cursor_text() == ""


def test_texts_say_slice_window_and_letters(view):
    texts = view.annotations(view.transform)
    assert texts.letters == ("R", "L", "A", "P")
    assert "slice 5 / 9" in texts.bottom_right
    assert "20.0 mm" in texts.bottom_right
    assert texts.bottom_left == ("W 1000  L 500 HU", "zoom 100 %")
    assert not texts.heat_title


def test_without_calibration_nothing_is_told_in_mm(qtbot):
    view = SliceView()
    qtbot.addWidget(view)
    voxels = np.zeros((1, 20, 30), np.int16)
    view.set_volume(Volume(voxels, Geometry.uncalibrated((1, 20, 30))))
    texts = view.annotations(view.transform)
    assert not any(" mm" in line for line in texts.bottom_right)
    assert texts.letters == ("", "", "", "")


def test_a_heat_map_shows_on_its_slice_only_with_honest_words(view):
    heat = SimpleNamespace(
        slice_index=4, values=np.ones((40, 60), np.float32), label_id=1, reliable=False
    )
    view.set_heatmap(heat)
    texts = view.annotations(view.transform)
    assert texts.heat_title
    assert not texts.heat_reliable
    assert HEAT_WORDS == "shows what the model used, not the disease"
    view.set_slice(5)
    assert not view.annotations(view.transform).heat_title


def test_a_slice_that_is_not_read_yet_says_so_and_appears(qtbot):
    shape = (3, 8, 8)
    ready = np.zeros(3, bool)
    voxels = np.zeros(shape, np.int16)
    volume = Volume(voxels, Geometry.axial(shape), "CT", "HU", ready=ready)
    view = SliceView()
    qtbot.addWidget(view)
    view.set_volume(volume)
    assert "reading" in view.annotations(view.transform).notice
    voxels[1] = np.arange(64).reshape(8, 8)
    ready[1] = True
    view.slice_ready(1)
    assert view.annotations(view.transform).notice == ""
    assert view.window_level.width > 50  # from the values that arrived


class Paints(QObject):
    """Counts the paint events of a widget."""

    count = 0

    def eventFilter(self, watched, event):
        self.count += event.type() == QEvent.Type.Paint
        return False


def test_many_changes_are_painted_once(view):
    QApplication.processEvents()
    paints = Paints()
    view.installEventFilter(paints)
    for index in range(9):
        view.set_slice(index)
        view.set_window(Window(index, 500))
    QApplication.processEvents()
    view.removeEventFilter(paints)
    assert paints.count == 1


def test_scale_bar_lengths_are_round():
    assert bar_length_mm(2.0) == 50
    assert bar_length_mm(0.5) == 200
    assert bar_length_mm(40.0) == 2


def test_void_calls_do_not_eat_references_to_none(view):
    """PySide6 6.12 lost one reference to None per void call and killed CPython 3.11."""
    gc.collect()
    before = sys.getrefcount(None)
    for _ in range(10_000):
        view.update()
    assert sys.getrefcount(None) >= before - 100
