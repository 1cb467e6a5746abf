"""Versions come back voxel by voxel, and what differs is counted by label name."""

import numpy as np
import pytest

from medview.core.errors import MedviewError
from medview.core.geometry import Geometry
from medview.core.labelmap import LabelMap
from medview.core.labels import Label, LabelTable
from medview.edit.edit import Origin
from medview.edit.history import History
from medview.edit.mask_editor import MaskEditor
from medview.session import versions
from medview.session.predicting import run_steps
from medview.store.workspace import Workspace

GRID = Geometry.axial((6, 8, 10))
TABLE = LabelTable.of([Label(1, "lung", (1, 2, 3)), Label(2, "tumour", (4, 5, 6))])


def labels(seed, table=TABLE):
    voxels = np.random.default_rng(seed).integers(0, 3, GRID.shape).astype(np.uint8)
    return LabelMap(GRID, table, voxels)


@pytest.fixture
def workspace(tmp_path):
    with Workspace(tmp_path / "w") as opened:
        yield opened


def test_a_version_comes_back_as_it_was(workspace):
    kept = labels(1)
    number = versions.keep(workspace, kept, "case", "first", "Ann")
    again = versions.load(workspace, number, GRID)
    np.testing.assert_array_equal(again.voxels, kept.voxels)
    assert again.table == TABLE
    (title,) = workspace.versions("case")
    assert (title.name, title.person) == ("first", "Ann")
    assert workspace.versions("another") == []
    workspace.delete_version(number).result()
    with pytest.raises(MedviewError, match="not there"):
        versions.load(workspace, number, GRID)


def test_labels_are_compared_by_name_whatever_their_ids():
    now = labels(2)
    swapped = LabelTable.of([Label(2, "lung", (1, 2, 3)), Label(1, "Tumour", (4, 5, 6))])
    turned = np.array([0, 2, 1], np.uint8)[now.voxels]
    same = versions.compare(now, LabelMap(GRID, swapped, turned))
    assert same.voxels == 0
    assert same.dice == {"lung": 1.0, "tumour": 1.0}


def test_what_differs_is_told_apart():
    before, after = labels(3), labels(4)
    found = versions.compare(after, before)
    difference = found.difference.voxels
    one, two = before.voxels, after.voxels
    np.testing.assert_array_equal(difference == versions.ADDED, (one == 0) & (two > 0))
    np.testing.assert_array_equal(difference == versions.REMOVED, (one > 0) & (two == 0))
    changed = (one > 0) & (two > 0) & (one != two)
    np.testing.assert_array_equal(difference == versions.CHANGED, changed)
    assert found.voxels == np.count_nonzero(one != two)


def editor_with(kinds):
    """An editor with one edit per kind, each painting another row; the masks after each."""
    editor = MaskEditor(LabelMap(GRID, TABLE), History())
    states = []
    for row, kind in enumerate(kinds):
        editor.begin(kind, Origin(kind, "x", "1"), 0)
        where = np.zeros(GRID.shape, bool)
        where[:, row] = True
        editor.paint(versions.Box.whole(GRID.shape), where, 1)
        editor.commit()
        states.append(np.array(editor.labelmap.voxels))
    return editor, states


def test_the_state_that_the_model_left_is_found_again():
    editor, states = editor_with(["tool", "model", "tool", "tool"])
    found = versions.as_the_model_left_it(editor.labelmap.frozen_copy(), list(editor.history.edits))
    np.testing.assert_array_equal(found.voxels, states[1])
    editor, _ = editor_with(["tool"])
    assert versions.as_the_model_left_it(editor.labelmap, list(editor.history.edits)) is None


def test_going_back_is_one_edit_and_leaves_locked_labels():
    editor, _ = editor_with(["tool"])
    editor.labelmap.table = editor.labelmap.table.changed(1, locked=True)
    before = np.array(editor.labelmap.voxels)
    target = labels(5)
    steps = versions.restore_steps(editor, target, "first", Origin("tool", "version"))
    edit = run_steps(steps)
    assert edit.name == "Back to first"
    assert (editor.labelmap.voxels[before == 1] == 1).all()
    editor.undo()
    np.testing.assert_array_equal(editor.labelmap.voxels, before)


def test_a_reading_that_is_given_up_leaves_nothing():
    editor, states = editor_with(["tool"])
    steps = versions.restore_steps(editor, labels(6), "first", Origin("tool", "version"))
    next(steps)
    steps.close()
    assert not editor.is_open
    np.testing.assert_array_equal(editor.labelmap.voxels, states[0])
