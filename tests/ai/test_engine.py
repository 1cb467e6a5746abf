"""Mirror of `medview.ai.network.engine`: what happens when memory runs out or a library fails."""

import numpy as np
import pytest
import torch
from small_models import write_model

from medview.ai.network import engine as engine_module
from medview.ai.network.backend import Backend, discover_backends
from medview.ai.network.engine import Engine
from medview.ai.network.predictor import load_network
from medview.core.errors import MedviewError


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return load_network(write_model(tmp_path_factory.mktemp("model"), seed=5))


@pytest.fixture
def inputs():
    return np.random.default_rng(0).standard_normal((20, 4, 64, 64)).astype(np.float32)


def plain(model, inputs):
    with torch.inference_mode():
        return model[1](torch.from_numpy(inputs)).numpy()


class Faults:
    """A PyTorch backend whose ``fails(call, size, kind, device)`` calls run out of memory."""

    def __init__(self, monkeypatch, fails):
        self.calls = []
        original = {one.id: one for one in discover_backends().values()}

        def backend_named(name):
            return Backend(name, original[name].title, self.build(original[name]), ("cpu", "cuda"))

        monkeypatch.setattr(engine_module, "backend_named", backend_named)
        self.named, self.fails = backend_named, fails

    def build(self, original):
        def build(task):
            on_cpu = task.__class__(task.network, task.card, torch.device("cpu"), task.threads)
            run = original.build(on_cpu)

            def checked(batch):
                call = (len(self.calls), len(batch), original.id, task.device.type)
                self.calls.append(call)
                if self.fails(*call):
                    raise torch.OutOfMemoryError("CUDA out of memory")
                return run(batch)

            return checked

        return build


@pytest.fixture
def pretended_gpu(monkeypatch):
    """No GPU is needed to go down the ladder: the calls run on the CPU."""
    monkeypatch.setattr(torch.cuda, "empty_cache", lambda: None)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda device: "pretended")
    return torch.device("cuda")


def engine_with(faults, model, device):
    return Engine(model[1], model[0], device, faults.named("torch"))


@pytest.mark.parametrize("n", range(5))
def test_a_fault_at_any_call_costs_no_slice(n, monkeypatch, model, inputs, pretended_gpu):
    """The n-th allocation fails once: the batch is halved there, and every slice is answered."""
    faults = Faults(monkeypatch, lambda call, *_: call == n)
    engine = engine_with(faults, model, pretended_gpu)
    found = np.concatenate([engine(inputs), engine(inputs), engine(inputs)])
    assert np.allclose(found, np.tile(plain(model, inputs), (3, 1, 1, 1)), atol=1e-3)
    assert engine.batch == 8
    assert "batches of 8" in engine.text
    assert engine.device.type == "cuda"


def test_smaller_batches_then_half_precision_then_the_cpu(
    monkeypatch, model, inputs, pretended_gpu
):
    faults = Faults(monkeypatch, lambda call, size, kind, device: device == "cuda")
    engine = engine_with(faults, model, pretended_gpu)
    found = engine(inputs)
    assert np.allclose(found, plain(model, inputs), atol=1e-3)
    tried = [(size, kind, device) for _, size, kind, device in faults.calls]
    assert tried[:5] == [(size, "torch", "cuda") for size in (16, 8, 4, 2, 1)]
    assert tried[5] == (1, "torch-half", "cuda")
    assert set(tried[6:]) == {(1, "torch", "cpu")}
    assert engine.text.startswith("CPU (")
    assert len(engine.notes) == 2
    assert all("too small" in note for note in engine.notes)
    engine(inputs[:1])
    assert faults.calls[-1][3] == "cpu", "it stays there"


def test_half_precision_is_enough(monkeypatch, model, inputs, pretended_gpu):
    faults = Faults(monkeypatch, lambda call, size, kind, device: kind == "torch")
    engine = engine_with(faults, model, pretended_gpu)
    assert np.allclose(engine(inputs[:2]), plain(model, inputs[:2]), atol=0.5)
    assert "CUDA" in engine.text
    assert "half precision" in engine.text


def test_a_cpu_without_memory_fails_in_words_and_does_not_turn_in_circles(
    monkeypatch, model, inputs
):
    faults = Faults(monkeypatch, lambda *_: True)
    engine = engine_with(faults, model, torch.device("cpu"))
    with pytest.raises(MedviewError) as trouble:
        engine(inputs)
    assert trouble.value.code == "out-of-memory"
    assert len(faults.calls) == 2


def test_pytorch_on_a_cpu_says_it_in_another_way(monkeypatch, model, inputs):
    """Its allocator raises a plain RuntimeError there."""
    engine = Engine(*reversed(model), torch.device("cpu"), discover_backends()["torch"])
    run, calls = engine._run, []

    def first_fails(batch):
        calls.append(len(batch))
        if len(calls) == 1:
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried ...")
        return run(batch)

    engine._run = first_fails
    assert np.allclose(engine(inputs[:1]), plain(model, inputs[:1]), atol=0.5)
    assert "half precision" in engine.text


# ---- other libraries


def broken_when(built_or_run):
    def build(task):
        if built_or_run == "built":
            raise RuntimeError("no such instruction")

        def run(batch):
            raise RuntimeError("no such instruction")

        return run

    return Backend("broken", "Broken", build)


@pytest.mark.parametrize("when", ["built", "run"])
def test_a_library_that_fails_gives_way_to_pytorch_and_it_is_said(when, model, inputs):
    engine = Engine(model[1], model[0], torch.device("cpu"), broken_when(when))
    assert np.allclose(engine(inputs[:2]), plain(model, inputs[:2]), atol=1e-3)
    assert engine.backend.id == "torch"
    assert engine.notes == ["Broken failed (no such instruction)."]


def test_a_library_that_is_not_installed_gives_way_too(model, inputs):
    absent = Backend("absent", "Absent", lambda task: None, packages=("no_such_library",))
    engine = Engine(model[1], model[0], torch.device("cpu"), absent)
    assert engine.backend.id == "torch"
    assert engine.notes == ["Absent needs no_such_library (pip install medview[fast])."]


def test_a_bug_in_pytorch_itself_is_not_hidden(model):
    engine = Engine(model[1], model[0], torch.device("cpu"), discover_backends()["torch"])
    with pytest.raises(RuntimeError, match="channels"):
        engine(np.zeros((1, 3, 64, 64), np.float32))
