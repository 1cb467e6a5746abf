"""The window as a person uses it: drop, scroll, window, segment, paint, undo, accept, retrain."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from medview.core.box import Box
from medview.core.display import Window
from medview.core.errors import MedviewError
from medview.core.labels import Label
from medview.edit.edit import Origin
from medview.gui.actions import ACTIONS
from medview.gui.panels.slice_panel import EMPTY_TEXT

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
Keys = Qt.KeyboardModifier
NO_KEY, CTRL, SHIFT = Keys.NoModifier, Keys.ControlModifier, Keys.ShiftModifier


def stroke(view, *voxels, button=LEFT, keys=NO_KEY):
    """Paint along (row, column) voxels."""
    points = [view.transform.to_screen(*voxel).toPoint() for voxel in voxels]
    QTest.mousePress(view, button, keys, points[0])
    for point in points[1:]:
        QTest.mouseMove(view, point)
    QTest.mouseRelease(view, button, keys, points[-1])


def key(window, name, keys=NO_KEY):
    window.activateWindow()
    window.bench.view.setFocus()
    QTest.keyClick(window.bench.view, name, keys)


def labels_at(window):
    return window.bench.session.labelmap.voxels[window.bench.view.slice_index]


def test_an_empty_window_invites(window):
    assert window.centre.currentIndex() == 0
    texts = [label.text() for label in window.centre.findChildren(QLabel)]
    assert EMPTY_TEXT in texts
    assert EMPTY_TEXT == "Drop a CT or MR folder here, or press Ctrl+O"
    assert not window.actions_by.by_id["brush"].isEnabled()


def _mime(path):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    return mime


def test_a_dropped_folder_is_copied_never_moved_and_opens(window, qtbot, tmp_path):
    mime = _mime(tmp_path)
    every = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction | Qt.DropAction.LinkAction
    enter = QDragEnterEvent(QPoint(300, 300), every, mime, LEFT, NO_KEY)
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    assert enter.dropAction() == Qt.DropAction.CopyAction
    drop = QDropEvent(QPointF(300, 300), every, mime, LEFT, NO_KEY)
    drop.setDropAction(Qt.DropAction.MoveAction)
    QApplication.sendEvent(window, drop)
    assert drop.dropAction() == Qt.DropAction.CopyAction
    qtbot.waitUntil(lambda: window.bench.view.volume is not None)
    assert window.bench.opening.indexed == [[Path(tmp_path)]]
    assert window.bench.session.settings.recent_paths() == [Path(tmp_path)]


def test_a_dropped_text_is_refused(window):
    mime = QMimeData()
    mime.setText("no file")
    enter = QDragEnterEvent(QPoint(300, 300), Qt.DropAction.CopyAction, mime, LEFT, NO_KEY)
    enter.setAccepted(False)
    QApplication.sendEvent(window, enter)
    assert not enter.isAccepted()


def test_the_largest_series_opens_at_its_middle_and_the_list_fills(window, qtbot, tmp_path):
    window.opener.open_paths([tmp_path])
    qtbot.waitUntil(lambda: window.bench.view.volume is not None)
    qtbot.waitUntil(lambda: not window.bench.runner.active)
    assert [entry.key for entry in window.series.entries()] == ["small", "big"]
    assert window.bench.view.slice_index == 12
    assert window.centre.currentIndex() == 1
    assert window.series.skipped.isVisible()
    assert window.series.skipped.text().startswith("1 file skipped")
    assert window.bench.view.window_level == Window(-600, 1500)


def test_keys_walk_the_slices_and_choose_presets(open_window, qtbot):
    view = open_window.bench.view
    key(open_window, Qt.Key.Key_Down)
    assert view.slice_index == 11
    key(open_window, Qt.Key.Key_PageUp)
    assert view.slice_index == 12
    key(open_window, Qt.Key.Key_Home)
    assert view.slice_index == 23
    key(open_window, Qt.Key.Key_End)
    assert view.slice_index == 0
    key(open_window, Qt.Key.Key_6)
    assert (view.window_level.center, view.window_level.width) == (300, 2000)
    key(open_window, Qt.Key.Key_1)
    assert view.window_level == Window(-600, 1500)
    key(open_window, Qt.Key.Key_2)
    assert view.window_level == Window(40, 400)
    key(open_window, Qt.Key.Key_0)
    assert view.window_level.name == "Auto"


def test_keys_switch_layers(open_window):
    view = open_window.bench.view
    key(open_window, Qt.Key.Key_S)
    assert not view.style_of_overlay.mask_visible
    key(open_window, Qt.Key.Key_V)
    assert view.style_of_overlay.mask_visible
    key(open_window, Qt.Key.Key_O)
    assert not view.style_of_overlay.fill
    assert not open_window.overlay.fill.isChecked()


def test_the_slider_and_the_number_follow_and_lead(open_window):
    view, centre = open_window.bench.view, open_window.centre
    assert centre.number.value() == 13
    centre.slider.setValue(3)
    assert view.slice_index == 3
    assert centre.number.value() == 4
    centre.number.setValue(20)
    assert view.slice_index == 19
    assert centre.slider.value() == 19


def test_segment_previews_then_makes_one_edit_that_undo_takes_back(open_window, session, qtbot):
    previews = []
    session.preview_changed.connect(lambda box: previews.append(box))
    key(open_window, Qt.Key.Key_G, CTRL)
    assert open_window.modeller.is_predicting
    qtbot.waitUntil(lambda: not open_window.modeller.is_predicting)
    assert len(previews) >= 24
    assert (session.labelmap.voxels == session.truth).all()
    assert len(session.history.edits) == 1
    assert open_window.model.used.text().startswith("ran on cpu")
    assert open_window.bench.view.preview is None
    key(open_window, Qt.Key.Key_Z, CTRL)
    assert session.labelmap.voxels.max() == 0
    key(open_window, Qt.Key.Key_Z, CTRL | SHIFT)
    assert session.labelmap.voxels.max() == 3


def test_cancel_offers_to_keep_the_slices_that_are_done(open_window, session, qtbot):
    session.slice_seconds = 0.02
    open_window.modeller.segment()
    qtbot.waitUntil(lambda: open_window.modeller._slices_done >= 3)
    open_window.commands.cancel()
    qtbot.waitUntil(lambda: not open_window.modeller.is_predicting)
    assert "cancelled" in open_window.bench.messages.text
    keep = next(
        b for b in open_window.bench.messages.findChildren(QPushButton) if b.text() == "Keep Them"
    )
    QTest.mouseClick(keep, LEFT)
    qtbot.waitUntil(lambda: not open_window.modeller.is_predicting)
    done = (session.labelmap.voxels != 0).any(axis=(1, 2))
    assert 1 <= done.sum() < 24
    open_window.modeller.segment()  # and once more, to the end
    qtbot.waitUntil(lambda: not open_window.modeller.is_predicting)


def test_a_prediction_waits_for_the_open_stroke(open_window, session, qtbot):
    key(open_window, Qt.Key.Key_B)
    view = open_window.bench.view
    start = view.transform.to_screen(40, 40).toPoint()
    open_window.modeller.segment()
    QTest.mousePress(view, LEFT, NO_KEY, start)
    qtbot.waitUntil(lambda: open_window.modeller._prediction is None)
    qtbot.wait(30)
    assert session.editor.is_open
    assert len(session.history.edits) == 0
    QTest.mouseRelease(view, LEFT, NO_KEY, start)
    qtbot.waitUntil(lambda: not open_window.modeller.is_predicting)
    assert len(session.history.edits) == 2


def test_a_heat_map_shows_with_its_badge_and_h_hides_it(open_window, session, qtbot):
    open_window.overlay.label.setCurrentIndex(0)
    key(open_window, Qt.Key.Key_H, CTRL)
    qtbot.waitUntil(lambda: session.heatmap is not None)
    view = open_window.bench.view
    texts = view.annotations(view.transform)
    assert texts.heat_title == "right lung"
    assert not texts.heat_reliable
    qtbot.wait(5)
    key(open_window, Qt.Key.Key_H)
    assert view.shown_heatmap is None


def test_brush_paints_right_button_erases_and_ctrl_inverts(open_window, session):
    key(open_window, Qt.Key.Key_B)
    view = open_window.bench.view
    stroke(view, (40, 30), (40, 60))
    painted = labels_at(open_window).copy()
    assert (painted[40, 30:61] == 1).all()  # no gaps
    assert painted[40, 20] == 0
    stroke(view, (40, 45), button=RIGHT)
    assert labels_at(open_window)[40, 45] == 0
    stroke(view, (40, 45))
    stroke(view, (40, 35), keys=CTRL)
    assert labels_at(open_window)[40, 35] == 0
    assert len(session.history.edits) == 4
    key(open_window, Qt.Key.Key_E)
    stroke(view, (40, 45))
    assert labels_at(open_window)[40, 45] == 0
    stroke(view, (40, 45), keys=CTRL)
    assert labels_at(open_window)[40, 45] == 1


def test_undo_goes_to_the_slice_where_it_happened(open_window, session):
    key(open_window, Qt.Key.Key_B)
    stroke(open_window.bench.view, (40, 40))
    open_window.bench.view.set_slice(3)
    key(open_window, Qt.Key.Key_Z, CTRL)
    assert open_window.bench.view.slice_index == 12
    assert session.labelmap.voxels.max() == 0


def test_esc_takes_back_the_open_stroke_then_leaves_the_tool(open_window, session):
    key(open_window, Qt.Key.Key_B)
    view = open_window.bench.view
    QTest.mousePress(view, LEFT, NO_KEY, view.transform.to_screen(40, 40).toPoint())
    assert session.labelmap.voxels.any()
    key(open_window, Qt.Key.Key_Escape)
    assert not session.labelmap.voxels.any()
    assert open_window.tools.is_active
    QTest.mouseRelease(view, LEFT, NO_KEY, view.transform.to_screen(40, 40).toPoint())
    key(open_window, Qt.Key.Key_Escape)
    assert not open_window.tools.is_active
    assert open_window.actions_by.by_id["navigate"].isChecked()


def test_brush_size_by_keys_wheel_and_form_is_one_size(open_window):
    key(open_window, Qt.Key.Key_B)
    before = open_window.tools.size_mm
    key(open_window, Qt.Key.Key_BracketRight)
    larger = open_window.tools.size_mm
    assert larger > before
    assert open_window.brush.form.options.size_mm == larger
    open_window.tools.wheel(-1)
    assert open_window.tools.size_mm == pytest.approx(before, abs=0.2)
    key(open_window, Qt.Key.Key_E)
    assert open_window.tools.size_mm == pytest.approx(before, abs=0.2)


def test_digits_choose_a_label_while_a_tool_is_active(open_window, session, qtbot):
    window_before = open_window.bench.view.window_level
    key(open_window, Qt.Key.Key_B)
    key(open_window, Qt.Key.Key_3)
    assert session.active_label == 3
    assert open_window.bench.view.window_level == window_before
    qtbot.wait(5)
    assert open_window.labels.tree.currentItem().text(1) == "airway"


def test_locked_labels_say_so(open_window, session, qtbot):
    session.set_label(Label(1, "right lung", (1, 2, 3), locked=True))
    key(open_window, Qt.Key.Key_B)
    stroke(open_window.bench.view, (40, 40))
    assert session.labelmap.voxels.max() == 0
    assert "locked" in open_window.status.currentMessage()


def test_labels_are_renamed_hidden_and_measured(open_window, session, qtbot):
    tree = open_window.labels.tree
    item = tree.topLevelItem(1)
    item.setText(1, "lung on the left")
    assert session.labelmap.table[2].name == "lung on the left"
    qtbot.wait(5)
    item = tree.topLevelItem(1)
    item.setCheckState(2, Qt.CheckState.Unchecked)
    assert not session.labelmap.table[2].visible
    open_window.modeller.segment()
    qtbot.waitUntil(lambda: not open_window.modeller.is_predicting)
    qtbot.waitUntil(lambda: open_window.counts.is_exact)
    ml = (session.truth == 1).sum() * 0.2
    assert float(tree.topLevelItem(0).text(4)) == pytest.approx(ml, abs=0.6)


def test_accept_marks_slices_and_counts(open_window, session, qtbot):
    key(open_window, Qt.Key.Key_A)
    assert session.accepted == {12}
    qtbot.wait(5)
    assert open_window.review.count.text() == "1 of 24 slices accepted, this one is"
    key(open_window, Qt.Key.Key_A, SHIFT)
    assert session.accepted == frozenset()
    QTest.mouseClick(open_window.review.case_button, LEFT)
    assert len(session.accepted) == 24


def test_export_tells_when_it_is_done(open_window, qtbot, tmp_path):
    target = tmp_path / "labels.nii.gz"
    open_window.reviewer.export("nifti", target)
    qtbot.waitUntil(lambda: "read back" in open_window.bench.messages.text)
    assert target.read_text() == "nifti"


def test_trouble_is_a_message_not_a_box(open_window, session, qtbot):
    def refuse(*args, **options):
        raise MedviewError("The model is damaged.", hint="Roll back.", code="damaged")

    session.prediction_job = refuse
    open_window.modeller.segment()
    assert open_window.bench.messages.text == "The model is damaged. Roll back."
    assert QApplication.activeModalWidget() is None
    assert not open_window.modeller.is_predicting


def test_another_volume_drops_a_running_prediction(open_window, session, volume, qtbot):
    session.slice_seconds = 0.02
    open_window.modeller.segment()
    qtbot.waitUntil(lambda: open_window.modeller._slices_done >= 1)
    open_window.opener.open_volume(volume)
    assert not open_window.modeller.is_predicting
    qtbot.waitUntil(lambda: not open_window.bench.runner.active)
    assert session.labelmap.voxels.max() == 0


EVENTS = """
import json, sys
for step in range(1, 4):
    print(json.dumps({"event": "progress", "step": step, "steps": 3, "loss": 1 / step,
                      "dice": 0.5 + step / 10, "seconds_left": 3 - step}), flush=True)
