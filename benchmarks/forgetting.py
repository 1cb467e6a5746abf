"""What a retraining gains and what it forgets: recipes side by side on the same corrections.

python benchmarks/forgetting.py [--steps N] [--recipes NAME ...] [--json FILE]

Corrections: 8 accepted slices of one shifted phantom patient. Gain: Dice on another shifted phantom
patient. Old skill: Dice on the kept-out real CT fourd_lung_113 (every 4th slice) of
../shared/data, which neither the base nor the rehearsal ever saw.
"""

from __future__ import annotations

import argparse
import copy
import json
import os
from pathlib import Path

import numpy as np

os.environ.setdefault("GOMP_SPINCOUNT", "0")  # as the program does
import torch
from figures import MODEL, PROJECT

from medview.ai.network.predictor import Predictor, load_network
from medview.ai.preprocess import PreparedVolume
from medview.ai.training.anchor import fisher_diagonal
from medview.ai.training.augment import AugmentOptions
from medview.ai.training.blend import blend
from medview.ai.training.rehearsal import REHEARSAL_SEEDS, rehearsal_samples
from medview.ai.training.samples import samples_of
from medview.ai.training.teacher import Teacher
from medview.ai.training.trainer import FitOptions, fit
from medview.core.metrics import dice
from medview.core.phantom import PhantomShift, thorax_phantom
from medview.core.volume import Volume
from medview.session.manifest import read_case, read_manifest

SHIFT = PhantomShift("other scanner", hu_gain=0.6, hu_offset=250.0, noise_hu=60.0, seed=3)
RECIPES = {
    "no rehearsal": {},
    "anchor": {"anchor": 0.02},
    "rehearsal": {"share": 0.375},
    "rehearsal + anchor": {"share": 0.375, "anchor": 0.02},
    "rehearsal + strong anchor": {"share": 0.375, "anchor": 1.0},
    "taught on own slices": {"own": 0.375},
    "rehearsal + taught on own slices": {"share": 0.1875, "own": 0.1875},
    "Fisher": {"fisher": 1.0},
    "strong Fisher": {"fisher": 100.0},
    "rehearsal + Fisher": {"share": 0.375, "fisher": 1.0},
}
BLENDS = (0.75, 0.5)  # share of the new weights when old and new are averaged


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=MODEL)
    parser.add_argument("--data", type=Path, default=PROJECT.parent / "shared/data")
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--recipes", nargs="+", choices=RECIPES, default=list(RECIPES))
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    card, base = load_network(options.model)
    predictor = Predictor(options.model, "cpu")
    first, second = (shifted(seed) for seed in (11, 12))
    manifest = read_manifest(options.data / "chest_ct/manifest.json")
    real = read_case(next(row for row in manifest.rows if row.case == "fourd_lung_113"))
    count = first[0].geometry.shape[0]
    corrections = samples_of(
        *first,
        card.input,
        classes=card.classes,
        patient="a",
        slices=np.linspace(count * 0.2, count * 0.8, 8).astype(int).tolist(),
    )
    rehearsal = rehearsal_samples(card.input, card.classes, REHEARSAL_SEEDS)
    rows = {"base": measure(predictor, second, real)}
    print("base", rows["base"], flush=True)
    augment = AugmentOptions(
        swap=((1, 2),),
        fill=(1, 2),
        flip=0.1,
        zoom=0.12,
        rotate_degrees=10,
        opacity=0.15,
        truncate=0,
    )
    for name in options.recipes:
        recipe = RECIPES[name]
        fitting = FitOptions(
            steps=options.steps,
            learning_rate=3e-4,
            average=0.98,
            anchor=recipe.get("anchor", recipe.get("fisher", 0.0)),
            augment=augment,
        )
        old = copy.deepcopy(base).requires_grad_(False)
        teachers = [
            Teacher(old, samples, recipe[source], source == "own")
            for source, samples in (("share", rehearsal), ("own", corrections))
            if source in recipe
        ]
        importance = None
        if "fisher" in recipe:
            importance = fisher_diagonal(copy.deepcopy(base), rehearsal, fitting.size)
        torch.manual_seed(0)
        new = fit(
            copy.deepcopy(base),
            corrections,
            card.classes,
            fitting,
            lambda _step: True,
            teachers,
            importance=importance,
        )
        for share in (1.0, *BLENDS):
            predictor.network = blend(base, new, share)
            title = name if share == 1.0 else f"{name}, {share:.0%} new weights"
            rows[title] = measure(predictor, second, real)
            print(title, rows[title], flush=True)
    if options.json:
        options.json.write_text(json.dumps({"steps": options.steps, "rows": rows}, indent=2) + "\n")


def shifted(seed: int) -> tuple[Volume, np.ndarray]:
    phantom = thorax_phantom((72, 192, 192), (4.2, 2.0, 2.0), seed, SHIFT)
    return Volume(phantom.voxels, phantom.geometry, modality="CT", units="HU"), phantom.labels


def measure(predictor: Predictor, new: tuple, old: tuple) -> dict[str, float]:
    """Mean lung Dice on every 4th slice of both cases."""
    return {
        "shifted patient": round(lung_dice(predictor, *new), 4),
        "real kept-out": round(lung_dice(predictor, *old), 4),
    }


def lung_dice(predictor: Predictor, volume: Volume, truth: np.ndarray) -> float:
    prepared = PreparedVolume(volume, predictor.card.input)
    indices = list(range(0, prepared.slice_count, 4))
    planes = np.stack([predictor.slice_labels(prepared, [i])[0][0] for i in indices])
    wanted = prepared.canonical_view(truth)[indices]
    return float(np.mean([dice(wanted == n, planes == n) or 0.0 for n in (1, 2)]))


if __name__ == "__main__":
    main()
