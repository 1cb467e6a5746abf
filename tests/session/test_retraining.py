"""Retraining makes a candidate from accepted slices, compares it, and touches nothing live."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from small_models import names_table, phantom, phantom_volume, random_card

from medview.ai.training import rehearsal, trainer
from medview.ai.training.samples import UNSURE
from medview.core.box import Box
from medview.core.errors import MedviewError
from medview.core.labels import Label
from medview.session import recipe, retraining
from medview.session.advice import PHANTOM_CASE
from medview.session.recipe import correction_samples, most_steps
from medview.session.retrain_request import RetrainRequest
from medview.session.retraining import read_reviews, retrain
from medview.session.reviewed_labels import class_labels, grown_table, usable


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Small phantoms for the rehearsal, small windows, and no stopwatch."""
    monkeypatch.setattr(rehearsal, "_SHAPE", (12, 64, 64))
    monkeypatch.setattr(rehearsal, "_SPACING", (25.0, 6.0, 6.0))
    monkeypatch.setattr(trainer, "measure_bf16", lambda network, device: False)
    original = recipe.fit_options

    def options(*given):
        found = original(*given)
        return replace(found, size=(64, 64), batch=min(4, found.batch))

    for room in (recipe, retraining):
        monkeypatch.setattr(room, "fit_options", options)


def accept(session, seed, slices, *, table=None):
    session.open_volume(phantom_volume(seed, patient=f"P{seed}"))
    if table is not None:
        session.labelmap.table = table
    box = Box.whole((12, 64, 64))
    session.editor.begin("truth", session_origin(), 0)
    session.editor.write(box, phantom(seed).labels)
    session.editor.commit()
    session.accept_slices(slices)
    session.flush()


def session_origin():
    from small_models import TOOL

    return TOOL


def request(session, **options):
    return RetrainRequest(
        session.workspace.folder,
        session.registry.active_folder(),
        session.catalog.own,
        "1.1.0",
        "ct-lung",
        **{"budget_s": None, "steps": 3, "device": "cpu", **options},
    )


def test_a_candidate_is_made_compared_and_not_activated(desk):
    session = desk.open()
    accept(session, 0, [4, 6, 8])
    accept(session, 1, [5, 7])
    base = session.registry.active_folder().folder
    before = (base / "model.safetensors").read_bytes()
    events = []
    result = retrain(request(session), lambda event: events.append(event) or True)
    assert [event["step"] for event in events] == [1, 2, 3]
    assert all(np.isfinite(event["loss"]) for event in events)
    assert (result["candidate"], result["base"]) == ("ct-lung@1.1.0", "ct-lung@1.0.0")
    cases = {row["case"] for row in result["table"]}
    assert PHANTOM_CASE in cases
    assert len(cases) == 2, "the second patient was held out, the first is not compared on"
    assert {check["name"] for check in result["gates"]["checks"]} == {"held_out", "old_skill"}
    assert (base / "model.safetensors").read_bytes() == before
    states = {model.version: model.state for model in session.models()}
    assert states == {"1.0.0": "active", "1.1.0": "candidate"}
    card = session.catalog.find("ct-lung", "1.1.0").card
    assert (card.parent, card.corrections) == ("ct-lung@1.0.0", 3)
    assert card.training["patients"] == 1
    assert json.loads(json.dumps(result)) == result
    session.use_model("ct-lung", "1.1.0")
    assert session.active_model.parent == "ct-lung@1.0.0"


def test_a_drawn_label_becomes_a_new_class(desk):
    session = desk.open()
    table = names_table("right lung", "left lung", "airway", "tumour")
    accept(session, 0, [5, 6], table=table)
    retrain(request(session, steps=1), lambda event: True)
    card = session.catalog.find("ct-lung", "1.1.0").card
    assert [label.name for label in card.labels][-1] == "tumour"
    assert card.arguments["classes"] == 5
    session.registry.use("ct-lung", "1.1.0")


def test_without_accepted_slices_nothing_is_made(desk):
    session = desk.open(phantom_volume())
    session.flush()
    with pytest.raises(MedviewError) as trouble:
        retrain(request(session), lambda event: True)
    assert trouble.value.code == "nothing-accepted"


def test_stop_leaves_no_candidate(desk):
    session = desk.open()
    accept(session, 0, [5])
    assert retrain(request(session), lambda event: False) is None
    assert [model.version for model in session.models()] == ["1.0.0"]


def test_sagittal_slices_stay_accepted_and_are_not_trained_on(desk):
    from small_models import stored

    session = desk.open()
    session.open_volume(stored(phantom_volume(), (2, 0, 1), (False, True, False)))
    session.accept_slices([30])
    session.flush()
    (one,) = read_reviews(desk.folder)
    assert not usable(one)


