"""Batches: slices drawn by weight; slices with rare labels weigh more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from medview.ai.training.cycle import widened
from medview.ai.training.samples import UNSURE, Sample, crop

OFTEN = 0.5  # a label in this share of the slices or more is not rare


class Batches:
    """Draws batches by weight, with its own seeded generator."""

    def __init__(self, samples: Sequence[Sample], classes: int, seed: int) -> None:
        if not samples:
            raise ValueError("no training samples")
        self.samples = samples
        self.classes = classes
        self.reseed(seed)
        weights = np.array([sample.weight for sample in samples], dtype=np.float64)
        self.chance = weights / weights.sum()

    def draw(
        self, count: int, size: tuple[int, int], is_wide: bool = False
    ) -> tuple[Tensor, Tensor, Tensor]:
        """(images (n, 4, H, W), labels (n, H, W), merged (n, classes)); see `widened`."""
        picked = self.generator.choice(len(self.samples), size=count, p=self.chance)
        drawn = [self.samples[i] for i in picked]
        if is_wide:
            drawn = [widened(sample) for sample in drawn]
        stacks, labels = zip(*(crop(sample, size, self.generator) for sample in drawn), strict=True)
        merged = torch.zeros(count, self.classes, dtype=torch.bool)
        for row, i in enumerate(picked):
            merged[row, list(self.samples[i].merged)] = True
        return torch.from_numpy(np.stack(stacks)), torch.from_numpy(np.stack(labels)), merged

    def reseed(self, seed: int) -> None:
        self.generator = np.random.default_rng(seed)

    @property
    def state(self) -> dict[str, Any]:
        """Where the generator stands; JSON."""
        return dict(self.generator.bit_generator.state)

    @state.setter
    def state(self, state: dict[str, Any]) -> None:
        self.generator.bit_generator.state = state


def rare_more_often(samples: Sequence[Sample]) -> list[Sample]:
    """The samples, those with a rare label at a higher weight.

    A label in the share f of the slices gives them sqrt(0.5 / f), never less than 1; a slice takes
    its rarest label's (repeat factors of Gupta et al. 2019, "LVIS").
    """
    held = [set(np.unique(sample.labels).tolist()) - {0, UNSURE} for sample in samples]
    share = {
        label: sum(label in one for one in held) / len(samples) for label in set().union(*held)
    }
    return [
        replace(
            sample,
            weight=sample.weight
            * max([1.0, *((OFTEN / share[label]) ** 0.5 for label in sorted(labels))]),
        )
        for sample, labels in zip(samples, held, strict=True)
    ]
