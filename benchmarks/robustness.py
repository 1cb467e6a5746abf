"""How much a model loses under stress: kept-out patients, each condition beside the clean case.

python benchmarks/robustness.py [--model FOLDER] [--against FOLDER] [--every N] [--json FILE]
    [--write]

Dice per label on every n-th slice of the kept-out volumes of ../shared/data/chest_ct, without
post-processing. ``--write`` puts the table into the model's metrics.json. stress.py says what each
condition is.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from stress import FLUID, STRESSES, stressed, with_fluid
from trial import MANIFEST, MODEL, slice_dice, volume_rows

from medview.ai.card import METRICS
from medview.ai.network.predictor import Predictor
from medview.ai.training.make_model import write_metrics
from medview.session.manifest import read_manifest

CASES = ("fourd_lung_113", "lung_dx_a0002")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=MODEL)
    parser.add_argument("--against", type=Path)
    parser.add_argument("--every", type=int, default=3)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    report = {}
    for folder in filter(None, (options.model, options.against)):
        predictor = Predictor(folder, "cpu")
        rows = measure(predictor, options.every)
        report[predictor.card.id] = rows
        print(predictor.card.id)
        for name, figures in rows.items():
            print(f"  {name:26}", json.dumps(figures), flush=True)
    if options.json:
        options.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    if options.write:
        metrics = json.loads((options.model / METRICS).read_text(encoding="utf-8"))
        metrics["robustness"] = {"every": options.every, "conditions": report}
        write_metrics(options.model, metrics)


def measure(predictor: Predictor, every: int) -> dict[str, Any]:
    """condition -> case -> label -> Dice."""
    found: dict[str, Any] = {name: {} for name in ("clean", *STRESSES, FLUID)}
    for case, volume, truth in volume_rows(read_manifest(MANIFEST), CASES):
        for name in found:
            hard, wanted = volume, truth
            if name == FLUID:
                hard, wanted = with_fluid(volume, truth)
            elif name != "clean":
                hard = stressed(volume, truth, (name,))
            figures = slice_dice(predictor, hard, wanted, every)
            found[name][case] = {
                label: None if value is None else round(value, 4)
                for label, value in figures.items()
            }
    return found


if __name__ == "__main__":
    main()
