"""The history is one stack, limited by bytes, and always keeps the newest edit."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from medview.core.box import Box
from medview.edit.edit import Edit, Origin, Patch, utc_now
from medview.edit.history import History

ROOMY = 10**9


def an_edit(size: int, name: str = "") -> Edit:
    """An edit that keeps 2 * ``size`` bytes and does not compress."""
    noise = np.random.default_rng(size).integers(0, 255, (1, 1, size), np.uint8)
    box = Box((0, 0, 0), noise.shape)
    return Edit(name, box, Patch.of(noise), Patch.of(noise), Origin("tool", "t"), utc_now(), 0)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 400), min_size=1, max_size=15), st.integers(1, 1500))
def test_the_byte_limit_forgets_the_oldest_and_keeps_the_newest(sizes, limit):
    history = History(limit_bytes=limit, raw_bytes=ROOMY)
    edits = [an_edit(size) for size in sizes]
    for edit in edits:
        history.push(edit)
        assert history.edits[-1] is edit
        kept = sum(one.kept_bytes for one in history.edits)
        assert kept <= limit or len(history.edits) == 1
    assert list(history.edits) == edits[len(edits) - len(history.edits) :]
    assert history.cursor == len(sizes), "forgotten edits still count for the workspace"
    assert history.applied == len(history.edits)


def test_old_edits_are_kept_compressed_only():
    history = History(raw_bytes=1000)
    edits = [an_edit(300) for _ in range(5)]
    for edit in edits:
        edit.before.compressed()  # the saving thread does this
        edit.after.compressed()
        history.push(edit)
    raw = [edit.before.raw_bytes + edit.after.raw_bytes for edit in edits]
    assert raw == [0, 0, 0, 0, 600]
    assert np.array_equal(edits[0].before.array(), edits[4].before.array())


def test_the_main_thread_never_compresses():
    history = History(raw_bytes=1000)
    edits = [an_edit(300) for _ in range(5)]
    for edit in edits:
        history.push(edit)
    assert all(edit.before.kept_bytes == 300 for edit in edits)


def test_a_new_edit_ends_what_could_be_redone():
    history = History()
    for name in "abc":
        history.push(an_edit(3, name))
    history.step_back()
    history.step_back()
    assert (history.undo_name, history.redo_name) == ("a", "b")
    history.push(an_edit(3, "d"))
    assert [edit.name for edit in history.edits] == ["a", "d"]
    assert not history.can_redo
    assert history.redo_name == ""


def test_the_ends_give_none():
    history = History()
    assert history.step_back() is None
    assert history.step_forward() is None
    assert history.undo_name == ""


@given(st.integers(-3, 9))
def test_a_restored_cursor_stays_inside(cursor):
    history = History()
    history.restore([an_edit(2) for _ in range(4)], cursor)
    assert history.cursor == min(max(cursor, 0), 4)
    assert history.can_undo == (history.cursor > 0)
    assert history.can_redo == (history.cursor < 4)


def test_a_restored_history_of_packed_edits_is_limited_too():
    edits = [an_edit(20) for _ in range(6)]
    packed = []
    for edit in edits:
        patch = Patch.from_bytes(edit.after.compressed(), edit.after.shape, edit.after.dtype)
        origin = Origin("tool", "t")
        packed.append(Edit("", edit.box, patch, patch, origin, utc_now(), 0))
    size = packed[0].kept_bytes
    history = History(limit_bytes=3 * size, raw_bytes=ROOMY)
    history.restore(packed, 6)
    assert len(history.edits) == 3
    history.push(an_edit(20))
    assert sum(edit.kept_bytes for edit in history.edits) <= 3 * size


def test_what_is_counted_stays_right_when_edits_come_and_go():
    history = History(raw_bytes=2000)
    seen = []
    for _ in range(400):
        edit = an_edit(30)
        edit.before.compressed()
        edit.after.compressed()
        history.push(edit)
        seen.append(history._settled)
        assert history._raw_bytes <= 2060
        assert history._settled_bytes == sum(one.kept_bytes for one in history.edits[: seen[-1]])
    assert len(history.edits) == 400
    for _ in range(390):
        history.step_back()
    history.push(an_edit(30))
    kept = sum(one.kept_bytes for one in history.edits[: history._settled])
    assert history._settled_bytes == kept
    assert len(history.edits) == 11


def test_a_restored_history_over_the_limit_keeps_counting():
    history = History(limit_bytes=100, raw_bytes=ROOMY)
    history.restore([an_edit(20) for _ in range(6)], 5)
    assert history.cursor == 5
    assert history.applied < 5
    steps = 0
    while history.step_back() is not None:
        steps += 1
    assert steps >= 1
