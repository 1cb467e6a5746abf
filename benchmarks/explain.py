"""Are the heat maps faithful? Insertion, deletion, randomisation against mask and random baselines.

python benchmarks/explain.py [--model FOLDER] [--slices N] [--methods ...] [--json FILE]
    [--write-card]

Asks about N slices of each label of each kept-out volume of ../shared/data/chest_ct, spread evenly
over those where the label is found. Without ``--layers`` only the default one, the mean of two;
without ``--methods`` those that need no optional package. ``--write-card`` puts the figures, the
gate's verdict by method, layer and label, and the best method into the model's card, which the
window's default and its badge follow; figures of other methods stay where the same model was asked
about the same slices.
"""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("GOMP_SPINCOUNT", "0")  # as the program does

from figures import MODEL, PROJECT

from medview.ai.card import read_card
from medview.ai.explain import LAYERS, METHODS
from medview.ai.training.make_model import write_card
from medview.core.job import Progress
from medview.session.heatmap_check import check_heatmaps, verdict
from medview.session.manifest import read_case, read_manifest


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=MODEL)
    parser.add_argument(
        "--manifest", type=Path, default=PROJECT.parent / "shared/data/chest_ct/manifest.json"
    )
    parser.add_argument(
        "--methods",
        nargs="+",
        choices=METHODS,
        default=[name for name, method in METHODS.items() if not method.extra],
    )
    parser.add_argument("--layers", nargs="+", choices=LAYERS, default=["default"])
    parser.add_argument("--slices", type=int, default=4, help="of each label and volume")
    parser.add_argument("--write-card", action="store_true")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    manifest = read_manifest(options.manifest)
    held_out = manifest.held_out(set())
    rows = [
        row for row in manifest.rows if row.patient in held_out and "volumes" in row.image.parts
    ]
    table = check_heatmaps(
        options.model,
        (read_case(row)[0] for row in rows),
        Progress(),
        options.methods,
        options.layers,
        options.slices,
    )
    card = read_card(options.model)
    asked = {"weights": card.sha256, "slices": options.slices}
    report = {**verdict(table, [row.case for row in rows]), **asked}
    for method, by_layer in table.items():
        for layer, by_label in by_layer.items():
            print(METHODS[method].title, layer)
            for name, row in by_label.items():
                print(f"  {name:12} " + "  ".join(f"{key} {value}" for key, value in row.items()))
    print("best:", report["best"])
    if options.json:
        options.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    if options.write_card:
        same = all(card.heatmap.get(key) == value for key, value in asked.items())
        old = card.heatmap["methods"] if same else {}
        merged = {
            method: {**old.get(method, {}), **table.get(method, {})}
            for method in METHODS
            if method in old or method in table
        }
        report = {**verdict(merged, report["cases"]), **asked}
        write_card(options.model, replace(card, heatmap=report))


if __name__ == "__main__":
    main()
