"""The retraining recipe: how a network learns from samples, however often and from whichever."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from medview.ai.card import ModelCard
from medview.core.job import Progress
from medview.core.labels import side_pairs
from medview.session.records import ReviewedSlice
from medview.session.retrain_listener import Report, RetrainListener
from medview.session.retrain_request import RetrainRequest
from medview.session.reviewed_labels import class_labels

if TYPE_CHECKING:
    from medview.ai.network.unet import UNet
    from medview.ai.training.augment.generated import Painter
    from medview.ai.training.samples import Sample
    from medview.ai.training.teacher import Teacher
    from medview.ai.training.trainer import FitOptions
    from medview.ai.training.workers import Workers

_NEW_TASK_RATE = 5e-3  # a head that knows nothing has further to go; see docs/learning.md
_BATCH = 8
NEW_TASK_BATCH = 2  # four times as many steps in the same time: docs/learning.md
_FEWEST_STEPS, _STEPS_PER_SLICE = 40, 5  # of a retraining that only time would end
_GENTLE = {"flip": 0.1, "zoom": 0.12, "rotate_degrees": 10.0, "opacity": 0.15, "truncate": 0.0}


class Recipe:
    """What is asked for, the card to learn for, and the network from which every training starts.

    ``start`` stays as it is: it teaches, and each training works on a copy.
    """

    def __init__(self, request: RetrainRequest, card: ModelCard, start: UNet) -> None:
        self.request, self.card = request, card
        self.start = start.requires_grad_(False)
        self._phantoms: list[Sample] | None = None

    def learn(
        self,
        samples: list[Sample],
        limit: RetrainRequest,
        workers: Workers,
        report: Report,
        progress: Progress,
        checkpoint: tuple[Path, str] | None = None,
    ) -> UNet | None:
        """The averaged network, or None when ``report`` stopped it.

        ``limit`` is the request with the steps or the time of this training. A training that is
        to survive a kill has a ``checkpoint``: the file, and the request's fingerprint.
        """
        from medview.ai.training.anchor import fisher_diagonal
        from medview.ai.training.batches import rare_more_often
        from medview.ai.training.checkpoint import Checkpoint
        from medview.ai.training.samples import window_of
        from medview.ai.training.trainer import fit

        options = fit_options(limit, self.card, workers.device)
        options = replace(options, steps=most_steps(limit, options.steps, len(samples)))
        if limit.is_new_task:  # what is known was learned in the default's windows
            options = replace(options, size=window_of(samples, options.size))
        teachers, phantoms = self._teachers(samples, workers.device, progress)
        importance = None
        if limit.fisher and phantoms:
            twin = copy.deepcopy(self.start).to(workers.device)
            importance = fisher_diagonal(twin, phantoms, options.size)
        notes: list[str] = []
        kept = None
        if checkpoint is not None:
            file, mark = checkpoint
            kept = Checkpoint(file, mark, notes.append, is_fresh=limit.is_fresh)
            if limit.is_fresh and workers.is_first:
                file.unlink(missing_ok=True)
        listener = RetrainListener(limit, self.card, report, notes, workers.is_first)
        with listener:
            averaged = fit(
                copy.deepcopy(self.start).requires_grad_(True),
                rare_more_often(samples),
                self.card.classes,
                options,
                listener.hear,
                teachers,
                importance=importance,
                checkpoint=kept,
                workers=workers,
                painter=self._painter(samples, options, progress),
            )
        return None if listener.is_stopped else averaged

    def save(self, averaged: UNet, folder: Path, card: ModelCard | None = None) -> ModelCard:
        """Write the version whose weights are the new ones' share and the start's rest."""
        from medview.ai.training.blend import blend
        from medview.ai.training.make_model import save_weights

        return save_weights(blend(self.start, averaged, self.new_share), folder, card or self.card)

    @property
    def new_share(self) -> float:
        return 1.0 if self.request.is_new_task else self.request.new_share

    def _painter(
        self, samples: list[Sample], options: FitOptions, progress: Progress
    ) -> Painter | None:
        """Who paints generated slices, where the experiment is asked for."""
        from medview.ai.training.augment.generated import fit_painter

        request = self.request
        if not request.generated_share:
            return None
        given = samples, self.card.classes, options.size, options.augment
        return fit_painter(*given, seed=request.seed, device=options.device, check=progress.check)

    def _teachers(
        self, samples: list[Sample], device: str, progress: Progress
    ) -> tuple[list[Teacher], list[Sample]]:
        """The old network on phantoms, and on the samples where that is asked; the phantoms.

        A new task has no old skill to keep.
        """
        from medview.ai.training.teacher import Teacher

        request = self.request
        if request.is_new_task or not (request.rehearsal or request.fisher):
            return [], []
        phantoms = self._rehearsal(progress)
        old = self.start.to(device)
        if not request.own_rehearsal:
            return [Teacher(old, phantoms, request.rehearsal)], phantoms
        half = request.rehearsal / 2.0
        return [Teacher(old, phantoms, half), Teacher(old, samples, half, True)], phantoms

    def _rehearsal(self, progress: Progress) -> list[Sample]:
        """Phantom slices, made once for all trainings."""
        from medview.ai.training.rehearsal import REHEARSAL_SEEDS, rehearsal_samples

        if self._phantoms is None:
            phantoms: list[Sample] = []
            for seed in REHEARSAL_SEEDS:
                progress.check()
                phantoms += rehearsal_samples(self.card.input, self.card.classes, (seed,))
            self._phantoms = phantoms
        return self._phantoms


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


def fit_options(request: RetrainRequest, card: ModelCard, device: str) -> Any:
    """The trainer's options for a retraining."""
    from medview.ai.training.augment import AugmentOptions
    from medview.ai.training.make_model import FROM_SCRATCH_RATE, fill_labels
    from medview.ai.training.trainer import FitOptions

    rate = _NEW_TASK_RATE if request.is_new_task else request.learning_rate
    has_new = request.is_new_task or len(card.labels) > len(request.base.card.labels)
    augment = AugmentOptions(
        swap=side_pairs(card.labels),
        fill=fill_labels(card.labels),
        unit=(card.input.high - card.input.low) / 2.0,
        generated=request.generated_share,
        **gentle(card),
    )
    return FitOptions(
        steps=request.steps or 100_000,
        batch=request.batch or (NEW_TASK_BATCH if request.is_new_task else _BATCH),
        accumulate=request.accumulate,
        learning_rate=FROM_SCRATCH_RATE if request.from_scratch else rate,
        balance=FitOptions.balance if has_new else 0.0,  # known labels need no push, and suffer it
        average=0.98,
        anchor=request.fisher or request.anchor,
        seed=request.seed,
        budget_s=None if request.steps else request.budget_s,
        device=device,
        augment=augment,
    )


