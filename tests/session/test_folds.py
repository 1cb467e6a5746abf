"""Patients are left out in turn where too few could be held out; throw-away versions vanish."""

import zipfile
from dataclasses import replace

import pytest
from test_retraining import Killed, accept, frequent, request, small

from medview.core.errors import Cancelled, MedviewError
from medview.core.job import Progress
from medview.session.advice import LEAVE_ONE_OUT, PHANTOM_CASE
from medview.session.folds import Parts, left_out_patients, patient_folds, shared
from medview.session.left_out import FILE
from medview.session.lineage import seen_patients
from medview.session.model_history import known_scores
from medview.session.model_packages import export_model
from medview.session.records import hashed_patient
from medview.session.retraining import read_reviews, retrain

assert small  # fixtures
assert frequent


def accept_for_training(session, *seeds):
    """Patients whom a person put into training by hand, so that nobody is held out."""
    for seed in seeds:
        session.workspace.freeze_split(hashed_patient(f"P{seed}"), "train").result()
        accept(session, seed, [4, 6])


def test_folds_are_by_patient_seeded_and_whole():
    patients = [f"p{n}" for n in range(7)]
    folds = patient_folds(reversed(patients * 2), 3, 1)
    assert sorted(one for fold in folds for one in fold) == patients
    assert sorted(len(fold) for fold in folds) == [2, 2, 3]
    assert folds == patient_folds(patients, 3, 1)
    assert folds != patient_folds(patients, 3, 2)


def test_each_patient_is_measured_by_a_version_that_had_not_seen_it(desk):
    session = desk.open()
    accept_for_training(session, 0, 1, 2)
    events = []
    result = retrain(request(session, steps=4), lambda event: events.append(event) or True)
    assert result["protocol"] == LEAVE_ONE_OUT
    cases = {row["case"] for row in result["table"]} - {PHANTOM_CASE}
    assert len(cases) == 3
    assert result["summary"]["patients"] == 3
    assert all(row["current"] is not None for row in result["table"])
    assert "left-out patients" in result["gates"]["advice"]
    assert set(result["summary"]["wrong_pixels_per_slice"]) == {"current", "candidate"}
    assert [event["step"] for event in events] == list(range(1, 11)), "4, then 2 for each patient"
    assert {event["steps"] for event in events} == {10}
    assert [event["part"] for event in events] == [1] * 4 + [2, 2, 3, 3, 4, 4]
    assert events[0]["seconds_left"] > events[3]["seconds_left"] > 0.0 == events[-1]["seconds_left"]
    assert [model.version for model in session.models()] == ["1.0.0", "1.1.0"]
    assert not list((session.catalog.own / ".building" / "ct-lung").iterdir())
    card = session.catalog.find("ct-lung", "1.1.0").card
    assert card.training["patients"] == 3, "the candidate itself learned from all"
    assert not known_scores(session.workspace, session.registry, "ct-lung"), (
        "figures of versions that were thrown away are none of the candidate's"
    )


def test_whom_the_base_has_learned_from_is_not_left_out(desk):
    session = desk.open()
    accept_for_training(session, 0, 1)
    retrain(request(session, steps=1), lambda event: True)
    base = session.catalog.find("ct-lung", "1.1.0")
    accept_for_training(session, 2)
    seen = seen_patients(session.catalog, base.card)
    train = read_reviews(desk.folder)
    left_out = left_out_patients(replace(request(session), seen_patients=seen), train, [])
    assert left_out == [hashed_patient("P2")]
    again = replace(request(session, steps=1), base=base, version="1.2.0", seen_patients=seen)
    result = retrain(again, lambda event: True)
    assert result["summary"]["patients"] == 1


def test_a_held_out_patient_is_enough_unless_it_is_asked_or_seen(desk):
    session = desk.open()
    accept(session, 0, [4])
    accept(session, 1, [5])  # held out
    accept_for_training(session, 2)
    reviews = read_reviews(desk.folder)
    train = [one for one in reviews if one.record.split == "train"]
    held_out = [one for one in reviews if one.record.split == "held-out"]
    assert not left_out_patients(request(session), train, held_out)
    always = request(session, leave_one_out="always")
    assert len(left_out_patients(always, train, held_out)) == 2
    seen = (held_out[0].record.patient.removeprefix("p") + "0" * 48,)
    known = request(session, seen_patients=seen)
    assert len(left_out_patients(known, train, held_out)) == 2
    never = request(session, seen_patients=seen, leave_one_out="never")
    assert not left_out_patients(never, train, held_out)


