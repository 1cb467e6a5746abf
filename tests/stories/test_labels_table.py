"""I name, code, merge, delete and reorder my labels, and everything can be taken back."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest


@pytest.fixture
def painted(reader, chest_folder):
    """Two labels with a stroke each."""
    reader.open(chest_folder)
    reader.press("B")
    for number, row in ((1, 30), (2, 60)):
        reader.session.set_active_label(number)
        reader.stroke((row, 40), (row, 60))
        reader.settle()
    reader.press("Esc")
    return reader


def names(reader):
    return [label.name for label in reader.session.labelmap.table]


def choose(reader, label_id):
    """Make a label the active one, and see that the panel follows."""
    reader.session.set_active_label(label_id)
    reader.until(lambda: getattr(reader.window.labels.active, "id", None) == label_id, 5)


def more(reader, *words):
    """Choose in the menu under More."""
    panel = reader.window.labels
    panel.menu.aboutToShow.emit()
    menu = panel.menu
    for word in words[:-1]:
        menu = next(a.menu() for a in menu.actions() if a.text() == word)
    next(a for a in menu.actions() if a.text() == words[-1]).trigger()
    reader.settle()


def test_a_label_is_merged_into_another_and_undo_brings_it_back(painted):
    before = painted.mask()
    choose(painted, 2)
    more(painted, "Merge Into", "right lung")
    assert names(painted) == ["right lung", "airway"]
    np.testing.assert_array_equal(painted.mask(), np.where(before == 2, 1, before))
    painted.press("Ctrl+Z")
    painted.settle()
    assert names(painted) == ["right lung", "left lung", "airway"]
    np.testing.assert_array_equal(painted.mask(), before)


def test_a_label_is_deleted_with_its_voxels_and_comes_back_after_a_restart(
    desk, painted, chest_folder
):
    before = painted.mask()
    choose(painted, 1)
    more(painted, "Delete with Its Voxels")
    assert not (painted.mask() == 1).any()
    assert (painted.mask() == 2).sum() == (before == 2).sum()
    desk.leave()
    again = desk.start()
    again.open(chest_folder)
    assert names(again) == ["left lung", "airway"]
    again.press("Ctrl+Z")
    again.settle()
    np.testing.assert_array_equal(again.mask(), before)


def test_a_locked_label_cannot_be_deleted(painted):
    label = painted.session.labelmap.table[1]
    painted.window.labels.label_edited.emit(type(label)(**{**vars(label), "locked": True}))
    painted.settle()
    before = painted.mask()
    choose(painted, 1)
    more(painted, "Delete with Its Voxels")
    assert "locked" in painted.message
    np.testing.assert_array_equal(painted.mask(), before)


def test_the_order_changes_and_undo_takes_it_back(painted):
    choose(painted, 1)
    more(painted, "Move Down")
    assert names(painted) == ["left lung", "right lung", "airway"]
    painted.press("Ctrl+Z")
    assert names(painted) == ["right lung", "left lung", "airway"]


def test_i_find_the_term_for_a_label(painted):
    painted.click("Add Label")
    painted.settle()
    new = painted.session.labelmap.table.labels[-1]
    choose(painted, new.id)
    dialog = painted.window.labeller.ask_term(new.id)
    dialog.search.selectAll()
    QTest.keyClicks(dialog.search, "upper lobe of lung")
    dialog.side.setCurrentText("right")
    QTest.keyClick(dialog.found, Qt.Key.Key_Return)
    painted.settle()
    label = painted.session.labelmap.table[new.id]
    assert label.code.meaning == "Upper lobe of lung"
    assert label.code.scheme == "SCT"
    assert label.modifier.meaning == "Right"
    assert label.name == "right upper lobe of lung"
    painted.until(lambda: any("SCT" in words for words in painted.words()), 5)


def test_labels_are_reused_in_other_cases(painted, tmp_path):
    schema, nnunet = tmp_path / "labels.json", tmp_path / "dataset.json"
    painted.window.labeller.save_schema(schema)
    nnunet.write_text(json.dumps({"labels": {"background": 0, "liver": 1, "left lung": 2}}))
    painted.window.labeller.load_schema(nnunet)
    assert names(painted) == ["right lung", "left lung", "airway", "liver"]
    painted.press("Ctrl+Z")
    assert names(painted) == ["right lung", "left lung", "airway"]
    painted.window.labeller.load_schema(schema)
    assert names(painted) == ["right lung", "left lung", "airway"]
    schema.write_text("no json at all")
    painted.window.labeller.load_schema(schema)
    assert "labels.json is no label schema" in painted.message


def test_opacity_and_state_are_kept_but_are_no_edits(desk, painted, chest_folder):
    choose(painted, 1)
    edits = painted.session.history.applied
    shown = painted.color(30, 50)
    painted.window.labels.opacity.setValue(0)
    painted.window.labels.state.setCurrentText("flagged")
    painted.settle()
    assert painted.session.history.applied == edits
    assert painted.color(30, 50) != shown
    desk.leave()
    again = desk.start()
    again.open(chest_folder)
    label = again.session.labelmap.table[1]
    assert (label.opacity, label.state) == (0.0, "flagged")
