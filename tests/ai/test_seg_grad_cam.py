"""Seg-Grad-CAM: equal to the paper's formula, on any storage, also after a prediction."""

import numpy as np
import pytest
import torch
from small_models import names_table, phantom_volume, random_card, stored, write_model

from medview.ai.explain import LAYERS, ExplainOptions
from medview.ai.network.attribution import Question
from medview.ai.network.attribution.activations import layers_of
from medview.ai.network.attribution.explainer import explain_slice, explain_volume
from medview.ai.network.attribution.seg_grad_cam import attribute
from medview.ai.network.predictor import Predictor
from medview.core.errors import MedviewError
from medview.core.job import Progress


@pytest.fixture(scope="module")
def predictor(tmp_path_factory):
    return Predictor(write_model(tmp_path_factory.mktemp("model"), seed=5), "cpu")


@pytest.fixture(scope="module")
def found(predictor):
    """(slice, label) that the random network finds on the phantom."""
    labels = predictor.predict(phantom_volume(), Progress()).labels
    counts = [(int((labels[i] == c).sum()), i, c) for i in range(12) for c in (1, 2, 3)]
    return max(counts)[1:]


def class_activation(network, inputs, class_index, region, layer="default"):
    return attribute(Question(network, inputs, class_index, region, layer))


def inputs_and_region(seed=0):
    random = np.random.default_rng(seed)
    inputs = torch.from_numpy(random.standard_normal((1, 4, 64, 64)).astype(np.float32))
    region = torch.zeros(64, 64, dtype=torch.bool)
    region[20:40, 10:30] = True
    return inputs, region


@pytest.mark.parametrize("layer", ["bottleneck", "decoder 1"])
def test_the_map_is_the_papers_formula(predictor, layer):
    """Weights by finite sums: y is linear in a copy of the layer's output near the point."""
    inputs, region = inputs_and_region()
    network = predictor.network
    kept = []
    (module,) = layers_of(network, layer)

    def keep(_module, _inputs, output):
        kept.append(output)
        output.retain_grad()

    hook = module.register_forward_hook(keep)
    logits = network(inputs.clone().requires_grad_(True))
    hook.remove()
    logits[0, 2][region].sum().backward()
    (activation,) = kept
    weights = activation.grad.mean(dim=(2, 3))[0]
    raw = torch.relu(torch.einsum("c,chw->hw", weights, activation[0].detach()))
    wanted = torch.nn.functional.interpolate(
        raw[None, None], size=(64, 64), mode="bilinear", align_corners=False
    )[0, 0].numpy()
    if wanted.max() > 0:
        wanted = wanted / wanted.max()
    got = class_activation(network, inputs, 2, region, layer)
    assert np.allclose(got, wanted, atol=1e-5)
    network.zero_grad(set_to_none=True)


def test_the_default_is_the_mean_of_two_layers(predictor):
    inputs, region = inputs_and_region(1)
    one, two = (
        class_activation(predictor.network, inputs, 1, region, layer)
        for layer in ("bottleneck", "decoder 1")
    )
    both = class_activation(predictor.network, inputs, 1, region, "default")
    mean = (one + two) / 2
    assert np.allclose(both, mean / mean.max(), atol=1e-5)


def test_no_gradient_and_no_hook_stays_behind(predictor):
    inputs, region = inputs_and_region()
    class_activation(predictor.network, inputs, 1, region)
    assert all(p.grad is None for p in predictor.network.parameters())
    assert not any(m._forward_hooks for m in predictor.network.modules())


def test_unknown_layers_are_refused(predictor):
    with pytest.raises(ValueError, match="unknown layer"):
        layers_of(predictor.network, "encoder 9")
    assert all(layers_of(predictor.network, layer) for layer in LAYERS)


def test_a_heat_map_works_after_a_prediction(predictor, found):
    """Regression: weights loaded or used in inference mode once broke differentiation."""
    predictor.predict(phantom_volume(), Progress())
    index, label = found
    heat = explain_slice(predictor, phantom_volume(), index, ExplainOptions(label), Progress())
    assert heat.values.shape == (64, 64)
    assert heat.values.dtype == np.float32
    assert 0 <= heat.values.min() < heat.values.max() <= 1
    assert (heat.slice_index, heat.label_id) == (index, label)
    assert heat.case_key == phantom_volume().case_key
    assert not heat.reliable, "its card was not measured"
    predictor.predict(phantom_volume(), Progress())


@pytest.mark.parametrize(
    ("permutation", "flips"),
    [
        ((0, 1, 2), (True, True, False)),
        ((0, 2, 1), (False, False, True)),
        ((0, 1, 2), (False, False, True)),
    ],
)
def test_the_map_is_the_same_however_an_axial_slice_is_stored(predictor, found, permutation, flips):
    index, label = found
    options = ExplainOptions(label, "slice")
    plain = explain_slice(predictor, phantom_volume(), index, options, Progress()).values
    volume = stored(phantom_volume(), permutation, flips)
    place = 11 - index if flips[0] else index
    other = explain_slice(predictor, volume, place, options, Progress()).values
    flipping = tuple(slice(None, None, -1) if flip else slice(None) for flip in flips[1:])
    turned = plain.T if permutation[1] > permutation[2] else plain
    assert np.allclose(other, turned[flipping], atol=1e-6)


def test_a_sagittal_plane_is_cut_through_the_axial_maps(predictor, found):
    _, label = found
    options = ExplainOptions(label, "slice")
    axial = explain_volume(predictor, phantom_volume(), options, Progress())
    column = int(axial.sum(axis=(0, 1)).argmax())
    volume = stored(phantom_volume(), (2, 0, 1), (False, True, False))
    heat = explain_slice(predictor, volume, column, options, Progress())
    assert np.allclose(heat.values, axial[:, :, column][::-1], atol=1e-6)


def test_the_point_chooses_the_part_that_is_explained(predictor, found):
    index, label = found
    labels = predictor.predict(phantom_volume(), Progress()).labels[index] == label
    rows, columns = np.nonzero(labels)
    maps = [
        explain_slice(
            predictor,
            phantom_volume(),
            index,
            ExplainOptions(label, "component", (float(rows[i]), float(columns[i]))),
            Progress(),
        ).values
        for i in (0, -1)
    ]
    assert all(m.max() > 0 for m in maps)


def test_a_class_that_is_not_found_is_said(tmp_path):
    card = random_card(names_table("right lung", "left lung"))
    predictor = Predictor(write_model(tmp_path, card), "cpu")
    with torch.no_grad():
        predictor.network.head.bias[2] = -1e4
    with pytest.raises(MedviewError) as trouble:
        explain_slice(predictor, phantom_volume(), 5, ExplainOptions(2), Progress())
    assert trouble.value.code == "label-not-found"
    assert "left lung" in trouble.value.message
