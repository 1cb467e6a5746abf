"""Put a corrected mask into the workspace as accepted labels, which retraining learns from."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Any

from medview.commands._common import Ticker, need_path, open_image, open_workspace
from medview.commands._output import print_json
from medview.core.errors import MedviewError
from medview.core.job import Progress
from medview.session.accepting import accept_labels, account, named_labels, patient_of

_RANGE = re.compile(r"(\d+)(?:-(\d+))?")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", type=Path, help="the image: DICOM folder or file, NIfTI or NRRD")
    parser.add_argument(
        "mask",
        type=Path,
        nargs="?",
        help="its labels: DICOM SEG, RTSTRUCT, NIfTI, NRRD or PNG. Without: PATH is a manifest or "
        "an nnU-Net dataset, and all its cases are accepted",
    )
    parser.add_argument(
        "--bulk", action="store_true", help="PATH and MASK are folders whose files pair by name"
    )  # fmt: skip
    parser.add_argument(
        "--slices", help='from 0 along the first axis, e.g. "10,12-14" (default: all)'
    )
    parser.add_argument(
        "--labels", help='names, e.g. "1=right lung,2=left lung"; needed where the mask has none'
    )
    parser.add_argument("--patient", help="patient ID; needed where the image has none")
    parser.add_argument("--split", choices=["auto", "train", "held-out"], default="auto")
    parser.add_argument("--reviewer", help="who says that it is right (default: the account)")
    parser.add_argument("--series", help="series UID of the image (default: the largest)")
    parser.add_argument("--volume", type=int, default=0, help="volume of the series, from 0")


def run(options: argparse.Namespace) -> int:
    names = parse_labels(options.labels)
    if options.mask is None or (options.path.is_dir() and options.bulk):
        return _run_bulk(options)
    need_path(options.mask)
    volume = open_image(
        options.path, options.series, options.volume, Progress(Ticker(options.json))
    )
    slices = parse_slices(options.slices, volume.geometry.shape[0])
    labelmap = named_labels(options.mask, volume, names)
    patient = patient_of(options.patient, volume)
    reviewer = options.reviewer or account()
    with open_workspace(options) as workspace:
        done = accept_labels(
            workspace, volume, labelmap, slices,
            patient=patient, reviewer=reviewer, split=options.split,
        )  # fmt: skip
    result: dict[str, Any] = {
        "case": volume.case_key,
        "patient": patient,
        "split": done.split,
        "accepted": len(slices),
        "slices": slices,
        "reviewer": reviewer,
        "labels": [{"id": label.id, "name": label.name} for label in done.table],
    }
    if options.json:
        print_json(result)
    else:
        names_text = ", ".join(label.name for label in done.table)
        print(f"{len(slices)} slices accepted ({done.split}): {names_text}")
    return 0


def _run_bulk(options: argparse.Namespace) -> int:
    from medview.session.bulk_accept import accept_all, cases_of

    rows = cases_of(need_path(options.path), options.mask)
    reviewer = options.reviewer or account()
    progress = Progress(Ticker(options.json))
    with open_workspace(options) as workspace:
        done = accept_all(
            workspace, rows, reviewer, progress, split=options.split,
            names=parse_labels(options.labels),
        )  # fmt: skip
    if options.json:
        cases = [
            {"case": one.case_key, "patient": one.patient, "split": one.split,
             "accepted": len(one.slices)}
            for one in done.accepted
        ]  # fmt: skip
        print_json({"cases": cases, "left_out": list(done.left_out), "reviewer": reviewer})
    else:
        slices = sum(len(one.slices) for one in done.accepted)
        print(f"{len(done.accepted)} cases, {slices} slices accepted")
        for line in done.left_out:
            print(f"left out {line}")
    return 0


def parse_slices(text: str | None, count: int) -> list[int]:
    """Slice indices of e.g. ``10,12-14``, ascending; all ``count`` slices for None."""
    if text is None:
        return list(range(count))
    chosen: set[int] = set()
    for word in text.split(","):
        found = _RANGE.fullmatch(word.strip())
        if found is None:
            raise MedviewError(
                f"{text} is no list of slices.", hint="Write e.g. 10,12-14.", code="bad-slices"
            )
        low, high = int(found[1]), int(found[2] or found[1])
        if high < low or high >= count:
            raise MedviewError(
                f"Slices {word.strip()}: the image has slices 0 to {count - 1}.",
                hint="They are counted from 0 along the volume's first axis.",
                code="no-such-slice",
            )
        chosen.update(range(low, high + 1))
    return sorted(chosen)


def parse_labels(text: str | None) -> dict[int, str]:
    """Label id -> name of e.g. ``1=right lung,2=left lung``."""
    names: dict[int, str] = {}
    for word in text.split(",") if text else ():
        number, mark, name = word.partition("=")
        if not (mark and number.strip().isdigit() and name.strip()):
            raise MedviewError(
                f"{word.strip()} does not name a label.",
                hint='Write e.g. --labels "1=right lung,2=left lung".',
                code="bad-labels",
            )
        if not 1 <= int(number) <= 65535 or int(number) in names:
            raise MedviewError(
                f"Label ids must be 1 to 65535, each once, not {number}.", code="bad-labels"
            )
        names[int(number)] = name.strip()
    if len({name.lower() for name in names.values()}) < len(names):
        raise MedviewError("Two labels have the same name.", code="bad-labels")
    return names
