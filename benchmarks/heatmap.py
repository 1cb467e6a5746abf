"""Heat map: time of one Seg-Grad-CAM of the bundled model on a 512 x 512 slice, on the CPU.

python benchmarks/heatmap.py [--json FILE]. From the request to the values on the image's pixels,
model loaded; medians of seven, in turn. Bound: one forward pass, then one forward and backward
pass of the network on a random tensor of the same size.
"""

from __future__ import annotations

import os

os.environ.setdefault("GOMP_SPINCOUNT", "0")  # as the program does
import torch
from figures import MODEL, Figure, in_turn, main
from scans import large_phantom, volume_of

from medview.ai.explain import ExplainOptions
from medview.ai.network.attribution.explainer import explain_slice
from medview.ai.network.predictor import Predictor
from medview.ai.preprocess import PreparedVolume
from medview.core.job import Progress

RUNS, SLICES = 7, 40


def measure() -> list[Figure]:
    predictor = Predictor(MODEL, "cpu")
    volume = volume_of(large_phantom(SLICES))
    labels = predictor.predict(volume, Progress()).labels
    index = int((labels == 1).sum(axis=(1, 2)).argmax())
    if not (labels[index] == 1).any():
        raise SystemExit("the model finds no right lung on the phantom")
    grid = PreparedVolume(volume, predictor.card.input).grid.shape
    inputs = torch.randn(1, predictor.card.input.CHANNELS, *grid)

    def passes() -> None:
        with torch.no_grad():
            predictor.network(inputs)
        given = inputs.clone().requires_grad_(True)
        torch.autograd.grad(predictor.network(given).sum(), given)

    works = {
        "ours": lambda: explain_slice(predictor, volume, index, ExplainOptions(1), Progress()),
        "passes": passes,
    }
    in_turn(works, 1)
    seconds = in_turn(works, RUNS)
    return [Figure("one heat map", seconds["ours"], "s", "the network's passes", seconds["passes"])]


if __name__ == "__main__":
    main(__doc__ or "", measure)
