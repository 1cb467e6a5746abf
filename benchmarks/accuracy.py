"""The model's figures: kept-out cases and the external case, per case, worst first.

python benchmarks/accuracy.py [--model FOLDER] [--data ../shared/data] [--write]

``--write`` puts the result into the model's metrics.json, from which docs/models/ct-lung.md is made
(docs/model_page.py).
"""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from figures import MODEL, PROJECT

from medview.ai.card import METRICS
from medview.ai.evaluation import evaluate_case
from medview.ai.training.make_model import write_metrics
from medview.core.job import Progress
from medview.core.label_json import table_from_json
from medview.core.metrics import compare_masks
from medview.core.volume import Volume
from medview.formats.registry import read_volume
from medview.session.manifest import read_manifest
from medview.session.model_jobs import load_predictor
from medview.session.training import evaluate_held_out

LUNGS = [{"id": 1, "name": "right lung"}, {"id": 2, "name": "left lung"}]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=MODEL)
    parser.add_argument("--data", type=Path, default=PROJECT.parent / "shared/data")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    manifest = read_manifest(options.data / "chest_ct" / "manifest.json")
    metrics = evaluate_held_out(options.model, manifest, manifest.held_out(set()))
    metrics["external"] = external(options.model, options.data / "labelled" / "cip_chest")
    metrics["measured"] = datetime.now(UTC).isoformat(timespec="seconds")
    print(
        json.dumps({k: metrics[k] for k in ("cases", "negatives_area_cm2", "external")}, indent=1)
    )
    if options.write:  # what the other scripts measured stays: a new training writes a new file
        known = json.loads((options.model / METRICS).read_text(encoding="utf-8"))
        write_metrics(options.model, {**known, **metrics})


def external(model: Path, folder: Path) -> dict[str, Any]:
    """The 64 x 64 x 79 chest CT of the Chest Imaging Platform, whose labels code lung thirds.

    value % 256: 9-11 left lung, 12-14 right lung; value // 256: 2 airway, 3 vessel. Vessels and
    airways inside the lung regions keep their region, as in our own labels.
    """
    image = next(folder.rglob("*ct-64.nrrd"))
    volume = read_volume(image)
    volume = Volume(volume.voxels, volume.geometry, modality="CT", units="HU", path=image)
    coded = read_volume(next(folder.rglob("lm-64.nrrd"))).voxels.astype(np.int32)
    region = coded % 256
    truth = np.zeros(coded.shape, np.uint8)
    truth[(region >= 12) & (region <= 14)] = 1
    truth[(region >= 9) & (region <= 11)] = 2
    guess = load_predictor(str(model), "auto").predict(volume, Progress()).labels
    figures = evaluate_case(truth, guess, volume.geometry, table_from_json(LUNGS))
    both = compare_masks(truth > 0, (guess == 1) | (guess == 2), volume.geometry).to_json()
    return {"cip_chest": {**figures, "both lungs": both}}


if __name__ == "__main__":
    main()
