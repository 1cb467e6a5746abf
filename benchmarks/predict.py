"""Segmenting: milliseconds per slice of the bundled model on the CPU, everything included.

python benchmarks/predict.py [--json FILE]. A 40-slice phantom of 512 x 512; resampling, network,
logits back to 512 x 512, arg max and island removal are in our figure. Bounds: the network alone
(a plain torch loop over random tensors of the same size, fp32, batch 1), and MONAI's
sliding_window_inference with the training window (208 x 240, overlap 0.25) on the same inputs,
without resampling. Medians of five, in turn.
"""

from __future__ import annotations

import os

os.environ.setdefault("GOMP_SPINCOUNT", "0")  # as the program does
import torch
from figures import MODEL, Figure, in_turn, main
from monai.inferers import SlidingWindowInferer
from scans import large_phantom, volume_of

from medview.ai.network.predictor import Predictor
from medview.ai.preprocess import PreparedVolume
from medview.core.job import Progress

RUNS, SLICES = 5, 40


def measure() -> list[Figure]:
    predictor = Predictor(MODEL, "cpu")
    volume = volume_of(large_phantom(SLICES))
    grid = PreparedVolume(volume, predictor.card.input).grid.shape
    inputs = torch.randn(1, predictor.card.input.CHANNELS, *grid)
    inferer = SlidingWindowInferer((208, 240), sw_batch_size=1, overlap=0.25)

    def alone() -> None:
        with torch.inference_mode():
            for _ in range(SLICES):
                predictor.network(inputs)

    def monai() -> None:
        with torch.inference_mode():
            for _ in range(SLICES):
                inferer(inputs, predictor.network)

    works = {
        "ours": lambda: predictor.predict(volume, Progress()),
        "alone": alone,
        "monai": monai,
    }
    in_turn(works, 1)  # warms allocators and plan caches
    seconds = in_turn(works, RUNS)
    each = {name: value / SLICES * 1000 for name, value in seconds.items()}
    size = f"{grid[0]} x {grid[1]}, {predictor.device_text}"
    return [
        Figure(f"per slice ({size})", each["ours"], "ms", "the network alone, fp32", each["alone"]),
        Figure("per slice", each["ours"], "ms", "MONAI sliding window, fp32", each["monai"]),
    ]


if __name__ == "__main__":
    main(__doc__ or "", measure)
