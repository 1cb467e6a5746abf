"""Retrain on corrections: accepted slices in, a candidate and its comparison out.

The live model is never touched: the result is a new version in the workspace's model folder.
"""

from __future__ import annotations

import copy
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from medview.ai.card import ModelCard
from medview.ai.catalog import ModelFolder
from medview.ai.preprocess import PreparedVolume
from medview.core.errors import MedviewError
from medview.core.job import Progress
from medview.core.labels import Label, LabelTable, side_pairs
from medview.core.metrics import dice
from medview.session.records import ReviewedSlice, reviewed_slice
from medview.session.torch_room import predictor_module
from medview.store.workspace import Workspace

if TYPE_CHECKING:
    from medview.ai.network.predictor import Predictor
    from medview.ai.training.samples import Sample

MINIMUM_GAIN = 0.005  # of mean Dice on held-out cases (AI.md)
MAXIMUM_DROP = 0.015  # of mean Dice on the old domain
PHANTOM_CASE = "generated phantoms (old skill)"
Report = Callable[[dict[str, Any]], bool]  # returns False to stop


@dataclass(frozen=True)
class RetrainRequest:
    """``budget_s`` ends training by the clock; with ``steps`` it is None."""

    workspace: Path
    base: ModelFolder
    own_models: Path
    version: str
    name: str
    budget_s: float | None = 120.0
    steps: int | None = None
    seed: int = 0
    device: str = "auto"
    rehearsal: float = 0.375
    new_share: float = 0.75  # of the weights; the rest stays the base's
    learning_rate: float = 3e-4


def retrain(
    request: RetrainRequest, report: Report, progress: Progress | None = None
) -> dict[str, Any] | None:
    """Train a candidate; the "done" event's fields, or None when it was stopped.

    ``progress`` stops it between steps too, with `Cancelled`. The candidate appears among the
    models when it was compared, not before: a run that is stopped or killed leaves none.
    Raises MedviewError "nothing-accepted".
    """
    progress = progress or Progress()
    network_room = predictor_module()  # first: it says in words when torch does not load
    from medview.ai.training import make_model
    from medview.ai.training.blend import blend
    from medview.ai.training.grow import grow_head
    from medview.ai.training.rehearsal import REHEARSAL_SEEDS, rehearsal_samples
    from medview.ai.training.trainer import Teacher, fit

    with_labels = [one for one in read_reviews(request.workspace) if usable(one)]
    train = [one for one in with_labels if one.record.split == "train"]
    if not train:
        raise MedviewError(
            "There is no accepted axial slice to train on.",
            hint="Correct some slices and accept them (A) first.",
            code="nothing-accepted",
        )
    base_card, base_network = network_room.load_network(request.base.folder)
    table = grown_table(base_card.labels, [one.table for one in train])
    card = replace(
        base_card, labels=table, arguments={**base_card.arguments, "classes": len(table) + 1}
    )
    network = grow_head(base_network, card.classes)
    teacher_network = copy.deepcopy(network).requires_grad_(False)
    samples = correction_samples(train, card)
    device = str(network_room.choose_device(request.device))
    options = _fit_options(request, card, device)
    rehearsal: list[Sample] = []
    for seed in REHEARSAL_SEEDS:
        progress.check()
        rehearsal += rehearsal_samples(card.input, card.classes, (seed,))
    teacher = Teacher(teacher_network.to(device), rehearsal, request.rehearsal)
    stopped = False

    def on_step(step: Any) -> bool:
        nonlocal stopped
        known = [value for value in step.dice if value == value]
        event = {
            "step": step.step,
            "steps": request.steps or _steps_by_clock(request, step),
            "loss": step.loss,
            "dice": float(np.mean(known)) if known else None,
            "seconds_left": step.seconds_left,
        }
        stopped = not report(event)
        return not stopped

    averaged = fit(network, samples, card.classes, options, on_step, teacher)
    if stopped:
        return None
    card = _candidate_card(request, card, base_card.id, train)
    card.training["new_share"] = request.new_share
    card.training["fit"] = make_model.options_json(options)
    card.training["hardware"] = make_model.hardware(device)
    building = request.own_models / ".building" / request.name / request.version
    shutil.rmtree(building, ignore_errors=True)  # of a run that was killed
    mixed = blend(teacher_network, averaged, request.new_share)
    card = make_model.save_weights(mixed, building, card)
    held_out = [one for one in with_labels if one not in train]
    result = compare(request, building, held_out, progress)
    make_model.write_metrics(building, result)
    folder = request.own_models / request.name / request.version
    folder.parent.mkdir(parents=True, exist_ok=True)
    building.rename(folder)
    return {"candidate": card.id, "base": base_card.id, **result}


