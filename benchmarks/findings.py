"""The findings that come with a model: learned on its training patients, measured on kept-out ones.

python benchmarks/findings.py [--model FOLDER] [--write]

"lung present" and "airway present" by the labels (a slice with some of it, where the case labels
it); "opacity present" by opacities pasted into 30 % of each lung (stress.py), clean slices are no:
real opacities in clean slices count as no, since nobody labelled them. AUROC and calibration error
over the slices of the kept-out volumes; what is under 0.9 or off by more than 0.1 does not ship.
``--write`` puts findings.safetensors beside the weights
and the figures into metrics.json.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
from stress import stressed
from trial import MANIFEST, MODEL

from medview.ai.card import METRICS
from medview.ai.findings import (
    FINDINGS,
    UNKNOWN,
    Finding,
    TaggedVolume,
    auroc,
    learn,
    write_findings,
)
from medview.ai.network.features import features_of
from medview.ai.network.predictor import Predictor
from medview.ai.preprocess import PreparedVolume
from medview.ai.training.make_model import write_metrics
from medview.ai.uncertainty import calibration_error
from medview.session.manifest import read_case, read_manifest

LUNGS, AIRWAY = (1, 2), 3
OPACITY = "30 % of each lung filled"
FEWEST_PIXELS, CLEAR_SHARE = 20, 0.1
LOWEST_AUROC, HIGHEST_ERROR = 0.9, 0.1  # of a finding that comes with the model


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=MODEL)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    predictor = Predictor(options.model, "cpu")
    manifest = read_manifest(MANIFEST)
    held_out = manifest.held_out(set())
    sets: dict[bool, dict[str, list[TaggedVolume]]] = {True: {}, False: {}}
    for row in manifest.rows:
        kept_out = row.patient in held_out
        for name, tagged in tagged_volumes(predictor, row).items():
            sets[kept_out].setdefault(name, []).extend(tagged)
    found: list[Finding] = []
    report: dict[str, Any] = {}
    for name, volumes in sets[False].items():
        finding = learn(volumes, name, predictor.card.id)
        found.append(finding)
        report[name] = row = figures(finding, sets[True][name])
        row["ships"] = good_enough(row)
        if not row["ships"]:
            found.pop()
        print(name, json.dumps(report[name]), flush=True)
    if options.write:
        write_findings(found, options.model / FINDINGS)
        metrics = json.loads((options.model / METRICS).read_text(encoding="utf-8"))
        write_metrics(options.model, {**metrics, "findings": report})


def good_enough(row: dict[str, Any]) -> bool:
    """Whether a score may stand on the screen."""
    area = row["auroc"] or 0.0
    return area >= LOWEST_AUROC and row["calibration_error"] <= HIGHEST_ERROR


def tagged_volumes(predictor: Predictor, row: Any) -> dict[str, list[TaggedVolume]]:
    """finding -> volumes with targets, of one manifest row."""
    volume, labels = read_case(row)
    clean = look(predictor, volume)
    lung = np.isin(labels, LUNGS).sum(axis=(1, 2))
    some = {"lung present": lung}
    if AIRWAY not in row.ignore_labels:
        some["airway present"] = (labels == AIRWAY).sum(axis=(1, 2))
    result = {
        name: [TaggedVolume(*clean, answers(count > FEWEST_PIXELS, count == 0))]
        for name, count in some.items()
    }
    if lung.any():
        hard = stressed(volume, labels, (OPACITY,), seed=len(row.case))
        changed = (hard.voxels > volume.voxels + 100) & np.isin(labels, LUNGS)
        share = changed.sum(axis=(1, 2)) / np.maximum(lung, 1)
        seen = answers((share > CLEAR_SHARE) & (lung > FEWEST_PIXELS), share == 0)
        result["opacity present"] = [
            TaggedVolume(*clean, np.zeros(len(lung), np.int8)),
            TaggedVolume(*look(predictor, hard), seen),
        ]
    return result


def answers(yes: np.ndarray, no: np.ndarray) -> np.ndarray:
    """1, 0, and `UNKNOWN` for slices in between."""
    return np.where(yes, 1, np.where(no, 0, UNKNOWN)).astype(np.int8)


def look(predictor: Predictor, volume: Any) -> tuple[np.ndarray, np.ndarray]:
    """(features, places mm) in stored order."""
    prepared = PreparedVolume(volume, predictor.card.input)
    features = features_of(predictor, prepared, list(range(prepared.slice_count)))
    if prepared.flips[0]:
        features = features[::-1].copy()
    places = np.arange(len(features), dtype=np.float32) * volume.geometry.spacing_mm[0]
    return features, places.astype(np.float32)


def figures(finding: Finding, volumes: list[TaggedVolume]) -> dict[str, Any]:
    scores = np.concatenate([finding.scores(v.features, v.places_mm) for v in volumes])
    truth = np.concatenate([v.targets for v in volumes])
    known = truth != UNKNOWN
    scores, yes = scores[known], truth[known] == 1
    area = auroc(scores, yes)
    return {
        "auroc": None if area is None else round(area, 4),
        "calibration_error": round(calibration_error(scores, yes), 4),
        "yes": int(yes.sum()),
        "no": int((~yes).sum()),
        "volumes": len(volumes),
        "wrong_at_half": int(((scores > 0.5) != yes).sum()),
    }


if __name__ == "__main__":
    main()
