"""Retrain on corrections: accepted slices in, a candidate and its comparison out.

The live model is never touched: the result is a new version in the workspace's model folder.
"""

from __future__ import annotations

import copy
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from medview.ai.card import ModelCard
from medview.ai.catalog import ModelFolder
from medview.core.errors import MedviewError
from medview.core.job import Progress
from medview.core.labels import side_pairs
from medview.session.comparing import compare
from medview.session.lineage import PATIENTS
from medview.session.records import ReviewedSlice, reviewed_slices
from medview.session.reviewed_labels import class_labels, grown_table, usable
from medview.session.torch_room import predictor_module
from medview.store.records import ReviewRecord
from medview.store.workspace import Workspace

if TYPE_CHECKING:
    from medview.ai.training.samples import Sample

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
    seen_patients: tuple[str, ...] = ()  # SHA-256 of the PatientIDs that the base was made from


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

    left_out: list[str] = []  # damaged slices: the rest can be learned from
    with_labels = [one for one in read_reviews(request.workspace, left_out) if usable(one)]
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
    result = compare(
        request.base.folder, building, held_out, request.device, progress, request.seen_patients
    )
    make_model.write_metrics(building, result)
    folder = request.own_models / request.name / request.version
    folder.parent.mkdir(parents=True, exist_ok=True)
    building.rename(folder)
    return {"candidate": card.id, "base": base_card.id, "left_out": left_out, **result}


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
            **({PATIENTS: list(request.seen_patients)} if request.seen_patients else {}),
        },
    )


def _steps_by_clock(request: RetrainRequest, step: Any) -> int:
    """How many steps the time will hold, at the pace so far."""
    budget = request.budget_s or 0.0
    gone = max(budget - step.seconds_left, 1e-3)
    return max(int(step.step), int(step.step * budget / gone))


def read_reviews(workspace_folder: Path, damaged: list[str] | None = None) -> list[ReviewedSlice]:
    """All accepted slices that nobody excluded, from a snapshot that is closed before training.

    A slice whose record is damaged is left out; ``damaged`` gets its name.
    """
    workspace = Workspace.open_readonly(workspace_folder)
    try:
        titles = {one.key: one.title for one in workspace.cases()}

        def note(record: ReviewRecord) -> None:
            if damaged is not None:
                title = titles.get(record.case_key) or record.case_key
                damaged.append(f"{title}, slice {record.slice_index + 1}")

        return list(reviewed_slices(workspace, note))
    finally:
        workspace.close()


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
