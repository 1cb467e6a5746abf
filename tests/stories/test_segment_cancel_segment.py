"""I press Segment, change my mind, press it again, and it never takes away what I drew."""

from __future__ import annotations

import numpy as np
import pytest

from medview.core.metrics import dice

RIGHT_LUNG, LEFT_LUNG = 1, 2


@pytest.fixture
def chest_open(reader, chest_folder):
    """The chest on the screen, the bundled model at hand."""
    reader.open(chest_folder)
    assert reader.window.model.model.text().startswith("ct-lung@")
    return reader


def watch_preview(reader):
    """Which slices the running model painted, in the order of the screen."""
    painted = []

    def note(box):
        if reader.session.preview is not None and box.shape[0] == 1:
            painted.append(box.low[0])

    reader.session.preview_changed.connect(note)
    reader.kept_alive = note  # psygnal holds listeners weakly
    return painted


def test_the_slice_i_see_comes_first_and_one_undo_takes_all_back(chest_open, chest):
    """From slice 6 outwards; both lungs are found; one Undo, one Redo; all of it is saved."""
    reader = chest_open
    reader.go_to(6)
    painted = watch_preview(reader)
    reader.segment()
    assert painted[:3] in ([6, 5, 7], [6, 7, 5])
    assert sorted(painted) == list(range(16))
    found = reader.mask()
    assert dice(chest.labels == RIGHT_LUNG, found == RIGHT_LUNG) > 0.9
    assert dice(chest.labels == LEFT_LUNG, found == LEFT_LUNG) > 0.9
    assert "CPU" in reader.window.model.used.text() or "CUDA" in reader.window.model.used.text()
    assert reader.session.preview is None
    undo = reader.window.actions_by.by_id["undo"]
    reader.until(lambda: "Segment with ct-lung@" in undo.text())
    reader.press("Ctrl+Z")
    assert not reader.mask().any()
    assert not reader.can_choose("undo")
    reader.press("Ctrl+Shift+Z")
    assert np.array_equal(reader.mask(), found)


def test_i_cancel_and_segment_again(chest_open):
    """Cancel stops it and leaves nothing that I did not ask for; then it runs as if nothing was."""
    reader = chest_open
    painted = watch_preview(reader)
    reader.press("Ctrl+G")
    reader.until(lambda: len(painted) >= 2)
    assert reader.window.model.cancel.isEnabled()
    reader.click("Cancel", within=reader.window.model)
    reader.until(lambda: not reader.window.modeller.is_predicting)
    assert len(painted) < 16
    assert not reader.mask().any()
    assert reader.message.startswith("Segmentation was cancelled after")
    reader.click("Discard")
    assert reader.session.preview is None
    assert not reader.mask().any()
    reader.segment()
    whole = reader.mask()
    assert whole.any(axis=(1, 2)).sum() >= 12


def test_an_unanswered_question_goes_with_its_run(chest_open):
    """I leave the question open and press Segment again: it is gone, nothing half stays."""
    reader = chest_open
    painted = watch_preview(reader)
    reader.press("Ctrl+G")
    reader.until(lambda: len(painted) >= 2)
    reader.press("Ctrl+.")
    reader.until(lambda: not reader.window.modeller.is_predicting)
    assert reader.message.startswith("Segmentation was cancelled after")
    assert not reader.sees_button("Close")
    reader.segment()
    assert not reader.messages()
    assert reader.session.history.applied == 1
    assert reader.session.preview is None


def test_i_cancel_and_keep_what_is_done(chest_open):
    """The slices that were finished stay, as one edit."""
    reader = chest_open
    painted = watch_preview(reader)
    reader.press("Ctrl+G")
    reader.until(lambda: len(painted) >= 3)
    reader.press("Ctrl+.")
    reader.until(lambda: not reader.window.modeller.is_predicting)
    reader.click("Keep Them")
    reader.settle()
    labelled = set(np.flatnonzero(reader.mask().any(axis=(1, 2))))
    assert labelled
    assert labelled <= set(painted)
    assert reader.session.history.applied == 1
    reader.press("Ctrl+Z")
    assert not reader.mask().any()


def test_i_scroll_and_window_while_it_runs(chest_open):
    """The window stays mine: the wheel turns slices, keys change the window, nothing waits."""
    reader = chest_open
    painted = watch_preview(reader)
    reader.press("Ctrl+G")
    reader.until(lambda: len(painted) >= 1)
    seen = set()
    for _ in range(3):
        reader.wheel(-1)
        seen.add(reader.view.slice_index)
        assert not reader.view.grab().isNull()
    assert len(seen) == 3
    reader.press("3")
    assert reader.view.window_level.name == "Lung"
    assert reader.window.modeller.is_predicting
    reader.settle()
    assert reader.session.history.applied == 1
    assert reader.view.slice_index in seen


def test_what_i_drew_before_stays(chest_open, chest):
    """My strokes, painted where the model would say otherwise, are there after Segment."""
    reader = chest_open
    reader.go_to(9)
    reader.press("B")
    reader.press("2")  # the left lung, drawn into the right one
    rows, columns = np.nonzero(chest.labels[9] == RIGHT_LUNG)
    row, column = int(rows.mean()), int(columns.mean())
    reader.stroke((row, column), (row + 4, column))
    mine = reader.mask()
    drawn = mine == LEFT_LUNG
    assert drawn[9].sum() >= 5
    assert drawn.sum() == drawn[9].sum()
    reader.segment()
    both = reader.mask()
    assert (both[drawn] == LEFT_LUNG).all()
    assert (both == RIGHT_LUNG)[9].any()
    reader.press("Ctrl+Z")
    assert np.array_equal(reader.mask(), mine)


def test_i_want_what_the_network_said_without_cleaning(chest_open, monkeypatch):
    """Segment > Clean Up Predictions: ticked until I untick it, remembered for the next start."""
    from medview.ai.network import predictor

    reader = chest_open
    monkeypatch.setattr(
        predictor, "clean", lambda labels, *_, **__: np.where(labels == LEFT_LUNG, 0, labels)
    )
    clean = reader.window.actions_by.by_id["clean"]
    assert clean.isChecked()
    reader.segment()
    assert set(np.unique(reader.mask())) == {0, RIGHT_LUNG, 3}
    reader.choose("Segment > Clean Up Predictions")
    reader.until(lambda: not clean.isChecked())
    reader.segment()
    assert set(np.unique(reader.mask())) == {0, RIGHT_LUNG, LEFT_LUNG, 3}
    assert reader.session.settings.get("clean_predictions", True) is False
