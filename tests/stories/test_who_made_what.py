"""I see who or what made each label last, what I changed since the prediction, and how long."""

from __future__ import annotations

import getpass

import numpy as np
import pytest
from PySide6.QtTest import QTest
from reader import LEFT


def rows(reader):
    """Name to (what made it, number) as the section Origin says them, once it has caught up."""
    reader.settle()
    reader.until(lambda: not reader.window.originator.is_looking, 20)
    tree = reader.window.origin.tree
    found = {}
    for number in range(tree.topLevelItemCount()):
        item = tree.topLevelItem(number)
        name, made = item.text(0).split("\n", 1)
        found[name] = (made, item.text(1))
    return found


@pytest.fixture
def predicted(reader, chest_folder):
    reader.open(chest_folder)
    reader.segment()
    return reader


def test_a_prediction_and_what_i_changed_in_it(predicted):
    reader = predicted
    before = reader.mask()
    made, changed = rows(reader)["right lung"]
    assert made.startswith("ct-lung ")
    assert changed == "0"
    assert "0 voxels changed since ct-lung" in reader.window.origin.changed.text()
    reader.press("B")
    reader.press("3")  # the airway
    reader.stroke((20, 20), (20, 40))
    after = reader.mask()
    found = rows(reader)
    number = reader.session.labelmap.table.labels[2].id
    own = (before != after) & ((before == number) | (after == number))
    assert found["airway"][0].startswith(f"Brush, {getpass.getuser()}\n20")
    assert found["airway"][1] == f"{int(own.sum()):,}"
    assert found["left lung"][0].startswith("ct-lung ")
    total = int((before != after).sum())
    assert total > 0
    assert f"{total} voxels changed since ct-lung" in reader.window.origin.changed.text()
    reader.press("Ctrl+Z")
    assert rows(reader)["airway"][1] == "0"


def test_time_is_told_for_the_case_and_for_the_slice(reader, chest_folder):
    """Half a second for a gesture at least; a slice where nothing was done has none."""
    reader.open(chest_folder)
    reader.press("B")
    reader.stroke((20, 20), (20, 40))
    reader.stroke((40, 20), (40, 40))
    rows(reader)
    assert "2 gestures" in reader.window.origin.activity.text()
    assert "1 s on this slice" in reader.window.origin.activity.text()
    reader.wheel(2)
    assert "0 s on this slice" in reader.window.origin.activity.text()


def test_without_a_prediction_it_says_so_and_a_restart_forgets_nothing(desk, chest_folder):
    reader = desk.start()
    reader.open(chest_folder)
    reader.press("B")
    reader.stroke((20, 20), (20, 40))
    made = rows(reader)["right lung"]
    assert "No prediction" in reader.window.origin.changed.text()
    assert made[0].startswith("Brush, ")
    assert rows(reader)["left lung"] == ("nothing drawn", "")
    desk.leave()
    reader = desk.start()
    reader.open(chest_folder)
    assert rows(reader)["right lung"] == made


def test_a_folded_section_asks_nothing_until_it_is_opened(reader, chest_folder):
    reader.open(chest_folder)
    assert rows(reader)["right lung"] == ("nothing drawn", "")
    heading = reader.window.origin.parentWidget().heading
    QTest.mouseClick(heading, LEFT)
    reader.press("B")
    reader.stroke((20, 20), (20, 40))
    assert not reader.window.originator.is_looking
    QTest.mouseClick(heading, LEFT)
    assert rows(reader)["right lung"][0].startswith("Brush, ")
    assert np.count_nonzero(reader.mask())