def gentle(card: ModelCard) -> dict[str, float]:
    """Strengths of augmentation where they are not the trainer's own."""
    from medview.ai.training.augment import for_input

    return {**_GENTLE, **for_input(card.input)}


def most_steps(request: RetrainRequest, steps: int, slices: int) -> int:
    """At most this many steps, however much time there is: more of few slices is learned by heart.

    On 8 slices 160 steps left a worse version than 40, on the target and of the old skill
    (docs/decisions/retraining.md). Who names the steps gets them; a new task has further to go.
    """
    if request.steps is not None or request.is_new_task:
        return steps
    return min(steps, max(_FEWEST_STEPS, _STEPS_PER_SLICE * slices))


def first_network(request: RetrainRequest, base: UNet, card: ModelCard) -> UNet:
    """What the training for ``card`` starts from: the base with a head that fits, or nothing."""
    from medview.ai.training.grow import fresh_head, grow_head
    from medview.ai.training.make_model import new_network

    if not request.is_new_task:
        return grow_head(base, card.classes)
    if request.from_scratch:
        return new_network(card.architecture, card.arguments, request.seed)
    return fresh_head(base, card.classes, request.seed)


def grown_card(base: ModelCard, labels: Any) -> ModelCard:
    """The base's card with the labels ``labels`` (a `LabelTable` that begins with its own)."""
    arguments = {**base.arguments, "classes": len(labels) + 1}
    return replace(base, labels=labels, arguments=arguments)
