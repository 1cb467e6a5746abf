"""Two versions of a model on the same held-out cases and phantoms: figures, then advice."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from medview.ai.preprocess import PreparedVolume
from medview.core.geometry import Geometry
from medview.core.job import Progress
from medview.core.metrics import MaskMetrics, SliceSums, dice
from medview.session.advice import HELD_OUT, PHANTOM_CASE, difference, gates, summary
from medview.session.records import ReviewedSlice
from medview.session.reviewed_labels import UNSURE, class_labels

if TYPE_CHECKING:
    from medview.ai.network.predictor import Predictor

Figures = dict[str, float | None]


@dataclass(frozen=True)
class HeldOutCase:
    """The accepted slices of one case of a held-out patient. ``name`` says nothing of either.

    ``is_seen``: the base was trained on this patient, so the case proves nothing.
    """

    name: str
    patient: str
    slices: tuple[ReviewedSlice, ...]
    is_seen: bool = False


def held_out_cases(
    reviews: Iterable[ReviewedSlice], seen: Collection[str] = ()
) -> list[HeldOutCase]:
    """Cases in a fixed order. ``seen`` are SHA-256 of PatientIDs that the base was trained on."""
    by_case: dict[tuple[str, str], list[ReviewedSlice]] = {}
    for one in reviews:
        by_case.setdefault((one.record.patient, one.record.case_key), []).append(one)
    return [
        HeldOutCase(
            f"case {number} ({patient[:7]})", patient, tuple(slices), is_seen(patient, seen)
        )
        for number, ((patient, _), slices) in enumerate(sorted(by_case.items(), key=_key), start=1)
    ]


def _key(item: tuple[tuple[str, str], list[ReviewedSlice]]) -> tuple[str, str]:
    return item[0][0][:7], item[0][1]


def is_seen(patient: str, seen: Collection[str]) -> bool:
    """Whether a patient's hash (`patient_hash`) is among the SHA-256 of PatientIDs in a card."""
    return any(full.startswith(patient.removeprefix("p")) for full in seen)


def compare(
    base: Path | None,
    candidate: Path,
    held_out: Iterable[ReviewedSlice],
    device: str = "auto",
    progress: Progress | None = None,
    seen: Collection[str] = (),
) -> dict[str, Any]:
    """Base against candidate on the same held-out cases and on held-out phantoms.

    ``table``: rows of case, label, current and candidate Dice (null: nothing there), those that
    got worse most first and the phantoms last, all figures of both, and whether the base has seen
    the case. ``summary``: mean difference, its interval over patients, pixels to correct per
    slice. ``gates``: the advice in words and its checks; the person decides. Without a base, as
    for a new task, there is no current figure.
    """
    progress = progress or Progress()
    cases = held_out_cases(held_out, seen)
    now = Measured() if base is None else measured(base, cases, device, progress)
    then = measured(candidate, cases, device, progress)
    return comparison(cases, now, then, has_base=base is not None)


@dataclass
class Measured:
    """``figures`` by (case, label), ``wrong`` pixels by case, of one version or of several."""

    figures: dict[tuple[str, str], Figures] = field(default_factory=dict)
    wrong: dict[str, int] = field(default_factory=dict)

    def add(self, predictor: Predictor, cases: Iterable[HeldOutCase], progress: Progress) -> None:
        figures, wrong = measure(predictor, cases, progress)
        self.figures |= figures
        self.wrong |= wrong


def measured(
    folder: Path, cases: Iterable[HeldOutCase], device: str, progress: Progress
) -> Measured:
    """A version on cases and on the held-out phantoms."""
    from medview.session.model_jobs import load_predictor

    predictor = load_predictor(str(folder), device)
    found = Measured()
    found.add(predictor, cases, progress)
    found.figures |= _phantom_figures(predictor, progress)
    return found


