"""Which cases does the model call unlike its training? What the card keeps, and who is warned of.

python benchmarks/familiarity.py [--model FOLDER] [--write-card] [--json FILE]

Training cases: all rows of ../shared/data/chest_ct/manifest.json that are not kept out; all limits
come from them. Then the kept-out cases (should not be told of) and hard slices, other parts of the
body and cropped cases (should be). ``--write-card`` writes the limits into the card and the table
into metrics.json.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from figures import MODEL, PROJECT

from medview.ai.card import METRICS, read_card
from medview.ai.familiarity import looked_at, measured
from medview.ai.network.features import features_of
from medview.ai.network.predictor import Predictor
from medview.ai.preprocess import PreparedVolume
from medview.ai.training.make_model import write_card, write_metrics
from medview.core.errors import MedviewError
from medview.core.job import Progress
from medview.core.volume import Volume
from medview.formats.registry import read_volume
from medview.session import opening
from medview.session.manifest import read_case, read_manifest
from medview.session.model_jobs import reasons_of

DATA = PROJECT.parent / "shared/data"
EXPECTED = {True: "should be told", False: "should not"}
OTHERS = (  # path below the data, what it is, whether something should be told
    ("series/head_ct_mini", "head CT", True),
    ("series/lung_dx_a0002", "chest CT, kept out, whole DICOM", False),
    ("labelled/totalsegmentator/tests/reference_files/example_ct.nii.gz", "abdomen CT", True),
    ("labelled/totalsegmentator/tests/reference_files/example_ct_sm.nii.gz", "abdomen CT", True),
    ("labelled/totalsegmentator/tests/reference_files/example_mr_sm.nii.gz", "MR as CT", True),
    ("labelled/elastix_lung", "cropped lung CT", True),
    ("chest_ct/hard_unlabelled", "hard chest CT", True),
)
NO_IMAGE = ("label", "mask", "lm-", "seg")  # in names of files


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=MODEL)
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
    facts = measured(features, spacings, predictor.card.classes)
    predictor.card = replace(predictor.card, familiarity=facts)
    table: dict[str, dict[str, list[str]]] = {}  # kind, case -> reasons
    for row in manifest.rows:
        if row.patient in held_out:
            volume, labels = read_case(row)
            kind = "kept-out chest CT" if labels.any() else "kept-out slice without lung"
            table.setdefault(kind, {})[row.case] = warned(predictor, volume)
    told = {"kept-out chest CT": False, "kept-out slice without lung": True}
    for name, kind, should, volume in others():
        told[kind] = should
        table.setdefault(kind, {})[name] = warned(predictor, volume)
    report = {
        kind: {
            "cases": len(cases),
            "told": sum(bool(reasons) for reasons in cases.values()),
            "expected": EXPECTED[told[kind]],
            "reasons": cases,
        }
        for kind, cases in table.items()
    }
    for kind, found in report.items():
        print(f"{kind}: {found['told']} of {found['cases']} ({found['expected']})")
        for name, reasons in found["reasons"].items():
            print(f"    {name:44} {'; '.join(reasons) or '-'}")
    if options.json:
        options.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    if options.write_card:
        write_card(options.model, replace(read_card(options.model), familiarity=facts))
        metrics = json.loads((options.model / METRICS).read_text(encoding="utf-8"))
        write_metrics(options.model, {**metrics, "familiarity": report})


def of_volume(predictor: Predictor, volume: Volume) -> np.ndarray:
    prepared = PreparedVolume(volume, predictor.card.input)
    return features_of(predictor, prepared, looked_at(prepared.slice_count))


def warned(predictor: Predictor, volume: Volume) -> list[str]:
    try:
        return [reason.text for reason in reasons_of(predictor, volume, Progress())]
    except MedviewError as error:
        return [f"refused: {error.message}"]


def others() -> Iterator[tuple[str, str, bool, Volume]]:
    """(name, kind, whether it should be told, volume) of everything of `OTHERS` that opens."""
    for place, kind, should in OTHERS:
        path = DATA / place
        report = opening.index([path], Progress())
        for number, series in enumerate(one for one in report.series if one.kind == "image"):
            try:
                yield f"{path.name} {number}", kind, should, opening.load(series, Progress(), 0)
            except MedviewError as error:
                print(kind, error.message)
        for file in [path] if path.is_file() else sorted(path.rglob("*")):
            name = file.name.lower()
            if not name.endswith((".nii.gz", ".nrrd", ".mha")) or any(n in name for n in NO_IMAGE):
                continue
            volume = read_volume(file)
            yield name, kind, should, replace(volume, modality=volume.modality or "CT", units="HU")


if __name__ == "__main__":
    main()
