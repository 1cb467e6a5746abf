"""How soon does a network from scratch tell the labels apart? Start, rate and balance side by side.

python benchmarks/first_steps.py [--steps N] [--base N] [--seed N] [--json FILE]

All training patients of ../shared/data/chest_ct at 3.6 mm, no augmentation, 4 slices a step, AdamW.
Printed: the soft Dice of right lung, left lung and airway on training slices, mean of the last 25
steps.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from trial import MANIFEST, MODEL

from medview.ai.card import read_card
from medview.ai.network.predictor import load_network
from medview.ai.network.unet import build_network
from medview.ai.training.augment import FAMILIES, AugmentOptions
from medview.ai.training.grow import thinned
from medview.ai.training.make_model import FROM_SCRATCH_RATE, THINNED_RATE, new_network
from medview.ai.training.trainer import FitOptions, Step, fit
from medview.session.manifest import read_manifest
from medview.session.training import gather_samples

LAST = 25
SPACING_MM, SIZE = 3.6, (112, 128)
THINNED = "every second channel of ct-lung"
WAYS = (  # start, learning rate, balance
    ("PyTorch's own", 1.5e-3, 0.0),
    ("He et al.", 1.5e-3, 0.0),
    ("He et al.", FROM_SCRATCH_RATE, 0.0),
    ("He et al.", FROM_SCRATCH_RATE, FitOptions.balance),
    (THINNED, THINNED_RATE, FitOptions.balance),
    (THINNED, FROM_SCRATCH_RATE, FitOptions.balance),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--base", type=int, default=8)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    card, manifest = read_card(MODEL), read_manifest(MANIFEST)
    card = replace(card, input=replace(card.input, spacing_mm=SPACING_MM))
    kept_out = manifest.held_out(set())
    rows = [row for row in manifest.rows if row.patient not in kept_out]
    samples = gather_samples(manifest, rows, card)
    arguments = {**card.arguments, "base": options.base}
    found = []
    for start, rate, balance in WAYS:
        torch.manual_seed(options.seed)
        network = build_network(card.architecture, arguments)
        if start == "He et al.":
            network = new_network(card.architecture, arguments, options.seed)
        elif start == THINNED:
            network = thinned(load_network(MODEL)[1], options.base)
        fitting = FitOptions(
            steps=options.steps,
            batch=4,
            size=SIZE,
            seed=options.seed,
            learning_rate=rate,
            balance=balance,
            precision="fp32",
            augment=AugmentOptions(**{name: 0.0 for names in FAMILIES.values() for name in names}),
        )
        dice = learned(network, samples, card.classes, fitting)
        found.append({"start": start, "rate": rate, "balance": balance, "dice": dice})
        print(f"{start:14} rate {rate:<7} balance {balance} Dice {dice}", flush=True)
    if options.json:
        options.json.write_text(json.dumps({"steps": options.steps, "rows": found}, indent=1))


def learned(network: Any, samples: list[Any], classes: int, fitting: FitOptions) -> list[float]:
    """The last steps' mean soft Dice by class."""
    heard: list[Step] = []

    def on_step(step: Step) -> bool:
        heard.append(step)
        return True

    fit(network.requires_grad_(True), samples, classes, fitting, on_step)
    dice = np.nanmean([step.dice for step in heard[-LAST:]], axis=0)
    return [round(float(one), 3) for one in dice]


if __name__ == "__main__":
    main()
