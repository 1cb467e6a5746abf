"""Masks against a truth: which files belong together, on which grid, under which labels."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from medview.ai.evaluation import evaluate_case, summary, worst_first
from medview.core.errors import MedviewError
from medview.core.geometry import Geometry
from medview.core.job import Progress
from medview.core.labelmap import LabelMap
from medview.core.labels import Label, LabelTable, default_color
from medview.core.metrics import MaskMetrics
from medview.core.volume import Message, Volume
from medview.dicom.index import SeriesEntry
from medview.formats.registry import format_for, format_of_suffix
from medview.session import opening

_ENDINGS = re.compile(r"(_0000|[._-](labels?|seg|segmentation|mask|image|img))$", re.IGNORECASE)
_NO_FIGURES = MaskMetrics(None, None, None, None, None, None).to_json()
Figures = dict[str, dict[str, float | None]]


class CaseSink(Protocol):
    """What wants to see every case beside its figures."""

    def add_case(
        self, case: str, truth: LabelMap, guess: LabelMap, image: Volume | None
    ) -> None: ...


@dataclass(frozen=True)
class Evaluation:
    """``cases`` worst first: case -> label -> figures; ``unpaired`` names without a partner."""

    cases: dict[str, Figures]
    mean: dict[str, dict[str, float | None]]
    worst: dict[str, dict[str, Any]]
    unpaired: list[str]
    messages: list[Message]


# ---- which files


def find_cases(path: Path, *, labels: bool) -> dict[str, Path]:
    """The cases in a file or folder by name: a file's stem, or the name of a DICOM folder.

    In a folder: each volume or label file is a case, each folder below it that holds DICOM (or
    one such file) is one. DICOM files directly in it are one case per series of several files,
    which is the folder itself, or one case per file. ``labels`` looks for masks, else for images.
    """
    if not path.exists():
        raise MedviewError(f"{path} does not exist.", hint="Check the name.", code="no-path")
    if path.is_file():
        return {stem(path): path}
    cases: dict[str, Path] = {}
    loose = []
    for one in sorted(path.iterdir()):
        if one.name.startswith("."):
            continue
        if one.is_dir():
            inside = _case_in_folder(one, labels=labels)
            if inside is not None:
                cases[one.name] = inside
        elif _is_wanted(one, labels=labels):
            cases[stem(one)] = one
        else:
            loose.append(one)
    cases.update(_dicom_cases(path, loose, labels=labels))
    return cases


def stem(path: Path) -> str:
    """The name without the suffixes of its format."""
    known = format_of_suffix(path)
    for suffix in sorted(known.suffixes if known else (), key=len, reverse=True):
        if path.name.lower().endswith(suffix):
            return path.name[: -len(suffix)]
    return path.stem


def _is_wanted(path: Path, *, labels: bool) -> bool:
    """A file of a format that its name tells, DICOM left out."""
    known = format_of_suffix(path)
    if known is None or known.needs_source:
        return False
    return (known.read_labels if labels else known.read_volume) is not None


def _case_in_folder(folder: Path, *, labels: bool) -> Path | None:
    """What a folder stands for: its only fitting file, its PNG slices, or itself for DICOM."""
    files = [one for one in sorted(folder.iterdir()) if one.is_file()]
    wanted = [one for one in files if _is_wanted(one, labels=labels)]
    if labels and wanted and all(one.suffix.lower() == ".png" for one in wanted):
        return folder
    if len(wanted) == 1:
        return wanted[0]
    if wanted:
        words = ("label", "seg", "mask") if labels else ("image", "img", "volume")
        named = [one for one in wanted if any(word in one.name.lower() for word in words)]
        if len(named) == 1:
            return named[0]
        raise MedviewError(
            f"{folder} holds {len(wanted)} files that could be meant.",
            hint="Name one file, or a folder with one file per case.",
            code="ambiguous-case",
        )
    found = _dicom_cases(folder, files, labels=labels)
    if labels and len(found) == 1:
        return next(iter(found.values()))
    return folder if found else None


def _dicom_cases(folder: Path, files: list[Path], *, labels: bool) -> dict[str, Path]:
    if not files:
        return {}
    report = opening.index(files, Progress())
    kind = "seg" if labels else "image"
    found = [one for one in report.series if isinstance(one, SeriesEntry) and one.kind == kind]
    if not labels and any(len(entry.headers) > 1 for entry in found):
        return {folder.name: folder}
    paths = [header.path for entry in found for header in entry.headers]
    return {stem(path): path for path in paths}


def pair(
    ours: Mapping[str, Path], truths: Mapping[str, Path], *, single: bool
) -> tuple[dict[str, tuple[Path, Path]], list[str]]:
    """(case -> (our file, truth), names without a partner).

    By equal names, then by names without endings like ``_0000`` or ``_labels``. ``single``: one
    case was named on each side, so they belong together whatever they are called.
    """
    if single and len(ours) == len(truths) == 1:
        (name, path), truth = next(iter(ours.items())), next(iter(truths.values()))
        return {name: (path, truth)}, []
    pairs = {name: (ours[name], truths[name]) for name in ours if name in truths}
    left: dict[str, str] = {}
    for name in ours:
        for key in _keys(name) if name not in pairs else ():
            left.setdefault(key, name)
    for name in truths:
        partners = [left[key] for key in _keys(name) if key in left and name not in pairs]
        if partners and partners[0] not in pairs:
            pairs[partners[0]] = (ours[partners[0]], truths[name])
    used = {path for both in pairs.values() for path in both}
    rest = [name for side in (ours, truths) for name, path in side.items() if path not in used]
    return pairs, sorted(set(rest))


def _keys(name: str) -> tuple[str, ...]:
    """The name, and the name without its ending."""
    plain = _ENDINGS.sub("", name)
    return (name,) if plain == name else (name, plain)


# ---- which labels


def parse_map(text: str | None) -> dict[int, int]:
    """``2=1,3=1`` as old id -> new id; a new id of 0 leaves a label out."""
    joined: dict[int, int] = {}
    for word in text.split(",") if text else ():
        old, mark, new = (part.strip() for part in word.partition("="))
        if not (mark and old.isdigit() and new.isdigit()) or not 1 <= int(old) <= 65535:
            raise MedviewError(
                f"{word.strip()} joins no labels.", hint="Write e.g. --map 2=1,3=1.", code="bad-map"
            )
        if int(new) > 65535 or int(old) in joined:
            raise MedviewError(f"{word.strip()}: each label once, up to 65535.", code="bad-map")
        joined[int(old)] = int(new)
    return joined


def joined(labelmap: LabelMap, new_ids: Mapping[int, int]) -> LabelMap:
    """The labels joined; a label made of several carries all their names."""
    if not new_ids:
        return labelmap
    lookup = np.arange(65536, dtype=np.uint16)
    for old, new in new_ids.items():
        lookup[old] = new
    names: dict[int, list[str]] = {}
    for label in sorted(labelmap.table, key=lambda one: one.id):
        target = new_ids.get(label.id, label.id)
        if target and not _is_nameless(label):
            names.setdefault(target, []).append(label.name)
        elif target:
            names.setdefault(target, [])
    table = LabelTable.of(
        Label(target, " + ".join(parts) or f"label {target}", default_color(target))
        for target, parts in names.items()
    )
    return LabelMap(labelmap.geometry, table, lookup[labelmap.voxels])


def aligned(truth: LabelMap, table: LabelTable) -> LabelMap:
    """The truth with the ids that ``table`` gives to its names.

    Files without names, and those that share no name with the table, keep their ids: there the
    voxel values are what agrees.
    """
    by_name = {label.name.lower(): label.id for label in table if not _is_nameless(label)}
    if not any(label.name.lower() in by_name for label in truth.table):
        return truth
    taken = LabelTable.of(table)
    lookup = np.arange(65536, dtype=np.uint16)
    mine = []
    for label in truth.table:
        new = by_name.get(label.name.lower())
        if new is None:
            new = label.id if label.id not in taken else taken.free_id()
            taken = taken.with_label(replace(label, id=new))
        lookup[label.id] = new
        mine.append(replace(label, id=new))
    return LabelMap(truth.geometry, LabelTable.of(mine), lookup[truth.voxels])


def _is_nameless(label: Label) -> bool:
    return label.name == f"label {label.id}"


def common_names(first: LabelTable, second: LabelTable) -> LabelTable:
    """Both tables by id; a real name goes before "label 2", and ``first`` before ``second``."""
    table = first
    for label in second:
        if label.id not in table or _is_nameless(table[label.id]):
            table = table.with_label(label)
    return table


# ---- which grid


def on_one_grid(guess: LabelMap, truth: LabelMap, case: str) -> tuple[LabelMap, LabelMap]:
    """Both on the truth's grid, extended to where the guess reaches; nothing is interpolated.

    MedviewError "geometry-differs" when the voxels do not coincide.
    """
    from medview.formats.label_files import fit_to_reference

    if guess.geometry.is_close(truth.geometry):
        return guess, truth
    if guess.geometry.shape == truth.geometry.shape:
        if not truth.geometry.calibrated:  # PNG knows no millimetres
            return guess, LabelMap(guess.geometry, truth.table, truth.voxels)
        if not guess.geometry.calibrated:
            return LabelMap(truth.geometry, guess.table, guess.voxels), truth
    whole = truth.geometry
    if whole.calibrated and guess.geometry.calibrated:
        ends = np.array(np.meshgrid(*[(0, n - 1) for n in guess.geometry.shape])).reshape(3, -1).T
        there = np.round(whole.to_voxel(guess.geometry.to_patient(ends))).astype(int)
        low = np.minimum(there.min(axis=0), 0)
        high = np.maximum(there.max(axis=0) + 1, whole.shape)
        if np.prod((high - low).astype(float)) <= 4.0 * np.prod(np.array(whole.shape, float)):
            affine = whole.affine.copy()
            affine[:3, 3] = whole.to_patient(low)
            size = (int(high[0] - low[0]), int(high[1] - low[1]), int(high[2] - low[2]))
            whole = Geometry(size, affine)
    reference = Volume(np.zeros(whole.shape, np.int16), whole)
    both = [fit_to_reference(one, reference, Path(case)) for one in (guess, truth)]
    if not all(one.geometry.is_close(whole) for one in both):
        raise MedviewError(
            f"Case {case}: the two masks lie on different grids, "
            f"{_size(guess.geometry)} and {_size(truth.geometry)}.",
            hint="Compare masks of the same image.",
            code="geometry-differs",
        )
    return both[0], both[1]


def _size(geometry: Geometry) -> str:
    return " x ".join(str(number) for number in geometry.shape)


# ---- together


def read_mask(path: Path, reference: Volume | None, messages: list[Message]) -> LabelMap:
    """A label file or folder of PNG slices, under the names and ids of its own."""
    known = format_for(path / "slice.png" if path.is_dir() else path)
    if known.read_labels is None:
        raise MedviewError(f"{path} ({known.name}) holds no labels.", code="no-labels")
    labelmap: LabelMap = known.read_labels(path, reference, messages=messages)
    return labelmap


def evaluate(
    pairs: Mapping[str, tuple[Path, Path]],
    guess_of: Callable[[str, Path, list[Message]], tuple[LabelMap, Volume | None]],
    new_ids: Mapping[int, int],
    unpaired: Iterable[str],
    progress: Progress,
    details: CaseSink | None = None,
) -> Evaluation:
    """Figures of every case. ``guess_of(case, path, messages)`` gives a mask and its image.

    ``details`` is handed every case as it is compared.
    """
    messages: list[Message] = []
    cases: dict[str, Figures] = {}
    for number, (case, (path, truth_path)) in enumerate(pairs.items()):
        progress.report(number / len(pairs), f"Case {number + 1} of {len(pairs)}")
        guess, image = guess_of(case, path, messages)
        truth = aligned(read_mask(truth_path, image, messages), guess.table)
        guess, truth = on_one_grid(joined(guess, new_ids), joined(truth, new_ids), case)
        table = common_names(guess.table, truth.table)
        cases[case] = evaluate_case(truth.voxels, guess.voxels, truth.geometry, table)
        if details is not None:
            details.add_case(case, truth, guess, image)
    return evaluation_of(cases, unpaired, messages)


def evaluation_of(
    cases: Mapping[str, Figures], unpaired: Iterable[str] = (), messages: Iterable[Message] = ()
) -> Evaluation:
    """Mean, worst and order of cases that were measured."""
    names = list(dict.fromkeys(name for figures in cases.values() for name in figures))
    filled = {
        case: {name: figures.get(name, dict(_NO_FIGURES)) for name in names}
        for case, figures in cases.items()
    }
    figures = summary(filled)
    return Evaluation(
        {case: filled[case] for case in worst_first(filled)},
        {name: one["mean"] for name, one in figures.items()},
        {name: one["worst"] for name, one in figures.items()},
        list(unpaired),
        list(messages),
    )