def _candidate_card(
    request: RetrainRequest, card: ModelCard, base: str, train: list[ReviewedSlice]
) -> ModelCard:
    """The card of the version that is made from ``base`` and the accepted slices."""
    return replace(
        card,
        name=request.name,
        version=request.version,
        parent=base,
        corrections=len(train),
        created="",
        heatmap={},
        description=f"{base} retrained on {len(train)} accepted slices.",
        training={
            "base": base,
            "accepted_slices": len(train),
            "patients": len({one.record.patient for one in train}),
            "seed": request.seed,
            "rehearsal": "distillation on generated phantoms",
        },
    )


def _steps_by_clock(request: RetrainRequest, step: Any) -> int:
    """How many steps the time will hold, at the pace so far."""
    budget = request.budget_s or 0.0
    gone = max(budget - step.seconds_left, 1e-3)
    return max(int(step.step), int(step.step * budget / gone))


def read_reviews(workspace_folder: Path) -> list[ReviewedSlice]:
    """All accepted slices, from a snapshot that is closed before training begins."""
    workspace = Workspace.open_readonly(workspace_folder)
    try:
        return [reviewed_slice(record) for record in workspace.reviews()]
    finally:
        workspace.close()


def usable(one: ReviewedSlice) -> bool:
    """Only axially stored slices fit the 2.5D network; others stay accepted, and unused."""
    return one.volume.geometry.canonical_axes()[0][0] == 0


def grown_table(model: LabelTable, tables: list[LabelTable]) -> LabelTable:
    """The model's labels, and behind them those that were drawn and that it does not know."""
    grown = model
    for table in tables:
        for label in table:
            known = grown.find(label.name)
            if label.is_unsure:
                continue
            if known is None or known.name.lower() != label.name.lower():
                grown = grown.with_label(
                    Label(
                        len(grown) + 1,
                        label.name,
                        label.color,
                        label.code,
                        label.category,
                        label.modifier,
                    )
                )
    return grown


def class_labels(
    one: ReviewedSlice, table: LabelTable
) -> tuple[NDArray[np.uint8], tuple[int, ...]]:
    """An accepted slice's labels as the model's classes, and the classes it does not label.

    A class whose label is not in the case's table was not looked for there, so it is unlabelled.
    What was painted "unsure" becomes `UNSURE`, which no loss counts.
    """
    from medview.ai.training.samples import UNSURE

    lookup = np.zeros(int(one.labels.max(initial=0)) + 1, np.uint8)
    by_name = {label.name.lower(): label.id for label in table}
    found = set()
    for label in one.table:
        known = by_name.get(label.name.lower())
        if label.is_unsure:
            if label.id < len(lookup):
                lookup[label.id] = UNSURE
        elif known is not None:
            found.add(known)
            if label.id < len(lookup):
                lookup[label.id] = known
    merged = tuple(label.id for label in table if label.id not in found)
    classes: NDArray[np.uint8] = lookup[one.labels]
    return classes, merged


def correction_samples(reviews: list[ReviewedSlice], card: ModelCard) -> list[Sample]:
    """The accepted slices as training samples, each at weight 1."""
    from medview.ai.training.samples import samples_of

    samples: list[Sample] = []
    for one in reviews:
        classes, merged = class_labels(one, card.labels)
        stack = np.stack([np.zeros_like(classes), classes, np.zeros_like(classes)])
        samples += samples_of(
            one.volume,
            stack,
            card.input,
            classes=card.classes,
            patient=one.record.patient,
            merged=merged,
            slices=[1],
        )
    return samples


def _fit_options(request: RetrainRequest, card: ModelCard, device: str) -> Any:
    from medview.ai.training.augment import AugmentOptions
    from medview.ai.training.make_model import fill_labels
    from medview.ai.training.trainer import FitOptions

    augment = AugmentOptions(
        swap=side_pairs(card.labels),
        fill=fill_labels(card.labels),
        unit=(card.input.high - card.input.low) / 2.0,
        flip=0.1,
        zoom=0.12,
        rotate_degrees=10.0,
        opacity=0.15,
        truncate=0.0,
    )
    return FitOptions(
        steps=request.steps or 100_000,
        batch=8,
        learning_rate=request.learning_rate,
        average=0.98,
        seed=request.seed,
        budget_s=None if request.steps else request.budget_s,
        device=device,
        augment=augment,
    )


