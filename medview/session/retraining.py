"""Retrain on corrections: accepted slices in, a candidate and its comparison out.

The live model is never touched: the result is a new version in the workspace's model folder.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from medview.ai.card import ModelCard
from medview.core.atomic import write_error
from medview.core.errors import Cancelled, MedviewError
from medview.core.job import Progress
from medview.session.advice import add_advice
from medview.session.cleaning_limits import learned_limits
from medview.session.comparing import compare
from medview.session.folds import Parts, leave_one_out, left_out_patients, shared
from medview.session.lineage import ACCEPTED, PATIENTS
from medview.session.new_task import task_of
from medview.session.recipe import (
    Recipe,
    correction_samples,
    first_network,
    fit_options,
    grown_card,
    most_steps,
)
from medview.session.records import ReviewedSlice, reviewed_slices
from medview.session.retrain_listener import Report
from medview.session.retrain_request import RetrainRequest, fingerprint
from medview.session.reviewed_labels import grown_table, usable
from medview.session.torch_room import predictor_module
from medview.store.lock import FolderLock
from medview.store.records import ReviewRecord
from medview.store.workspace import Workspace

if TYPE_CHECKING:
    from medview.ai.network.unet import UNet

_CHECKPOINT = "checkpoint.pt"
_LOCK = "lock"


@dataclass(frozen=True)
class _Plan:
    """What is learned from what, and which patients are left out in turn to measure it."""

    request: RetrainRequest
    recipe: Recipe
    train: list[ReviewedSlice]
    held_out: list[ReviewedSlice]
    folds: list[str]  # patients; empty where held-out ones prove enough
    damaged: list[str]  # slices that are left out: the rest can be learned from


def retrain(
    request: RetrainRequest, report: Report, progress: Progress | None = None
) -> dict[str, Any] | None:
    """Train a candidate; the "done" event's fields, or None when it was stopped.

    ``progress`` stops it between steps too, with `Cancelled`. The candidate appears among the
    models when it was compared, not before. A run that is killed goes on at its checkpoint when
    the same is asked again, and makes place for another request; one that is stopped leaves
    nothing. Under ``torchrun`` all but the first process return {}.
    Raises MedviewError "nothing-accepted", "out-of-memory", "already-training", "write-failed".
    """
    progress = progress or Progress()
    network_room = predictor_module()  # first: it says in words when torch does not load
    from medview.ai.training.trainer import memory_in_words
    from medview.ai.training.workers import joined

    plan = _plan(request)
    limits = shared(request, len(plan.folds))
    told = Parts(report, limits)
    samples = correction_samples(plan.train, plan.recipe.card)
    mark = (request.building / _CHECKPOINT, fingerprint(limits[0], plan.train))
    device = str(network_room.choose_device(request.device))
    with joined(device) as workers, memory_in_words(), _disk_in_words(request.folder):
        learning = (samples, limits[0], workers, told.part(0), progress, mark)
        if not workers.is_first:
            plan.recipe.learn(*learning)
            return {}
        with building_place(request):
            try:
                averaged = plan.recipe.learn(*learning)
                if averaged is not None:
                    return _finish(plan, averaged, workers.device, progress, (told, limits))
            except Cancelled:
                shutil.rmtree(request.building, ignore_errors=True)
                raise
            shutil.rmtree(request.building, ignore_errors=True)
            return None


def _plan(request: RetrainRequest) -> _Plan:
    damaged: list[str] = []
    reviews = [one for one in read_reviews(request.workspace, damaged) if usable(one)]
    train = [one for one in reviews if one.record.split == "train"]
    if not train:
        lost = f" Damaged: {'; '.join(damaged)}." if damaged else ""
        raise MedviewError(
            f"There is no accepted axial slice to train on.{lost}",
            hint="Correct some slices and accept them (A) first.",
            code="nothing-accepted",
        )
    base_card, base_network = predictor_module().load_network(request.base.folder)
    if request.is_new_task:
        card, reviews = task_of(request, base_card, reviews)
        train = [one for one in reviews if one.record.split == "train"]
        card = replace(card, cleaning=learned_limits(train, card.labels, {}))
    else:
        table = grown_table(base_card.labels, [one.table for one in train])
        card = grown_card(base_card, table)
        card = replace(card, cleaning=learned_limits(train, table, base_card.cleaning))
    recipe = Recipe(request, card, first_network(request, base_network, card))
    held_out = [one for one in reviews if one.record.split != "train"]
    folds = left_out_patients(request, train, held_out)
    return _Plan(request, recipe, train, held_out, folds, damaged)


@contextmanager
def _disk_in_words(folder: Path) -> Iterator[None]:
    """Turns what the disk refuses into MedviewError "write-failed" about ``folder``.

    Not a pipe that broke: who listened is gone, and the command line ends quietly.
    """
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise write_error(folder, error) from error


@contextmanager
def building_place(request: RetrainRequest) -> Iterator[None]:
    """The place where versions are built for the request, for one process at a time.

    What runs that were killed left of versions that are there by now goes.
    """
    for place in request.building.parent.glob("*"):
        if (request.own_models / request.name / place.name).exists():
            shutil.rmtree(place, ignore_errors=True)
    request.building.mkdir(parents=True, exist_ok=True)
    try:
        lock = FolderLock(request.building / _LOCK)
    except MedviewError as error:
        if error.code != "workspace-locked":
            raise
        raise MedviewError(
            f"{request.name}@{request.version} is being trained already.",
            hint="Wait for it, stop it, or name another version by --out-name.",
            code="already-training",
        ) from error
    try:
        yield
    finally:
        lock.release()


def _finish(
    plan: _Plan,
    averaged: UNet,
    device: str,
    progress: Progress,
    parts: tuple[Parts, list[RetrainRequest]],
) -> dict[str, Any]:
    """Weights, card, comparison; then the candidate takes its place."""
    from medview.ai.training import make_model

    request, recipe, base = plan.request, plan.recipe, plan.request.base.card.id
    card = _candidate_card(request, recipe.card, base, plan.train)
    card.training["new_share"] = recipe.new_share
    limit = parts[1][0]
    fit = fit_options(limit, recipe.card, device)
    fit = replace(fit, steps=most_steps(limit, fit.steps, len(plan.train)))
    card.training["fit"] = make_model.options_json(fit)
    card.training["hardware"] = make_model.hardware(device)
    made = request.building / "model"
    shutil.rmtree(made, ignore_errors=True)  # of a run that was killed while it compared
    card = recipe.save(averaged, made, card)
    if plan.folds:
        result = leave_one_out(recipe, made, plan.train, plan.folds, parts, device, progress)
    else:
        result = _compare_held_out(plan, made, progress)
    make_model.write_metrics(made, result)
    request.folder.parent.mkdir(parents=True, exist_ok=True)
    made.rename(request.folder)
    shutil.rmtree(request.building, ignore_errors=True)
    said = {"candidate": card.id, "base": base, "new_task": request.is_new_task}
    return {**said, "left_out": plan.damaged, **result}


def _compare_held_out(plan: _Plan, made: Path, progress: Progress) -> dict[str, Any]:
    request = plan.request
    base = None if request.is_new_task else request.base.folder
    result = compare(base, made, plan.held_out, request.device, progress, request.seen_patients)
    has_one = len({one.record.patient for one in plan.train}) == 1
    if has_one and result["summary"]["difference"] is None and request.leave_one_out != "never":
        add_advice(result["gates"], "only_one_patient")
    return result


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
        description=_description(request, base, len(train)),
        training={
            "base": base,
            "accepted_slices": len(train),
            "patients": len({one.record.patient for one in train}),
            "seed": request.seed,
            "rehearsal": _rehearsal(request),
            **({PATIENTS: list(request.seen_patients)} if request.seen_patients else {}),
            ACCEPTED: sorted({one.record.patient.removeprefix("p") for one in train}),
        },
    )


def _description(request: RetrainRequest, base: str, slices: int) -> str:
    if not request.is_new_task:
        return f"{base} retrained on {slices} accepted slices."
    start = "from scratch" if request.from_scratch else f"on the features of {base}"
    return f"Trained {start} on {slices} accepted slices."


def _rehearsal(request: RetrainRequest) -> str:
    if request.is_new_task or not request.rehearsal:
        return "none"
    own = " and on the accepted slices" if request.own_rehearsal else ""
    return f"distillation on generated phantoms{own}"


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
