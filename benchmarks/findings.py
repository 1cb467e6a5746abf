"""The findings that come with a model: learned on its training patients, measured on kept-out ones.

python benchmarks/findings.py [--model FOLDER] [--write]

"lung present" and "airway present" by the labels (a slice with some of it, where the case labels
it); "opacity present" by opacities pasted into a share of each lung (stress.py): every training
case clean and with 10, 30 and 50 % filled, in pairs. Real opacities in clean slices count as no,
since nobody labelled them. AUROC and calibration error over the slices of the kept-out volumes, for
opacities clean and with 30 % filled, and by share; what is under 0.9 or off by more than 0.1 does
not ship. Of a training volume every second slice is looked at.
``--write`` puts findings.safetensors beside the weights
and the figures into metrics.json.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
from stress import with_opacities
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
OPACITY = "opacity present"
SHARES = (0.1, 0.3, 0.5)  # of each lung that is filled
JUDGED = 0.3  # the share whose figures decide
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
        for name, tagged in tagged_volumes(predictor, row, 1 if kept_out else 2).items():
            sets[kept_out].setdefault(name, []).extend(tagged)
    found: list[Finding] = []
    report: dict[str, Any] = {}
    for name in ("lung present", "airway present", OPACITY):
        learned, tests = (sets[held].get(name, []) for held in (False, True))
        if name == OPACITY:
            learned, tests = (
                opacities(sets[False], training=True),
                opacities(sets[True], training=False),
            )
        finding = learn(learned, name, predictor.card.id)
        report[name] = row = figures(finding, tests)
        row["ships"] = good_enough(row)
        if row["ships"]:
            found.append(finding)
        if name == OPACITY:
            row["auroc_by_share"] = {
                f"{share:.0%}": figures(finding, sets[True][filled_name(share)])["auroc"]
                for share in SHARES
            }
        print(name, json.dumps(report[name]), flush=True)
    if options.write:
        write_findings(found, options.model / FINDINGS)
        metrics = json.loads((options.model / METRICS).read_text(encoding="utf-8"))
        write_metrics(options.model, {**metrics, "findings": report})


def good_enough(row: dict[str, Any]) -> bool:
    """Whether a score may stand on the screen."""
    area = row["auroc"] or 0.0
    return area >= LOWEST_AUROC and row["calibration_error"] <= HIGHEST_ERROR


def tagged_volumes(predictor: Predictor, row: Any, every: int) -> dict[str, list[TaggedVolume]]:
    """finding -> volumes with targets, of one manifest row; opacities by `filled_name`."""
    volume, labels = read_case(row)
    clean = look(predictor, volume, every)
    labels = labels[::every]
    lung = np.isin(labels, LUNGS).sum(axis=(1, 2))
    some = {"lung present": lung}
    if AIRWAY not in row.ignore_labels:
        some["airway present"] = (labels == AIRWAY).sum(axis=(1, 2))
    result = {
        name: [TaggedVolume(*clean, answers(count > FEWEST_PIXELS, count == 0), row.patient)]
        for name, count in some.items()
    }
    if not lung.any():
        return result
    for number, share in enumerate(SHARES):
        hard = with_opacities(volume, read_case(row)[1], share, seed=len(row.case) + number)
        changed = (hard.voxels - volume.voxels.astype(int))[::every] > 100
        filled = (changed & np.isin(labels, LUNGS)).sum(axis=(1, 2)) / np.maximum(lung, 1)
        seen = answers((filled > CLEAR_SHARE) & (lung > FEWEST_PIXELS), filled == 0)
        result[filled_name(share)] = [
            TaggedVolume(*clean, np.zeros(len(lung), np.int8), row.patient),
            TaggedVolume(*look(predictor, hard, every), seen, row.patient),
        ]
    return result


def filled_name(share: float) -> str:
    return f"{OPACITY}, {share:.0%} filled"


def opacities(tagged: dict[str, list[TaggedVolume]], *, training: bool) -> list[TaggedVolume]:
    """All pairs of a clean and a filled case to learn from, or those that are judged."""
    shares = SHARES if training else (JUDGED,)
    return [one for share in shares for one in tagged[filled_name(share)]]


def answers(yes: np.ndarray, no: np.ndarray) -> np.ndarray:
    """1, 0, and `UNKNOWN` for slices in between."""
    return np.where(yes, 1, np.where(no, 0, UNKNOWN)).astype(np.int8)


def look(predictor: Predictor, volume: Any, every: int) -> tuple[np.ndarray, np.ndarray]:
    """(features, places mm) of every n-th slice in stored order."""
    prepared = PreparedVolume(volume, predictor.card.input)
    stored = np.arange(0, prepared.slice_count, every)
    indices = prepared.slice_count - 1 - stored if prepared.flips[0] else stored
    features = features_of(predictor, prepared, [int(index) for index in indices])
    places = stored.astype(np.float32) * volume.geometry.spacing_mm[0]
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
