"""One writer: every gesture is an edit that undo takes back exactly, and locks hold."""

import ast
import hashlib
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_models import TOOL, blank_editor, names_table, paint_box

import medview
from medview.core.box import Box
from medview.core.labels import Label

SHAPE = (4, 12, 12)
sides = st.tuples(*[st.integers(-3, n + 2) for n in SHAPE])
dabs = st.tuples(sides, sides, st.integers(0, 3), st.integers(0, 999))
strokes = st.lists(st.lists(dabs, min_size=1, max_size=4), min_size=1, max_size=8)


def state(editor) -> str:
    labels = editor.labelmap
    return hashlib.sha256(labels.voxels.tobytes() + repr(labels.table).encode()).hexdigest()


def play(editor, dabs_of_stroke) -> object:
    """One gesture of several writes, some outside, through a random mask."""
    editor.begin("stroke", TOOL, 0)
    for first, second, label_id, seed in dabs_of_stroke:
        low = tuple(min(pair) for pair in zip(first, second, strict=True))
        high = tuple(max(pair) + 1 for pair in zip(first, second, strict=True))
        box = Box(low, high)
        where = np.random.default_rng(seed).random(box.shape) < 0.6
        editor.paint(box, where, label_id)
    return editor.commit()


@settings(max_examples=60, deadline=None)
@given(strokes)
def test_undo_all_and_redo_all_give_the_same_labels(gestures):
    editor = blank_editor(SHAPE)
    states = [state(editor)]
    for gesture in gestures:
        if play(editor, gesture) is not None:
            states.append(state(editor))
        assert state(editor) == states[-1], "a gesture without an edit changed nothing"
    for wanted in reversed(states[:-1]):
        assert editor.undo() is not None
        assert state(editor) == wanted
    assert editor.undo() is None
    for wanted in states[1:]:
        assert editor.redo() is not None
        assert state(editor) == wanted
    assert editor.redo() is None


@settings(max_examples=40, deadline=None)
@given(strokes, st.integers(1, 3), st.booleans())
def test_locked_labels_neither_shrink_nor_grow(gestures, locked, also_model):
    editor = blank_editor(SHAPE)
    rng = np.random.default_rng(7)
    editor.begin("fill", TOOL, 0)
    editor.write(Box.whole(SHAPE), rng.integers(0, 4, SHAPE).astype(np.uint8))
    editor.commit()
    editor.labelmap.table = editor.labelmap.table.changed(locked, locked=True)
    before = editor.labelmap.voxels == locked
    for gesture in gestures:
        play(editor, gesture)
    if also_model:
        editor.begin("model", TOOL, 0)
        editor.write(Box.whole(SHAPE), rng.integers(0, 4, SHAPE).astype(np.uint8))
        editor.commit()
    assert np.array_equal(editor.labelmap.voxels == locked, before)


@settings(max_examples=30, deadline=None)
@given(strokes)
def test_the_announced_boxes_cover_every_change(gestures):
    editor = blank_editor(SHAPE)
    seen = np.zeros(SHAPE, bool)

    def mark(box):
        seen[box.slices] = True

    editor.changed.connect(mark)
    for gesture in gestures:
        before = editor.labelmap.voxels.copy()
        revision = editor.labelmap.revision
        seen[:] = False
        edit = play(editor, gesture)
        changed = editor.labelmap.voxels != before
        assert not (changed & ~seen).any()
        if edit is not None:
            assert editor.labelmap.revision > revision
            assert edit.changed_voxels() == np.count_nonzero(changed)
            inside = np.zeros(SHAPE, bool)
            inside[edit.box.slices] = True
            assert not (changed & ~inside).any()


def test_an_empty_gesture_makes_no_edit():
    editor = blank_editor()
    heard = []
    editor.committed.connect(heard.append)
    editor.begin("nothing", TOOL, 0)
    assert editor.commit() is None
    paint_box(editor, (0, 0, 0), (1, 2, 2), 1)
    editor.begin("there and back", TOOL, 0)
    box = Box((0, 0, 0), (1, 2, 2))
    editor.paint(box, np.ones(box.shape, bool), 2)
    editor.paint(box, np.ones(box.shape, bool), 1)
    assert editor.commit() is None
    assert [edit.name for edit in heard] == ["paint"]


def test_abort_puts_voxels_and_table_back():
    editor = blank_editor()
    paint_box(editor, (1, 1, 1), (3, 6, 6), 1)
    before, table = state(editor), editor.labelmap.table
    boxes = []
    editor.changed.connect(boxes.append)
    grown = table.with_label(Label(9, "new", (1, 2, 3)))
    editor.begin("stroke", TOOL, 0, grown)
    editor.paint(Box((0, 0, 0), (4, 9, 9)), np.ones((4, 9, 9), bool), 9)
    editor.abort()
    assert state(editor) == before
    assert boxes[-1] == Box((0, 0, 0), (4, 9, 9)), "views must repaint what came back"
    assert not editor.is_open
    assert len(editor.history.edits) == 1
    editor.abort()  # nothing is open: nothing happens