print(json.dumps({"event": "done", "candidate": "ct-lung@1.0.1", "base": "ct-lung@1.0.0",
    "gates": {"advice": "Better. Use it."},
    "table": [{"case": "a", "label": "right lung", "current": 0.9, "candidate": 0.95}]}))
"""


def test_retrain_shows_curves_then_the_table_and_use_adopts(open_window, session, qtbot):
    session.retrain_command = lambda **options: [sys.executable, "-c", EVENTS]
    open_window.commands.retrain()
    with qtbot.waitSignal(open_window.trainer.process.ended, timeout=20000):
        pass
    panel = open_window.training
    assert panel.shows_result
    assert panel.table.item(0, 4).text() == "+0.050  better"
    assert panel.advice.text() == "Better. Use it."
    QTest.mouseClick(panel.comparison.use, LEFT)
    assert session.calls == [("use", "ct-lung", "1.0.1")]
    assert open_window.model.model.text() == "ct-lung@1.0.1"
    open_window.commands.rollback()
    assert session.calls[-1] == ("rollback",)


def test_every_action_has_a_method_and_no_key_means_two_things(window):
    keys = [name for spec in ACTIONS for name in spec.shortcuts]
    assert len(keys) == len(set(keys))
    assert set(window.actions_by.by_id) == {spec.id for spec in ACTIONS}
    for spec in ACTIONS:
        assert hasattr(window.commands, spec.callback)
        assert window.actions_by.by_id[spec.id].toolTip()


def test_help_dialogs_say_what_they_must(open_window):
    open_window.commands.show_about()
    open_window.commands.show_shortcuts()
    open_window.commands.show_models()
    open_window.commands.show_skipped()
    texts = [label.text() for label in open_window.findChildren(QLabel)]
    assert any("Research use, not a medical device" in text for text in texts)
    assert QApplication.activeModalWidget() is None


def test_controls_have_names(open_window):
    for widget in open_window.findChildren(QWidget):
        if type(widget).__name__ in ("QSlider", "QComboBox", "QTreeWidget", "QSpinBox"):
            assert widget.accessibleName(), widget


def test_the_window_stays_free_while_slices_scroll(open_window, session, qtbot):
    session.editor.begin("all", Origin("tool", "test"), 0)
    session.editor.write(Box.whole(session.truth.shape), np.asarray(session.truth))
    session.editor.commit()
    view = open_window.bench.view
    worst = 0.0
    for index in range(24):
        started = time.perf_counter()
        view.set_slice(index)
        QApplication.processEvents()
        worst = max(worst, time.perf_counter() - started)
    assert worst < 0.25  # a loaded test machine; the benchmark has the real figure
