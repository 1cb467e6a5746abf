"""Cross entropy + soft Dice that knows which classes a case does not label."""

from __future__ import annotations

import torch
from torch import Tensor

from medview.ai.training.samples import UNSURE


def segmentation_loss(
    logits: Tensor, labels: Tensor, merged: Tensor, trim: float = 0.0, balance: float = 0.0
) -> tuple[Tensor, Tensor]:
    """(loss, soft Dice per class) for logits (N, C, H, W) and labels (N, H, W) int64.

    ``merged`` (N, C) bool: classes that sample n does not label; their probability is added to the
    background's (a marginal loss, Shi et al. 2021, "Marginal loss and exclusion loss for partially
    supervised multi-organ segmentation"). `UNSURE` pixels count nowhere. Dice is taken over the
    whole batch per class; a class absent from labels and merged everywhere gives NaN, not a score.
    ``trim`` 0..1 is the share of background pixels with the highest cross entropy that count
    nowhere: what a labeller missed is among them (Han et al. 2018, "Co-teaching", the small-loss
    rule). Only of the background: what is labelled was labelled on purpose, and pasted opacities,
    the hardest labelled pixels, are what a network shall learn. ``balance`` weighs a further cross
    entropy in which every class counts alike however few pixels it has: a class that the network
    does not know yet hardly moves the Dice (its gradient vanishes with its probability), nor the
    mean over pixels.
    """
    known = labels != UNSURE
    target = torch.where(known, labels, torch.zeros_like(labels))
    log_p = torch.log_softmax(logits.float(), dim=1)
    joined = merged.clone()
    joined[:, 0] = True
    wide = joined[:, :, None, None]
    background = torch.logsumexp(log_p.masked_fill(~wide, float("-inf")), dim=1)
    in_background = joined.gather(1, target.flatten(1)).view_as(target)
    picked = log_p.gather(1, target[:, None])[:, 0]
    likelihood = torch.where(in_background, background, picked)
    if trim > 0.0:
        known = known & ~_doubtful(likelihood.detach(), known & (target == 0), trim)
    weight = known.float()
    cross_entropy = -(likelihood * weight).sum() / weight.sum().clamp_min(1.0)

    probability = log_p.exp()
    dice = []
    for index in range(1, logits.shape[1]):
        used = weight * (~merged[:, index]).float()[:, None, None]
        truth = (target == index).float() * used
        guess = probability[:, index] * used
        total = truth.sum() + guess.sum()
        overlap = 2.0 * (truth * guess).sum()
        present = truth.sum() > 0
        dice.append(
            torch.where(present, overlap / total.clamp_min(1e-6), overlap.new_tensor(float("nan")))
        )
    per_class = torch.stack(dice)
    there = ~torch.isnan(per_class)
    soft = torch.where(there, 1.0 - per_class, torch.zeros_like(per_class))
    dice_loss = soft.sum() / there.sum().clamp_min(1)
    loss = cross_entropy + dice_loss
    if balance > 0.0:
        loss = loss + balance * _class_mean(likelihood, target.masked_fill(in_background, 0), known)
    return loss, per_class.detach()


def _class_mean(likelihood: Tensor, target: Tensor, known: Tensor) -> Tensor:
    """The mean over the classes that occur of the mean cross entropy of each one's pixels."""
    found = [-likelihood[known & (target == index)] for index in target.unique()]
    means = [pixels.mean() for pixels in found if len(pixels)]
    return torch.stack(means).mean() if means else likelihood.sum() * 0.0


def _doubtful(likelihood: Tensor, empty: Tensor, trim: float) -> Tensor:
    """(N, H, W) bool: the share ``trim`` of the ``empty`` pixels that are the least likely."""
    some = likelihood[empty][::16]  # so that a quantile stays cheap
    if not len(some):
        return torch.zeros_like(empty)
    return empty & (likelihood < torch.quantile(some, trim))
