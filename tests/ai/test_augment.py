"""Augmentation moves labels with the pixels, and swaps sides when it mirrors."""

from dataclasses import fields, replace

import pytest
import torch

from medview.ai.input_spec import InputSpec
from medview.ai.training.augment import (
    FAMILIES,
    Augmenter,
    AugmentOptions,
    artefacts,
    disease,
    for_input,
    scanner,
    shape,
)

OFF = replace(
    AugmentOptions(swap=((1, 2),), fill=(1, 2)),
    **{f.name: 0.0 for f in fields(AugmentOptions) if f.name not in ("swap", "fill", "unit")},
)


def batch(n=4, size=(48, 64)):
    torch.manual_seed(1)
    images = torch.rand(n, 4, *size) * 1.6 - 0.8
    images[:, 3] = torch.linspace(-0.3, 0.3, size[1])
    labels = torch.zeros(n, *size, dtype=torch.long)
    labels[:, 10:30, 8:24] = 1
    labels[:, 12:34, 40:58] = 2
    labels[:, 5:9, 30:34] = 3
    return images, labels


def only(**strengths):
    return replace(OFF, **strengths)


def test_a_mirrored_patient_has_his_sides_renamed():
    images, labels = batch()
    torch.manual_seed(3)
    moved, named = shape.flip(images, labels, only(flip=1.0))
    mirrored = labels.flip(2)
    wanted = mirrored.clone()
    wanted[mirrored == 1], wanted[mirrored == 2] = 2, 1
    for before, after, label, expected in zip(images, moved, named, wanted, strict=True):
        upright = torch.equal(after[:3], before[:3].flip(2))
        turned = torch.equal(after[:3], before[:3].flip(2).flip(1))
        assert upright or turned
        assert torch.equal(label, expected if upright else expected.flip(0))
        assert torch.equal(after[3], before[3]), "the position belongs to the screen"


def test_the_right_lung_stays_on_the_side_that_the_position_says():
    """After a flip with swapped names, label 1 is again where columns are low."""
    images, labels = batch()
    _, named = shape.flip(images, labels, only(flip=1.0))
    columns = torch.arange(named.shape[2]).float()
    for label in named:
        right = columns[(label == 1).any(0)].mean()
        left = columns[(label == 2).any(0)].mean()
        assert right < left


def test_without_any_strength_nothing_but_neighbour_order_changes():
    images, labels = batch()
    out, named = Augmenter(OFF)(images, labels)
    assert torch.equal(named, labels)
    near = {"rtol": 0.0, "atol": 1e-4}  # resampled at its own places
    assert torch.allclose(out[:, 1], images[:, 1], **near)
    assert torch.equal(out[:, 3], images[:, 3])
    for before, after in zip(images, out, strict=True):
        kept = torch.allclose(after[:3], before[:3], **near)
        assert kept or torch.allclose(after[:3], before[:3].flip(0), **near)


def test_pasted_opacities_stay_inside_the_lungs_and_only_add():
    images, labels = batch(8)
    images[:, :3] = -0.8
    torch.manual_seed(2)
    pixels = disease.opacities(images[:, :3], labels, only(opacity=1.0))
    changed = (pixels != images[:, :3]).any(1)
    assert changed.any()
    lungs = (labels == 1) | (labels == 2)
    near = torch.nn.functional.max_pool2d(lungs[:, None].float(), 3, 1, 1)[:, 0] > 0
    assert not (changed & ~near).any()
    assert (pixels >= images[:, :3]).all()


def test_opacities_need_a_lung_label():
    images, labels = batch()
    pixels = disease.opacities(images[:, :3], labels, only(opacity=1.0, fill=()))
    assert torch.equal(pixels, images[:, :3])


def test_shapes_move_labels_with_the_pixels():
    images, labels = batch(6)
    images[:, :3] = labels[:, None].float() / 4.0 - 0.9  # pixels that show the labels
    torch.manual_seed(4)
    moved, named = shape.move(images, labels, only(rotate_degrees=20.0, zoom=0.2))
    shown = ((moved[:, 1] + 0.9) * 4.0).round().clamp(0, 3).long()
    inside = moved[:, 1] > -0.95  # outside the image is air
    agree = (shown == named)[inside].float().mean()
    assert agree > 0.95
    assert set(named.unique().tolist()) <= {0, 1, 2, 3}


def test_a_truncated_field_cuts_image_and_labels_alike():
    images, labels = batch(6)
    torch.manual_seed(5)
    pixels, named = artefacts.truncate(images[:, :3], labels, only(truncate=1.0))
    cut = (pixels == -1.0).all(1)
    assert cut.any()
    assert not named[cut].any()
    assert torch.equal(named[~cut], labels[~cut])


def test_everything_on_stays_in_range_and_is_reproducible():
    images, labels = batch()
    options = replace(AugmentOptions(swap=((1, 2),), fill=(1, 2)), opacity=1.0, truncate=0.5)
    results = []
    for _ in range(2):
        torch.manual_seed(9)
        results.append(Augmenter(options)(images, labels))
    (first, named), (second, again) = results
    assert torch.equal(first, second)
    assert torch.equal(named, again)
    assert first.shape == images.shape
    assert torch.isfinite(first).all()
    assert first[:, :3].abs().max() <= 1.0
    assert named.dtype == torch.long


