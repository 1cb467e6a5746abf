"""Retraining: seconds per training step of the bundled model as "Retrain on corrections" does it.

python benchmarks/retrain.py [--json FILE]. Batch of 8 windows of 208 x 240, of which three are
rehearsal slices that the old network teaches; augmentation, the pull to the old weights and the
averaging are in it. Median of ten steps after two. Bound: a bare step (forward, backward, AdamW)
of the same network on a batch of the same size in the same precision.
"""

from __future__ import annotations

import os
import time
from itertools import pairwise
from pathlib import Path

os.environ.setdefault("GOMP_SPINCOUNT", "0")  # as the program does
import copy

import torch
from figures import MODEL, Figure, main, percentile

from medview.ai.catalog import ModelFolder
from medview.ai.network.predictor import load_network
from medview.ai.training.rehearsal import rehearsal_samples
from medview.ai.training.trainer import FitOptions, Step, Teacher, fit, measure_bf16
from medview.session.retraining import RetrainRequest, _fit_options

STEPS, WARM = 12, 2


def measure() -> list[Figure]:
    card, network = load_network(MODEL)
    request = RetrainRequest(
        Path(), ModelFolder(MODEL, card, True), Path(), "0", "benchmark", None, STEPS
    )
    options: FitOptions = _fit_options(request, card, "cpu")
    samples = rehearsal_samples(card.input, card.classes, (101,))
    teacher = Teacher(copy.deepcopy(network).requires_grad_(False), samples, request.rehearsal)
    times = [time.perf_counter()]

    def hear(step: Step) -> bool:
        times.append(time.perf_counter())
        return True

    fit(network, samples, card.classes, options, hear, teacher)
    ours = [after - before for before, after in pairwise(times)]
    return [
        Figure(
            "per step, batch of 8",
            percentile(ours[WARM:], 0.5),
            "s",
            "a bare step",
            percentile(bare_steps(options)[WARM:], 0.5),
        )
    ]


def bare_steps(options: FitOptions) -> list[float]:
    """Seconds of each bare step."""
    card, network = load_network(MODEL)
    network.train()
    low = measure_bf16(network, "cpu")
    optimizer = torch.optim.AdamW(network.parameters())
    x = torch.randn(options.batch, card.input.CHANNELS, *options.size)
    seconds = []
    for _ in range(STEPS):
        started = time.perf_counter()
        with torch.autocast("cpu", torch.bfloat16, enabled=low):
            loss = network(x).float().square().mean()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        seconds.append(time.perf_counter() - started)
    return seconds


if __name__ == "__main__":
    main(__doc__ or "", measure)
