"""How soon does a network from scratch tell the lungs apart? The start and the rate, side by side.

python benchmarks/first_steps.py [--steps N] [--base N] [--seed N]

All training patients of ../shared/data/chest_ct, no augmentation, 4 slices a step, AdamW. Printed:
the soft Dice of right lung, left lung and airway on the training slices, mean of the last 20 steps.
"""

from __future__ import annotations

import argparse

import numpy as np
import torch
from trial import Cases

from medview.ai.network.unet import build_network
from medview.ai.training.augment import FAMILIES, AugmentOptions
from medview.ai.training.make_model import FROM_SCRATCH_RATE, new_network
from medview.ai.training.trainer import FitOptions, Step, fit

LAST = 20


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--steps", type=int, default=150)
    parser.add_argument("--base", type=int, default=8)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    cases = Cases.read()
    kept_out = cases.manifest.held_out(set())
    rows = [row for row in cases.manifest.rows if row.patient not in kept_out]
    samples = [sample for row in rows for sample in cases.samples[row.case]]
    arguments = {**cases.card.arguments, "base": options.base}
    nothing = {name: 0.0 for names in FAMILIES.values() for name in names}
    for start in ("PyTorch's own", "He et al."):
        for rate in (1.5e-3, FROM_SCRATCH_RATE):
            torch.manual_seed(options.seed)
            network = (
                new_network(cases.card.architecture, arguments, options.seed)
                if start == "He et al."
                else build_network(cases.card.architecture, arguments)
            )
            fitting = FitOptions(
                steps=options.steps,
                batch=4,
                seed=options.seed,
                learning_rate=rate,
                precision="fp32",
                augment=AugmentOptions(**nothing),
            )
            heard: list[Step] = []

            def on_step(step: Step, heard: list[Step] = heard) -> bool:
                heard.append(step)
                return True

            network = network.to(memory_format=torch.channels_last)
            fit(network, samples, cases.card.classes, fitting, on_step)
            dice = np.nanmean([step.dice for step in heard[-LAST:]], axis=0)
            print(f"{start:14} rate {rate:<7} Dice", *(f"{one:.3f}" for one in dice), flush=True)


if __name__ == "__main__":
    main()
