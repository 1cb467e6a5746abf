"""Every heat map method answers the same question with a map, and can be told apart from noise."""

import numpy as np
import pytest
import torch
from small_models import write_model

from medview.ai.explain import METHODS, ExplainOptions
from medview.ai.network.attribution import Question, attribution
from medview.ai.network.attribution.check import (
    HIGHEST_FIGURE,
    check_map,
    ground_of,
    outside_deletion,
    randomised,
)
from medview.ai.network.predictor import load_network
from medview.core.errors import Cancelled, MedviewError
from medview.core.job import Progress


class Spot(torch.nn.Module):
    """A network whose class 1 is the mean brightness of one square, wherever it is asked."""

    def __init__(self):
        super().__init__()
        layer = torch.nn.Conv2d(4, 1, 1, bias=False)
        with torch.no_grad():
            layer.weight.copy_(torch.tensor([0.0, 1.0, 0.0, 0.0]).view(1, 4, 1, 1))
        self.bottleneck = layer
        self.decoders = torch.nn.ModuleList([torch.nn.Identity(), torch.nn.Identity()])

    def forward(self, x):
        seen = self.decoders[1](self.decoders[0](self.bottleneck(x)))
        inside = seen[:, :, 32:64, 64:96].mean(dim=(2, 3), keepdim=True)
        score = 6.0 * inside.expand(-1, 1, *x.shape[2:])
        return torch.cat([torch.zeros_like(score), score], dim=1)


@pytest.fixture
def question():
    torch.manual_seed(0)
    inputs = torch.full((1, 4, 96, 128), -0.5)
    inputs[:, :3] += 0.02 * torch.randn(1, 3, 96, 128)
    inputs[:, :3, 36:60, 68:92] = 0.9
    inputs[:, :3, 36:60, 10:34] = 0.9  # bright too, and without any meaning
    region = torch.zeros(96, 128, dtype=torch.bool)
    region[0:8, 0:8] = True
    return Question(Spot().eval(), inputs, 1, region)


@pytest.mark.parametrize("name", METHODS)
def test_the_map_points_to_what_the_network_used(name, question):
    if METHODS[name].extra:
        pytest.importorskip(METHODS[name].extra, reason="an optional package")
    values = attribution(name)(question)
    assert values.shape == (96, 128)
    assert values.dtype == np.float32
    assert values.min() >= 0.0
    assert values.max() == pytest.approx(1.0)
    used, unused = values[36:60, 68:92].mean(), values[36:60, 10:34].mean()
    if name == "seg_grad_cam":  # one weight per channel: it cannot tell places apart by gradient
        assert used == pytest.approx(unused, abs=0.05)
    else:
        assert used > unused + 0.2
    again = attribution(name)(question)
    assert np.array_equal(values, again), "the same question, the same answer"


@pytest.mark.parametrize("name", [n for n, m in METHODS.items() if m.seconds > 1.0])
def test_a_slow_method_can_be_cancelled(name, question):
    if METHODS[name].extra:
        pytest.importorskip(METHODS[name].extra, reason="an optional package")
    stopped = Progress()
    stopped.cancel()
    slow = Question(question.network, question.inputs, 1, question.region, progress=stopped)
    with pytest.raises(Cancelled):
        attribution(name)(slow)


def test_a_method_whose_package_is_missing_says_which(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "captum", None)
    with pytest.raises(MedviewError) as trouble:
        attribution("lime")
    assert "captum" in trouble.value.message
    assert "medview[explain]" in trouble.value.hint
    with pytest.raises(MedviewError, match="no heat map method"):
        attribution("tea leaves")


def test_every_file_of_a_method_is_named_for_the_window():
    import pkgutil

    from medview.ai.network import attribution as room

    shared = {"activations", "check", "explainer", "perturbing"}
    files = {module.name for module in pkgutil.iter_modules(room.__path__)} - shared
    assert files == set(METHODS)
    assert ExplainOptions(1).method in METHODS


def test_outside_deletion_never_touches_the_region(question):
    """The score comes from the square: what is blurred elsewhere changes nothing."""
    network, inputs = question.network, question.inputs
    region = torch.zeros(96, 128, dtype=torch.bool)
    region[32:64, 64:96] = True
    order = np.random.default_rng(0).random((96, 128)).astype(np.float32)
    with torch.no_grad():
        p = float(torch.softmax(network(inputs)[0], 0)[1][region].mean())
    assert outside_deletion(network, inputs, 1, region, order) == pytest.approx(p, abs=1e-5)


def test_the_check_has_its_baselines(tmp_path):
    card, network = load_network(write_model(tmp_path, seed=5))
    torch.manual_seed(1)
    inputs = torch.randn(1, 4, 64, 64)
    twin = randomised(network, seed=7)
    grounds = [ground_of(network, inputs, label.id) for label in card.labels]
    results = [check_map(network, twin, one) for one in grounds if one is not None]
    assert results
    for one in results:
        assert -1.0 <= one.randomised <= 1.0
        figures = (one.heatmap, one.mask, one.random, one.edges)
        assert max(abs(figure) for figure in figures) <= HIGHEST_FIGURE
        assert np.isfinite(one.context)
