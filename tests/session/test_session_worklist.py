"""What next: facts come from the model, a corrected proposal is rewarded, and that is kept."""

import numpy as np
from small_models import paint_box, phantom_volume

from medview.core.job import Progress
from medview.session.slice_facts import disagreement
from medview.session.worklist import LEARNED


def asked(session):
    return session.worklist.job(session.volume).function(Progress())


def test_facts_of_every_slice_that_nobody_accepted(session, add_version):
    add_version("1.1.0")
    session.use_model("ct-lung", "1.1.0")
    session.flush()
    facts, left_out = asked(session)
    assert not left_out
    assert [one.slice_index for one in facts] == list(range(12))
    assert all(0.0 <= one.doubt <= 1.0 for one in facts)
    assert any(one.disagreement > 0 for one in facts), "the version before answers otherwise"
    assert any(one.inconsistency > 0 for one in facts)
    session.accept_slices([3, 4])
    session.flush()
    facts, _ = asked(session)
    assert 3 not in {one.slice_index for one in facts}


def test_a_case_whose_images_are_gone_is_named(desk):
    session = desk.open(phantom_volume(0))
    session.flush()
    session.open_volume(phantom_volume(1, patient="P1"))
    session.flush()
    facts, left_out = asked(session)
    assert {one.case_key for one in facts} == {session.volume.case_key}
    assert len(left_out) == 1
    assert "not where they were" in left_out[0]


def test_a_corrected_proposal_is_rewarded_and_the_next_start_knows_it(desk):
    session = desk.open(phantom_volume())
    session.flush()
    session.worklist.propose(asked(session)[0], LEARNED)
    first = session.worklist.proposals[0]
    session.worklist.begin(first)
    index = first.facts.slice_index
    paint_box(session.editor, (index, 10, 10), (index + 1, 20, 20), 1)
    other = 0 if index else 1
    paint_box(session.editor, (other, 10, 10), (other + 1, 40, 40), 1)  # not what was proposed
    assert session.worklist.underway.pixels == 100
    session.accept_slices([index])
    arm = session.worklist.bandit.arms[first.strategy]
    assert arm.mean == 100.0, "pixels per second, one second at least"
    assert first not in session.worklist.proposals
    session.flush()
    again = desk.open(phantom_volume())
    assert again.worklist.bandit.arms[first.strategy].mean == 100.0
    again.worklist.reset()
    again.flush()
    assert desk.open().worklist.bandit.rewards == 0


def test_disagreement_counts_what_either_labelled():
    first, second = np.zeros((4, 4), int), np.zeros((4, 4), int)
    first[0], second[0, :2], second[1, 0] = 1, 1, 2
    assert disagreement(first, second) == 3 / 5
    assert disagreement(np.zeros((2, 2)), np.zeros((2, 2))) == 0.0
