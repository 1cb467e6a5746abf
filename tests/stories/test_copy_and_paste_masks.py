"""I copy the mask of a slice and paste it onto another one."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from reader import CTRL, LEFT, NO_KEY, SHIFT


@pytest.fixture
def drawn(reader, chest_folder):
    """Two labels on slice 8."""
    reader.open(chest_folder)
    reader.press("B")
    for digit, row in (("1", 30), ("2", 50)):
        reader.press(digit)
        reader.stroke((row, 40), (row, 60))
    reader.press("1")
    return reader


def words(reader):
    return reader.window.status.currentMessage()


def test_the_active_label_by_two_keys(drawn):
    reader = drawn
    source = reader.slice_mask()
    reader.press("Ctrl+Shift+C")
    assert "Copied right lung of slice 9" in words(reader)
    reader.wheel(-2)
    index = reader.view.slice_index
    assert index != 8
    reader.press("Ctrl+V")
    assert np.array_equal(reader.mask()[index], np.where(source == 1, 1, 0))
    assert f"Pasted on slice {index + 1}" in words(reader)
    reader.press("Ctrl+V")
    assert "nothing would change" in words(reader)
    reader.wheel(5)
    reader.press("Ctrl+Z")
    assert not reader.mask()[index].any()
    assert reader.view.slice_index == index, "undo goes where it happened"
    reader.settle()


def test_all_labels_and_what_is_locked_stays(drawn):
    reader = drawn
    source = reader.slice_mask()
    reader.press("Ctrl+Alt+C")
    reader.wheel(-2)
    reader.press("3")
    reader.stroke((30, 50), (50, 50))  # in the way of both
    locked = reader.slice_mask() == 3
    label = reader.session.labelmap.table[3]
    reader.window.labels.tree.topLevelItem(2).setCheckState(3, Qt.CheckState.Checked)
    assert reader.session.labelmap.table[3].locked
    assert not label.locked
    reader.press("Ctrl+V")
    assert np.array_equal(reader.slice_mask(), np.where(locked, 3, source))
    reader.settle()


def test_in_a_plane_across(drawn):
    """Copied in the coronal view and pasted on another coronal slice; not on an axial one."""
    reader = drawn
    reader.press("Esc")
    reader.press("F3")
    coronal = reader.window.bench.views.views[1]
    reader.until(lambda: coronal.isVisible() and coronal.planes is not None)
    QTest.mouseClick(coronal, LEFT, NO_KEY, QPoint(coronal.rect().center()))
    axis = coronal.planes.axis
    coronal.set_slice(30)
    coronal.setFocus()
    QTest.keyClick(coronal, Qt.Key.Key_C, CTRL | SHIFT)
    coronal.set_slice(70)
    QTest.keyClick(coronal, Qt.Key.Key_V, CTRL)
    found = np.moveaxis(reader.mask() == 1, axis, 0)
    assert found[30].any()
    assert np.array_equal(found[70], found[30])
    before = reader.mask()
    QTest.mouseClick(reader.view, LEFT, NO_KEY, reader.view.rect().center())
    reader.press("Ctrl+V")
    assert "does not fit" in words(reader)
    assert np.array_equal(reader.mask(), before)
    reader.settle()


def test_nothing_copied_is_said(reader, chest_folder):
    reader.open(chest_folder)
    reader.press("Ctrl+V")
    assert "Copy the mask of a slice first" in words(reader)
    reader.press("Ctrl+Shift+C")
    assert "is not on this slice" in words(reader)
    assert reader.session.history.applied == 0
