"""Are the heat maps faithful? Insertion, deletion, randomisation against mask and random baselines.

python benchmarks/explain.py [--model FOLDER] [--every N] [--methods ...] [--json FILE]
    [--write-card]

Uses every n-th slice of the kept-out volumes of ../shared/data/chest_ct. ``--write-card`` puts the
figures, the gate's verdict by method, layer and label, and the best method into the model's card,
which the window's default and its badge follow.
"""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("GOMP_SPINCOUNT", "0")  # as the program does

from medview.ai.card import read_card
from medview.ai.explain import LAYERS, METHODS
from medview.ai.training.make_model import write_card
from medview.core.job import Progress
from medview.session.heatmap_check import check_heatmaps, verdict
from medview.session.manifest import read_case, read_manifest

PROJECT = Path(__file__).resolve().parent.parent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=PROJECT / "resources/models/ct-lung/2.0.0")
    parser.add_argument(
        "--manifest", type=Path, default=PROJECT.parent / "shared/data/chest_ct/manifest.json"
    )
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=list(METHODS))
    parser.add_argument("--layers", nargs="+", choices=LAYERS, default=list(LAYERS))
    parser.add_argument("--every", type=int, default=12)
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
        options.every,
    )
    report = {
        **verdict(table, [row.case for row in rows]),
        "every": options.every,
    }
    for method, by_layer in table.items():
        for layer, by_label in by_layer.items():
            print(METHODS[method].title, layer)
            for name, row in by_label.items():
                print(f"  {name:12} " + "  ".join(f"{key} {value}" for key, value in row.items()))
    print("best:", report["best"])
    if options.json:
        options.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    if options.write_card:
        card = read_card(options.model)
        old = card.heatmap.get("methods", {})
        merged = {
            method: {**old.get(method, {}), **table.get(method, {})}
            for method in METHODS
            if method in old or method in table
        }
        report = {**verdict(merged, report["cases"]), "every": options.every}
        write_card(options.model, replace(card, heatmap=report))


if __name__ == "__main__":
    main()
