"""Put a corrected mask into the workspace as accepted labels, which retraining learns from."""

from __future__ import annotations

import argparse
import getpass
import re
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np

from medview.commands._common import Ticker, need_path, open_image, open_workspace
from medview.commands._output import print_json
from medview.core.box import Box
from medview.core.errors import MedviewError
from medview.core.job import Progress
from medview.core.labelmap import LabelMap
from medview.core.labels import Label, LabelTable, default_color
from medview.core.volume import Volume
from medview.edit.edit import Origin
from medview.formats.registry import format_for
from medview.session.exporting import contiguous
from medview.session.manifest import with_known_code
from medview.session.records import case_record, hashed_patient, review_records, table_of
from medview.session.reviewing import accepted, choose_split
from medview.session.session import Session
from medview.store.records import Split
from medview.store.workspace import Workspace

_RANGE = re.compile(r"(\d+)(?:-(\d+))?")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", type=Path, help="the image: DICOM folder or file, NIfTI or NRRD")
    parser.add_argument("mask", type=Path, help="its labels: DICOM SEG, NIfTI, NRRD or PNG")
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
    need_path(options.mask)
    volume = open_image(
        options.path, options.series, options.volume, Progress(Ticker(options.json))
    )
    slices = parse_slices(options.slices, volume.geometry.shape[0])
    labelmap = named_labels(options.mask, volume, names)
    patient = _patient(options.patient, volume)
    reviewer = options.reviewer or _account()
    with open_workspace(options) as workspace:
        labelmap = _with_the_cases_ids(workspace, volume, labelmap)
        chosen = accepted(volume, labelmap, slices, reviewer, patient=patient)
        split = _split(options.split, workspace, patient)
        workspace.freeze_split(patient, split).result()
        if workspace.case(volume.case_key) is None:
            workspace.upsert_case(case_record(volume, labelmap.table)).result()
        _draw_in_case(workspace, volume, labelmap, slices, reviewer)
        workspace.put_reviews(review_records(chosen, split)).result()
        kept = workspace.case(volume.case_key)
        if kept is not None:  # opening the case wrote the patient as the image names it
            workspace.upsert_case(replace(kept, patient_id_hash=patient)).result()
    result: dict[str, Any] = {
        "case": volume.case_key,
        "patient": patient,
        "split": split,
        "accepted": len(slices),
        "slices": slices,
        "reviewer": reviewer,
        "labels": [{"id": label.id, "name": label.name} for label in labelmap.table],
    }
    if options.json:
        print_json(result)
    else:
        names_text = ", ".join(label.name for label in labelmap.table)
        print(f"{len(slices)} slices accepted ({split}): {names_text}")
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


def named_labels(path: Path, volume: Volume, names: dict[int, str]) -> LabelMap:
    """The mask on the image's grid, each of its labels named by the file or by ``names``.

    ``names`` go first, and add labels that the mask has no voxel of.
    """
    known = format_for(path / "slice.png" if path.is_dir() else path)
    if known.read_labels is None:
        raise MedviewError(f"{path} ({known.name}) holds no labels.", code="no-labels")
    labelmap: LabelMap = known.read_labels(path, volume)
    if not labelmap.geometry.is_close(volume.geometry):
        raise MedviewError(
            f"{path} lies on another grid than the image.",
            hint="Choose the image it was drawn on; --series chooses among several.",
            code="geometry-differs",
        )
    table = labelmap.table
    for number, name in names.items():
        if number not in table or table[number].name != name:
            table = table.with_label(with_known_code(Label(number, name, default_color(number))))
    nameless = [label.id for label in table if label.name == f"label {label.id}"]
    if nameless:
        raise MedviewError(
            f"{path} does not name its labels {', '.join(map(str, nameless))}.",
            hint='Name them, e.g. --labels "1=right lung,2=left lung".',
            code="labels-unnamed",
        )
    if not len(table):
        raise MedviewError(
            f"{path} holds no labels, so it must be said which structures are absent.",
            hint='Name them, e.g. --labels "1=right lung,2=left lung".',
            code="labels-unnamed",
        )
    return LabelMap(labelmap.geometry, table, labelmap.voxels.copy())


def _patient(identity: str | None, volume: Volume) -> str:
    """The hash of the patient; one is needed, so that no patient is trained on and held out."""
    own = volume.source.patient_id if volume.source is not None else ""
    chosen = (identity or own).strip()
    if not chosen:
        raise MedviewError(
            "The image does not say whose it is.",
            hint="Name the patient with --patient ID; only a hash of it is kept.",
            code="no-patient",
        )
    return hashed_patient(chosen)


def _split(wanted: str, workspace: Workspace, patient: str) -> Split:
    """The split asked for; MedviewError where the patient already has the other one."""
    known = workspace.split_of(patient)
    if wanted == "auto":
        return known or choose_split(workspace, patient)
    if known is not None and known != wanted:
        raise MedviewError(
            f"This patient already belongs to the {known} cases and cannot become {wanted}.",
            hint="A patient stays in one split, so that measured quality stays honest.",
            code="split-frozen",
        )
    return cast("Split", wanted)


def _account() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "reader"


def _with_the_cases_ids(workspace: Workspace, volume: Volume, labelmap: LabelMap) -> LabelMap:
    """The labels under the ids that the case already gives to their names, all below 256."""
    record = workspace.case(volume.case_key)
    table = LabelTable()
    if record is not None and record.shape == volume.geometry.shape:
        table = table_of(record.label_table_json)
    voxels = labelmap.voxels
    lookup = np.zeros(int(voxels.max()) + 1, np.uint8)
    mine = []
    for label in labelmap.table:
        known = next((one for one in table if one.name.lower() == label.name.lower()), None)
        if known is None:
            free = label.id < 256 and label.id not in table
            known = replace(label, id=label.id if free else table.free_id())
            table = table.with_label(known)
        if known.id > 255:
            raise MedviewError("A case can have at most 255 labels.", code="too-many-labels")
        if label.id < len(lookup):
            lookup[label.id] = known.id
        mine.append(known)
    return LabelMap(volume.geometry, LabelTable.of(mine), lookup[voxels])


def _draw_in_case(
    workspace: Workspace, volume: Volume, labelmap: LabelMap, slices: list[int], reviewer: str
) -> None:
    """The accepted slices as edits of the case, so that the window shows what was accepted.

    One edit per run of slices: an edit takes back the acceptance of every slice in its box.
    """
    session = Session(workspace)
    try:
        session.open_volume(volume)
        editor, mine = session.editor, session.labelmap
        assert editor is not None
        assert mine is not None
        origin = Origin("import", "medview accept", person=reviewer)
        _, rows, columns = volume.geometry.shape
        for low, high in contiguous(slices):
            table = mine.table
            for label in labelmap.table:
                table = table if label.id in table else table.with_label(label)
            editor.begin("Accept labels", origin, low, table)
            editor.write(Box((low, 0, 0), (high, rows, columns)), labelmap.voxels[low:high])
            editor.commit()
        session.flush()
    finally:
        session.close()
