"""I see what a tool proposes, keep it or drop it, and correct with few gestures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from reader import CTRL, LEFT, NO_KEY, RIGHT, SHIFT

from medview.core.labels import LabelTable

ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def chest_open(reader, chest_folder):
    reader.open(chest_folder)
    reader.session.set_active_label(1)
    reader.settle()
    return reader


def options(reader, **values):
    """Set fields of the active form as its widgets would."""
    form = reader.window.brush.form
    form._options = replace(form.options, **values)
    form.changed.emit(form.options)


def test_a_polygon_is_shown_changed_and_kept(chest_open):
    """Points can be moved and deleted before I press Enter; the picture shows the proposal."""
    reader = chest_open
    reader.press("P")
    grey = reader.color(45, 45)
    for row, column in ((30, 30), (30, 60), (60, 60), (60, 30)):
        reader.stroke((row, column))
    reader.stroke((30, 30))  # on the first point: closed
    assert not reader.mask().any()
    assert reader.color(45, 45) != grey, "the proposal is seen"
    assert reader.window.brush.keep_button.isVisible()
    reader.stroke((60, 60), (70, 70))  # a corner moved outward
    reader.stroke((45, 30), (45, 36))  # a new point in the line between two corners
    assert len(reader.window.tools.active.points) == 5
    reader.stroke((45, 36), keys=SHIFT)
    assert len(reader.window.tools.active.points) == 4
    reader.press("Return")
    mask = reader.slice_mask()
    assert mask[35, 35]
    assert mask[65, 65]
    assert not mask[35, 65]
    assert reader.session.history.undo_name.startswith("Polygon ")
    assert not reader.window.brush.keep_button.isVisible()
    reader.press("Ctrl+Z")
    assert not reader.mask().any()


def test_backspace_takes_a_point_back_and_buttons_do_what_the_keys_do(chest_open):
    reader = chest_open
    reader.press("P")
    for row, column in ((30, 30), (30, 60), (60, 60), (60, 30)):
        reader.stroke((row, column))
    reader.press("Backspace")
    assert len(reader.window.tools.active.points) == 3
    reader.click("Keep It")
    assert reader.slice_mask()[35, 55]
    assert not reader.slice_mask()[55, 35]
    reader.press("F")
    reader.stroke((30, 30), (30, 60), (60, 60), (60, 30), (32, 30))
    reader.click("Drop It")
    assert reader.window.tools.draft is None
    assert reader.session.history.applied == 1


def test_a_line_on_another_slice_is_refused_in_words(chest_open):
    reader = chest_open
    reader.press("P")
    reader.stroke((30, 30))
    reader.wheel(1)
    reader.stroke((30, 60))
    assert "not kept yet" in reader.window.status.currentMessage()
    assert len(reader.window.tools.active.points) == 1


def test_the_right_button_cuts_with_a_lasso(chest_open):
    reader = chest_open
    reader.press("L")
    reader.stroke((30, 30), (30, 60), (60, 60), (60, 30), (31, 30))
    painted = reader.slice_mask() > 0
    assert painted[45, 45]
    reader.stroke((40, 40), (40, 50), (50, 50), (50, 40), (41, 40), button=RIGHT)
    assert not reader.slice_mask()[45, 45]
    assert reader.slice_mask()[35, 35]
    reader.stroke((32, 32), (32, 38), (38, 38), (38, 32), keys=CTRL)
    assert not reader.slice_mask()[35, 35]


def test_a_stroke_goes_on_while_i_turn_the_wheel(chest_open):
    """Pain: painting and scrolling at once; it is one step of undo."""
    reader = chest_open
    reader.press("B")
    first = reader.view.slice_index
    let_go = reader.begin_stroke((40, 40), (40, 44))
    reader.wheel(-1, at=reader.screen(40, 44))
    second = reader.view.slice_index
    assert second != first
    let_go()
    mask = reader.mask()
    assert mask[first, 40, 42]
    assert mask[second, 40, 44]
    assert reader.session.history.applied == 1
    reader.press("Ctrl+Z")
    assert reader.view.slice_index == first


def test_alt_and_a_click_choose_the_label_under_the_mouse(chest_open):
    reader = chest_open
    reader.press("B")
    reader.press("3")
    reader.stroke((40, 40))
    reader.press("1")
    QTest.mouseClick(reader.view, LEFT, ALT, reader.screen(40, 40))
    assert reader.session.active_label == reader.session.labelmap.table.labels[2].id
    QTest.mouseClick(reader.view, LEFT, ALT, reader.screen(80, 80))
    assert "no label here" in reader.window.status.currentMessage()
    assert reader.session.history.applied == 1


def test_the_threshold_brush_leaves_air_alone(chest_open, chest):
    reader = chest_open
    reader.press("T")
    options(reader, size_mm=100.0, low=-200.0, high=300.0)
    reader.stroke((48, 48))
    painted = reader.slice_mask() > 0
    values = chest.voxels[reader.view.slice_index]
    assert painted.any()
    assert values[painted].min() >= -200
    assert values[painted].max() <= 300
    options(reader, source="window")
    reader.session.undo()
    reader.press("Esc")
    reader.press("4")  # a preset; then back to the brush, which obeys it
    window = reader.view.window_level
    reader.press("T")
    reader.stroke((48, 48))
    painted = reader.slice_mask() > 0
    low, high = window.center - window.width / 2, window.center + window.width / 2
    assert values[painted].min() >= low
    assert values[painted].max() <= high


def test_dragging_the_wand_changes_its_tolerance_in_the_form(chest_open):
    reader = chest_open
    reader.press("M")
    before = reader.window.brush.form.options.tolerance
    reader.stroke((48, 25), (48, 60))
    after = reader.window.brush.form.options.tolerance
    assert after > before
    assert reader.window.tools.draft is not None
    options(reader, extent="all-directions")
    reader.settle()
    count = reader.window.tools.draft.proposal.voxel_count
    reader.press("Return")
    reader.settle()
    assert (reader.mask() > 0).sum() == count


def test_the_overwrite_policy_is_chosen_in_the_panel(chest_open):
    reader = chest_open
    reader.press("B")
    reader.press("2")
    reader.stroke((40, 40), (40, 50))
    second = reader.session.active_label
    reader.press("1")
    combo = reader.window.brush.overwrite
    combo.setCurrentIndex(combo.findData("none"))
    before = reader.mask() == second
    reader.stroke((40, 40), (40, 50))
    assert np.array_equal(reader.mask() == second, before)
    combo.setCurrentIndex(combo.findData("all"))
    reader.stroke((40, 40), (40, 50))
    assert not (reader.mask() == second).any()


def test_slices_between_are_filled_with_a_preview(chest_open):
    """Two slices drawn, the menu, Enter: all between are there, as one step of undo."""
    reader = chest_open
    reader.press("U")
    for index in (4, 10):
        reader.go_to(index)
        reader.stroke((40, 40), (56, 60))
        reader.press("Return")
    reader.choose("Edit > Operations > Fill Between Slices")
    reader.settle()
    assert reader.window.tools.active is None, "I can look around meanwhile"
    assert not reader.mask()[5:10].any()
    assert "Enter keeps it" in reader.window.status.currentMessage()
    reader.go_to(7)
    reader.settle()
    reader.press("Return")
    reader.settle()
    assert all(reader.mask()[index, 48, 50] for index in range(4, 11))
    assert reader.window.tools.shown is None
    reader.press("Ctrl+Z")
    assert not reader.mask()[5:10].any()
    assert reader.view.slice_index == 7


def test_an_operation_follows_its_options_and_esc_drops_it(chest_open):
    reader = chest_open
    reader.press("U")
    reader.stroke((40, 40), (56, 60))
    reader.press("Return")
    before = reader.mask()
    reader.choose("Edit > Operations > Margin")
    reader.settle()
    small = reader.window.tools.draft.proposal.voxel_count
    options(reader, margin_mm=12.0)
    reader.until(lambda: reader.window.tools.draft is None or
                 reader.window.tools.draft.proposal.voxel_count > small)  # fmt: skip
    reader.settle()
    reader.until(lambda: reader.window.tools.draft is not None)
    assert reader.window.tools.draft.proposal.voxel_count > small
    reader.press("Esc")
    assert reader.window.tools.draft is None
    assert reader.window.tools.shown is None
    assert np.array_equal(reader.mask(), before)


def test_a_large_proposal_is_written_in_parts_as_one_step(chest_open, monkeypatch):
    """Many voxels: the window stays free, nothing is painted meanwhile, Undo takes it all back."""
    reader = chest_open
    monkeypatch.setattr("medview.gui.draft_keeper._AT_ONCE", 10)
    reader.press("K")
    options(reader, action="fill")
    reader.stroke((30, 30), (30, 60), (60, 60), (60, 30), (31, 30))
    reader.press("Return")
    assert reader.session.history.applied == 0, "it is written in later turns"
    reader.until(lambda: reader.session.history.applied == 1)
    assert reader.mask()[:, 45, 45].all()
    reader.press("Ctrl+Z")
    assert not reader.mask().any()


def test_an_empty_label_is_said_in_words(chest_open):
    reader = chest_open
    reader.choose("Edit > Operations > Islands")
    reader.settle()
    assert "is empty" in reader.message


def test_an_answer_that_comes_too_late_is_not_applied(chest_open):
    """While an operation is worked out the labels change: its answer is dropped in words."""
    reader = chest_open
    reader.press("B")
    reader.stroke((40, 40), (44, 44))
    taken = []
    reader.window.tools.keeper.run("Slow", lambda progress: "late", taken.append)
    reader.stroke((60, 60), (64, 64))
    reader.settle()
    assert not taken
    assert "changed meanwhile" in reader.window.status.currentMessage()


def test_a_locked_label_is_not_painted_by_any_draft(chest_open):
    reader = chest_open
    table = reader.session.labelmap.table
    reader.press("P")
    for row, column in ((30, 30), (30, 60), (60, 60)):
        reader.stroke((row, column))
    reader.session.set_label(LabelTable.of(table).changed(1, locked=True)[1])
    reader.press("Return")
    assert not reader.mask().any()
    assert "locked" in reader.window.status.currentMessage()


def test_level_tracing_follows_the_mouse_and_paints_by_a_click(chest_open):
    reader = chest_open
    reader.press("Y")
    reader.view.setFocus()
    QTest.mouseMove(reader.view, reader.screen(48, 30))
    event_point = reader.screen(48, 30)
    reader._move(QPoint(event_point), Qt.MouseButton.NoButton, NO_KEY)
    assert reader.window.tools.draft is not None
    assert not reader.mask().any()
    reader.press("Return")
    assert not reader.mask().any(), "Enter keeps nothing that was not clicked"
    reader.stroke((48, 30))
    assert reader.mask().any()
