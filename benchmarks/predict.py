"""Segmenting: milliseconds per slice of the bundled model, by every backend that runs here.

python benchmarks/predict.py [--json FILE]. Two parts, each in turn, so that other work on the
machine hits all rows alike; medians, and the best of n where it says so.
The network: one slice of 256 x 256, batch 1, each backend against the same network through MONAI's
SlidingWindowInferer (one window of 256 x 256, fp32). The backends of 8 bits are measured, but
never chosen by themselves.
Everything: a 40-slice phantom of 512 x 512 from voxels to labels (resampling, network, logits back
to 512 x 512, arg max, islands removed) by PyTorch fp32 and by the fastest permitted backend.
"""

from __future__ import annotations

import os
import statistics

os.environ.setdefault("GOMP_SPINCOUNT", "0")  # as the program does
import numpy as np
import torch
from figures import MODEL, Figure, main, times_in_turn
from monai.inferers import SlidingWindowInferer
from scans import large_phantom, volume_of

from medview.ai.network.backend import Task, discover_backends
from medview.ai.network.predictor import Predictor
from medview.core.job import Progress

RUNS, WHOLE_RUNS, SLICES, SIDE = 25, 3, 40, 256


def network_figures(predictor: Predictor) -> tuple[list[Figure], str]:
    """One row per backend, and the fastest that may be chosen by itself."""
    task = Task(predictor.network, predictor.card, predictor.device, torch.get_num_threads())
    inputs = np.random.default_rng(0).standard_normal((1, 4, SIDE, SIDE)).astype(np.float32)
    tensor = torch.from_numpy(inputs)
    inferer = SlidingWindowInferer((SIDE, SIDE), sw_batch_size=1, overlap=0.25)

    def monai() -> None:
        with torch.inference_mode():
            inferer(tensor, plain)

    plain = Predictor(MODEL, "cpu").network.to(memory_format=torch.contiguous_format)
    able = [one for one in discover_backends().values() if not one.missing("cpu")]
    runs = {one.id: one.build(task) for one in able}
    works = {name: (lambda run=run: run(inputs)) for name, run in runs.items()}
    times_in_turn({**works, "monai": monai}, 2)  # warms allocators and plan caches
    seconds = times_in_turn({**works, "monai": monai}, RUNS)
    ms = {
        name: (1000 * values[0], 1000 * statistics.median(values))
        for name, values in seconds.items()
    }
    rows = []
    for one in able:
        for which, kind in enumerate(("best", "median")):
            rows.append(
                Figure(
                    f"network, {SIDE} x {SIDE}, {one.title}, {kind} of {RUNS}",
                    ms[one.id][which],
                    "ms",
                    f"MONAI sliding window, fp32, {kind}",
                    ms["monai"][which],
                )
            )
    permitted = [one.id for one in able if one.automatic]
    return rows, min(permitted, key=lambda name: ms[name][1])


def whole_figures(predictor: Predictor, fastest: str) -> list[Figure]:
    volume = volume_of(large_phantom(SLICES))
    chosen = Predictor(MODEL, "cpu", backend=fastest)
    works = {
        "fp32": lambda: predictor.predict(volume, Progress()),
        "chosen": lambda: chosen.predict(volume, Progress()),
    }
    times_in_turn(works, 1)
    seconds = times_in_turn(works, WHOLE_RUNS)
    each = {name: statistics.median(values) / SLICES * 1000 for name, values in seconds.items()}
    return [
        Figure(
            f"everything, per slice of 512 x 512, {chosen.device_text}",
            each["chosen"],
            "ms",
            "the same by PyTorch, fp32",
            each["fp32"],
        )
    ]


def measure() -> list[Figure]:
    predictor = Predictor(MODEL, "cpu")
    rows, fastest = network_figures(predictor)
    return rows + whole_figures(predictor, fastest)


if __name__ == "__main__":
    main(__doc__ or "", measure)