def test_samples_carry_classes_and_what_was_not_looked_for(desk):
    session = desk.open()
    accept(session, 0, [6], table=names_table("right lung", "left lung", "airway"))
    (one,) = read_reviews(desk.folder)
    card = random_card()
    (sample,) = correction_samples([one], card)
    assert sample.weight == 1.0
    assert sample.merged == ()
    narrow = replace(one, table=names_table("left lung"), labels=np.minimum(one.labels, 1))
    classes, merged = class_labels(narrow, card.labels)
    assert merged == (1, 3)
    assert set(np.unique(classes)) <= {0, 2}


def test_a_label_called_by_a_number_is_not_taken_for_an_id(desk):
    session = desk.open()
    accept(session, 0, [6])
    (one,) = read_reviews(desk.folder)
    odd = replace(one, table=names_table("2"), labels=np.minimum(one.labels, 1))
    classes, merged = class_labels(odd, random_card().labels)
    assert not classes.any()
    assert merged == (1, 2, 3)


def test_what_is_painted_unsure_is_left_out_of_training(desk):
    session = desk.open()
    accept(session, 0, [6], table=names_table("right lung", "Unsure", "airway"))
    (one,) = read_reviews(desk.folder)
    card = random_card(names_table("right lung", "left lung", "airway"))
    classes, merged = class_labels(one, card.labels)
    assert (one.labels == 2).any()
    assert np.array_equal(classes == UNSURE, one.labels == 2)
    assert merged == (2,)
    assert [label.name for label in grown_table(card.labels, [one.table])] == [
        "right lung",
        "left lung",
        "airway",
    ]
    (sample,) = correction_samples([one], card)
    assert (sample.labels == UNSURE).any()


def test_tables_grow_behind_what_the_model_knows():
    model = names_table("right lung", "left lung")
    drawn = names_table("Left Lung", "tumour").with_label(Label(9, "rib", (1, 1, 1)))
    grown = grown_table(model, [drawn, names_table("rib")])
    assert [(label.id, label.name) for label in grown] == [
        (1, "right lung"),
        (2, "left lung"),
        (3, "tumour"),
        (4, "rib"),
    ]


def test_a_damaged_slice_is_left_out_and_named(desk):
    session = desk.open()
    accept(session, 0, [4, 6])
    record = next(iter(session.workspace.reviews()))
    session.workspace.put_reviews([replace(record, labels=b"broken")]).result()
    result = retrain(request(session, steps=1), lambda event: True)
    assert result["left_out"] == ["thorax, slice 5"]
    assert session.catalog.find("ct-lung", "1.1.0").card.corrections == 1


def test_a_case_that_goes_while_training_was_read_before(desk):
    """The child works on what it read: taking an acceptance back does not disturb it."""
    session = desk.open()
    accept(session, 0, [4, 6])
    key = session.volume.case_key

    def take_back(event):
        session.workspace.remove_reviews(key).result()
        return True

    result = retrain(request(session, steps=2), take_back)
    assert session.catalog.find("ct-lung", "1.1.0").card.corrections == 2
    assert result["candidate"] == "ct-lung@1.1.0"
    assert not list(session.workspace.reviews())


class Killed(BaseException):
    """What a kill is to a test in one process."""


def killed_at(step, session, **options):
    """Train, and be cut off in the middle of a step; what is on the disk stays."""

    def report(event):
        if event["step"] == step:
            raise Killed
        return True

    with pytest.raises(Killed):
        retrain(request(session, **options), report)


@pytest.fixture
def frequent(monkeypatch):
    """A checkpoint after every step."""
    from medview.ai.training import checkpoint

    original = checkpoint.Checkpoint
    monkeypatch.setattr(
        checkpoint, "Checkpoint", lambda *given, **more: original(*given[:3], steps=1, **more)
    )


def steps_of(session, **options):
    events = []
    result = retrain(request(session, **options), lambda event: events.append(event) or True)
    assert result["candidate"].endswith("@1.1.0")
    return [event["step"] for event in events], [event.get("note", "") for event in events]


def test_a_retraining_that_was_killed_goes_on(desk, frequent):
    session = desk.open()
    accept(session, 0, [4, 6])
    killed_at(3, session, steps=4)
    assert [model.version for model in session.models()] == ["1.0.0"]
    steps, notes = steps_of(session, steps=4)
    assert steps == [3, 4]
    assert "goes on at step 3" in notes[0]
    assert not list((session.catalog.own / ".building" / "ct-lung").iterdir())
    assert {model.state for model in session.models()} == {"active", "candidate"}