def test_a_new_label_is_part_of_the_edit():
    editor = blank_editor()
    old = editor.labelmap.table
    grown = old.with_label(Label(9, "new", (1, 2, 3)))
    tables = []
    editor.table_changed.connect(lambda: tables.append(editor.labelmap.table))
    editor.begin("new label", TOOL, 0, grown)
    edit = editor.commit()
    assert edit.box.is_empty
    editor.undo()
    assert editor.labelmap.table == old
    editor.redo()
    assert tables == [grown, old, grown]


def test_undo_of_a_new_label_keeps_locks_and_colours_set_since():
    """Lock, colour and visibility are no edits, so undo must not silently unlock a label."""
    editor = blank_editor()
    editor.begin("new label", TOOL, 0, editor.labelmap.table.with_label(Label(9, "new", (1, 2, 3))))
    editor.commit()
    editor.labelmap.table = editor.labelmap.table.changed(1, locked=True, color=(9, 9, 9))
    editor.undo()
    assert 9 not in editor.labelmap.table
    assert editor.labelmap.table[1].locked
    assert editor.labelmap.table[1].color == (9, 9, 9)
    editor.redo()
    assert editor.labelmap.table[1].locked


def test_unknown_labels_are_refused():
    editor = blank_editor()
    editor.begin("stroke", TOOL, 0)
    with pytest.raises(ValueError, match=r"\[7\]"):
        editor.paint(Box((0, 0, 0), (1, 1, 1)), np.ones((1, 1, 1), bool), 7)
    values = np.array([[[7]]], np.uint8)
    editor.write(Box((0, 0, 0), (1, 1, 1)), values, np.zeros((1, 1, 1), bool))  # nobody asked
    editor.abort()


def test_a_label_that_the_voxels_cannot_hold_is_refused():
    """300 in eight bits would become 44, another structure."""
    editor = blank_editor(table=names_table("one").with_label(Label(300, "big", (0, 0, 0))))
    editor.begin("import", TOOL, 0)
    with pytest.raises(ValueError, match="300"):
        editor.write(Box((0, 0, 0), (1, 1, 1)), np.full((1, 1, 1), 300, np.uint16))
    editor.abort()
    assert not editor.labelmap.voxels.any()


def test_only_the_owner_may_write():
    editor = blank_editor()
    paint_box(editor, (0, 0, 0), (1, 2, 2), 1)
    editor.begin("stroke", TOOL, 0)
    box = Box((0, 0, 0), (1, 1, 1))
    calls = (
        lambda: editor.paint(box, np.ones(box.shape, bool), 1),
        lambda: editor.begin("other", TOOL, 0),
        editor.commit,
        editor.abort,
        editor.undo,
        editor.redo,
        lambda: editor.replay([], 0),
    )
    refused = []

    def work():
        for call in calls:
            try:
                call()
            except RuntimeError as error:
                refused.append(str(error))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert len(refused) == len(calls)
    assert all("owns the session" in text for text in refused)
    editor.abort()


def test_gestures_do_not_nest():
    editor = blank_editor()
    with pytest.raises(RuntimeError, match="no gesture"):
        editor.paint(Box((0, 0, 0), (1, 1, 1)), np.ones((1, 1, 1), bool), 1)
    with pytest.raises(RuntimeError, match="no gesture"):
        editor.commit()
    paint_box(editor, (0, 0, 0), (1, 2, 2), 1)
    editor.begin("a", TOOL, 0)
    with pytest.raises(RuntimeError, match="already open"):
        editor.begin("b", TOOL, 0)
    assert editor.undo() is None, "no undo inside a gesture"
    assert editor.redo() is None
    editor.abort()
    assert editor.undo() is not None


@settings(max_examples=25, deadline=None)
@given(strokes, st.data())
def test_replay_brings_a_fresh_label_map_to_any_point(gestures, data):
    editor = blank_editor(SHAPE)
    states = [state(editor)]
    for gesture in gestures:
        play(editor, gesture)
        states += [state(editor)] * (len(editor.history.edits) - len(states) + 1)
    cursor = data.draw(st.integers(0, len(states) - 1))
    fresh = blank_editor(SHAPE)
    fresh.replay(list(editor.history.edits), cursor)
    assert state(fresh) == states[cursor]
    while fresh.redo() is not None:
        pass
    assert state(fresh) == states[-1]


def test_only_the_editor_asks_a_label_map_for_its_writable_voxels():
    root = Path(medview.__file__).parent
    users = set()
    for path in root.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr == "writable":
                users.add(path.relative_to(root).as_posix())
    # label_files hands a label map it just read over to another one; it writes no voxel
    assert users - {"formats/label_files.py"} == {"edit/mask_editor.py"}


def test_the_labels_view_cannot_be_written():
    editor = blank_editor()
    with pytest.raises(ValueError, match="read-only"):
        editor.labelmap.voxels[0, 0, 0] = 1