@pytest.mark.parametrize("drop", [0.0, 1.0])
def test_the_position_may_be_hidden(drop):
    images, labels = batch()
    out, _ = Augmenter(only(drop_position=drop))(images, labels)
    assert bool(out[:, 3].any()) == (drop == 0.0)


def body(n=8, size=(96, 120)):
    """Air, a block of soft tissue, two lungs and an airway in it."""
    images = torch.full((n, 4, *size), -1.0)
    images[:, :3, 10:80, 10:110] = (40 + 1024) / 812 - 1
    labels = torch.zeros(n, *size, dtype=torch.long)
    labels[:, 30:60, 20:45], labels[:, 30:60, 75:100], labels[:, 28:34, 58:63] = 1, 2, 3
    images[:, :3][(labels > 0)[:, None].expand(-1, 3, -1, -1)] = (-850 + 1024) / 812 - 1
    return images, labels


def test_gas_appears_in_the_body_and_never_near_a_label():
    images, labels = body()
    torch.manual_seed(1)
    pixels = disease.gas(images[:, :3], labels, only(gas=1.0))
    changed = ((pixels - images[:, :3]).abs() > 0.05).any(1)
    assert changed.any()
    near = torch.nn.functional.max_pool2d((labels > 0)[:, None].float(), 13, 1, 6)[:, 0] > 0
    assert not (changed & near).any()
    assert not changed[:, :10].any(), "air outside the body stays air"
    assert (pixels <= images[:, :3] + 1e-6).all()


def test_a_table_lies_in_the_air_below_the_body():
    images, labels = body()
    torch.manual_seed(2)
    changed = (artefacts.table(images[:, :3], labels, only(table=1.0)) != images[:, :3]).any(1)
    assert changed.any()
    assert not changed[:, :80, 10:110].any()


def test_metal_is_the_brightest_and_streaks_to_both_sides():
    images, _ = body()
    torch.manual_seed(3)
    pixels = artefacts.metal(images[:, :3], only(metal=1.0))
    assert (pixels.flatten(1).max(1).values >= 1.0).all()
    difference = pixels - images[:, :3]
    assert (difference > 0.02).any()
    assert (difference < -0.02).any()


def test_random_tissue_values_keep_the_borders_of_tissues():
    images, labels = body()
    torch.manual_seed(4)
    pixels = scanner.synthetic(images[:, :3], labels, only(synthetic=1.0))
    inner = pixels[:, 1, 35:55, 25:40].flatten(1)
    assert (inner.std(1) < 1e-3).all(), "one tissue, one value"
    assert inner.mean(1).std() > 0.05, "and another in every sample"


def test_another_contrast_gives_every_grey_one_new_grey_in_the_whole_slice():
    images, _ = batch()
    steps = torch.linspace(-1.0, 1.0, 9)
    pixels = steps[torch.randint(0, 9, images[:, :3].shape)]
    torch.manual_seed(5)
    new = scanner.contrast(pixels, only(contrast=1.0))
    assert new.min() >= -1.0
    assert new.max() <= 1.0
    falls = 0
    for before, after in zip(pixels, new, strict=True):
        curve = [after[before == step] for step in steps]
        assert all(len(greys.unique()) == 1 for greys in curve), "neighbours as well"
        rise = torch.tensor([greys[0] for greys in curve]).diff()
        assert rise.abs().max() > 0.01
        falls += bool((rise < 0).any())
    assert falls, "some structures are darker than others where they were brighter"


def test_without_another_contrast_values_stay():
    images, _ = batch()
    assert torch.equal(scanner.contrast(images[:, :3], OFF), images[:, :3])


def test_what_speaks_in_hounsfield_units_is_for_ct_and_other_contrasts_are_not():
    assert for_input(InputSpec()) == {}
    scaled = for_input(InputSpec(modality="MR", low=0.0, high=1000.0, scaled=True))
    assert scaled["contrast"] > 0.0
    assert scaled["opacity"] == scaled["gas"] == scaled["metal"] == 0.0
    unnamed = for_input(InputSpec(modality="", low=0.0, high=1000.0, scaled=True))
    assert unnamed == scaled, "NIfTI does not say that it is MR"
    pet = for_input(InputSpec(modality="PT", low=0.0, high=1000.0, scaled=True))
    assert pet["contrast"] == 0.0, "more uptake is brighter on every scanner"
    assert pet["opacity"] == 0.0
    assert for_input(InputSpec(modality="MR"))["contrast"] == 0.0, "values as they are"


@pytest.mark.parametrize("name", [name for names in FAMILIES.values() for name in names])
def test_every_family_changes_something_and_stays_finite(name):
    images, labels = body()
    torch.manual_seed(6)
    out, named = Augmenter(only(**{name: 0.3 if name in ("zoom", "shift", "shear") else 1.0}))(
        *(t.clone() for t in (images, labels))
    )
    torch.manual_seed(6)
    same, kept = Augmenter(OFF)(images, labels)
    if name == "drop_neighbors":
        return  # the three slices of this body are equal
    if name == "rotate_degrees":
        out, named = Augmenter(only(rotate_degrees=20.0))(images, labels)
    assert not torch.equal(out, same) or not torch.equal(named, kept)
    assert torch.isfinite(out).all()
