"""Measuring the backends: which can run here, which say the same as float32, which is fastest."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import numpy as np
import torch
from numpy.typing import NDArray

from medview.ai.backend_choice import PARITY, Measurement
from medview.ai.card import ModelCard
from medview.ai.network.backend import (
    REFERENCE,
    Backend,
    Floats,
    Run,
    Task,
    discover_backends,
)
from medview.ai.network.quantise import phantom_inputs
from medview.ai.network.unet import UNet
from medview.ai.preprocess import PreparedVolume
from medview.core.job import Progress

_CASE_SLICES = 10
_RUNS = 9


def measure_backends(
    network: UNet,
    card: ModelCard,
    device: torch.device,
    progress: Progress,
    case: PreparedVolume | None = None,
    also: str = "",
) -> list[Measurement]:
    """Each automatic backend that can run here, and ``also`` where that is another one.

    Milliseconds per slice, and Dice against PyTorch in float32: that of each label over a generated
    thorax and, where a ``case`` is given, over slices spread through it; the worse one counts. The
    times are taken in turn on one slice, the best and the median of nine. Raises Cancelled.
    """
    sets = [phantom_inputs(card.input)]
    if case is not None:
        places = np.linspace(0, case.slice_count - 1, _CASE_SLICES).round().astype(int)
        sets.append(np.stack([case.network_input(int(i)) for i in np.unique(places)]))
    task = Task(network, card, device, torch.get_num_threads())
    able = [
        one
        for one in discover_backends().values()
        if (one.automatic or one.id == also) and not one.missing(device.type)
    ]
    reference: list[NDArray[np.intp]] = []
    runs: dict[str, Run] = {}
    found: dict[str, Measurement] = {}
    for number, backend in enumerate(able):
        progress.report(number / (len(able) + 1), "Measuring the backends")
        try:
            run = backend.build(task)
            classes = [_classes(run, inputs, progress) for inputs in sets]
        except (RuntimeError, ValueError, ImportError, OSError, MemoryError) as error:
            if backend.id == REFERENCE:
                raise
            found[backend.id] = _failed(backend, error)
            continue
        reference = reference or classes
        names = {label.id: label.name for label in card.labels}
        dice = {
            name: min(_dice(a, b, number) for a, b in zip(reference, classes, strict=True))
            for number, name in names.items()
        }
        runs[backend.id] = run
        passes = min(dice.values()) >= PARITY
        found[backend.id] = Measurement(
            backend.id, backend.title, 0.0, 0.0, dice, passes, automatic=backend.automatic
        )
    progress.report(len(able) / (len(able) + 1), "Measuring the backends")
    times = _in_turn(runs, sets[-1][len(sets[-1]) // 2][None], progress)
    return [
        one if name not in times else one.timed(min(times[name]), median(times[name]))
        for name, one in found.items()
    ]


def _classes(run: Callable[[Floats], Floats], inputs: Floats, progress: Progress) -> NDArray:
    planes = []
    for one in inputs:
        progress.check()
        planes.append(run(one[None])[0].argmax(axis=0))
    return np.stack(planes)


def _dice(a: NDArray, b: NDArray, value: int) -> float:
    """1 where neither has the label."""
    first, second = a == value, b == value
    total = int(first.sum()) + int(second.sum())
    return 1.0 if total == 0 else 2.0 * int((first & second).sum()) / total


def _in_turn(runs: dict[str, Run], inputs: Floats, progress: Progress) -> dict[str, list[float]]:
    """Milliseconds, after one call to warm up; in turn, so that a busy moment hits all alike."""
    times: dict[str, list[float]] = {name: [] for name in runs}
    for turn in range(_RUNS + 1):
        for name, run in runs.items():
            progress.check()
            started = time.perf_counter()
            run(inputs)
            if turn:
                times[name].append(1000.0 * (time.perf_counter() - started))
    return times


def _failed(backend: Backend, error: Exception) -> Measurement:
    lines = str(error).strip().splitlines()
    problem = lines[-1] if lines else type(error).__name__
    return Measurement(backend.id, backend.title, 0.0, 0.0, {}, False, problem, backend.automatic)
