"""The loss is cross entropy and soft Dice, and knows what a case does not label."""

import torch
from torch.nn import functional

from medview.ai.training.losses import segmentation_loss
from medview.ai.training.samples import UNSURE


def batch(seed=0, n=2, classes=4):
    generator = torch.Generator().manual_seed(seed)
    logits = torch.randn(n, classes, 12, 10, generator=generator, requires_grad=True)
    labels = torch.randint(0, classes, (n, 12, 10), generator=generator)
    return logits, labels, torch.zeros(n, classes, dtype=torch.bool)


def test_it_is_cross_entropy_plus_the_mean_soft_dice_loss():
    logits, labels, merged = batch()
    loss, dice = segmentation_loss(logits, labels, merged)
    p = torch.softmax(logits, 1)
    wanted = []
    for c in (1, 2, 3):
        truth = (labels == c).float()
        wanted.append(2 * (truth * p[:, c]).sum() / (truth.sum() + p[:, c].sum()))
    assert torch.allclose(dice, torch.stack(wanted), atol=1e-5)
    expected = functional.cross_entropy(logits, labels) + (1 - torch.stack(wanted)).mean()
    assert torch.allclose(loss, expected, atol=1e-5)


def test_a_class_that_no_case_labels_gets_no_gradient_of_its_own():
    """Moving probability between it and the background changes nothing."""
    logits, labels, merged = batch()
    labels[labels == 3] = 0
    merged[:, 3] = True
    loss, dice = segmentation_loss(logits, labels, merged)
    assert torch.isnan(dice[2])
    (gradient,) = torch.autograd.grad(loss, logits)
    p = torch.softmax(logits.detach(), 1)
    # d loss / d logit is proportional to p within the merged pair, so their ratio never changes
    assert torch.allclose(gradient[:, 3] * p[:, 0], gradient[:, 0] * p[:, 3], atol=1e-7)


def test_where_the_merged_class_is_right_nothing_pushes_it_away():
    logits = torch.zeros(1, 3, 4, 4)
    logits[:, 2] = 30.0  # the network is sure of class 2, which this case does not label
    logits.requires_grad_(True)
    labels = torch.zeros(1, 4, 4, dtype=torch.long)
    merged = torch.tensor([[False, False, True]])
    loss, _ = segmentation_loss(logits, labels, merged)
    assert float(loss.detach()) < 1e-6
    (gradient,) = torch.autograd.grad(loss, logits)
    assert gradient.abs().max() < 1e-6


def test_only_the_samples_that_do_not_label_it_merge():
    logits, labels, merged = batch()
    merged[0, 3] = True
    labels[0][labels[0] == 3] = 0
    _, dice = segmentation_loss(logits, labels, merged)
    _, alone = segmentation_loss(logits[1:], labels[1:], merged[1:])
    assert torch.allclose(dice[2], alone[2])


def test_unsure_pixels_count_nowhere():
    logits, labels, merged = batch()
    labels[:, :5] = UNSURE
    loss, dice = segmentation_loss(logits, labels, merged)
    cut_loss, cut_dice = segmentation_loss(logits[:, :, 5:], labels[:, 5:], merged)
    assert torch.allclose(loss, cut_loss, atol=1e-6)
    assert torch.allclose(dice, cut_dice, atol=1e-6)
    (gradient,) = torch.autograd.grad(loss, logits)
    assert not gradient[:, :, :5].any()


def test_a_batch_without_any_known_pixel_is_finite():
    logits, labels, merged = batch()
    loss, dice = segmentation_loss(logits, torch.full_like(labels, UNSURE), merged)
    assert torch.isfinite(loss)
    assert torch.isnan(dice).all()


def test_a_perfect_guess_costs_nothing():
    labels = torch.randint(0, 3, (2, 8, 8), generator=torch.Generator().manual_seed(1))
    logits = functional.one_hot(labels, 3).permute(0, 3, 1, 2).float() * 60
    loss, dice = segmentation_loss(logits, labels, torch.zeros(2, 3, dtype=torch.bool))
    assert float(loss) < 1e-5
    assert torch.allclose(dice, torch.ones(2), atol=1e-5)


def test_what_a_labeller_missed_can_be_left_out():
    """A block without its label pulls the loss up, and no longer does when its share is trimmed."""
    torch.manual_seed(0)
    labels = torch.zeros(1, 64, 64, dtype=torch.long)
    labels[:, 16:48, 16:48] = 1
    logits = torch.stack([4.0 - 8.0 * labels[0].float(), 8.0 * labels[0].float() - 4.0])[None]
    wrong = labels.clone()
    wrong[:, 20:24, 16:48] = 0  # 3 % of the pixels
    merged = torch.zeros(1, 2, dtype=torch.bool)
    full, _ = segmentation_loss(logits, wrong, merged)
    trimmed, _ = segmentation_loss(logits, wrong, merged, trim=0.05)
    clean, _ = segmentation_loss(logits, labels, merged)
    assert full > clean + 0.1
    assert trimmed < clean + 0.05


def test_trimming_never_leaves_out_what_is_labelled():
    """A consolidation that the network does not know yet is its worst pixels, and stays."""
    logits = torch.zeros(1, 2, 16, 100)
    logits[:, 0] = 8.0  # the network finds nothing
    labels = torch.zeros(1, 16, 100, dtype=torch.long)
    labels[0, :, 97:] = 1
    none = torch.zeros(1, 2, dtype=torch.bool)
    logits.requires_grad_(True)
    loss, _ = segmentation_loss(logits, labels, none, trim=0.1)
    (gradient,) = torch.autograd.grad(loss, logits)
    assert gradient[:, 1, :, 97:].abs().min() > 1e-5


def test_trimming_a_batch_without_background_is_the_plain_loss():
    logits, labels, merged = batch()
    labels = labels.clamp_min(1)
    assert torch.equal(
        segmentation_loss(logits, labels, merged, trim=0.1)[0],
        segmentation_loss(logits, labels, merged)[0],
    )


def test_in_the_balanced_part_every_class_counts_alike():
    """Ten pixels of a class weigh as much as the thousand of another."""
    logits, labels, merged = batch(n=1, classes=3)
    labels[:] = 0
    labels[0, 0, :3] = 1
    labels[0, 1:5] = 2
    plain, _ = segmentation_loss(logits, labels, merged)
    both, dice = segmentation_loss(logits, labels, merged, balance=0.5)
    each = [functional.cross_entropy(logits, labels, reduction="none")[labels == c].mean()
            for c in (0, 1, 2)]  # fmt: skip
    assert torch.allclose(both, plain + 0.5 * torch.stack(each).mean(), atol=1e-5)
    assert torch.isfinite(dice).all()


def test_the_balanced_part_knows_what_is_not_labelled_and_unsure():
    logits, labels, merged = batch()
    labels[labels == 3] = 0
    merged[:, 3] = True
    labels[:, :5] = UNSURE
    loss, _ = segmentation_loss(logits, labels, merged, balance=0.5)
    cut, _ = segmentation_loss(logits[:, :, 5:], labels[:, 5:], merged, balance=0.5)
    assert torch.allclose(loss, cut, atol=1e-6)
    nobody = torch.full_like(labels, UNSURE)
    assert torch.isfinite(segmentation_loss(logits, nobody, merged, balance=0.5)[0])
