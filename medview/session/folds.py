"""Patients left out in turn: throw-away versions that are measured on whom they did not see."""

from __future__ import annotations

import shutil
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from medview.core.errors import Cancelled
from medview.core.job import Progress
from medview.session.advice import LEAVE_ONE_OUT
from medview.session.comparing import (
    Measured,
    comparison,
    held_out_cases,
    is_seen,
    measured,
    predicted,
)
from medview.session.examples import looked_at
from medview.session.left_out import Answers, slice_name, write_answers
from medview.session.recipe import Recipe, correction_samples
from medview.session.records import ReviewedSlice
from medview.session.retrain_listener import Report
from medview.session.retrain_request import RetrainRequest

if TYPE_CHECKING:
    from medview.ai.network.predictor import Predictor
    from medview.ai.training.samples import Sample

_MOST_LEFT_OUT = 5  # patients that are left out in turn: each costs a training


def patient_folds(patients: Iterable[str], count: int, seed: int) -> list[tuple[str, ...]]:
    """The patients in ``count`` folds of about one size, the same for the same seed."""
    names = sorted(set(patients))
    order = [names[n] for n in np.random.default_rng(seed).permutation(len(names))]
    return [tuple(sorted(order[n::count])) for n in range(count)]


def left_out_patients(
    request: RetrainRequest, train: Iterable[ReviewedSlice], held_out: Iterable[ReviewedSlice]
) -> list[str]:
    """Whom to leave out in turn; [] where held-out patients prove enough, or it is impossible.

    A patient whom the base has seen proves nothing, held out or left out.
    """
    patients = {one.record.patient for one in train}
    proof = {one.record.patient for one in held_out}
    proof = {one for one in proof if not is_seen(one, request.seen_patients)}
    wanted = request.leave_one_out == "always" or (request.leave_one_out == "auto" and not proof)
    if not wanted or len(patients) < 2:
        return []
    new = [one for one in patients if not is_seen(one, request.seen_patients)]
    folds = patient_folds(new, len(new), request.seed)
    return [patient for (patient,) in folds[:_MOST_LEFT_OUT]]


def shared(request: RetrainRequest, folds: int) -> list[RetrainRequest]:
    """The limits of the candidate's training and of each fold's.

    The folds share half the time; by steps each takes half of the candidate's.
    """
    if not folds:
        return [request]
    if request.steps is not None:
        return [request, *[replace(request, steps=max(1, request.steps // 2))] * folds]
    half = (request.budget_s or 0.0) / 2.0
    return [replace(request, budget_s=half), *[replace(request, budget_s=half / folds)] * folds]


class Parts:
    """Several trainings told as one: steps and time left are those of all parts together."""

    def __init__(self, report: Report, limits: Sequence[RetrainRequest]) -> None:
        self._report, self._limits = report, limits
        self._before = self._reached = 0  # steps of the parts that ended, and of all so far
        self._pace = 0.0  # seconds a step
        self._heard = time.monotonic()

    def part(self, number: int) -> Report:
        """What the training with the number, counted from 0, reports to."""
        if len(self._limits) == 1:
            return self._report
        self._before = self._reached
        self._heard = time.monotonic()
        return lambda event: self._report(self._told(event, number))

    def _told(self, event: dict[str, Any], number: int) -> dict[str, Any]:
        now = time.monotonic()
        to_go = max(event["steps"] - event["step"], 0)
        self._pace = event["seconds_left"] / to_go if to_go else self._pace or now - self._heard
        self._heard = now
        self._reached = self._before + event["step"]
        pace = max(self._pace, 1e-3)
        later = self._limits[number + 1 :]
        seconds = sum(pace * one.steps if one.steps else one.budget_s or 0.0 for one in later)
        return {
            **event,
            "step": self._reached,
            "steps": self._reached + to_go + round(seconds / pace),
            "seconds_left": event["seconds_left"] + seconds,
            "part": number + 1,
            "parts": len(self._limits),
        }


@contextmanager
def throw_away(
    recipe: Recipe,
    samples: list[Sample],
    limit: RetrainRequest,
    place: Path,
    device: str,
    report: Report,
    progress: Progress,
) -> Iterator[Predictor]:
    """A version that exists while it is measured, in ``place``. Raises Cancelled when stopped."""
    from medview.ai.training.workers import Workers
    from medview.session.model_jobs import load_predictor

    averaged = recipe.learn(samples, limit, Workers(device=device), report, progress)
    if averaged is None:
        raise Cancelled
    shutil.rmtree(place, ignore_errors=True)  # of a run that was killed
    try:
        recipe.save(averaged, place)
        yield load_predictor(str(place), device)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def leave_one_out(
    recipe: Recipe,
    candidate: Path,
    train: list[ReviewedSlice],
    patients: Collection[str],
    parts: tuple[Parts, Sequence[RetrainRequest]],
    device: str,
    progress: Progress,
) -> dict[str, Any]:
    """A comparison, as `compare` gives it, whose cases are those of each patient left out.

    A version that never saw the patient stands for the candidate; the candidate itself answers on
    the phantoms alone, and gets that version's masks for the pictures. ``parts``: the account, and
    the limits of the candidate and of each fold.
    """
    request, (told, limits) = recipe.request, parts
    every = held_out_cases(train)
    cases = [case for case in every if case.patient in patients]
    base = None if request.is_new_task else request.base.folder
    now = Measured() if base is None else measured(base, cases, device, progress)
    then = measured(candidate, [], device, progress)  # before: a fold's figures come first
    answers: Answers = {}
    for number, patient in enumerate(patients, start=1):
        others = [one for one in train if one.record.patient != patient]
        samples = correction_samples(others, recipe.card)
        place = request.building / "left-out"
        with throw_away(
            recipe, samples, limits[number], place, device, told.part(number), progress
        ) as predictor:
            own = [case for case in cases if case.patient == patient]
            then.add(predictor, own, progress)
            if base is None:
                continue  # a new task has no pictures side by side
            chosen = [one for case in own for one in looked_at(case.slices)]
            answers |= {slice_name(one): predicted(predictor, one) for one in chosen}
    write_answers(candidate, answers)
    return comparison(cases, now, then, has_base=base is not None, protocol=LEAVE_ONE_OUT)
