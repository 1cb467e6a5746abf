"""Retraining: seconds per training step of the bundled model as "Retrain on corrections" does it.

python benchmarks/retrain.py [--json FILE]. Batch of 8 windows of 208 x 240, of which three are
rehearsal slices that the old network teaches; augmentation, the pull to the old weights and the
averaging are in it. Median of ten steps after two. Bound: a bare step (forward, backward, AdamW)
of the same network on a batch of the same size in the same precision, in turn with ours.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("GOMP_SPINCOUNT", "0")  # as the program does
import copy

import torch
from figures import MODEL, Figure, main, percentile, timed

from medview.ai.catalog import ModelFolder
from medview.ai.network.predictor import load_network
from medview.ai.training.rehearsal import rehearsal_samples
from medview.ai.training.teacher import Teacher
from medview.ai.training.trainer import FitOptions, Step, fit, measure_bf16
from medview.session.recipe import fit_options
from medview.session.retrain_request import RetrainRequest

STEPS, WARM = 12, 2


def measure() -> list[Figure]:
    card, network = load_network(MODEL)
    request = RetrainRequest(
        Path(), ModelFolder(MODEL, card, True), Path(), "0", "benchmark", None, STEPS
    )
    options: FitOptions = fit_options(request, card, "cpu")
    samples = rehearsal_samples(card.input, card.classes, (101,))
    teacher = Teacher(copy.deepcopy(network).requires_grad_(False), samples, request.rehearsal)
    bare_step = bare(card.input.CHANNELS, options)
    ours: list[float] = []
    bound: list[float] = []
    began = time.perf_counter()

    def hear(step: Step) -> bool:
        """After each of our steps one bare step, so that a busy moment hits both."""
        nonlocal began
        ours.append(time.perf_counter() - began)
        bound.append(timed(bare_step))
        began = time.perf_counter()
        return True

    fit(network, samples, card.classes, options, hear, [teacher])
    return [
        Figure(
            "per step, batch of 8",
            percentile(ours[WARM:], 0.5),
            "s",
            "a bare step",
            percentile(bound[WARM:], 0.5),
        )
    ]


def bare(channels: int, options: FitOptions) -> Callable[[], None]:
    """A training step without data, augmentation, teacher and averaging."""
    _, network = load_network(MODEL)
    network.train()
    low = measure_bf16(network, "cpu")
    optimizer = torch.optim.AdamW(network.parameters())
    x = torch.randn(options.batch, channels, *options.size)

    def step() -> None:
        with torch.autocast("cpu", torch.bfloat16, enabled=low):
            loss = network(x).float().square().mean()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()

    return step


if __name__ == "__main__":
    main(__doc__ or "", measure)