def test_with_one_patient_it_says_that_leaving_one_out_is_impossible(desk):
    session = desk.open()
    accept(session, 0, [4, 6])
    result = retrain(request(session, steps=1), lambda event: True)
    assert result["protocol"] == "held-out"
    assert result["gates"]["advice"].endswith("leaving one out in turn is impossible.")


def test_a_new_task_is_measured_so_too(desk):
    session = desk.open()
    accept_for_training(session, 0, 1)
    asked = request(session, steps=2, is_new_task=True, labels=("left lung",))
    result = retrain(replace(asked, name="bones"), lambda event: True)
    assert (result["new_task"], result["protocol"]) == (True, LEAVE_ONE_OUT)
    assert all(row["current"] is None for row in result["table"])
    assert "on left-out patients" in result["gates"]["advice"]


def test_the_picture_of_a_left_out_patient_is_by_the_version_that_had_not_seen_it(desk):
    session = desk.open()
    for seed in (0, 1):
        session.workspace.freeze_split(hashed_patient(f"P{seed}"), "train").result()
        accept(session, seed, [4])
    result = retrain(request(session, steps=4), lambda event: True)
    cases = sorted({row["case"] for row in result["table"]} - {PHANTOM_CASE})
    pictures = [
        session.example_job("ct-lung@1.0.0", "ct-lung@1.1.0", case).function(Progress())
        for case in cases
    ]
    assert [(one.case, one.slice_index) for one in pictures] == [(case, 4) for case in cases]
    told = result["summary"]["wrong_pixels_per_slice"]
    for number, name in enumerate(("current", "candidate")):
        assert sum(one.wrong[number] for one in pictures) / 2 == told[name]
    package = session.workspace.folder / "package.zip"
    export_model(session.catalog.find("ct-lung", "1.1.0"), package)
    assert not [name for name in zipfile.ZipFile(package).namelist() if name.endswith(FILE)]
    answers = session.catalog.find("ct-lung", "1.1.0").folder / FILE
    answers.write_bytes(answers.read_bytes()[:100])
    with pytest.raises(MedviewError) as trouble:
        session.example_job("ct-lung@1.0.0", "ct-lung@1.1.0", cases[0]).function(Progress())
    assert trouble.value.code == "no-answers"
    assert str(answers) in str(trouble.value)


@pytest.mark.parametrize("step", [2, 4, 5])
def test_stop_works_in_each_part(desk, step):
    session = desk.open()
    accept_for_training(session, 0, 1)
    try:
        stopped = retrain(request(session), lambda event: event["step"] < step)
    except Cancelled:
        stopped = None
    assert stopped is None
    assert [model.version for model in session.models()] == ["1.0.0"]
    assert not list((session.catalog.own / ".building" / "ct-lung").iterdir())


def test_killed_while_a_patient_is_left_out_the_candidate_goes_on(desk, frequent):
    session = desk.open()
    accept_for_training(session, 0, 1)

    def report(event):
        if event["part"] == 2:
            raise Killed
        return True

    with pytest.raises(Killed):
        retrain(request(session), report)
    left = {path.name for path in (session.catalog.own / ".building/ct-lung/1.1.0").iterdir()}
    assert "checkpoint.pt" in left
    assert "left-out" not in left
    events = []
    result = retrain(request(session), lambda event: events.append(event) or True)
    assert {event["part"] for event in events} == {2, 3}, "the candidate itself was finished"
    assert result["summary"]["patients"] == 2


def test_time_is_shared_and_told_for_all_parts(desk):
    session = desk.open()
    limits = shared(request(session, budget_s=120.0, steps=None), 3)
    assert [one.budget_s for one in limits] == [60.0, 20.0, 20.0, 20.0]
    assert [one.steps for one in shared(request(session, steps=1), 2)] == [1, 1, 1]
    told = []
    parts = Parts(lambda event: told.append(event) or True, limits)
    parts.part(0)({"step": 10, "steps": 60, "loss": 1.0, "seconds_left": 50.0})
    assert told[-1]["seconds_left"] == pytest.approx(110.0)
    assert (told[-1]["step"], told[-1]["steps"]) == (10, 120)
