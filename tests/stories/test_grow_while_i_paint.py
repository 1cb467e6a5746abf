"""I paint seeds, and see at once what would grow from them, until I keep it."""

from __future__ import annotations

import numpy as np
import pytest


@pytest.fixture
def growing(reader, chest_folder):
    """Two strokes, and the operation on top."""
    reader.open(chest_folder)
    reader.press("B")
    reader.press("1")
    reader.stroke((45, 28), (52, 28))
    reader.choose("Edit > Operations > Grow from Seeds")
    reader.settle()
    return reader


def answer(reader):
    """The proposal that is shown, once it is up to date."""
    host = reader.window.tools.operations
    reader.until(lambda: not host._is_stale and not host.is_working, 20)
    reader.settle()
    return reader.window.tools.draft


def words(reader):
    return reader.window.status.currentMessage()


def test_the_preview_follows_each_stroke_and_enter_keeps_it(growing):
    reader = growing
    assert answer(reader) is None
    assert "Only one label has seeds" in words(reader)
    assert reader.messages() == []
    reader.press("B")
    assert reader.window.tools.active.id == "brush"
    reader.press("2")
    reader.stroke((48, 66), (52, 66))
    first = answer(reader)
    assert first is not None
    assert reader.session.history.applied == 2, "nothing is written yet"
    reader.stroke((20, 48), (24, 48))
    assert reader.window.tools.active.id == "brush", "painting goes on"
    second = answer(reader)
    assert second is not first
    reader.press("Ctrl+Z")
    third = answer(reader)
    assert third.proposal.voxel_count == first.proposal.voxel_count
    seeds = reader.mask()
    reader.press("Return")
    reader.settle()
    grown = reader.mask()
    assert reader.session.history.undo_name == "Grow from seeds"
    assert (grown > 0).sum() == (seeds > 0).sum() + third.proposal.voxel_count
    assert np.array_equal(grown[seeds > 0], seeds[seeds > 0])
    assert reader.window.tools.shown is None


def test_what_is_out_of_date_is_not_kept(growing):
    reader = growing
    reader.press("B")
    reader.press("2")
    reader.stroke((48, 66), (52, 66))
    answer(reader)
    reader.stroke((20, 48), (24, 48))
    reader.press("Return")
    assert "worked out anew" in words(reader)
    assert reader.session.history.applied == 3
    assert answer(reader) is not None
    reader.press("Return")
    reader.settle()
    assert reader.session.history.applied == 4


def test_escape_leaves_the_brush_and_then_the_preview(growing):
    reader = growing
    reader.press("B")
    reader.press("2")
    reader.stroke((48, 66), (52, 66))
    assert answer(reader) is not None
    before = reader.mask()
    reader.press("Esc")
    assert reader.window.tools.active is None
    assert reader.window.tools.draft is not None
    reader.press("Esc")
    assert reader.window.tools.draft is None
    assert reader.window.tools.shown is None
    assert np.array_equal(reader.mask(), before)
    reader.press("B")
    reader.stroke((20, 48), (24, 48))
    reader.settle()
    assert reader.window.tools.draft is None, "it is over"
