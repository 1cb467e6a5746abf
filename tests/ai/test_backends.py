"""Mirror of `medview.ai.network.backends`: every one says what PyTorch says, at any size."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from small_models import write_model

from medview.ai.backend_choice import PARITY, BackendChoices, Measurement, fastest
from medview.ai.catalog import DEFAULT_MODEL, Catalog
from medview.ai.network import measuring
from medview.ai.network.backend import Backend, Task, backend_named, discover_backends
from medview.ai.network.measuring import measure_backends
from medview.ai.network.predictor import Predictor, load_network
from medview.ai.network.quantise import phantom_inputs
from medview.core.errors import Cancelled, MedviewError
from medview.core.job import Progress

BACKENDS = sorted(discover_backends())
CLOSE = {"torch": 1e-4, "onnxruntime": 2e-3, "openvino": 2e-3}  # the others round on purpose


@pytest.fixture(scope="module")
def model():
    """The bundled model: random weights have no answer to compare."""
    return load_network(Catalog(Path("no such folder")).find(DEFAULT_MODEL).folder)


def task_of(model):
    return Task(model[1], model[0], torch.device("cpu"), 2)


def built(name, model):
    backend = backend_named(name)
    if backend.missing():
        pytest.skip(backend.missing())
    return backend.build(task_of(model))


@pytest.mark.parametrize("name", BACKENDS)
def test_any_size_and_number_of_slices(name, model):
    run = built(name, model)
    chest = phantom_inputs(model[0].input)[4:7]
    for count, rows, columns in ((1, 64, 64), (1, 96, 160), (3, 80, 64), (1, 64, 64)):
        inputs = np.ascontiguousarray(chest[:count, :, -rows:, -columns:])
        with torch.inference_mode():
            wanted = model[1](torch.from_numpy(inputs)).numpy()
        found = run(inputs)
        assert found.dtype == np.float32
        assert found.shape == wanted.shape
        if name in CLOSE:
            assert np.abs(found - wanted).max() < CLOSE[name]
        else:
            assert (found.argmax(1) == wanted.argmax(1)).mean() > 0.98


@pytest.mark.parametrize("name", BACKENDS)
def test_the_network_itself_stays_as_it_was(name, model):
    """Heat maps differentiate through it afterwards."""
    before = [p.detach().clone() for p in model[1].parameters()]
    built(name, model)(np.zeros((1, 4, 64, 64), np.float32))
    for now, then in zip(model[1].parameters(), before, strict=True):
        assert now.dtype == torch.float32
        assert torch.equal(now, then)
    model[1](torch.zeros(1, 4, 64, 64)).sum().backward()
    assert all(p.grad is not None for p in model[1].parameters())


def test_pytorch_comes_first_and_needs_nothing():
    known = discover_backends()
    assert next(iter(known)) == "torch"
    assert not known["torch"].missing("cuda")
    assert known["openvino-bf16"].missing("cuda") == "OpenVINO, bfloat16 does not run on CUDA."
    with pytest.raises(MedviewError) as trouble:
        backend_named("abacus")
    assert trouble.value.code == "no-such-backend"


def test_the_list_loads_no_library():
    program = (
        "import sys; from medview.session.backends import backend_rows; backend_rows();"
        "assert not {'torch', 'openvino', 'onnxruntime', 'onnx'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


OPENVINO = """
import sys, threading
from medview.ai.network.backends._openvino import openvino_run
from medview.ai.network.onnx_graph import onnx_graph
from medview.ai.network.unet import UNet
openvino_run(onnx_graph(UNet(4, 2, 4)), 1, "f32")
assert not [name for name in sys.modules if name.startswith("openvino_telemetry.")]
assert threading.active_count() == 1
"""


def test_openvino_tells_nobody_that_it_was_started():
    pytest.importorskip("openvino")
    pytest.importorskip("onnx")
    subprocess.run([sys.executable, "-c", OPENVINO], check=True)


# ---- measuring


def pretended(monkeypatch, *backends):
    known = {"torch": backend_named("torch"), **{one.id: one for one in backends}}
    monkeypatch.setattr(measuring, "discover_backends", lambda: known)


def measured(model, also="", progress=None):
    found = measure_backends(
        model[1], model[0], torch.device("cpu"), progress or Progress(), also=also
    )
    return {one.id: one for one in found}


def test_what_says_something_else_does_not_pass(monkeypatch, model):
    def shifted(task):
        run = backend_named("torch").build(task)
        return lambda inputs: np.roll(run(inputs), 3, axis=2)

    def same(task):
        return backend_named("torch").build(task)

    def broken(task):
        raise RuntimeError("no such instruction")

    pretended(
        monkeypatch,
        Backend("shifted", "Shifted", shifted),
        Backend("same", "Same", same),
        Backend("broken", "Broken", broken),
        Backend("absent", "Absent", broken, packages=("no_such_library",)),
        Backend("by hand", "By hand", same, automatic=False),
    )
    found = measured(model)
    assert set(found) == {"torch", "shifted", "same", "broken"}
    assert found["torch"].passes
    assert found["torch"].ms > 0
    assert found["same"].passes
    assert found["same"].ms <= found["same"].median_ms
    assert not found["shifted"].passes
    assert min(found["shifted"].dice.values()) < PARITY
    assert found["broken"].problem == "no such instruction"
    assert fastest(list(found.values())).id in ("torch", "same")
    assert "by hand" in measured(model, also="by hand")


def test_measuring_can_be_cancelled(monkeypatch, model):
    progress = Progress()
    calls = []

    def build(task):
        run = backend_named("torch").build(task)

        def counted(inputs):
            calls.append(1)
            if len(calls) == 3:
                progress.cancel()
            return run(inputs)

        return counted

    pretended(monkeypatch, Backend("slow", "Slow", build))
    with pytest.raises(Cancelled):
        measured(model, progress=progress)
    assert len(calls) == 3


def test_the_phantom_has_all_labels(model):
    inputs = phantom_inputs(model[0].input)
    assert inputs.shape[1] == 4
    assert len(inputs) >= 10


# ---- the choice


def row(name, ms, *, passes=True, automatic=True):
    return Measurement(name, name, ms, ms, {"lung": 1.0}, passes, automatic=automatic)


def test_the_fastest_of_those_that_agree():
    rows = [row("torch", 30.0), row("wrong", 1.0, passes=False), row("good", 9.0)]
    assert fastest([*rows, row("int8", 5.0, automatic=False)]).id == "good"
    assert fastest([rows[0]]).id == "torch"


def test_choices_come_back_and_others_stay(tmp_path):
    choices = BackendChoices(tmp_path)
    assert choices.measured("key") == []
    rows = [row("torch", 30.0), row("good", 9.0)]
    choices.keep("key", rows)
    choices.keep("other", rows[:1])
    assert BackendChoices(tmp_path).measured("key") == rows
    assert BackendChoices(tmp_path).measured("other") == rows[:1]


@pytest.mark.parametrize("text", ["", "[]", '{"key": 3}', '{"key": {"measured": [{"a": 1}]}}'])
def test_a_file_that_is_none_means_measuring_again(tmp_path, text):
    (tmp_path / "backends.json").write_text(text)
    choices = BackendChoices(tmp_path)
    assert choices.measured("key") == []
    choices.keep("key", [row("torch", 30.0)])
    assert choices.measured("key") == [row("torch", 30.0)]


def test_the_file_does_not_grow_for_ever(tmp_path):
    choices = BackendChoices(tmp_path)
    for n in range(60):
        choices.keep(f"key {n}", [row("torch", 30.0)])
    assert choices.measured("key 0") == []
    assert choices.measured("key 59")


def test_the_key_changes_with_model_and_device(tmp_path):
    from dataclasses import replace

    predictor = Predictor(write_model(tmp_path), "cpu")
    key = predictor.choice_key
    assert torch.__version__ in key
    predictor.card = replace(predictor.card, sha256="other")
    assert predictor.choice_key != key


def test_the_predictor_changes_over_and_back(tmp_path):
    predictor = Predictor(write_model(tmp_path), "cpu")
    inputs = np.random.default_rng(1).standard_normal((1, 4, 64, 64)).astype(np.float32)
    full = predictor.logits(inputs)
    predictor.use_backend("torch-half")
    assert "half precision" in predictor.device_text
    assert not np.array_equal(predictor.logits(inputs), full)
    predictor.use_backend("torch")
    assert np.array_equal(predictor.logits(inputs), full)
