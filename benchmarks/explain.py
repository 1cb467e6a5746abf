"""Are the heat maps faithful? Insertion, deletion, randomisation against mask and random baselines.

python benchmarks/explain.py [--write-card] [--model FOLDER] [--json FILE]

Uses every 12th slice of the kept-out volumes of ../shared/data/chest_ct. ``--write-card`` puts the
figures and the gate's verdict into the model's card, which the window's badge follows.
"""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

os.environ.setdefault("GOMP_SPINCOUNT", "0")  # as the program does
import torch

from medview.ai.card import read_card
from medview.ai.explain import LAYERS
from medview.ai.network.attribution.check import check_slice, passes, randomised
from medview.ai.network.predictor import load_network
from medview.ai.preprocess import PreparedVolume
from medview.ai.training.make_model import write_card
from medview.session.manifest import read_case, read_manifest

PROJECT = Path(__file__).resolve().parent.parent
EVERY = 12


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=PROJECT / "resources/models/ct-lung/1.0.0")
    parser.add_argument(
        "--manifest", type=Path, default=PROJECT.parent / "shared/data/chest_ct/manifest.json"
    )
    parser.add_argument("--layers", nargs="+", choices=LAYERS, default=["default"])
    parser.add_argument("--write-card", action="store_true")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    torch.manual_seed(0)
    card, network = load_network(options.model)
    manifest = read_manifest(options.manifest)
    held_out = manifest.held_out(set())
    rows = [
        row for row in manifest.rows if row.patient in held_out and "volumes" in row.image.parts
    ]
    twin = randomised(network, seed=7)
    found: dict[str, dict[str, list]] = {layer: {} for layer in options.layers}
    for row in rows:
        volume, _ = read_case(row)
        prepared = PreparedVolume(volume, card.input)
        for index in range(0, prepared.slice_count, EVERY):
            inputs = torch.from_numpy(prepared.network_input(index)[None])
            for layer in options.layers:
                for label in card.labels:
                    result = check_slice(network, twin, inputs, label.id, layer, seed=index)
                    if result is not None:
                        found[layer].setdefault(label.name, []).append(asdict(result))
    table = {layer: summarise(by_label) for layer, by_label in found.items()}
    report = {"model": card.id, "every": EVERY, "layers": table}
    for layer, figures in table.items():
        print(layer)
        for name, row in figures.items():
            print(f"  {name:12} " + "  ".join(f"{key} {value}" for key, value in row.items()))
    if options.json:
        options.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    if options.write_card:
        chosen = table[options.layers[0]]
        verdict = {
            "method": "Seg-Grad-CAM",
            "layer": options.layers[0],
            "figures": chosen,
            "cases": [row.case for row in rows],
            "gate": "insertion - deletion >= mask + 0.15 and rank correlation with the randomised "
            "network <= 0.5, for every label",
            "passes": all(row["passes"] for row in chosen.values()),
        }
        write_card(options.model, replace(read_card(options.model), heatmap=verdict))


def summarise(by_label: dict[str, list]) -> dict[str, dict]:
    """Means by label over the slices, and the gate's verdict on them."""
    rows = {}
    for name, checks in by_label.items():
        mean = {key: float(np.mean([c[key] for c in checks])) for key in checks[0]}
        worst = float(np.min([c["heatmap"] for c in checks]))
        rows[name] = {
            **{key: round(value, 3) for key, value in mean.items()},
            "worst_slice": round(worst, 3),
            "slices": len(checks),
            "passes": passes(mean["heatmap"], mean["mask"], mean["randomised"]),
        }
    return rows


if __name__ == "__main__":
    main()
