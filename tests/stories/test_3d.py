"""I see my labels in 3D beside the three planes, turn them, and they follow my edits."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from reader import LEFT

from medview.core.box import Box
from medview.edit.edit import Origin


@pytest.fixture
def four(reader, chest_folder, chest):
    """The chest with its lungs labelled, in the layout with 3D."""
    reader.open(chest_folder)
    editor = reader.session.editor
    editor.begin("Lungs", Origin("import", "truth"), 0)
    editor.write(Box.whole(chest.labels.shape), chest.labels)
    editor.commit()
    reader.press("F5")
    reader.until(lambda: reader.window.viewer.surfaces.is_current, 30)
    return reader


def colored(view) -> dict[str, int]:
    """How many pixels look blue (right lung) and orange (left lung)."""
    image = view.grab().toImage()
    hues = [
        QColor(image.pixel(x, y)).getHsv()
        for x in range(0, image.width(), 3)
        for y in range(0, image.height(), 3)
    ]
    strong = [hue for hue, saturation, value, _ in hues if saturation > 120 and value > 60]
    return {
        "blue": sum(190 <= hue <= 220 for hue in strong),
        "orange": sum(28 <= hue <= 48 for hue in strong),
    }


def middles(view) -> tuple[float, float]:
    """Mean column of the blue and of the orange pixels."""
    image = view.grab().toImage()
    found: dict[str, list[int]] = {"blue": [], "orange": []}
    for x in range(0, image.width(), 3):
        for y in range(0, image.height(), 3):
            hue, saturation, value, _ = QColor(image.pixel(x, y)).getHsv()
            if saturation > 120 and value > 60 and 190 <= hue <= 220:
                found["blue"].append(x)
            elif saturation > 120 and value > 60 and 28 <= hue <= 48:
                found["orange"].append(x)
    return float(np.mean(found["blue"])), float(np.mean(found["orange"]))


def test_f5_shows_three_planes_and_the_lungs_in_3d(four):
    view = four.window.viewer.surfaces.view
    assert four.window.viewer.grid.shows("volume3d")
    assert view.isVisible()
    seen = colored(view)
    assert seen["blue"] > 200
    assert seen["orange"] > 200
    QTest.keyClick(view, Qt.Key.Key_Home)  # from the front: the patient's right is at the left
    right, left = middles(view)
    assert right < left


def test_dragging_turns_the_patient_and_the_back_is_the_other_way_round(four):
    view = four.window.viewer.surfaces.view
    QTest.keyClick(view, Qt.Key.Key_Home)
    before = view.grab().toImage()
    start = QPoint(10, view.height() // 2)
    QTest.mousePress(view, LEFT, Qt.KeyboardModifier.NoModifier, start)
    half_a_turn = round(np.pi / 0.01)
    for step in range(1, 11):
        QTest.mouseMove(view, start + QPoint(half_a_turn * step // 10, 0))
    QTest.mouseRelease(view, LEFT, Qt.KeyboardModifier.NoModifier, start + QPoint(half_a_turn, 0))
    assert view.grab().toImage() != before
    toward = view.camera.axes[2]
    assert toward[1] > 0.9  # the viewer is behind the patient now
    right, left = middles(view)
    assert right > left


def test_an_edit_changes_the_surface_and_hiding_a_label_takes_it_away(four):
    surfaces = four.window.viewer.surfaces
    assert {surface.label_id for surface in surfaces.view.surfaces} == {1, 2, 3}
    before = {surface.label_id: surface.volume_ml for surface in surfaces.view.surfaces}
    four.session.undo()
    four.until(lambda: surfaces.is_current and not surfaces.view.surfaces, 30)
    assert "Segment with Ctrl+G" in surfaces.view.notice
    four.session.redo()
    four.until(lambda: surfaces.is_current and len(surfaces.view.surfaces) == 3, 30)
    after = {surface.label_id: surface.volume_ml for surface in surfaces.view.surfaces}
    assert after == pytest.approx(before)
    label = four.session.labelmap.table[1]
    four.session.labelmap.table = four.session.labelmap.table.changed(label.id, visible=False)
    four.session.table_changed.emit()
    four.until(lambda: surfaces.is_current and len(surfaces.view.surfaces) == 2, 30)
    assert colored(surfaces.view)["blue"] < 20


def test_arrow_keys_turn_the_3d_view_and_not_the_slices(four):
    view = four.window.viewer.surfaces.view
    view.setFocus()
    index, axes = four.view.slice_index, view.camera.axes.copy()
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert four.view.slice_index == index
    assert not np.allclose(view.camera.axes, axes)
    QTest.mouseDClick(view, LEFT, Qt.KeyboardModifier.NoModifier, QPoint(50, 50))
    assert not four.view.isVisible()
    QTest.mouseDClick(view, LEFT, Qt.KeyboardModifier.NoModifier, QPoint(50, 50))
    assert four.view.isVisible()
