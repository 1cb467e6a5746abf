"""What each family of augmentation is worth: without it, at equal steps, on patients left out.

python benchmarks/ablation.py [--steps N] [--seed N] [--json FILE] [--write]

From one start (from scratch, no augmentation), one seed, batch 4; trained on all patients but those
kept out, measured on every 6th slice of the kept-out volumes, clean and under every condition of
stress.py, and on the kept-out single slices. A network of half the bundled model's width. A row
that the JSON file already has is not trained again.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
from robustness import CASES
from stress import STRESSES, stressed
from trial import MODEL, Cases, slice_dice, volume_rows

from medview.ai.card import METRICS
from medview.ai.network.predictor import Predictor
from medview.ai.training.augment import FAMILIES, AugmentOptions
from medview.ai.training.make_model import write_metrics
from medview.session.manifest import read_case

ALL_OFF = {name: 0.0 for names in FAMILIES.values() for name in names}
VARIANTS: dict[str, dict[str, float]] = {
    "everything": {},
    "nothing": {**ALL_OFF, "trim": 0.0},
    **{
        f"without {name}": dict.fromkeys(names, 0.0)
        for name, names in FAMILIES.items()
        if any(getattr(AugmentOptions(), one) for one in names)  # contrast is none of CT's
    },
    "without trimming of labels": {"trim": 0.0},
}
EVERY = 6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plain-steps", type=int, default=400, help="of the common start")
    parser.add_argument("--steps", type=int, default=200, help="of each row after it")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--base", type=int, default=8, help="width; the bundled model has 16")
    parser.add_argument("--json", type=Path, default=Path("ablation.json"))
    parser.add_argument("--write", action="store_true", help="into the model's metrics.json")
    options = parser.parse_args()
    report: dict[str, Any] = {
        "plain_steps": options.plain_steps,
        "steps": options.steps,
        "seed": options.seed,
        "base": options.base,
        "rows": {},
    }
    if options.json.exists():
        report = json.loads(options.json.read_text(encoding="utf-8"))
    cases = Cases.read()
    cases.base = options.base
    held_out = cases.manifest.held_out(set())
    patients = {row.patient for row in cases.manifest.rows} - held_out
    tests = [
        (case, name, volume if name == "clean" else stressed(volume, truth, (name,)), truth)
        for case, volume, truth in volume_rows(cases.manifest, CASES)
        for name in ("clean", *STRESSES)
    ]
    singles = [read_case(row) for row in cases.rows(held_out) if row.case not in CASES]
    start = cases.start(patients, options.plain_steps, options.seed)
    report["start"] = measure(cases.predictor(start), tests, singles)
    print(f"{'start':36}", json.dumps(report["start"]), flush=True)
    for name, changes in VARIANTS.items():
        if name in report["rows"]:
            continue
        started = time.monotonic()
        network = cases.go_on(start, patients, options.steps, options.seed, **changes)
        row = measure(cases.predictor(network), tests, singles)
        row["seconds"] = round(time.monotonic() - started)
        report["rows"][name] = row
        print(f"{name:36}", json.dumps(row), flush=True)
        options.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    if options.write:
        metrics = json.loads((MODEL / METRICS).read_text(encoding="utf-8"))
        write_metrics(MODEL, {**metrics, "ablation": report})


def measure(predictor: Predictor, tests: list, singles: list) -> dict[str, Any]:
    """Mean Dice of both lungs clean, stressed and by condition, the worst of all, the airway, and
    cm2 of lung called where there is none."""
    lungs: dict[str, list[float]] = {"clean": [], "stressed": []}
    conditions: dict[str, list[float]] = {}
    airway = []
    for _, name, volume, truth in tests:
        figures = slice_dice(predictor, volume, truth, EVERY)
        kind = "clean" if name == "clean" else "stressed"
        both = [figures[lung] or 0.0 for lung in ("right lung", "left lung")]
        lungs[kind] += both
        conditions.setdefault(name, []).extend(both)
        if name == "clean":
            airway.append(figures["airway"] or 0.0)
    false_cm2 = []
    for volume, truth in singles:
        if truth.any():
            figures = slice_dice(predictor, volume, truth, 1)
            lungs["clean"] += [figures[lung] or 0.0 for lung in ("right lung", "left lung")]
            continue
        guess = np.asarray(slice_guess(predictor, volume))
        spacing = volume.geometry.spacing_mm
        false_cm2.append(float(np.count_nonzero(guess)) * spacing[1] * spacing[2] / 100.0)
    every = lungs["clean"] + lungs["stressed"]
    return {
        "clean": round(float(np.mean(lungs["clean"])), 4),
        "stressed": round(float(np.mean(lungs["stressed"])), 4),
        "conditions": {
            name: round(float(np.mean(values)), 4)
            for name, values in conditions.items()
            if name != "clean"
        },
        "worst": round(min(every), 4),
        "airway": round(float(np.mean(airway)), 4),
        "false_cm2": round(float(np.mean(false_cm2)), 2),
    }


def slice_guess(predictor: Predictor, volume: Any) -> np.ndarray:
    """Labels of a single slice without post-processing."""
    from medview.ai.preprocess import PreparedVolume

    return predictor.slice_labels(PreparedVolume(volume, predictor.card.input), [0])[0][0]


if __name__ == "__main__":
    main()
