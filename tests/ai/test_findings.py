"""A finding is learned from tagged slices in a second, and asked without torch."""

import numpy as np
import pytest
import torch
from small_models import write_model

from medview.ai.anatomy import feature_count
from medview.ai.findings import (
    UNKNOWN,
    Finding,
    TaggedVolume,
    attention,
    auroc,
    learn,
    read_findings,
    write_findings,
)
from medview.ai.network.features import pooled
from medview.ai.network.finding_map import finding_map
from medview.ai.network.predictor import load_network
from medview.ai.uncertainty import calibration_error
from medview.core.errors import MedviewError

CHANNELS, SLICES = 40, 30


def volumes(seed, count=6, *, from_neighbors=False):
    """Slices whose first feature says the finding, weakly or through the slices beside them."""
    random = np.random.default_rng(seed)
    made = []
    for _ in range(count):
        features = random.normal(size=(SLICES, CHANNELS)).astype(np.float32)
        truth = np.zeros(SLICES, bool)
        start = random.integers(3, 15)
        truth[start : start + 10] = True
        features[:, 0] += (1.2 if from_neighbors else 3.0) * truth
        places = np.arange(SLICES, dtype=np.float32) * 5.0
        made.append(TaggedVolume(features, places, truth.astype(np.int8)))
    return made


def area(finding, unseen, *, alone=False):
    scores = [
        finding.own_logits(v.features) if alone else finding.scores(v.features, v.places_mm)
        for v in unseen
    ]
    truth = np.concatenate([v.targets for v in unseen]) == 1
    return auroc(np.concatenate(scores), truth)


@pytest.fixture(scope="module")
def finding():
    return learn(volumes(0), "nodule", "ct-lung@1.0.0")


def test_it_is_right_on_slices_it_never_saw(finding):
    assert area(finding, volumes(99)) > 0.95


def test_the_slices_beside_it_help_a_doubtful_slice():
    weak = learn(volumes(0, from_neighbors=True), "weak", "m")
    unseen = volumes(99, from_neighbors=True)
    assert area(weak, unseen) > area(weak, unseen, alone=True) + 0.03


def test_a_few_tags_of_one_case_are_enough_to_begin():
    one = volumes(5, count=1)[0]
    targets = np.full(SLICES, UNKNOWN, np.int8)
    yes, no = np.flatnonzero(one.targets == 1)[:4], np.flatnonzero(one.targets == 0)[:4]
    targets[yes], targets[no] = 1, 0
    begun = learn([TaggedVolume(one.features, one.places_mm, targets)], "begun", "m")
    assert area(begun, volumes(98)) > 0.6


def test_yes_alone_is_not_enough():
    one = volumes(1)[0]
    always = TaggedVolume(one.features, one.places_mm, np.ones(SLICES, np.int8))
    with pytest.raises(MedviewError, match="tagged no") as trouble:
        learn([always], "always", "m")
    assert trouble.value.code == "too-few-tags"


def test_scores_of_left_out_patients_are_true():
    """Half of the answers are noise: a score of 0.9 must not be said of them."""
    made = []
    for number, one in enumerate(volumes(4, count=12)):
        random = np.random.default_rng(number)
        coin = random.random(SLICES) < 0.5
        targets = np.where(coin, random.integers(0, 2, SLICES), one.targets).astype(np.int8)
        made.append(TaggedVolume(one.features, one.places_mm, targets, f"patient {number // 2}"))
    found = learn(made[:8], "noisy", "m")
    scores = np.concatenate([found.scores(v.features, v.places_mm) for v in made[8:]])
    answers = np.concatenate([v.targets for v in made[8:]]) == 1
    assert calibration_error(scores, answers) < 0.2


def test_the_same_tags_give_the_same_finding(finding):
    again = learn(volumes(0), "nodule", "ct-lung@1.0.0")
    assert all(np.array_equal(again.arrays[k], finding.arrays[k]) for k in finding.arrays)


def test_attention_prefers_near_and_clear_slices():
    own = np.array([0.0, 4.0, 0.0, 0.0])
    share = attention(own, np.array([0.0, 5.0, 10.0, 200.0]), 8.0)
    assert np.allclose(share.sum(axis=1), 1.0)
    assert share[0, 1] > share[0, 2] > share[0, 3]
    assert share[3, 3] > 0.99, "far away nobody is asked"


def test_findings_survive_their_file(finding, tmp_path):
    path = tmp_path / "findings.safetensors"
    write_findings([finding, learn(volumes(3), "other", "m")], path)
    first, second = read_findings(path)
    assert (first.name, first.model, second.name) == ("nodule", "ct-lung@1.0.0", "other")
    volume = volumes(7, count=1)[0]
    wanted = finding.scores(volume.features, volume.places_mm)
    assert np.array_equal(first.scores(volume.features, volume.places_mm), wanted)


@pytest.mark.parametrize("harm", ["text", "shape", "nan", "nought"])
def test_a_file_that_holds_no_findings_is_refused(finding, tmp_path, harm):
    path = tmp_path / "findings.safetensors"
    arrays = dict(finding.arrays)
    if harm == "shape":
        arrays["weight"] = arrays["weight"][:3]
    elif harm == "nan":
        arrays["bias"] = arrays["bias"] * np.nan
    elif harm == "nought":
        arrays["deviation"] = arrays["deviation"] * 0
    write_findings([Finding("x", "m", arrays)], path)
    if harm == "text":
        path.write_text("no findings")
    with pytest.raises(MedviewError) as trouble:
        read_findings(path)
    assert trouble.value.code == "bad-findings"
    assert str(path) in trouble.value.message


def test_auroc_by_hand():
    truth = np.array([False, False, True, True])
    assert auroc(np.array([0.1, 0.4, 0.35, 0.8]), truth) == pytest.approx(0.75)
    assert auroc(np.full(4, 0.5), truth) == pytest.approx(0.5)
    assert auroc(np.array([0.5]), np.array([True])) is None


def test_the_map_of_a_score_points_where_the_features_come_from(tmp_path):
    """A finding that reads one channel: its map is that channel, where it is positive."""
    card, network = load_network(write_model(tmp_path, seed=5))
    torch.manual_seed(0)
    inputs = torch.randn(1, 4, 64, 64)
    with torch.no_grad():
        bottleneck = network.encode(inputs)[1]
    size = feature_count(card.arguments)
    assert size > pooled(bottleneck).shape[1], "the outline's numbers come after the encoder's"
    weight = np.zeros(size, np.float32)
    weight[3] = 1.0  # the mean of channel 3
    ones = np.ones(size, np.float32)
    finding = Finding("x", "m", {"mean": 0 * ones, "deviation": ones, "weight": weight})
    found = finding_map(network, inputs, finding)
    wanted = torch.nn.functional.interpolate(
        torch.relu(bottleneck[:, 3:4]), size=(64, 64), mode="bilinear", align_corners=False
    )[0, 0].numpy()
    assert np.allclose(found, wanted / max(wanted.max(), 1e-9), atol=1e-4)