def test_other_options_other_slices_or_a_wish_start_anew(desk, frequent):
    session = desk.open()
    accept(session, 0, [4, 6])
    for change in ({"seed": 1}, {"anchor": 0.1}, {"is_fresh": True}):
        killed_at(2, session)
        steps, _ = steps_of(session, **change)
        assert steps == [1, 2, 3]
        session.catalog.remove("ct-lung", "1.1.0")
    killed_at(2, session)
    session.accept_slices([8])
    session.flush()
    assert steps_of(session)[0] == [1, 2, 3]


def test_one_version_is_trained_once_at_a_time(desk):
    session = desk.open()
    accept(session, 0, [4])
    trouble = []

    def second(event):
        with pytest.raises(MedviewError) as raised:
            retrain(request(session, steps=1), lambda event: True)
        trouble.append(raised.value.code)
        return True

    assert retrain(request(session, steps=1), second) is not None
    assert trouble == ["already-training"]


def test_a_disk_that_is_full_at_the_checkpoint_is_said(desk, frequent, monkeypatch):
    from medview.ai.training import checkpoint
    from medview.core.errors import MedviewError as Trouble

    def full(path, data):
        raise Trouble(f"{path.name} could not be written: No space left on device.")

    monkeypatch.setattr(checkpoint, "write_bytes", full)
    session = desk.open()
    accept(session, 0, [4])
    steps, notes = steps_of(session)
    assert steps == [1, 2, 3]
    assert [bool(note) for note in notes] == [False, True, False]
    assert "No space left on device" in notes[1]


def test_a_stopped_retraining_leaves_nothing_to_resume(desk, frequent):
    session = desk.open()
    accept(session, 0, [4])
    assert retrain(request(session), lambda event: event["step"] < 2) is None
    assert steps_of(session)[0] == [1, 2, 3]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"own_rehearsal": True}, "distillation on generated phantoms and on the accepted slices"),
        ({"rehearsal": 0.0}, "none"),
        ({"fisher": 1.0, "accumulate": 2, "batch": 2}, "distillation on generated phantoms"),
    ],
)
def test_the_card_says_what_was_rehearsed(desk, options, words):
    session = desk.open()
    accept(session, 0, [4, 6])
    steps_of(session, steps=2, **options)
    card = session.catalog.find("ct-lung", "1.1.0").card
    assert card.training["rehearsal"] == words
    assert card.training["fit"]["anchor"] == options.get("fisher", 0.0)
    assert card.training["fit"]["batch"] == options.get("batch", 4)


def test_generated_slices_are_used_when_asked_and_the_card_says_so(desk, monkeypatch):
    from functools import partial

    from medview.ai.training.augment import generated

    session = desk.open()
    accept(session, 0, [4, 6])
    monkeypatch.setattr(generated, "fit_painter", partial(generated.fit_painter, steps=2))
    steps_of(session, steps=2, generated_share=0.5)
    card = session.catalog.find("ct-lung", "1.1.0").card
    assert card.training["fit"]["augment"]["generated"] == 0.5


def test_a_disk_that_refuses_the_building_place_is_said(desk, monkeypatch):
    from pathlib import Path

    session = desk.open()
    accept(session, 0, [4])
    make = Path.mkdir

    def refuse(path, *given, **more):
        if ".building" in path.parts:
            raise OSError(28, "No space left on device")
        make(path, *given, **more)

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(MedviewError, match="No space left on device") as trouble:
        retrain(request(session), lambda event: True)
    assert trouble.value.code == "write-failed"
    assert [model.version for model in session.models()] == ["1.0.0"]


def test_curves_are_written_for_tensorboard(desk, tmp_path):
    pytest.importorskip("tensorboard", reason="the tensorboard extra is not installed")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    session = desk.open()
    accept(session, 0, [5, 6])
    steps_of(session, events=tmp_path / "events")
    read = EventAccumulator(str(tmp_path / "events"))
    read.Reload()
    assert [one.step for one in read.Scalars("loss")] == [1, 2, 3]
    assert "Dice on the slices it learns from/right lung" in read.Tags()["scalars"]


@pytest.mark.parametrize(
    ("options", "slices", "wanted"),
    [
        ({}, 1, 40),
        ({}, 8, 40),
        ({}, 100, 500),
        ({"steps": 900}, 8, 900),
        ({"is_new_task": True}, 8, 100_000),
    ],
)
def test_time_alone_never_lets_few_slices_be_learned_by_heart(options, slices, wanted):
    """Who names the steps gets them; a new task has further to go."""
    request = RetrainRequest(Path(), None, Path(), "1.0.0", "ct-lung", **options)
    assert most_steps(request, request.steps or 100_000, slices) == wanted
