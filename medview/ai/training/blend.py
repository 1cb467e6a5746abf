"""Averaging of old and new weights, which keeps more of the old skill than it costs of the new.

Wortsman et al. 2022, "Robust fine-tuning of zero-shot models". Measured here by
benchmarks/forgetting.py; docs/decisions/retraining.md has the table.
"""

from __future__ import annotations

import copy
from typing import TypeVar

import torch
from torch import nn

Network = TypeVar("Network", bound=nn.Module)


@torch.no_grad()
def blend(old: Network, new: Network, share: float) -> Network:
    """A network of the same shape with ``share`` (0..1) of the new weights, on the CPU."""
    mixed = copy.deepcopy(old).cpu()
    for weight, fresh in zip(mixed.parameters(), new.parameters(), strict=True):
        weight.lerp_(fresh.detach().cpu(), share)
    return mixed
