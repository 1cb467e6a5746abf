"""medview train makes a model from a manifest, and a small one that a large one teaches."""

import json
import shutil

import numpy as np
import pytest
from safetensors.numpy import load_file
from small_models import COARSE, phantom, phantom_volume, random_card, write_model

from medview.ai.card import read_card
from medview.ai.preprocess import PreparedVolume
from medview.core.labelmap import LabelMap
from medview.core.phantom import phantom_table
from medview.core.volume import Volume
from medview.formats import nifti

NAMES = {str(label.id): label.name for label in phantom_table()}


@pytest.fixture(scope="module")
def manifest(tmp_path_factory):
    """Two patients to train on and one kept out."""
    folder = tmp_path_factory.mktemp("cases")
    rows = []
    for seed in (0, 1, 2):
        made = phantom(seed)
        nifti.write_volume(Volume(made.voxels, made.geometry, "CT", "HU"), folder / f"{seed}.nii")
        labels = LabelMap(made.geometry, phantom_table(), made.labels)
        nifti.write_labels(labels, folder / f"{seed}_labels.nii")
        rows.append(
            {
                "image": f"{seed}.nii",
                "labels": f"{seed}_labels.nii",
                "patient": f"P{seed}",
                **({"split": "kept_out"} if seed == 2 else {}),
            }
        )
    path = folder / "manifest.json"
    path.write_text(json.dumps({"labels": NAMES, "rows": rows}))
    return path


@pytest.fixture
def config(tmp_path):
    def write(**changes):
        data = {
            "name": "small",
            "version": "1.0.0",
            "network": {"base": 4},
            "input": COARSE.to_json(),
            "fit": {"size": [96, 96], "batch": 2, "precision": "fp32"},
            **changes,
        }
        path = tmp_path / "config.json"
        path.write_text(json.dumps(data))
        return path

    return write


@pytest.fixture
def teacher(workspace_folder):
    """A model of the same labels in the workspace, to be named teacher@1.0.0."""
    folder = workspace_folder / "models/teacher/1.0.0"
    write_model(folder, random_card(base=8), seed=3)
    card = json.loads((folder / "card.json").read_text())
    (folder / "card.json").write_text(json.dumps({**card, "name": "teacher"}))
    return folder


def train(medview, manifest, folder, config, *words):
    shutil.rmtree(folder, ignore_errors=True)
    done = medview(
        "train", manifest, "-o", folder, "--config", config, "--steps", 3, "--json", *words
    )
    assert done.status == 0, done.err
    return [json.loads(line) for line in done.out.splitlines()]


def test_a_model_is_made_and_measured_on_who_was_kept_out(medview, manifest, config, tmp_path):
    lines = train(medview, manifest, tmp_path / "made", config())
    assert [line["event"] for line in lines] == ["progress"] * 3 + ["done"]
    assert set(lines[-1]["cases"]) == {"2"}
    card = read_card(tmp_path / "made")
    assert card.training["held_out_patients"] == ["P2"]
    assert card.training["patients"] == 2
    fit = card.training["fit"]
    assert fit["learning_rate"] == 0.01, "a network that knows nothing learns fast"
    assert fit["wide_first"] == 0.65, "and on wide pixels first"


def test_a_new_network_learns_windows_of_the_size_of_its_slices(
    medview, manifest, config, tmp_path
):
    train(medview, manifest, tmp_path / "made", config(fit={"batch": 2, "precision": "fp32"}))
    size = read_card(tmp_path / "made").training["fit"]["size"]
    assert tuple(size) == PreparedVolume(phantom_volume(0), COARSE).grid.shape, "as predicted"
    train(medview, manifest, tmp_path / "asked", config())
    assert read_card(tmp_path / "asked").training["fit"]["size"] == [96, 96], "unless I name it"


def test_channels_of_a_teacher_keep_the_windows_in_which_they_learned(
    medview, manifest, config, teacher, tmp_path
):
    thin = config(fit={"batch": 2, "precision": "fp32"}, network={"base": [4, 4, 8, 16, 32]})
    train(medview, manifest, tmp_path / "thin", thin, "--teacher", "teacher@1.0.0")
    assert read_card(tmp_path / "thin").training["fit"]["size"] == [208, 240]