# ---- comparison


def compare(
    request: RetrainRequest,
    candidate: Path,
    held_out: list[ReviewedSlice],
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Base against candidate on the same held-out cases and on held-out phantoms.

    ``table``: rows of case, label, current and candidate Dice (null: nothing there). ``gates``:
    the advice in words and its checks; the person decides.
    """
    from medview.session.model_jobs import load_predictor

    figures = []
    for folder in (request.base.folder, candidate):
        predictor = load_predictor(str(folder), request.device)
        known = _held_out_dice(predictor, held_out)
        figures.append({**known, **_phantom_dice(predictor, progress or Progress())})
    table = [
        {
            "case": case,
            "label": label,
            "current": figures[0].get((case, label)),
            "candidate": figures[1][case, label],
        }
        for case, label in figures[1]
    ]
    return {"gates": gates(table), "table": table}


def _held_out_dice(
    predictor: Predictor, held_out: list[ReviewedSlice]
) -> dict[tuple[str, str], float | None]:
    """Dice by (case, label) over all accepted slices of a held-out case together."""
    from medview.ai.training.samples import UNSURE

    found: dict[tuple[str, str], float | None] = {}
    by_case: dict[str, list[ReviewedSlice]] = {}
    for one in held_out:
        by_case.setdefault(f"{one.record.patient[:7]} {one.record.case_key}", []).append(one)
    for number, (case, slices) in enumerate(sorted(by_case.items()), start=1):
        truths, guesses, merged_all = [], [], set(range(predictor.card.classes))
        for one in slices:
            truth, merged = class_labels(one, predictor.card.labels)
            prepared = PreparedVolume(one.volume, predictor.card.input)
            plane = predictor.slice_labels(prepared, [1])[0][0]
            guess = np.zeros(one.volume.geometry.shape, np.uint8)
            prepared.canonical_view(guess)[1] = plane
            truths.append(truth.ravel())
            guesses.append(guess[1].ravel())
            merged_all &= set(merged)
        truth_flat, guess_flat = np.concatenate(truths), np.concatenate(guesses)
        sure = truth_flat != UNSURE
        truth_flat, guess_flat = truth_flat[sure], guess_flat[sure]
        name = f"case {number} ({case[:7]})"
        for label in predictor.card.labels:
            if label.id not in merged_all:
                found[name, label.name] = dice(truth_flat == label.id, guess_flat == label.id)
    return found


def _phantom_dice(predictor: Predictor, progress: Progress) -> dict[tuple[str, str], float | None]:
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
    return {(PHANTOM_CASE, name): float(np.mean(values)) for name, values in scores.items()}


def gates(table: list[dict[str, Any]]) -> dict[str, Any]:
    """The advice: better by 0.005 on held-out cases, the old skill down by 0.015 at most."""
    held_out = list(_differences(table, phantom=False))
    old = list(_differences(table, phantom=True))
    checks = []
    if held_out:
        gain = float(np.mean(held_out))
        checks.append(
            {
                "name": "held_out",
                "passed": gain >= MINIMUM_GAIN,
                "value": gain,
                "text": f"held-out cases: Dice {gain:+.3f} (wanted {MINIMUM_GAIN:+.3f} or more)",
            }
        )
    if old:
        drop = float(np.mean(old))
        checks.append(
            {
                "name": "old_skill",
                "passed": drop >= -MAXIMUM_DROP,
                "value": drop,
                "text": f"old skill: Dice {drop:+.3f} (allowed {-MAXIMUM_DROP:+.3f})",
            }
        )
    return {"advice": _advice(held_out, checks), "checks": checks}


def _differences(table: list[dict[str, Any]], *, phantom: bool) -> Iterator[float]:
    for row in table:
        if (row["case"] == PHANTOM_CASE) == phantom and row["candidate"] is not None:
            yield row["candidate"] - (row["current"] or 0.0)


def _advice(held_out: list[float], checks: list[dict[str, Any]]) -> str:
    if not held_out:
        return (
            "No held-out case was compared, so it is not known whether the candidate is better. "
            "Accept slices of a second patient: it will be held out."
        )
    failed = [check["name"] for check in checks if not check["passed"]]
    if not failed:
        return "The candidate is better on held-out cases and keeps the old skill."
    if failed == ["old_skill"]:
        return "The candidate is better on held-out cases, but loses some of the old skill."
    if "old_skill" in failed:
        return "The candidate is not better, and loses some of the old skill. Discard it."
    return "The candidate is not clearly better on held-out cases."
