"""Accepted slices keep their pixels and labels, and stay in one split."""

import numpy as np
import pytest
from small_models import paint_box, phantom, phantom_volume

from medview.core.errors import MedviewError
from medview.core.volume import Volume
from medview.session.records import reviewed_slice
from medview.session.reviewing import choose_split


@pytest.fixture
def painted(session):
    for index in (3, 4, 5):
        paint_box(session.editor, (index, 10, 10), (index + 1, 30, 20 + index), 1)
    return session


def reviews(session):
    session.flush()
    return list(session.workspace.reviews())


def test_accepted_slices_come_back_with_identical_pixels_and_labels(painted):
    painted.accept_slices([0, 4, 11])
    found = {record.slice_index: reviewed_slice(record) for record in reviews(painted)}
    assert set(found) == {0, 4, 11}
    voxels = phantom().voxels
    for index, near in ((0, (0, 0, 1)), (4, (3, 4, 5)), (11, (10, 11, 11))):
        one = found[index]
        assert np.array_equal(one.volume.voxels, voxels[list(near)])
        assert one.volume.voxels.dtype == np.int16
        assert np.array_equal(one.labels, painted.labelmap.voxels[index])
        assert one.table == painted.labelmap.table
        assert (one.volume.modality, one.volume.units) == ("CT", "HU")
        middle = one.volume.geometry.to_patient((1, 7, 9))
        assert np.allclose(middle, phantom().geometry.to_patient((index, 7, 9)))
    assert {record.reviewer for record in reviews(painted)} == {painted.person}


def test_no_name_of_the_patient_is_kept(painted):
    painted.accept_slices([4])
    (record,) = reviews(painted)
    assert record.patient.startswith("p")
    assert "P0" not in record.patient


def test_changing_an_accepted_slice_unaccepts_it(painted):
    painted.accept_slices([3, 4, 5])
    paint_box(painted.editor, (4, 40, 40), (5, 42, 42), 2)
    assert painted.accepted == {3, 5}
    assert {record.slice_index for record in reviews(painted)} == {3, 5}
    painted.undo()
    assert painted.accepted == {3, 5}, "undo does not accept again"


def test_undo_of_an_accepted_slice_unaccepts_it(painted):
    painted.accept_slices([3, 4, 5])
    painted.undo()
    assert painted.accepted == {3, 4}
    painted.redo()
    assert painted.accepted == {3, 4}


def test_an_edit_that_only_surrounds_an_accepted_slice_leaves_it_accepted(painted):
    """An edit's box may span slices that it did not change."""
    from medview.core.box import Box

    painted.accept_slices([4])
    where = np.zeros((5, 3, 3), bool)
    where[0] = where[4] = True
    painted.editor.begin("two ends", painted.history.edits[0].origin, 2)
    painted.editor.paint(Box((2, 50, 50), (7, 53, 53)), where, 3)
    assert painted.editor.commit().box.shape[0] == 5
    assert painted.accepted == {4}


def test_accepted_slices_are_there_after_a_restart(desk, painted):
    painted.accept_slices(None)
    assert painted.accepted == set(range(12))
    session = desk.open(phantom_volume())
    assert session.accepted == set(range(12))
    session.unaccept_slices([2, 3])
    assert desk.open(phantom_volume()).accepted == set(range(12)) - {2, 3}
    desk.session.unaccept_slices(None)
    assert desk.open(phantom_volume()).accepted == set()


def test_what_is_kept_is_a_copy_of_the_moment(painted):
    painted.accept_slices([4])
    wanted = painted.labelmap.voxels[4].copy()
    paint_box(painted.editor, (3, 40, 40), (4, 42, 42), 2)
    (record,) = reviews(painted)
    assert np.array_equal(reviewed_slice(record).labels, wanted)


@pytest.mark.parametrize("indices", [[], [-1], [3, 12]])
def test_slices_that_are_not_there_are_refused(painted, indices):
    with pytest.raises(MedviewError) as trouble:
        painted.accept_slices(indices)
    assert trouble.value.code == "no-such-slice"
    assert painted.accepted == set()


def test_slices_still_being_read_are_refused(desk):
    ready = np.ones(12, bool)
    ready[6] = False
    volume = Volume(phantom().voxels, phantom().geometry, "CT", "HU", ready=ready)
    session = desk.open(volume)
    with pytest.raises(MedviewError) as trouble:
        session.accept_slices([5, 6])
    assert trouble.value.code == "not-ready"
    session.accept_slices([5])


def test_the_second_patient_is_held_out_and_stays_so(desk):
    session = desk.open()
    splits = []
    for number in range(6):  # accepted at once, one after the other, without waiting
        session.open_volume(phantom_volume(0, patient=f"P{number}", series=f"1.2.{number}"))
        session.accept_slices([4])
    for number in range(6):
        key = f"1.2.{number}#0"
        splits.append(next(r.split for r in reviews(session) if r.case_key == key))
    assert splits == ["train", "held-out", "train", "train", "train", "held-out"]
    session = desk.open(phantom_volume(0, patient="P1", series="1.2.1"))
    session.accept_slices([7, 8])
    assert {r.split for r in reviews(session) if r.case_key == "1.2.1#0"} == {"held-out"}
    session.open_volume(phantom_volume(0, patient="P1", series="1.2.99"))
    session.accept_slices([2])
    assert {r.split for r in reviews(session) if r.case_key == "1.2.99#0"} == {"held-out"}
    assert session.save_problem is None


def test_the_rule_of_the_splits(session):
    assert choose_split(session.workspace, "a") == "train"
    session.workspace.freeze_split("a", "train").result()
    assert choose_split(session.workspace, "b") == "held-out"
    assert choose_split(session.workspace, "a") == "train"
    session.workspace.freeze_split("z", "held-out").result()
    assert choose_split(session.workspace, "z") == "held-out"
    assert choose_split(session.workspace, "c") == "train"
