"""Retrain on corrections: accepted slices in, a candidate and its comparison out.

The live model is never touched: the result is a new version in the workspace's model folder.
"""

from __future__ import annotations

import copy
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from medview.ai.card import ModelCard
from medview.core.atomic import write_error
from medview.core.errors import Cancelled, MedviewError
from medview.core.job import Progress
from medview.core.labels import side_pairs
from medview.session.comparing import compare
from medview.session.lineage import PATIENTS
from medview.session.new_task import task_of
from medview.session.records import ReviewedSlice, reviewed_slices
from medview.session.retrain_listener import Report, RetrainListener
from medview.session.retrain_request import RetrainRequest, fingerprint
from medview.session.reviewed_labels import class_labels, grown_table, usable
from medview.session.torch_room import predictor_module
from medview.store.lock import FolderLock
from medview.store.records import ReviewRecord
from medview.store.workspace import Workspace

if TYPE_CHECKING:
    from medview.ai.network.unet import UNet
    from medview.ai.training.augment.generated import Painter
    from medview.ai.training.samples import Sample
    from medview.ai.training.teacher import Teacher
    from medview.ai.training.trainer import FitOptions
    from medview.ai.training.workers import Workers

_CHECKPOINT = "checkpoint.pt"
_LOCK = "lock"
_NEW_TASK_RATE = 1e-3  # a head that knows nothing has further to go
_GENTLE = {"flip": 0.1, "zoom": 0.12, "rotate_degrees": 10.0, "opacity": 0.15, "truncate": 0.0}
_OF_CT = ("opacity", "gas", "synthetic", "table", "metal")  # augmentation that speaks in HU


@dataclass(frozen=True)
class _Plan:
    """What is learned from what: ``old`` is the untouched network that teaches."""

    request: RetrainRequest
    card: ModelCard
    network: UNet
    old: UNet
    train: list[ReviewedSlice]
    held_out: list[ReviewedSlice]
    left_out: list[str]  # damaged slices: the rest can be learned from


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
    device = str(network_room.choose_device(request.device))
    with joined(device) as workers, memory_in_words(), _disk_in_words(request.folder):
        if not workers.is_first:
            _learn(plan, workers, report, progress)
            return {}
        with _building(request):
            try:
                averaged = _learn(plan, workers, report, progress)
                if averaged is not None:
                    return _finish(plan, averaged, workers.device, progress)
            except Cancelled:
                shutil.rmtree(request.building, ignore_errors=True)
                raise
            shutil.rmtree(request.building, ignore_errors=True)
            return None


