"""Cards round-trip, and a model that is not what its card says is never loaded."""

import json
import pickle
from dataclasses import replace

import pytest
from small_models import names_table, random_card, write_model

from medview.ai.card import (
    CARD,
    NOT_A_DEVICE,
    WEIGHTS,
    ModelCard,
    file_sha256,
    read_card,
    verify,
)
from medview.ai.network.predictor import load_network
from medview.ai.network.unet import build_network
from medview.core.errors import MedviewError


@pytest.fixture
def model(tmp_path):
    return write_model(tmp_path / "ct-lung" / "1.0.0")


def change_card(folder, **fields):
    path = folder / CARD
    data = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**data, **fields}), encoding="utf-8")


def refused(folder) -> str:
    with pytest.raises(MedviewError) as trouble:
        load_network(folder)
    assert trouble.value.code == "bad-model"
    return trouble.value.message


class Attack:
    """What a pickle runs when it is loaded."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (str(self.path), "w"))


def test_a_card_survives_json():
    card = replace(
        random_card(),
        limitations=("thin slices",),
        heatmap={"methods": {"hires_cam": {"default": {"right lung": {"passes": True}}}}},
        calibration={"temperature": [1.0, 1.5, 1.5, 2.0]},
        familiarity={"spacing_mm": [0.5, 8.0]},
        training={"seed": 3},
        parent="ct-lung@0.9.0",
        corrections=12,
    )
    again = ModelCard.from_json(json.loads(json.dumps(card.to_json())))
    assert again == card
    assert again.id == "ct-lung@1.0.0"
    assert again.classes == 4
    assert again.is_reliable("hires_cam", "default", 1)
    assert not again.is_reliable("hires_cam", "default", 2), "another label was not measured"
    assert not again.is_reliable("hires_cam", "bottleneck", 1)
    assert again.temperatures == (1.0, 1.5, 1.5, 2.0)
    assert card.to_json()["notice"] == NOT_A_DEVICE


def test_an_unmeasured_heat_map_is_not_called_reliable():
    assert not random_card().is_reliable("seg_grad_cam", "default", 1)
    assert random_card().best_heatmap == ("seg_grad_cam", "default")


@pytest.mark.parametrize("given", [[], [1.0, 2.0], [0.0, 1.0, 1.0, 1.0]])
def test_temperatures_that_do_not_fit_are_not_used(given):
    card = replace(random_card(), calibration={"temperature": given})
    assert card.temperatures == (1.0, 1.0, 1.0, 1.0)


def test_the_network_comes_back_as_it_was_saved(model):
    card, network = load_network(model)
    assert card.sha256 == file_sha256(model / WEIGHTS)
    assert not network.training
    assert all(p.requires_grad for p in network.parameters())


@pytest.mark.parametrize("name", ["../../evil", "", "A b", "x" * 80, ".hidden"])
def test_names_that_are_paths_are_refused(name):
    with pytest.raises(ValueError, match="not a model name"):
        replace(random_card(), name=name)
    with pytest.raises(ValueError, match="not a model name"):
        replace(random_card(), version=name)


@pytest.mark.parametrize(
    "fields",
    [
        {"schema": 2},
        {"labels": [{"id": 2, "name": "gap"}]},
        {"labels": "none"},
        {"input": {"spacing_mm": 0}},
        {"input": {"spacing_mm": "thin"}},
        {"arguments": None},
        {"name": "../escape"},
    ],
)
def test_a_strange_card_is_refused_with_its_name(model, fields):
    change_card(model, **fields)
    with pytest.raises(MedviewError) as trouble:
        read_card(model)
    assert trouble.value.code == "bad-model"
    assert str(model / CARD) in trouble.value.message
    assert trouble.value.hint


@pytest.mark.parametrize("text", ["", "[]", "{", '"card"', "null"])
def test_what_is_no_json_object_is_refused(model, text):
    (model / CARD).write_text(text, encoding="utf-8")
    with pytest.raises(MedviewError):
        read_card(model)


@pytest.mark.parametrize(
    ("architecture", "arguments"),
    [
        ("torchvision.fcn", {"in_channels": 4, "classes": 4, "base": 4}),
        ("unet-2.5d", {"in_channels": 4, "classes": 4}),
        ("unet-2.5d", {"in_channels": 4, "classes": 4, "base": 4, "dropout": 0.5}),
        ("unet-2.5d", {"in_channels": 4, "classes": 4, "base": 1024}),
        ("unet-2.5d", {"in_channels": 4, "classes": 4, "base": "4"}),
        ("unet-2.5d", {"in_channels": 4, "classes": 4, "base": 4.0}),
        ("unet-2.5d", {"in_channels": 4, "classes": 4, "base": True}),
        ("unet-2.5d", {"in_channels": 4, "classes": 4, "base": [4, 8, 16, 32]}),
        ("unet-2.5d", {"in_channels": 4, "classes": 4, "base": [4, 8, 16, 32, 2048]}),
        ("unet-2.5d", {"in_channels": 4, "classes": 4, "base": [4, 8, 16, 32, 65]}),
        ("unet-2.5d", {"in_channels": 4, "classes": 4, "base": [4, 8, 16, 32, "64"]}),
        ("unet-2.5d", {"in_channels": 0, "classes": 4, "base": 4}),
    ],
)
def test_only_the_white_list_is_built(architecture, arguments):
    with pytest.raises(ValueError):
        build_network(architecture, arguments)


def test_a_card_with_another_architecture_is_refused(model):
    change_card(model, architecture="unet-3d")
    assert "unet-3d" in refused(model)


def test_a_network_with_more_classes_than_labels_is_refused(tmp_path):
    """Its extra class would name nothing, and the labels' table has no room for it."""
    card = random_card(names_table("right lung", "left lung"))
    wide = replace(card, arguments={**card.arguments, "classes": 9})
    assert "classes" in refused(write_model(tmp_path / "wide", wide))


