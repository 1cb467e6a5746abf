"""`medview retrain`: killed it goes on by itself, and on two processes it makes one candidate."""

import random
import signal
import socket
import sys

import pytest
from retrain_killed import command, files_of, prepare, run

from medview.ai.card import verify
from medview.ai.network.predictor import load_network

STEPS = "48"


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "workspace"


def steps(events):
    return [event["step"] for event in events if event["event"] == "progress"]


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX")
def test_killed_three_times_it_goes_on_and_the_model_in_use_is_as_it_was(folder):
    """Each time it starts at its last checkpoint: at most 20 steps are lost, never a model."""
    base = prepare(folder)
    before = files_of(base)
    words = command(folder, "--steps", STEPS)
    chance = random.Random(7)
    reached = 0
    for _ in range(3):
        kill_at = chance.randint(reached + 1, int(STEPS) - 1)
        events, status = run(words, kill_at, chance.uniform(0.0, 0.05))
        assert status == -signal.SIGKILL
        assert steps(events)[0] > reached - 20
        if reached > 20:
            assert "goes on" in events[0]["note"]
        reached = steps(events)[-1]
        assert files_of(base) == before
        assert not (folder / "models/ct-lung/9.0.0").exists()
    events, status = run(words)
    assert status == 0
    assert events[-1]["event"] == "done"
    assert steps(events)[-1] == int(STEPS)
    assert files_of(base) == before
    made = folder / "models" / "ct-lung" / "9.0.0"
    assert verify(made).corrections == 3
    load_network(made)
    assert not any((folder / "models/.building/ct-lung").iterdir())


def test_two_processes_make_one_candidate(folder):
    """torchrun on the same command: the first speaks and writes, both learn."""
    prepare(folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    words = command(folder, "--steps", "3")
    words[1:2] = [
        *("-m", "torch.distributed.run", "--nproc-per-node", "2"),
        *("--master-addr", "127.0.0.1", "--master-port", port, "-m"),
    ]
    events, status = run(words)
    assert status == 0
    assert steps(events) == [1, 2, 3], "one process speaks"
    assert [event["event"] for event in events].count("done") == 1
    verify(folder / "models" / "ct-lung" / "9.0.0")


def test_what_does_not_fit_together_is_said(folder):
    prepare(folder)
    for words, code in (
        (["--from-scratch"], "bad-arguments"),
        (["--new-task", "No Name"], "bad-arguments"),
        (["--new-task", "ct-lung"], "name-taken"),
    ):
        events, status = run(command(folder, *words))
        assert status != 0
        assert [event.get("code") for event in events] == [code], words