def _plan(request: RetrainRequest) -> _Plan:
    from medview.ai.training.grow import fresh_head, grow_head
    from medview.ai.training.make_model import new_network

    left_out: list[str] = []
    reviews = [one for one in read_reviews(request.workspace, left_out) if usable(one)]
    train = [one for one in reviews if one.record.split == "train"]
    if not train:
        lost = f" Damaged: {'; '.join(left_out)}." if left_out else ""
        raise MedviewError(
            f"There is no accepted axial slice to train on.{lost}",
            hint="Correct some slices and accept them (A) first.",
            code="nothing-accepted",
        )
    base_card, base_network = predictor_module().load_network(request.base.folder)
    if request.is_new_task:
        card, reviews = task_of(request, base_card, reviews)
        train = [one for one in reviews if one.record.split == "train"]
        network = (
            new_network(card.architecture, card.arguments, request.seed)
            if request.from_scratch
            else fresh_head(base_network, card.classes, request.seed)
        )
    else:
        table = grown_table(base_card.labels, [one.table for one in train])
        arguments = {**base_card.arguments, "classes": len(table) + 1}
        card = replace(base_card, labels=table, arguments=arguments)
        network = grow_head(base_network, card.classes)
    old = copy.deepcopy(network).requires_grad_(False)
    held_out = [one for one in reviews if one.record.split != "train"]
    return _Plan(request, card, network, old, train, held_out, left_out)


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
def _building(request: RetrainRequest) -> Iterator[None]:
    """The candidate's building place, for one process at a time.

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


def _learn(plan: _Plan, workers: Workers, report: Report, progress: Progress) -> UNet | None:
    """The averaged network, or None when ``report`` stopped it."""
    from medview.ai.training.anchor import fisher_diagonal
    from medview.ai.training.batches import rare_more_often
    from medview.ai.training.checkpoint import Checkpoint
    from medview.ai.training.trainer import fit

    request, card = plan.request, plan.card
    options = _fit_options(request, card, workers.device)
    samples = correction_samples(plan.train, card)
    teachers, phantoms = _teachers(plan, samples, workers.device, progress)
    importance = None
    if request.fisher and phantoms:
        twin = copy.deepcopy(plan.old).to(workers.device)
        importance = fisher_diagonal(twin, phantoms, options.size)
    notes: list[str] = []
    file = request.building / _CHECKPOINT
    checkpoint = Checkpoint(
        file, fingerprint(request, plan.train), notes.append, is_fresh=request.is_fresh
    )
    if request.is_fresh and workers.is_first:
        file.unlink(missing_ok=True)
    listener = RetrainListener(request, card, report, notes, workers.is_first)
    with listener:
        averaged = fit(
            plan.network,
            rare_more_often(samples),
            card.classes,
            options,
            listener.hear,
            teachers,
            importance=importance,
            checkpoint=checkpoint,
            workers=workers,
            painter=_painter(request, card, samples, options, progress),
        )
    return None if listener.is_stopped else averaged


def _painter(
    request: RetrainRequest,
    card: ModelCard,
    samples: list[Sample],
    options: FitOptions,
    progress: Progress,
) -> Painter | None:
    """Who paints generated slices, where the experiment is asked for."""
    from medview.ai.training.augment.generated import fit_painter

    if not request.generated_share:
        return None
    given = samples, card.classes, options.size, options.augment
    return fit_painter(*given, seed=request.seed, device=options.device, check=progress.check)


def _teachers(
    plan: _Plan, samples: list[Sample], device: str, progress: Progress
) -> tuple[list[Teacher], list[Sample]]:
    """The old network on phantoms, and on the accepted slices where that is asked; the phantoms.

    A new task has no old skill to keep.
    """
    from medview.ai.training.rehearsal import REHEARSAL_SEEDS, rehearsal_samples
    from medview.ai.training.teacher import Teacher

    request, card = plan.request, plan.card
    if request.is_new_task or not (request.rehearsal or request.fisher):
        return [], []
    phantoms: list[Sample] = []
    for seed in REHEARSAL_SEEDS:
        progress.check()
        phantoms += rehearsal_samples(card.input, card.classes, (seed,))
    old = plan.old.to(device)
    if not request.own_rehearsal:
        return [Teacher(old, phantoms, request.rehearsal)], phantoms
    half = request.rehearsal / 2.0
    return [Teacher(old, phantoms, half), Teacher(old, samples, half, True)], phantoms


def _finish(plan: _Plan, averaged: UNet, device: str, progress: Progress) -> dict[str, Any]:
    """Weights, card, comparison; then the candidate takes its place."""
    from medview.ai.training import make_model
    from medview.ai.training.blend import blend

    request, base = plan.request, plan.request.base.card.id
    new_share = 1.0 if request.is_new_task else request.new_share
    card = _candidate_card(request, plan.card, base, plan.train)
    card.training["new_share"] = new_share
    card.training["fit"] = make_model.options_json(_fit_options(request, plan.card, device))
    card.training["hardware"] = make_model.hardware(device)
    made = request.building / "model"
    shutil.rmtree(made, ignore_errors=True)  # of a run that was killed while it compared
    card = make_model.save_weights(blend(plan.old, averaged, new_share), made, card)
    result = compare(
        None if request.is_new_task else request.base.folder,
        made,
        plan.held_out,
        request.device,
        progress,
        request.seen_patients,
    )
    make_model.write_metrics(made, result)
    request.folder.parent.mkdir(parents=True, exist_ok=True)
    made.rename(request.folder)
    shutil.rmtree(request.building, ignore_errors=True)
    return {"candidate": card.id, "base": base, "left_out": plan.left_out, **result}


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
    from medview.ai.training.make_model import FROM_SCRATCH_RATE, fill_labels
    from medview.ai.training.trainer import FitOptions

    rate = _NEW_TASK_RATE if request.is_new_task else request.learning_rate
    only_ct = {} if card.input.modality == "CT" else dict.fromkeys(_OF_CT, 0.0)
    augment = AugmentOptions(
        swap=side_pairs(card.labels),
        fill=fill_labels(card.labels),
        unit=(card.input.high - card.input.low) / 2.0,
        generated=request.generated_share,
        **{**_GENTLE, **only_ct},
    )
    return FitOptions(
        steps=request.steps or 100_000,
        batch=request.batch,
        accumulate=request.accumulate,
        learning_rate=FROM_SCRATCH_RATE if request.from_scratch else rate,
        average=0.98,
        anchor=request.fisher or request.anchor,
        seed=request.seed,
        budget_s=None if request.steps else request.budget_s,
        device=device,
        augment=augment,
    )
