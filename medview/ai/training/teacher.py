"""An older network that teaches: learning without forgetting (Li and Hoiem 2016)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from medview.ai.training.samples import UNSURE, Sample


@dataclass(frozen=True)
class Teacher:
    """A source of samples whose targets are an older network's probabilities.

    ``is_corrected``: the samples' labels are a person's, so the teacher is heard only where it
    agrees with them or where they say nothing (`UNSURE`, and classes that were not labelled).
    """

    network: nn.Module
    samples: Sequence[Sample]
    share: float  # of every batch
    is_corrected: bool = False


def distillation_loss(
    logits: Tensor, wanted: Tensor, labels: Tensor, merged: Tensor, is_corrected: bool
) -> Tensor:
    """KL divergence of softmax(logits) from ``wanted`` (N, C, H, W), the teacher's probabilities.

    ``labels`` (N, H, W) and ``merged`` (N, C) as `segmentation_loss`.
    """
    guess = torch.log_softmax(logits.float(), dim=1)
    pixels = (wanted * (wanted.clamp_min(1e-8).log() - guess)).sum(dim=1)
    if not is_corrected:
        return pixels.mean()
    told = wanted.argmax(dim=1)
    not_looked_for = merged.gather(1, told.flatten(1)).view_as(told) & (labels == 0)
    heard = ((told == labels) | not_looked_for | (labels == UNSURE)).float()
    return (pixels * heard).sum() / heard.sum().clamp_min(1.0)