def test_a_network_with_other_channels_is_refused(tmp_path):
    card = random_card()
    narrow = replace(card, arguments={**card.arguments, "in_channels": 1})
    assert "in_channels" in refused(write_model(tmp_path / "narrow", narrow))


def test_weights_of_another_size_are_refused(model, tmp_path):
    other = write_model(tmp_path / "other", random_card(base=8))
    (model / WEIGHTS).write_bytes((other / WEIGHTS).read_bytes())
    change_card(model, sha256=file_sha256(model / WEIGHTS))
    assert "does not fit its card" in refused(model)


def test_changed_weights_are_refused(model):
    data = bytearray((model / WEIGHTS).read_bytes())
    data[-1] ^= 1
    (model / WEIGHTS).write_bytes(data)
    assert "sha256" in refused(model)
    with pytest.raises(MedviewError):
        verify(model)


def test_missing_weights_are_refused(model):
    (model / WEIGHTS).unlink()
    assert "missing" in refused(model)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_not_finite_are_refused(model, value):
    from safetensors.torch import load_file, save_file

    tensors = load_file(model / WEIGHTS)
    tensors["head.bias"][1] = value
    save_file(tensors, model / WEIGHTS)
    change_card(model, sha256=file_sha256(model / WEIGHTS))
    assert "not finite" in refused(model)


def test_a_renamed_pickle_is_refused_and_nothing_runs(model, tmp_path):
    mark = tmp_path / "was-executed"
    (model / WEIGHTS).write_bytes(pickle.dumps(Attack(mark)))
    change_card(model, sha256=file_sha256(model / WEIGHTS))
    refused(model)
    assert not mark.exists()


def test_a_renamed_torch_file_is_refused_and_nothing_runs(model, tmp_path):
    import torch

    mark = tmp_path / "was-executed"
    torch.save({"head.bias": Attack(mark)}, model / WEIGHTS)
    change_card(model, sha256=file_sha256(model / WEIGHTS))
    refused(model)
    assert not mark.exists()
