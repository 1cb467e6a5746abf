"""A prediction is one edit that leaves a person's work alone, and late results are dropped."""

from dataclasses import replace

import numpy as np
import pytest
from small_models import TOOL, paint_box, phantom_volume, stored

from medview.ai.prediction import Prediction
from medview.core.box import Box
from medview.core.errors import Cancelled, MedviewError
from medview.core.job import Progress
from medview.session.predicting import doubtful_slices, merge_tables, run_steps


def run(session, job, *, stop_after=None):
    """What the window does: items to the session, the result or None when cancelled."""
    items = []

    def take(item):
        items.append(item)
        session.on_predicted_slice(item)
        if stop_after is not None and len(items) == stop_after:
            progress.cancel()

    progress = Progress(on_item=take)
    try:
        return job.function(progress)
    except Cancelled:
        return None


def predict(session, first=5):
    return session.finish_prediction(run(session, session.prediction_job(first, "cpu")))


def test_a_prediction_is_one_named_edit_that_undo_removes(session):
    edit = predict(session)
    assert edit.name == "Segment with ct-lung@1.0.0"
    assert (edit.origin.kind, edit.origin.name, edit.origin.version) == (
        "model",
        "ct-lung",
        "1.0.0",
    )
    assert session.labelmap.voxels.any()
    assert session.preview is None
    assert session.undo() is edit
    assert not session.labelmap.voxels.any()


def test_the_preview_fills_from_the_visible_slice(session):
    boxes = []
    session.preview_changed.connect(boxes.append)
    run(session, session.prediction_job(5, "cpu"))
    assert boxes[0] == Box((5, 0, 0), (6, 64, 64))
    assert session.preview.done.all()
    assert not session.labelmap.voxels.any(), "the labels change only at the end"
    session.drop_prediction()
    assert boxes[-1] == Box.whole((12, 64, 64))
    assert not session.history.can_undo


def test_voxels_that_a_person_touched_stay(session):
    paint_box(session.editor, (5, 20, 20), (6, 30, 30), 3, "before")
    job = session.prediction_job(5, "cpu")
    result = run(session, job)
    paint_box(session.editor, (6, 40, 40), (7, 50, 50), 2, "meanwhile")
    paint_box(session.editor, (5, 25, 25), (6, 35, 35), 0, "erased")
    before = session.labelmap.voxels.copy()
    session.finish_prediction(result)
    after = session.labelmap.voxels
    touched = np.zeros(after.shape, bool)
    touched[5, 20:30, 20:30] = touched[6, 40:50, 40:50] = True
    assert np.array_equal(after[touched], before[touched])
    lookup = result.labels
    assert np.array_equal(after[~touched], lookup[~touched])


def test_what_was_undone_is_not_touched(session):
    paint_box(session.editor, (5, 20, 20), (6, 30, 30), 3)
    session.undo()
    result = run(session, session.prediction_job(5, "cpu"))
    session.finish_prediction(result)
    assert np.array_equal(session.labelmap.voxels, result.labels)


def test_a_second_prediction_replaces_the_first(session):
    predict(session)
    result = run(session, session.prediction_job(5, "cpu"))
    emptied = replace(result, labels=np.zeros_like(result.labels))
    session.finish_prediction(emptied)
    assert not session.labelmap.voxels.any()


def test_the_cancelled_part_is_kept(session):
    assert run(session, session.prediction_job(5, "cpu"), stop_after=4) is None
    done = session.preview.done.copy()
    labels = session.preview.labels.copy()
    assert done.sum() == 4
    session.finish_prediction(None)
    assert np.array_equal(session.labelmap.voxels[done], labels[done])
    assert not session.labelmap.voxels[~done].any()


def test_slices_that_were_not_done_keep_their_old_labels(session):
    predict(session)
    full = session.labelmap.voxels.copy()
    run(session, session.prediction_job(0, "cpu"), stop_after=1)
    session.preview.labels[:] = 0
    session.finish_prediction(None)
    assert np.array_equal(session.labelmap.voxels[1:], full[1:])
    assert not session.labelmap.voxels[0].any()


def test_late_results_of_another_case_are_dropped(session):
    job = session.prediction_job(5, "cpu")
    items = []
    result = job.function(Progress(on_item=items.append))
    session.open_volume(phantom_volume(1))
    session.on_predicted_slice(items[0])
    assert session.finish_prediction(result) is None
    session.prediction_job(5, "cpu")
    assert session.finish_prediction(result) is None, "it is of the other case"
    assert not session.labelmap.voxels.any()
    assert not session.history.can_undo


