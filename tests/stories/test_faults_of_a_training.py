"""Whatever happens to a training, I am told in words, and the model in use is as it was."""

from __future__ import annotations

import os
import signal
import sqlite3
import sys

import pytest
from retrain_killed import BASE, files_of, prepare
from small_models import phantom_volume

OPTIONS = {
    **{"base": BASE, "out_name": "ct-lung@9.0.0", "device": "cpu"},
    **{"rehearse": "none", "batch": 1, "seed": 0},
}
RUN = "\nimport sys\nfrom medview.cli import run\nsys.exit(run(sys.argv[1:]))\n"
EACH_STEP = """
from medview.ai.training import trainer
loss, calls = trainer.segmentation_loss, []
def at_each_step(*given):
    calls.append(1)
    {then}
    return loss(*given)
trainer.segmentation_loss = at_each_step
"""
SLOW = EACH_STEP.format(then="import time; time.sleep(0.2)")
FROM_THE_THIRD = "import torch\n    if len(calls) == 3: raise torch.OutOfMemoryError('CUDA')"
FILES_UP_TO = "import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, ({0}, {0}))\n"
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="limits and signals are POSIX")


class Training:
    """A small training from the window, in a real child to which things can happen."""

    def __init__(self, reader):
        self.reader = reader
        self.base = reader.session.catalog.find(*BASE.split("@")).folder
        self.before = files_of(self.base)
        self.steps = []
        self.process.progress.connect(lambda event: self.steps.append(event["step"]))
        self._command = reader.session.retrain_command

    @property
    def process(self):
        return self.reader.window.trainer.process

    @property
    def candidate(self):
        return self.reader.session.catalog.own / "ct-lung" / "9.0.0"

    def start(self, prelude="", steps=4):
        """Model > Retrain on Corrections, in a child that runs ``prelude`` first."""

        def command(**options):
            words = self._command(**options)
            return [sys.executable, "-c", prelude + RUN, *words[words.index("retrain") :]]

        self.reader.session.retrain_command = command
        self.reader.session.settings.set("retrain", {**OPTIONS, "steps": steps})
        self.steps.clear()
        self.reader.choose("Model > Retrain on Corrections")
        self.reader.until(lambda: self.process.is_running, 20)

    def wait(self):
        self.reader.until(lambda: not self.process.is_running, 120)
        assert files_of(self.base) == self.before, "the model that it started from"

    def succeeds(self):
        """Again, undisturbed: there is a candidate that waits for me."""
        self.start()
        self.wait()
        assert self.reader.window.training.shows_result, self.reader.messages()
        assert self.candidate.is_dir()

    @property
    def said(self):
        return " ".join(self.reader.messages())


@pytest.fixture
def training(desk):
    prepare(desk.folder)
    return Training(desk.start())


def spoil(folder, where="1"):
    """Flip the accepted labels of slices to rubbish, behind the program's back."""
    with sqlite3.connect(folder / "workspace.sqlite3") as database:
        changed = database.execute(f"UPDATE reviews SET labels = x'00ff' WHERE {where}")
        assert changed.rowcount > 0
    database.close()


def test_memory_that_runs_out_in_the_middle_is_said_in_words(training):
    training.start(EACH_STEP.format(then=FROM_THE_THIRD))
    training.wait()
    assert training.steps == [1, 2]
    assert "The memory is too small for this training" in training.said
    assert "--batch 4" in training.said
    assert not training.reader.window.training_dock.isVisible()
    assert not training.candidate.exists()
    training.succeeds()


@POSIX
def test_the_system_kills_the_child_and_the_next_one_goes_on(training):
    training.start(SLOW, steps=26)
    training.reader.until(lambda: 21 in training.steps, 60)
    os.kill(training.process._process.processId(), signal.SIGKILL)
    training.wait()
    assert "ended abruptly (out of memory?). The models are as they were." in training.said
    assert not training.candidate.exists()
    training.start(steps=26)
    training.wait()
    assert training.steps[0] == 21
    assert "goes on at step 21" in training.said
    assert training.candidate.is_dir()


@POSIX
@pytest.mark.parametrize(
    ("steps", "heard"),
    [(21, list(range(1, 22))), (20, [*range(1, 21), 20])],  # the last step's news comes again
    ids=["in the middle", "after the last step"],
)
def test_a_disk_too_full_for_a_checkpoint_is_said_and_a_candidate_is_made(training, steps, heard):
    """The weights fit, the checkpoint, several times as large, does not."""
    weights = (training.base / "model.safetensors").stat().st_size
    training.start(FILES_UP_TO.format(2 * weights), steps=steps)
    training.wait()
    assert "checkpoint.pt could not be written: File too large" in training.said
    assert "The training goes on, but could not be resumed." in training.said
    assert training.steps == heard
    assert training.reader.window.training.shows_result
    assert training.candidate.is_dir()


@POSIX
def test_a_disk_too_full_for_the_weights_ends_it_in_words(training):
    weights = (training.base / "model.safetensors").stat().st_size
    training.start(FILES_UP_TO.format(weights // 2))
    training.wait()
    assert "model.safetensors could not be written: File too large" in training.said
    assert "Traceback" not in training.said
    assert not training.candidate.exists()
    assert not training.reader.window.training_dock.isVisible()
    training.succeeds()


def test_a_damaged_accepted_slice_is_left_out_and_named_in_the_result(training, desk):
    """One that trains and one that is held out: case and slice, above the table and in it."""
    spoil(desk.folder, "slice_index = 6")
    training.succeeds()
    words = "Damaged and left out of the training: thorax, slice 7; thorax, slice 7."
    assert words in training.reader.messages()
    assert words in training.reader.window.training.comparison.gates.text()
    card = training.reader.session.catalog.find("ct-lung", "9.0.0").card
    assert card.corrections == 2


def test_nothing_but_damaged_slices_is_said(training, desk):
    spoil(desk.folder)
    training.start()
    training.wait()
    assert "There is no accepted axial slice to train on. Damaged: thorax, slice 5" in training.said
    assert not training.candidate.exists()


def test_what_i_take_back_while_it_trains_was_read_before(training):
    """The child works on its snapshot: my case loses its acceptances, the candidate is whole."""
    reader = training.reader
    reader.session.open_volume(phantom_volume(0, patient="P0"))
    assert reader.session.accepted == {4, 6, 8}
    training.start(SLOW, steps=8)
    reader.until(lambda: bool(training.steps), 60)
    reader.session.unaccept_slices(None)
    reader.settle()
    training.wait()
    assert training.steps == list(range(1, 9))
    assert reader.window.training.shows_result
    assert reader.session.catalog.find("ct-lung", "9.0.0").card.corrections == 3
    assert not list(reader.session.workspace.reviews("train"))
    reader.choose("Model > Retrain on Corrections")
    assert "There is no accepted slice to train on." in training.said


@pytest.mark.parametrize("answer", ["Keep Training", "Stop Training"])
def test_closing_in_the_middle_keeps_or_stops_it(training, desk, answer):
    """Kept, the candidate waits for me at the next start; stopped, there is none."""
    training.start(SLOW, steps=15)
    reader = training.reader
    reader.until(lambda: bool(training.steps), 60)
    reader.window.close()
    reader.click(answer, within=reader.window.closing.box)
    reader.until(lambda: not reader.window.isVisible(), 60)
    training.wait()
    is_kept = answer == "Keep Training"
    assert training.candidate.is_dir() == is_kept
    desk.leave()
    states = {f"{one.name}@{one.version}": one.state for one in desk.start().session.models()}
    assert states.get("ct-lung@9.0.0") == ("candidate" if is_kept else None)
