"""Which cases does the model call unlike its training? What the card keeps, and who is warned of.

python benchmarks/familiarity.py [--model FOLDER] [--write-card] [--json FILE]

Training cases: all rows of ../shared/data/chest_ct/manifest.json that are not kept out. Then every
kept-out case (should not be warned of) and cases of other parts of the body (should be).
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from medview.ai.card import read_card
from medview.ai.familiarity import looked_at, measured
from medview.ai.network.features import features_of
from medview.ai.network.predictor import Predictor
from medview.ai.preprocess import PreparedVolume
from medview.ai.training.make_model import write_card
from medview.core.errors import MedviewError
from medview.core.job import Progress
from medview.core.volume import Volume
from medview.formats.registry import read_volume
from medview.session import opening
from medview.session.manifest import read_case, read_manifest
from medview.session.model_jobs import reasons_of

PROJECT = Path(__file__).resolve().parent.parent
DATA = PROJECT.parent / "shared/data"
OTHERS = {  # path below the data, and what it is
    "series/head_ct_mini": "head CT",
    "series/lung_dx_a0001": "chest CT (trained on, as averaged volume)",
    "series/lung_dx_a0002": "chest CT (kept out)",
    "labelled/totalsegmentator": "abdomen CT",
    "labelled/elastix_lung": "cropped lung CT",
    "labelled/cip_chest": "chest CT of another collection, 64 x 64",
    "chest_ct/hard_unlabelled": "hard chest CT",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=PROJECT / "resources/models/ct-lung/2.0.0")
    parser.add_argument("--write-card", action="store_true")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    predictor = Predictor(options.model, "cpu")
    manifest = read_manifest(DATA / "chest_ct/manifest.json")
    held_out = manifest.held_out(set())
    features, spacings = [], []
    for row in manifest.rows:
        if row.patient in held_out:
            continue
        volume, _ = read_case(row)
        features.append(of_volume(predictor, volume))
        if volume.geometry.shape[0] > 1:
            spacings.append(volume.geometry.spacing_mm)
    facts = measured(features, spacings)
    predictor.card = replace(predictor.card, familiarity=facts)
    rows: dict[str, Any] = {}
    for row in manifest.rows:
        if row.patient in held_out:
            rows[row.case] = warned(predictor, read_case(row)[0])
    for name, volume in others():
        rows[name] = warned(predictor, volume)
    for name, reasons in rows.items():
        print(f"{name:60} {'; '.join(reasons) or '-'}")
    print({key: value for key, value in facts.items() if key not in ("mean", "deviation")})
    if options.json:
        options.json.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
    if options.write_card:
        write_card(options.model, replace(read_card(options.model), familiarity=facts))


def of_volume(predictor: Predictor, volume: Volume) -> np.ndarray:
    prepared = PreparedVolume(volume, predictor.card.input)
    return features_of(predictor, prepared, looked_at(prepared.slice_count))


def warned(predictor: Predictor, volume: Volume) -> list[str]:
    try:
        return [reason.text for reason in reasons_of(predictor, volume, Progress())]
    except MedviewError as error:
        return [f"refused: {error.message}"]


def others() -> Any:
    """(name, volume) of everything below `OTHERS` that opens as a grey volume."""
    for folder, what in OTHERS.items():
        path = DATA / folder
        report = opening.index([path], Progress())
        for series in (one for one in report.series if one.kind == "image"):
            try:
                yield f"{what}: {series.key[-6:]}"[:58], opening.load(series, Progress(), 0)
            except MedviewError as error:
                print(what, error.message)
        for file in sorted(path.rglob("*")):
            name = file.name.lower()
            is_image = "label" not in name and "mask" not in name and "lm-" not in name
            if name.endswith((".nii.gz", ".nrrd", ".mha")) and is_image:
                try:
                    volume = read_volume(file)
                except MedviewError:
                    continue
                yield (
                    f"{what}: {file.parent.name}/{file.name}"[:58],
                    replace(volume, modality=volume.modality or "CT", units="HU"),
                )


if __name__ == "__main__":
    main()
