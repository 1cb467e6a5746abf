"""Augmentation moves labels with the pixels, and swaps sides when it mirrors."""

from dataclasses import fields, replace

import pytest
import torch

from medview.ai.training.augment import Augmenter, AugmentOptions

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
    return Augmenter(replace(OFF, **strengths))


def test_a_mirrored_patient_has_his_sides_renamed():
    images, labels = batch()
    torch.manual_seed(3)
    moved, named = only(flip=1.0)._flip(images, labels)
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
    _, named = only(flip=1.0)._flip(images, labels)
    columns = torch.arange(named.shape[2]).float()
    for label in named:
        right = columns[(label == 1).any(0)].mean()
        left = columns[(label == 2).any(0)].mean()
        assert right < left


def test_without_any_strength_nothing_but_neighbour_order_changes():
    images, labels = batch()
    augment = Augmenter(OFF)
    augment._shape = lambda i, lab: (i, lab)  # it always shifts and shears a little
    out, named = augment(images, labels)
    assert torch.equal(named, labels)
    assert torch.equal(out[:, 1], images[:, 1])
    assert torch.equal(out[:, 3], images[:, 3])
    for before, after in zip(images, out, strict=True):
        kept = torch.equal(after[:3], before[:3])
        assert kept or torch.equal(after[:3], before[:3].flip(0))


def test_pasted_opacities_stay_inside_the_lungs_and_only_add():
    images, labels = batch(8)
    images[:, :3] = -0.8
    torch.manual_seed(2)
    pixels = only(opacity=1.0)._opacities(images[:, :3], labels)
    changed = (pixels != images[:, :3]).any(1)
    assert changed.any()
    lungs = (labels == 1) | (labels == 2)
    near = torch.nn.functional.max_pool2d(lungs[:, None].float(), 3, 1, 1)[:, 0] > 0
    assert not (changed & ~near).any()
    assert (pixels >= images[:, :3]).all()


def test_opacities_need_a_lung_label():
    images, labels = batch()
    pixels = Augmenter(replace(OFF, opacity=1.0, fill=()))._opacities(images[:, :3], labels)
    assert torch.equal(pixels, images[:, :3])


def test_shapes_move_labels_with_the_pixels():
    images, labels = batch(6)
    images[:, :3] = labels[:, None].float() / 4.0 - 0.9  # pixels that show the labels
    torch.manual_seed(4)
    moved, named = only(rotate_degrees=20.0, zoom=0.2)._shape(images, labels)
    shown = ((moved[:, 1] + 0.9) * 4.0).round().clamp(0, 3).long()
    inside = moved[:, 1] > -0.95  # outside the image is air
    agree = (shown == named)[inside].float().mean()
    assert agree > 0.95
    assert set(named.unique().tolist()) <= {0, 1, 2, 3}


def test_a_truncated_field_cuts_image_and_labels_alike():
    images, labels = batch(6)
    torch.manual_seed(5)
    pixels, named = only(truncate=1.0)._truncate(images[:, :3], labels)
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
    out, _ = only(drop_position=drop)(images, labels)
    assert bool(out[:, 3].any()) == (drop == 0.0)