def comparison(
    cases: list[HeldOutCase],
    now: Measured,
    then: Measured,
    *,
    has_base: bool,
    protocol: str = HELD_OUT,
) -> dict[str, Any]:
    """What `compare` gives, of figures at hand; ``protocol`` says how the cases were kept apart."""
    by_name = {case.name: case for case in cases}
    table = [
        {
            "case": case,
            "label": label,
            "current": now.figures.get((case, label), {}).get("dice"),
            "candidate": row["dice"],
            "seen": case in by_name and by_name[case].is_seen,
            "figures": {"current": now.figures.get((case, label), {}), "candidate": row},
        }
        for (case, label), row in then.figures.items()
    ]
    table.sort(key=lambda row: (row["case"] == PHANTOM_CASE, _got_worse(row)))
    patients = {case.name: case.patient for case in cases}
    counted = [case for case in cases if not case.is_seen]
    found = summary(table, patients)
    slices = sum(len(case.slices) for case in counted)
    if slices and has_base:
        found["wrong_pixels_per_slice"] = {
            name: sum(one.wrong[case.name] for case in counted) / slices
            for name, one in (("current", now), ("candidate", then))
        }
    advice = gates(table, found, protocol)
    return {"protocol": protocol, "gates": advice, "table": table, "summary": found}


def _got_worse(row: dict[str, Any]) -> float:
    """What to sort by, so that the case that got worse most stands first."""
    return difference(row) if row["candidate"] is not None else 1.0


def measure(
    predictor: Predictor, cases: Iterable[HeldOutCase], progress: Progress
) -> tuple[dict[tuple[str, str], Figures], dict[str, int]]:
    """Figures by (case, label) over a case's accepted slices, and its wrong pixels by case.

    Distances are taken in the plane of each slice, because the slices need not be neighbours.
    """
    figures: dict[tuple[str, str], Figures] = {}
    wrong: dict[str, int] = {}
    for case in cases:
        sums: dict[int, SliceSums] = {}
        wrong[case.name] = 0
        for one in case.slices:
            progress.check()
            truth, unlabelled = class_labels(one, predictor.card.labels)
            guess = predicted(predictor, one)
            sure = truth != UNSURE
            counted = [n for n in range(predictor.card.classes) if n not in unlabelled]
            wrong[case.name] += wrong_pixels(truth, guess, counted)
            for number in counted[1:]:
                sums.setdefault(number, SliceSums(_plane(one))).add(
                    (truth == number) & sure, (guess == number) & sure
                )
        for number, label_sums in sums.items():
            name = predictor.card.labels[number].name
            figures[case.name, name] = label_sums.result().to_json()
    return figures, wrong


def predicted(predictor: Predictor, one: ReviewedSlice) -> NDArray[np.uint8]:
    """The model's classes on an accepted slice, (rows, columns) as it is stored."""
    prepared = PreparedVolume(one.volume, predictor.card.input)
    guess = np.zeros(one.volume.geometry.shape, np.uint8)
    prepared.canonical_view(guess)[1] = predictor.slice_labels(prepared, [1])[0][0]
    plane: NDArray[np.uint8] = guess[1]
    return plane


def wrong_pixels(truth: NDArray[Any], guess: NDArray[Any], counted: Collection[int]) -> int:
    """What a person would have to change; classes that were not looked for do not count."""
    sure = truth != UNSURE
    told = np.where(np.isin(guess, list(counted)), guess, 0)
    return int(((told != truth) & sure).sum())


def _plane(one: ReviewedSlice) -> Geometry:
    """The grid of the accepted slice alone."""
    return Geometry((1, *one.volume.geometry.shape[1:]), one.volume.geometry.affine)


def _phantom_figures(predictor: Predictor, progress: Progress) -> dict[tuple[str, str], Figures]:
    """Dice of the lungs on generated patients that no rehearsal uses: the old skill."""
    from medview.ai.training.rehearsal import HELD_OUT_SEEDS, phantom_volume

    lungs = {"right lung": 1, "left lung": 2}
    known = {label.name.lower(): label.id for label in predictor.card.labels}
    if not set(lungs) <= set(known):
        return {}
    scores: dict[str, list[float]] = {name: [] for name in lungs}
    for seed in HELD_OUT_SEEDS:
        volume, truth = phantom_volume(seed)
        guess = predictor.predict(volume, progress).labels
        for name, value in lungs.items():
            scores[name].append(dice(truth == value, guess == known[name]) or 0.0)
    empty = asdict(MaskMetrics(None, None, None, None, None, None))
    return {
        (PHANTOM_CASE, name): {**empty, "dice": float(np.mean(values))}
        for name, values in scores.items()
    }
