"""ct-lung cross-validated over all patients: every patient is measured by a model that never saw
them.

python benchmarks/cross_validation.py [--folds 5] [--steps N] [--seed N] [--json FILE] [--write]
    [--models FOLDER]

Folds by patient, seeded, the patients with whole volumes spread first; from scratch at fewer steps
than the bundled model, as `medview train` does it: the first ones on pixels twice as wide, a
quarter as many. Whole program path with post-processing. ``--write`` puts the result into the
model's metrics.json. ``--models`` keeps the folds' models; one that is there is measured, not
trained again. Folds that the JSON file already has are neither. Cases whose label is wrong, as
looking at them shows (`WRONG_LABELS`), are measured and named, and not in the summary.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from trial import MODEL, Cases

from medview.ai.card import CARD, METRICS
from medview.ai.evaluation import EMPTY_RULE, evaluate_case, summary
from medview.ai.network.predictor import Predictor
from medview.ai.training.make_model import (
    FROM_SCRATCH_RATE,
    FROM_SCRATCH_WIDE,
    save_weights,
    write_metrics,
)
from medview.core.job import Progress
from medview.session.manifest import ManifestRow, read_case

WRONG_LABELS = {"tcga_0025": "the gas in the stomach is labelled left lung"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--wide-first", type=float, default=FROM_SCRATCH_WIDE, help="share")
    parser.add_argument("--base", type=int, nargs="+", default=[8], help="width, or all five")
    parser.add_argument("--precision", choices=("fp32", "bf16"), default="fp32")
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path, default=Path("cross_validation.json"))
    parser.add_argument("--models", type=Path, help="folder for the folds' models")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    cases = Cases.read()
    cases.base = options.base[0] if len(options.base) == 1 else options.base
    cases.precision = options.precision
    report: dict[str, Any] = {
        "folds": options.folds,
        "steps": options.steps,
        "wide_first": options.wide_first,
        "batch": options.batch,
        "seed": options.seed,
        "base": cases.base,
        "precision": options.precision,
        "empty_mask_rule": EMPTY_RULE,
        "cases": {},
        "negatives_area_cm2": {},
        "wrong_labels": WRONG_LABELS,
        "done": [],
    }
    if options.json.exists():
        report = json.loads(options.json.read_text(encoding="utf-8"))
    for number, fold in enumerate(folds_of(cases.manifest.rows, options.folds, options.seed)):
        if number in report["done"]:
            continue
        everyone = {row.patient for row in cases.manifest.rows}
        predictor = fold_model(cases, everyone - fold, number, options)
        for row in cases.rows(fold):
            measure(predictor, row, number, report)
        report["done"].append(number)
        measured = {name: case["labels"] for name, case in report["cases"].items()}
        report["summary_of_all"] = summary(measured)
        report["summary"] = summary(
            {name: labels for name, labels in measured.items() if name not in WRONG_LABELS}
        )
        options.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
        print(f"fold {number}: {len(fold)} patients", flush=True)
    print(json.dumps(report["summary"], indent=1))
    if options.write:
        metrics = json.loads((MODEL / METRICS).read_text(encoding="utf-8"))
        metrics["cross_validation"] = report
        write_metrics(MODEL, metrics)


def folds_of(rows: tuple[ManifestRow, ...], count: int, seed: int) -> list[set[str]]:
    """Patients by fold: those with volumes dealt out first, then the others, in seeded order."""
    random = np.random.default_rng(seed)
    whole = sorted({row.patient for row in rows if "volumes" in row.image.parts})
    single = sorted({row.patient for row in rows} - set(whole))
    order = [*random.permutation(whole).tolist(), *random.permutation(single).tolist()]
    return [set(order[start::count]) for start in range(count)]


def fold_model(
    cases: Cases, others: set[str], number: int, options: argparse.Namespace
) -> Predictor:
    """Trained on ``others``, or as it was kept."""
    folder = options.models / str(number) if options.models else None
    if folder is not None and (folder / CARD).exists():
        return Predictor(folder, "cpu")
    network = cases.go_on(
        cases.new_network(options.seed),
        others,
        options.steps,
        options.seed,
        options.batch,
        learning_rate=FROM_SCRATCH_RATE,
        wide_first=options.wide_first,
    )
    if folder is not None:
        save_weights(network, folder, replace(cases.card, sha256=""))
    return cases.predictor(network)


def measure(predictor: Predictor, row: ManifestRow, fold: int, report: dict[str, Any]) -> None:
    volume, truth = read_case(row)
    guess = predictor.predict(volume, Progress()).labels
    if not truth.any():
        spacing = volume.geometry.spacing_mm
        area = float(np.count_nonzero(guess)) * spacing[1] * spacing[2] / 100.0
        report["negatives_area_cm2"][row.case] = round(area, 3)
        return
    skip = {*row.ignore_labels, *(n for n in (1, 2, 3) if not (truth == n).any())}
    figures = evaluate_case(truth, guess, volume.geometry, predictor.card.labels, skip=skip)
    report["cases"][row.case] = {"fold": fold, "labels": figures}


if __name__ == "__main__":
    main()