def test_a_sagittal_volume_gives_the_same_labels(session):
    predict(session)
    axial = session.labelmap.voxels.copy()
    session.open_volume(stored(phantom_volume(), (2, 0, 1), (False, True, False)))
    result = run(session, session.prediction_job(30, "cpu"))
    assert np.array_equal(session.preview.done, np.ones(64, bool))
    session.finish_prediction(result)
    assert np.array_equal(session.labelmap.voxels, axial.transpose(2, 0, 1)[:, ::-1])


def test_labels_are_found_by_name(session):
    table = session.labelmap.table
    turned = table.without(1).with_label(replace(table[1], id=7))
    session.labelmap.table = turned
    result = run(session, session.prediction_job(5, "cpu"))
    session.finish_prediction(result)
    assert np.array_equal(session.labelmap.voxels == 7, result.labels == 1)
    assert [label.id for label in session.labelmap.table] == [2, 3, 7]


def test_unknown_labels_are_added_with_free_ids(session):
    card = session.registry.active_folder().card
    table, lookup = merge_tables(session.labelmap.table.without(2), card)
    assert table.find("left lung").id == 2
    assert lookup.tolist() == [0, 1, 2, 3]


def test_the_edit_comes_in_steps_and_no_gesture_stays_open_when_they_are_given_up(session):
    result = run(session, session.prediction_job(5, "cpu"))
    steps = session.finishing(result)
    next(steps)
    assert session.editor.is_open
    steps.close()
    assert not session.editor.is_open, "painting must be possible again"
    assert not session.labelmap.voxels.any()
    assert session.preview is None
    assert paint_box(session.editor, (1, 1, 1), (2, 3, 3), 1) is not None


def test_a_refused_write_leaves_everything_as_it_was(session):
    result = run(session, session.prediction_job(5, "cpu"))
    session.preview.table = session.labelmap.table.without(1)
    session.preview.lookup[1] = 9
    with pytest.raises(ValueError, match="not in the table"):
        session.finish_prediction(result)
    assert not session.editor.is_open
    assert not session.labelmap.voxels.any()
    assert len(session.labelmap.table) == 3


def test_locked_labels_hold_against_the_model(session):
    paint_box(session.editor, (5, 20, 20), (6, 30, 30), 3)
    session.undo()
    session.redo()
    session.set_label(replace(session.labelmap.table[1], locked=True))
    predict(session)
    assert not (session.labelmap.voxels == 1).any()


def test_a_prediction_survives_a_restart(desk, session):
    predict(session)
    before = session.labelmap.voxels.copy()
    assert np.array_equal(desk.open(phantom_volume()).labelmap.voxels, before)


def test_steps_without_a_preview_end_at_once(session):
    nothing = Prediction(np.zeros((12, 64, 64), np.uint8), "x", "m", "1", "CPU", 0.0)
    assert run_steps(session.finishing(nothing)) is None
    session.editor.begin("open", TOOL, 0)
    session.editor.abort()


def test_a_heat_map_follows_a_prediction(session):
    result = run(session, session.prediction_job(5, "cpu"))
    session.finish_prediction(result)
    label = int(np.bincount(result.labels[5].ravel(), minlength=4)[1:].argmax()) + 1
    heat = session.heatmap_job(5, label).function(Progress())
    session.on_heatmap(heat)
    assert session.heatmap.values.shape == (64, 64)
    assert session.heatmap.label_id == label
    session.clear_heatmap()
    assert session.heatmap is None


def test_a_label_the_model_does_not_know_cannot_be_explained(session):
    from medview.core.labels import Label

    session.set_label(Label(9, "tumour", (1, 1, 1)))
    with pytest.raises(MedviewError) as trouble:
        session.heatmap_job(5, 9)
    assert trouble.value.code == "unknown-label"


def test_accepted_slices_are_left_alone(session):
    """A slice that a person called right is not the model's to change, painted by hand or not."""
    paint_box(session.editor, (4, 20, 20), (7, 30, 30), 3, "before")
    session.accept_slices([5])
    before = session.labelmap.voxels[5].copy()
    predict(session)
    assert np.array_equal(session.labelmap.voxels[5], before)
    assert session.accepted == {5}


def test_the_most_doubtful_slices_stand_out():
    doubts = {index: 0.10 + 0.001 * index for index in range(30)}
    assert doubtful_slices(doubts) == frozenset()  # all alike: nothing to point at
    doubts |= {4: 0.4, 17: 0.3, 29: 0.0}
    assert doubtful_slices(doubts) == {4, 17}
    assert doubtful_slices({0: 0.1, 1: 0.9}) == frozenset()
