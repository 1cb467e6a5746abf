"""What the widths of the levels cost: OpenVINO in bfloat16, a slice of 256 x 256, batch 1.

python benchmarks/widths.py [--precision f32]. Random weights; each network alone, one after the
other, since several at once take each other's caches; best and median of 40, all cores. The vector
units take 16 channels at once, so a level of 8 costs no less than one of 16.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time

os.environ.setdefault("GOMP_SPINCOUNT", "0")  # as the program does
import numpy as np
import torch

from medview.ai.architecture import widths_of
from medview.ai.input_spec import InputSpec
from medview.ai.network.backends._openvino import openvino_run
from medview.ai.network.onnx_graph import onnx_graph
from medview.ai.network.unet import UNet

WIDTHS: tuple[int | tuple[int, ...], ...] = (
    16,
    (8, 32, 64, 128, 256),
    (16, 16, 64, 128, 256),
    (16, 16, 48, 96, 256),
    (16, 16, 32, 64, 128),
    8,
)
SIDE, CLASSES, RUNS = 256, 4, 40


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--precision", choices=("bf16", "f32"), default="bf16")
    options = parser.parse_args()
    slices = np.random.default_rng(0).standard_normal((1, InputSpec.CHANNELS, SIDE, SIDE))
    print("| channels of the levels | million weights | best ms | median ms |\n|---|---|---|---|")
    for base in WIDTHS:
        network = UNet(InputSpec.CHANNELS, CLASSES, base).eval()
        graph = onnx_graph(network, by_channel=True)
        run = openvino_run(graph, torch.get_num_threads(), options.precision)
        ms = []
        for _ in range(RUNS):
            started = time.perf_counter()
            run(slices.astype(np.float32))
            ms.append(1000 * (time.perf_counter() - started))
        weights = sum(one.numel() for one in network.parameters()) / 1e6
        names = ", ".join(map(str, widths_of(base)))
        row = f"{weights:.2f} | {min(ms):.1f} | {statistics.median(ms):.1f}"
        print(f"| {names} | {row} |", flush=True)


if __name__ == "__main__":
    main()
