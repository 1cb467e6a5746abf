"""A case unlike the training cases is named with its reason; one like them is not."""

from dataclasses import replace

import numpy as np
import pytest
from small_models import phantom_volume

from medview.ai.anatomy import anatomy
from medview.ai.familiarity import looked_at, measured, strangeness
from medview.core.geometry import Geometry
from medview.core.volume import Volume

CLASSES = 3


def outlined(random, slices, *, dense=False, lost=False):
    """The part of the features that tells of the model's outline: two lungs, or none at the end."""
    labels = np.zeros((slices, 64, 64), np.uint8)
    if not lost:
        labels[: slices - 2, 16:48, 8:28] = 1
        labels[: slices - 2, 16:48, 36:56] = 2
    values = random.normal(0.2 if dense else -0.8, 0.05, labels.shape).astype(np.float32)
    doubt = random.uniform(0.0, 0.02, labels.shape).astype(np.float32)
    return np.stack([anatomy(*one, CLASSES) for one in zip(labels, values, doubt, strict=True)])


def training(seed=0, cases=8, slices=10, channels=32, **outline):
    random = np.random.default_rng(seed)
    return [
        np.concatenate(
            [random.normal(size=(slices, channels)), outlined(random, slices, **outline)], axis=1
        ).astype(np.float32)
        for _ in range(cases)
    ]


@pytest.fixture
def facts():
    return measured(training(), [(5.0, 1.8, 1.8), (8.0, 2.7, 2.7)], CLASSES)


def chest(**changes):
    """A volume of the size and values of a chest."""
    affine = np.diag([5.0, 2.0, 2.0, 1.0])[[2, 1, 0, 3]]
    voxels = np.full((20, 160, 160), -1000, np.int16)
    voxels[:, 40:120, 30:130] = 40
    voxels[:, 60:100, 40:70] = -850
    geometry = Geometry(voxels.shape, changes.pop("affine", affine))
    return Volume(changes.pop("voxels", voxels), geometry, modality="CT", units="HU", **changes)


def codes(*of):
    return [reason.code for reason in strangeness(*of)]


def test_a_case_like_the_others_raises_no_warning(facts):
    assert codes(chest(), facts, training(seed=5, cases=1)[0]) == []


def test_features_far_from_the_training_do(facts):
    far = training(seed=5, cases=1)[0]
    far[:, :32] += 3.0
    assert codes(chest(), facts, far) == ["strange-picture"]


def test_a_dense_outline_is_told_with_a_slice(facts):
    (dense,) = training(seed=5, cases=1, dense=True)
    reasons = strangeness(chest(), facts, dense, list(range(0, 20, 2)))
    assert [reason.code for reason in reasons] == ["strange-inside"]
    assert "most on slice" in reasons[0].text


def test_a_case_where_nothing_is_found_is_told(facts):
    (lost,) = training(seed=5, cases=1, lost=True)
    reasons = strangeness(chest(), facts, lost)
    assert [reason.code for reason in reasons] == ["little-found"]
    assert "10 of 10" in reasons[0].text


def test_features_of_another_network_are_not_compared(facts):
    assert codes(chest(), facts, np.full((4, 7), 99.0, np.float32)) == []


def test_values_that_are_no_chest_in_hu_are_named(facts):
    without_air = np.full((20, 160, 160), 60, np.int16)
    assert codes(chest(voxels=without_air), facts, None) == ["strange-values"]


def test_thick_slices_and_coarse_pixels_are_named(facts):
    affine = np.diag([17.0, 6.0, 6.0, 1.0])[[2, 1, 0, 3]]
    assert codes(chest(affine=affine), facts, None) == ["thick-slices", "coarse-pixels"]
    reasons = strangeness(chest(affine=affine), facts, None)
    assert "17.0 mm" in reasons[0].text
    assert "8.0 mm" in reasons[0].text


def test_a_small_field_is_named(facts):
    affine = np.diag([5.0, 0.5, 0.5, 1.0])[[2, 1, 0, 3]]
    assert codes(chest(affine=affine), facts, None) == ["small-field"]


def test_a_model_of_another_modality_does_not_ask_for_hounsfield_units():
    """A spinal cord model told of every MR series that its values are no chest CT's."""
    affine = np.diag([5.0, 0.5, 0.5, 1.0])[[2, 1, 0, 3]]
    positive = chest(affine=affine, voxels=np.full((20, 160, 160), 60, np.int16))
    spine = replace(positive, modality="")
    assert codes(spine, {}, None) == ["strange-values", "small-field"]
    assert not strangeness(spine, {}, None, of_ct=False)


def test_a_card_without_facts_still_looks_at_the_values():
    assert codes(phantom_volume(), {}, None) in ([], ["small-field"])
    cold = replace(chest(), voxels=np.full((20, 160, 160), 60, np.int16))
    assert codes(cold, {}, None) == ["strange-values"]


@pytest.mark.parametrize(("count", "wanted"), [(1, [0]), (3, [0, 1, 2]), (300, None)])
def test_a_dozen_slices_are_looked_at(count, wanted):
    found = looked_at(count)
    assert found == (wanted or found)
    assert len(found) <= 12
    assert found[0] == 0
    assert found[-1] == count - 1
