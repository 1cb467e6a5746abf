"""The pull toward the starting weights: even (L2-SP), or by importance (EWC)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor, nn

from medview.ai.training.batches import Batches
from medview.ai.training.samples import Sample


class Anchor:
    """weight * sum of importance * (now - start)^2 (Li et al. 2018; Kirkpatrick et al. 2017)."""

    def __init__(
        self, network: nn.Module, weight: float, importance: Sequence[Tensor] | None = None
    ) -> None:
        self.weight = weight
        self.start = [p.detach().clone() for p in network.parameters()]
        self.importance = (
            [torch.ones((), device=p.device) for p in self.start]
            if importance is None
            else [one.to(p.device) for one, p in zip(importance, self.start, strict=True)]
        )

    def __call__(self, network: nn.Module) -> Tensor:
        parts = [
            (of * (now - start).square()).sum()
            for now, start, of in zip(
                network.parameters(), self.start, self.importance, strict=True
            )
        ]
        return self.weight * torch.stack(parts).sum()


def fisher_diagonal(
    network: nn.Module,
    samples: Sequence[Sample],
    size: tuple[int, int],
    slices: int = 24,
    seed: int = 0,
) -> list[Tensor]:
    """What each weight matters to the network's own answers on ``samples``; mean 1 over all.

    Mean square of the gradient of log p(y) a slice, y drawn from the network's own probabilities:
    the diagonal of the Fisher information. No label is used.
    """
    device = next(network.parameters()).device
    network.eval().requires_grad_(True)
    batches = Batches([replace(one, merged=()) for one in samples], classes=1, seed=seed)
    random = torch.Generator().manual_seed(seed)
    sums = [torch.zeros_like(p) for p in network.parameters()]
    for _ in range(slices):
        images, _, _ = batches.draw(1, size)
        network.zero_grad(set_to_none=True)
        log_p = torch.log_softmax(network(images.to(device)).float(), dim=1)
        flat = log_p.permute(0, 2, 3, 1).flatten(0, 2)
        drawn = torch.multinomial(flat.detach().exp().cpu(), 1, generator=random).to(device)
        (-flat.gather(1, drawn).mean()).backward()
        for total, p in zip(sums, network.parameters(), strict=True):
            if p.grad is not None:
                total += p.grad.square()
    network.zero_grad(set_to_none=True)
    mean = float(sum(float(one.sum()) for one in sums) / sum(one.numel() for one in sums))
    return [one / max(mean, float(np.finfo(np.float32).tiny)) for one in sums]
