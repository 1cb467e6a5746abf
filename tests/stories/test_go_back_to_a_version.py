"""I keep states of my labels by name, see what differs, and can go back to them."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtTest import QTest
from reader import LEFT


def unfold(reader):
    """Click the title of the section Versions."""
    heading = reader.window.versions.parentWidget().heading
    if not reader.window.versions.isVisible():
        QTest.mouseClick(heading, LEFT)


@pytest.fixture
def kept(reader, chest_folder):
    """A stroke, kept as "first", and another after it."""
    reader.open(chest_folder)
    reader.press("B")
    reader.session.set_active_label(1)
    reader.stroke((30, 40), (30, 60))
    reader.settle()
    panel = reader.window.versions
    unfold(reader)
    panel.name.setText("first")
    reader.click("Keep", within=panel)
    reader.settle()
    reader.session.set_active_label(2)
    reader.stroke((60, 40), (60, 60))
    reader.settle()
    return reader


def choose(reader, words):
    panel = reader.window.versions
    reader.until(lambda: panel.list.count() > 0, 5)
    row = next(n for n in range(panel.list.count()) if words in panel.list.item(n).text())
    panel.list.setCurrentRow(row)


def test_i_see_what_differs_from_a_version(kept):
    choose(kept, "first")
    kept.click("Compare", within=kept.window.versions)
    kept.until(lambda: "differ" in kept.window.versions.words.text(), 10)
    changed = int((kept.mask() == 2).sum())
    words = kept.window.versions.words.text()
    assert f"first: {changed} voxels differ" in words
    assert "right lung: Dice 1.000" in words
    assert "left lung: Dice 0.000" in words
    other = kept.window.versioner.view
    assert other.isVisible()
    difference = other.labels.voxels
    np.testing.assert_array_equal(difference == 1, kept.mask() == 2)
    kept.go_to(3)
    assert other.slice_index == 3


def test_i_go_back_and_undo_brings_the_newer_state(kept):
    newer = kept.mask()
    choose(kept, "first")
    kept.click("Go Back", within=kept.window.versions)
    kept.until(lambda: not (kept.mask() == 2).any(), 10)
    kept.settle()
    np.testing.assert_array_equal(kept.mask(), np.where(newer == 2, 0, newer))
    kept.press("Ctrl+Z")
    kept.settle()
    np.testing.assert_array_equal(kept.mask(), newer)


def test_versions_and_editing_time_survive_a_restart(desk, kept, chest_folder):
    desk.leave()
    again = desk.start()
    again.open(chest_folder)
    choose(again, "first")
    again.until(lambda: "gestures" in again.window.origin.activity.text(), 5)
    assert "2 gestures" in again.window.origin.activity.text()


def test_deleting_a_version_is_asked_first(kept):
    choose(kept, "first")
    kept.click("Delete", within=kept.window.versions)
    assert "for good" in kept.message
    kept.click("Delete", within=kept.window.bench.messages)
    kept.until(lambda: kept.window.versions.list.count() == 0, 5)


def test_what_the_model_left_is_a_version(reader, chest_folder):
    reader.open(chest_folder)
    reader.segment()
    left = reader.mask()
    reader.press("B")
    reader.stroke((20, 20), (20, 30))
    reader.settle()
    unfold(reader)
    choose(reader, "as the model left it")
    reader.click("Compare", within=reader.window.versions)
    reader.until(lambda: "differ" in reader.window.versions.words.text(), 20)
    changed = int((reader.mask() != left).sum())
    assert f"{changed} voxels differ" in reader.window.versions.words.text()
