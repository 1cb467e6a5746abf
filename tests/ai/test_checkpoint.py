"""A training that was cut off goes on and ends as if nothing had happened."""

import errno
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from small_models import COARSE, phantom, phantom_volume
from test_trainer import ARGUMENTS, QUICK

from medview.ai.training import trainer
from medview.ai.training.checkpoint import Checkpoint
from medview.ai.training.make_model import new_network
from medview.ai.training.samples import samples_of
from medview.ai.training.teacher import Teacher
from medview.ai.training.trainer import fit
from medview.core.errors import MedviewError


class Cut(BaseException):
    """What a kill is to a test in one process: nothing after it runs."""


@pytest.fixture(autouse=True)
def no_stopwatch(monkeypatch):
    monkeypatch.setattr(trainer, "measure_bf16", lambda network, device: False)


@pytest.fixture(scope="module")
def samples():
    labels = phantom().labels
    return samples_of(phantom_volume(), labels, COARSE, classes=4, patient="P", slices=[5, 7])


def run(samples, checkpoint, *, cut_at=0, options=QUICK):
    heard = []
    old = new_network("unet-2.5d", ARGUMENTS, 8).eval().requires_grad_(False)

    def hear(step):
        heard.append(step.step)
        if step.step == cut_at:
            raise Cut
        return True

    network = new_network("unet-2.5d", ARGUMENTS, 1)
    options = replace(options, anchor=0.1, augment=replace(options.augment, noise=0.5))
    teachers = [Teacher(old, samples, 0.5)]
    try:
        averaged = fit(network, samples, 4, options, hear, teachers, checkpoint=checkpoint)
    except Cut:
        return None, heard
    return averaged, heard


def same(first, second):
    return all(
        torch.equal(a, b) for a, b in zip(first.parameters(), second.parameters(), strict=True)
    )


def test_a_run_that_was_cut_off_ends_as_the_whole_one(samples, tmp_path):
    whole, _ = run(samples, None)
    place = Checkpoint(tmp_path / "c.pt", "mine", steps=2)
    assert run(samples, place, cut_at=5)[1] == [1, 2, 3, 4, 5]
    resumed, heard = run(samples, Checkpoint(tmp_path / "c.pt", "mine", steps=2))
    assert heard == [5, 6], "the checkpoint was of step 4"
    assert same(whole, resumed)


@pytest.mark.parametrize("wide", [0.5, 0.9], ids=["own pixels", "wide pixels"])
def test_a_run_cut_off_in_either_phase_ends_as_the_whole_one(samples, tmp_path, wide):
    options = replace(QUICK, wide_first=wide)
    whole, _ = run(samples, None, options=options)
    run(samples, Checkpoint(tmp_path / "c.pt", "mine", steps=2), cut_at=5, options=options)
    resumed, _ = run(samples, Checkpoint(tmp_path / "c.pt", "mine", steps=2), options=options)
    assert same(whole, resumed)


def test_a_run_that_was_finished_is_not_run_again(samples, tmp_path):
    whole, _ = run(samples, Checkpoint(tmp_path / "c.pt", "mine"))
    again, heard = run(samples, Checkpoint(tmp_path / "c.pt", "mine"))
    assert heard == []
    assert same(whole, again)


def test_another_request_and_a_damaged_file_start_anew(samples, tmp_path):
    file = tmp_path / "c.pt"
    run(samples, Checkpoint(file, "mine", steps=2), cut_at=3)
    assert Checkpoint(file, "mine", is_fresh=True).read() is None
    assert run(samples, Checkpoint(file, "another"))[1][0] == 1
    run(samples, Checkpoint(file, "mine", steps=2), cut_at=3)
    whole = file.read_bytes()
    for damaged in (b"", whole[: len(whole) // 2], b"rubbish" * 99):
        file.write_bytes(damaged)
        assert Checkpoint(file, "mine").read() is None


def test_the_clock_goes_on_where_it_stood(samples, tmp_path):
    file = tmp_path / "c.pt"
    long = replace(QUICK, steps=100_000, budget_s=60.0)
    run(samples, Checkpoint(file, "mine", steps=1), cut_at=3, options=long)
    place = Checkpoint(file, "mine")
    place.write({**place.read(), "seconds": 61.0})
    assert run(samples, Checkpoint(file, "mine"), options=long)[1] == [], "its time was over"


def test_a_full_disk_is_said_once_and_the_training_goes_on(samples, tmp_path, monkeypatch):
    def full(self, data):
        raise OSError(errno.ENOSPC, "No space left on device")

    said = []
    monkeypatch.setattr(Path, "write_bytes", full)
    averaged, heard = run(samples, Checkpoint(tmp_path / "c.pt", "mine", said.append, steps=2))
    assert averaged is not None
    assert heard == [1, 2, 3, 4, 5, 6]
    assert len(said) == 1
    assert "No space left on device" in said[0]
    assert list(tmp_path.iterdir()) == [], "nothing half written stays"


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        torch.OutOfMemoryError("CUDA out of memory"),
        RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory"),
    ],
)
def test_memory_that_runs_out_is_said_in_words(samples, monkeypatch, error):
    def fail(*_):
        raise error

    monkeypatch.setattr(trainer, "segmentation_loss", fail)
    with pytest.raises(MedviewError, match="--batch 4 --accumulate 2") as trouble:
        run(samples, None)
    assert trouble.value.code == "out-of-memory"


def test_another_error_stays_what_it_is(samples, monkeypatch):
    def fail(*_):
        raise RuntimeError("a bug")

    monkeypatch.setattr(trainer, "segmentation_loss", fail)
    with pytest.raises(RuntimeError, match="a bug"):
        run(samples, None)
