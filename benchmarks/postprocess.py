"""What each step of the cleaning does: Dice without it, on kept-out volumes, clean and stressed.

python benchmarks/postprocess.py [--model FOLDER] [--write]

``--write`` puts the table into the model's metrics.json.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
from robustness import CASES
from stress import stressed
from trial import MANIFEST, MODEL, volume_rows

from medview.ai.card import METRICS
from medview.ai.network.predictor import Predictor
from medview.ai.postprocess import Cleaning, clean
from medview.ai.preprocess import PreparedVolume
from medview.ai.training.make_model import write_metrics
from medview.core.metrics import dice
from medview.session.manifest import read_manifest

CONDITIONS = {"clean": (), "gas in soft tissue": ("gas in soft tissue",)}
STEPS = tuple(field.name for field in fields(Cleaning))
VARIANTS = {
    "all steps": Cleaning(),
    **{f"without {step}": Cleaning(**{step: False}) for step in STEPS},
    "no step": Cleaning(**dict.fromkeys(STEPS, False)),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=MODEL)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    predictor = Predictor(options.model, "cpu")
    rows: dict[str, dict[str, Any]] = {name: {} for name in VARIANTS}
    for case, volume, truth in volume_rows(read_manifest(MANIFEST), CASES):
        for condition, stresses in CONDITIONS.items():
            hard = stressed(volume, truth, stresses) if stresses else volume
            raw = raw_labels(predictor, hard)
            for name, cleaning in VARIANTS.items():
                labels = clean(
                    raw,
                    predictor.card.labels,
                    volume.geometry.voxel_volume_ml,
                    cleaning,
                    spacing_mm=volume.geometry.spacing_mm,
                )
                rows[name][f"{case}, {condition}"] = {
                    label.name: round(dice(truth == label.id, labels == label.id) or 0.0, 4)
                    for label in predictor.card.labels
                }
    for name, figures in rows.items():
        print(f"{name:18}", json.dumps(figures))
    if options.write:
        metrics = json.loads((options.model / METRICS).read_text(encoding="utf-8"))
        metrics["postprocess"] = rows
        write_metrics(options.model, metrics)


def raw_labels(predictor: Predictor, volume: Any) -> np.ndarray:
    """The labels before any cleaning."""
    prepared = PreparedVolume(volume, predictor.card.input)
    labels = np.zeros(volume.geometry.shape, np.uint8)
    view = prepared.canonical_view(labels)
    for index in range(prepared.slice_count):
        view[index] = predictor.slice_labels(prepared, [index])[0][0]
    return labels


if __name__ == "__main__":
    main()
