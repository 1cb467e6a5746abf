"""Generated slices against classical augmentation: equal steps, patients nobody trained on.

python benchmarks/generated.py [--seeds 5] [--steps N] [--json FILE]

For each seed the seven volumes of ../shared/data/chest_ct are dealt by patient: three to train on,
four to measure on (every 4th slice, without post-processing). A painter (a conditional GAN) learns
from the three. A network of half the bundled model's width starts from scratch without
augmentation; from there it learns once with classical augmentation and once with a share of
generated slices as well, the same steps and the same seed. Pixels of 4.8 mm, one thread, float32.
A seed that the JSON file has already is not run again.
"""

from __future__ import annotations

import argparse
import copy
import json
import os
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

os.environ.setdefault("GOMP_SPINCOUNT", "0")  # as the program does
from figures import machine
from torch import nn
from trial import MANIFEST, MODEL, Cases, slice_dice

from medview.ai.card import read_card
from medview.ai.training import make_model
from medview.ai.training.augment import FAMILIES, AugmentOptions
from medview.ai.training.augment.generated import Painter, fit_painter
from medview.ai.training.samples import Sample
from medview.ai.training.trainer import FitOptions, fit
from medview.core.bootstrap import paired_interval
from medview.core.labels import side_pairs
from medview.session.manifest import ManifestRow, read_case, read_manifest
from medview.session.training import gather_samples

SPACING_MM, SIZE, BATCH, WIDTH = 4.8, (64, 96), 4, 8
TRAINED_ON, EVERY = 3, 4
LUNGS, AIRWAY = ("right lung", "left lung"), "airway"
PLAIN = {name: 0.0 for names in FAMILIES.values() for name in names}
ARMS = ("classical", "generated")
HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Recipe:
    """``start`` steps without augmentation, then ``steps``; ``share`` of the slices painted by one
    that learned ``painter`` steps.
    """

    start: int
    steps: int
    painter: int
    share: float
    classes: int
    augment: AugmentOptions

    def fit(
        self,
        network: nn.Module,
        samples: list[Sample],
        steps: int,
        seed: int,
        painter: Painter | None = None,
        **changes: float,
    ) -> nn.Module:
        """A copy of ``network`` that learned ``steps`` more."""
        own = copy.deepcopy(network).requires_grad_(True)
        options = FitOptions(
            steps=steps,
            batch=BATCH,
            size=SIZE,
            learning_rate=make_model.FROM_SCRATCH_RATE,
            seed=seed,
            average=0.97,
            threads=1,
            precision="fp32",
            augment=replace(self.augment, **changes),
        )
        return fit(own, samples, self.classes, options, lambda _step: True, painter=painter)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--start", type=int, default=400, help="steps without augmentation")
    parser.add_argument("--steps", type=int, default=200, help="steps of each way after them")
    parser.add_argument("--painter", type=int, default=200, help="steps of the painter")
    parser.add_argument("--share", type=float, default=0.25, help="of generated slices")
    parser.add_argument("--json", type=Path, default=HERE / "generated.json")
    options = parser.parse_args()
    cases = read_cases()
    asked = {name: getattr(options, name) for name in ("start", "steps", "painter", "share")}
    recipe = Recipe(**asked, classes=cases.card.classes, augment=classical(cases))
    report: dict[str, Any] = {"machine": machine(), **asked, "rows": []}
    if options.json.exists():
        report = json.loads(options.json.read_text(encoding="utf-8"))
        if any(report[name] != value for name, value in asked.items()):
            raise SystemExit(f"{options.json} holds another recipe; name another file")
    for seed in range(len(report["rows"]), options.seeds):
        report["rows"].append(run(cases, recipe, seed))
        report["differences"] = differences(report["rows"])
        options.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
        print(json.dumps(report["rows"][-1]), flush=True)
    print(json.dumps(report["differences"], indent=1))


def read_cases() -> Cases:
    """The seven volumes, sampled coarsely."""
    card, manifest = read_card(MODEL), read_manifest(MANIFEST)
    card = replace(
        card,
        input=replace(card.input, spacing_mm=SPACING_MM),
        arguments={**card.arguments, "base": WIDTH},
    )
    rows = tuple(row for row in manifest.rows if "volumes" in row.image.parts)
    samples = {row.case: gather_samples(manifest, [row], card) for row in rows}
    return Cases(replace(manifest, rows=rows), card, samples)


def classical(cases: Cases) -> AugmentOptions:
    """The augmentation of `medview train`."""
    card = cases.card
    return AugmentOptions(
        swap=side_pairs(card.labels),
        fill=make_model.fill_labels(card.labels),
        unit=(card.input.high - card.input.low) / 2.0,
    )


def run(cases: Cases, recipe: Recipe, seed: int) -> dict[str, Any]:
    """Both ways from one start; Dice on the patients that were left out."""
    rows = cases.manifest.rows
    order = np.random.default_rng(seed).permutation(len(rows))
    train, test = ([rows[i] for i in part] for part in np.split(order, [TRAINED_ON]))
    samples = [one for row in train for one in cases.samples[row.case]]
    began = time.monotonic()
    painter = fit_painter(
        samples, recipe.classes, SIZE, recipe.augment, seed=seed, steps=recipe.painter
    )
    painted = time.monotonic()
    network = make_model.new_network(cases.card.architecture, cases.card.arguments, seed)
    start = recipe.fit(network, samples, recipe.start, seed, **PLAIN)
    figures = {}
    for arm, share in zip(ARMS, (0.0, recipe.share), strict=True):
        used = painter if share else None
        learned = recipe.fit(start, samples, recipe.steps, seed, used, generated=share)
        figures[arm] = measure(cases, learned, test)
    return {
        "seed": seed,
        "trained_on": [row.case for row in train],
        **figures,
        "painter_s": round(painted - began, 1),
        "seconds": round(time.monotonic() - began, 1),
    }


def measure(cases: Cases, network: nn.Module, rows: list[ManifestRow]) -> dict[str, float]:
    """Mean and worst Dice of the lungs over the volumes, and the mean of the airway."""
    predictor = cases.predictor(network)
    lungs, airway = [], []
    for row in rows:
        found = slice_dice(predictor, *read_case(row), EVERY)
        lungs += [found[name] for name in LUNGS if found[name] is not None]
        airway += [found[AIRWAY]] if found[AIRWAY] is not None else []
    return {
        "lungs": round(float(np.mean(lungs)), 4),
        "worst_lung": round(float(min(lungs)), 4),
        "airway": round(float(np.mean(airway)), 4),
    }


def differences(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Generated less classical over the seeds: mean, and a 95 % interval from five seeds on."""
    found = {}
    for name in ("lungs", "worst_lung", "airway"):
        pairs = [row["generated"][name] - row["classical"][name] for row in rows]
        interval = paired_interval(pairs)
        found[name] = {
            "mean": round(float(np.mean(pairs)), 4),
            "interval": None if interval is None else [round(one, 4) for one in interval],
        }
    return found


if __name__ == "__main__":
    main()
