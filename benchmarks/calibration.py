"""Are the model's probabilities honest? Temperatures by class, and the calibration error by class.

python benchmarks/calibration.py [--model FOLDER] [--write-card]

Two-fold over the kept-out patients of ../shared/data/chest_ct: temperatures fitted on one half are
measured on the other; the card gets those fitted on both, or ones where that does not help on the
other half. Expected calibration error over 15 bins, of the pixels within 3 network pixels of
anything labelled or predicted (elsewhere every model is right, which would hide its errors).
"""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy import ndimage

os.environ.setdefault("GOMP_SPINCOUNT", "0")  # as the program does
import torch
from figures import MODEL, PROJECT

from medview.ai.card import read_card
from medview.ai.network.predictor import load_network
from medview.ai.training.make_model import write_card
from medview.ai.training.samples import UNSURE
from medview.ai.uncertainty import calibration_error, fit_temperatures, probabilities
from medview.session.manifest import read_manifest
from medview.session.training import gather_samples

NEAR, EVERY_PIXEL, EVERY_SLICE = 3, 3, 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=MODEL)
    parser.add_argument(
        "--manifest", type=Path, default=PROJECT.parent / "shared/data/chest_ct/manifest.json"
    )
    parser.add_argument("--write-card", action="store_true")
    options = parser.parse_args()
    card, network = load_network(options.model)
    manifest = read_manifest(options.manifest)
    patients = sorted(manifest.held_out(set()))
    halves = [patients[::2], patients[1::2]]
    pixels = [of_patients(network, card, manifest, set(half)) for half in halves]
    rows: dict[str, Any] = {}
    for number, label in enumerate(["background", *(one.name for one in card.labels)]):
        rows[label] = {
            kind: round(float(np.mean(values)), 4)
            for kind, values in errors(pixels, number).items()
        }
    gain = float(np.mean([row["before"] - row["after"] for row in rows.values()]))
    both = [np.concatenate(one, axis=-1) for one in zip(*pixels, strict=True)]
    found = {
        # temperatures that do not help on the other half are not used
        "temperature": [round(t, 3) for t in fit_temperatures(*both)]
        if gain > 0.0
        else [1.0] * card.classes,
        "error": rows,
        "pixels": int(both[1].size),
        "patients": len(patients),
    }
    print(json.dumps(found, indent=1))
    if options.write_card:
        write_card(options.model, replace(read_card(options.model), calibration=found))


def of_patients(network: Any, card: Any, manifest: Any, patients: set[str]) -> tuple:
    """(logits (classes, n), truth (n,)) of pixels near something."""
    logits, truths = [], []
    for row in manifest.rows:
        if row.patient not in patients:
            continue
        for sample in gather_samples(manifest, [row], card)[::EVERY_SLICE]:
            if sample.merged:  # a class that this row does not label
                continue
            inputs = torch.from_numpy(sample.stack[None].astype(np.float32))
            with torch.no_grad():
                one = network(inputs)[0].float().numpy()
            labels = sample.labels
            near = ndimage.binary_dilation((labels > 0) | (one.argmax(0) > 0), iterations=NEAR)
            near &= labels != UNSURE
            logits.append(one[:, near][:, ::EVERY_PIXEL])
            truths.append(labels[near][::EVERY_PIXEL].astype(int))
    return np.concatenate(logits, axis=1), np.concatenate(truths)


def errors(pixels: list, number: int) -> dict[str, list[float]]:
    """Error before and after, of each half with the other half's temperatures."""
    found: dict[str, list[float]] = {"before": [], "after": []}
    for own, other in (pixels, pixels[::-1]):
        is_class = own[1] == number
        found["before"].append(calibration_error(probabilities(own[0])[number], is_class))
        temperatures = fit_temperatures(*other)
        found["after"].append(
            calibration_error(probabilities(own[0], temperatures)[number], is_class)
        )
    return found


if __name__ == "__main__":
    main()