def test_a_small_model_learns_from_the_answers_of_a_large_one(
    medview, manifest, config, teacher, tmp_path
):
    made = ("alone", "taught")
    alone = train(medview, manifest, tmp_path / "alone", config())
    taught = train(medview, manifest, tmp_path / "taught", config(), "--teacher", "teacher@1.0.0")
    assert read_card(tmp_path / "taught").training["teacher"] == "teacher@1.0.0"
    assert "teacher" not in read_card(tmp_path / "alone").training
    parents = [read_card(tmp_path / one).parent for one in made]
    assert parents == ["", "teacher@1.0.0"], "so the teacher's patients count as seen"
    rates = [read_card(tmp_path / one).training["fit"]["learning_rate"] for one in made]
    assert rates == [0.01, 0.005], "what starts from every second channel of its teacher knows some"
    assert read_card(tmp_path / "taught").training["fit"]["wide_first"] == 0.0
    losses = [[line["loss"] for line in lines[:-1]] for lines in (alone, taught)]
    assert not np.allclose(*losses)
    assert (tmp_path / "taught/model.safetensors").read_bytes() != (
        tmp_path / "alone/model.safetensors"
    ).read_bytes()


def test_a_network_as_wide_as_its_teacher_starts_from_nothing(
    medview, manifest, config, teacher, tmp_path
):
    """So it learns at the rate of one that knows nothing."""
    folder = tmp_path / "made"
    train(medview, manifest, folder, config(network={"base": 8}), "--teacher", "teacher@1.0.0")
    assert read_card(folder).training["fit"]["learning_rate"] == 0.01


def test_a_network_thinner_in_some_levels_starts_from_its_teacher(
    medview, manifest, config, teacher, tmp_path
):
    folder, widths = tmp_path / "made", [8, 8, 16, 48, 128]
    train(medview, manifest, folder, config(network={"base": widths}), "--teacher", "teacher@1.0.0")
    card = read_card(folder)
    assert card.arguments["base"] == widths
    assert card.training["fit"]["learning_rate"] == 0.005


def test_a_case_whose_label_is_wrong_is_left_out(medview, manifest, config, fails, tmp_path):
    folder = tmp_path / "made"
    train(medview, manifest, folder, config(leave_out=["1"]))
    training = read_card(folder).training
    assert (training["left_out"], training["patients"]) == (["1"], 1)
    words = ("train", manifest, "-o", folder, "--steps", 1)
    told = fails(*words, "--config", config(leave_out=["nobody"]))
    assert "leaves out nobody" in told
    assert "no such case" in told


def test_part_of_the_base_can_be_kept(medview, manifest, config, teacher, fails, tmp_path):
    """ "new_share" of the weights are the new ones, the others the base's."""
    made, base = {}, load_file(teacher / "model.safetensors")
    for share in (1.0, 0.25):
        folder = tmp_path / str(share)
        given = config(network={"base": 8}, new_share=share)
        train(medview, manifest, folder, given, "--base", "teacher@1.0.0")
        made[share] = load_file(folder / "model.safetensors")
        assert read_card(folder).training["new_share"] == share
    for name, old in base.items():
        wanted = old + 0.25 * (made[1.0][name] - old)
        np.testing.assert_allclose(made[0.25][name], wanted, atol=1e-6)
    words = ("train", manifest, "-o", tmp_path / "x", "--base", "teacher@1.0.0", "--steps", 1)
    assert "new_share" in fails(*words, "--config", config(new_share=1.5))
    alone = [*words[:4], "--steps", 1]
    assert "--base" in fails(*alone, "--config", config(new_share=0.5)), "of what is it a share?"


def test_a_network_that_cannot_be_built_is_refused_in_words(fails, manifest, config, tmp_path):
    words = ("train", manifest, "-o", tmp_path / "made", "--steps", 1)
    assert "base" in fails(*words, "--config", config(network={"base": [4, 8]}))
    assert "base" in fails(*words, "--config", config(network={"base": "wide"}))


def test_a_teacher_of_something_else_is_refused(fails, manifest, config, teacher, tmp_path):
    other = config(label_names={"1": "liver"})
    words = ("train", manifest, "-o", tmp_path / "made", "--config", other, "--steps", 1)
    assert "cannot teach" in fails(*words, "--teacher", "teacher@1.0.0")
    assert not (tmp_path / "made").exists()
