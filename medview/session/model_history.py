"""How good each version is on the held-out cases: measured once, kept, shown over time."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from medview.ai.catalog import ModelFolder
from medview.core.job import Job, Progress
from medview.session.advice import LEAVE_ONE_OUT, counted
from medview.session.comparing import HeldOutCase, held_out_cases, measure
from medview.session.lineage import seen_patients
from medview.session.models import Models
from medview.session.records import reviewed_slices
from medview.session.reviewed_labels import usable
from medview.store.workspace import Workspace

_KIND = "held-out score"  # of a row among the workspace's runs


@dataclass(frozen=True)
class VersionScore:
    """Mean Dice of each label over held-out cases. ``cases`` names the set: only scores of one
    set can be compared; "" for what the training wrote down. ``count`` is how many cases."""

    model: str
    dice: Mapping[str, float]
    cases: str = ""
    count: int = 0

    @property
    def mean(self) -> float | None:
        return float(np.mean(list(self.dice.values()))) if self.dice else None


def known_scores(workspace: Workspace, models: Models, name: str) -> list[VersionScore]:
    """A score per version, the oldest first: the newest measured one, else what training wrote."""
    measured: dict[str, VersionScore] = {}
    for run in reversed(workspace.runs()):
        if run.get("kind") == _KIND:
            measured[run["model"]] = VersionScore(
                run["model"], run["dice"], run["cases"], int(run["count"])
            )
    scores = []
    for model in models.catalog.versions(name):
        score = measured.get(model.card.id) or _written(model)
        if score is not None:
            scores.append(score)
    return scores


def _written(model: ModelFolder) -> VersionScore | None:
    """The held-out figures of the comparison at the end of the version's training."""
    table = model.metrics.get("table")
    if not isinstance(table, list) or model.metrics.get("protocol") == LEAVE_ONE_OUT:
        return None  # those are figures of versions that were thrown away
    by_label: dict[str, list[float]] = {}
    rows = counted(row for row in table if isinstance(row, Mapping))
    for row in rows:
        by_label.setdefault(str(row["label"]), []).append(float(row["candidate"]))
    if not by_label:
        return None
    dice = {label: float(np.mean(values)) for label, values in by_label.items()}
    return VersionScore(model.card.id, dice, "", len({row["case"] for row in rows}))


def score_job(workspace: Workspace, models: Models, name: str) -> Job:
    """Measure every version of a model on today's held-out cases; the result is their scores.

    Each is kept in the workspace, and versions that were measured on these cases are not measured
    again. Cases that a version or its ancestor was made from are left out for all.
    """

    def function(progress: Progress) -> list[VersionScore]:
        from medview.session.model_jobs import load_predictor

        versions = models.catalog.versions(name)
        seen = {one for model in versions for one in seen_patients(models.catalog, model.card)}
        reviews = (
            one
            for one in reviewed_slices(workspace)
            if usable(one) and one.record.split == "held-out"
        )
        cases = [case for case in held_out_cases(reviews, seen) if not case.is_seen]
        digest = cases_digest(cases)
        done = {one.model for one in known_scores(workspace, models, name) if one.cases == digest}
        for number, model in enumerate(versions):
            progress.report(number / len(versions), f"Measuring {model.card.id}")
            if model.card.id in done or not cases:
                continue
            predictor = load_predictor(str(model.folder), "auto", spare_cores=1)
            figures, _ = measure(predictor, cases, progress)
            workspace.add_run(_run(model, figures, digest, len(cases))).result()
        return known_scores(workspace, models, name)

    return Job("Measuring all versions", function, "ai")


def cases_digest(cases: list[HeldOutCase]) -> str:
    """A name for a set of held-out slices with their labels."""
    digest = hashlib.sha256()
    for case in cases:
        for one in case.slices:
            digest.update(f"{one.record.case_key} {one.record.slice_index}".encode())
            digest.update(one.record.labels)
    return digest.hexdigest()[:16]


def _run(
    model: ModelFolder,
    figures: Mapping[tuple[str, str], Mapping[str, float | None]],
    digest: str,
    count: int,
) -> dict[str, Any]:
    by_label: dict[str, list[float]] = {}
    for (_, label), row in figures.items():
        value = row["dice"]
        if value is not None:
            by_label.setdefault(label, []).append(value)
    dice = {label: float(np.mean(values)) for label, values in by_label.items()}
    return {"kind": _KIND, "model": model.card.id, "dice": dice, "cases": digest, "count": count}
