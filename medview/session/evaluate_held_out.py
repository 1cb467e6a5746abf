"""A model on the workspace's held-out cases, with everything that a report shows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from medview.ai.catalog import Catalog
from medview.ai.preprocess import PreparedVolume
from medview.core.errors import MedviewError
from medview.core.geometry import Geometry
from medview.core.job import Job, Progress
from medview.core.volume import Message
from medview.session.comparing import HeldOutCase, held_out_cases, measure
from medview.session.evaluating import Evaluation, Figures, evaluation_of
from medview.session.evaluation_details import Details, distance_group
from medview.session.evaluation_report import write_report
from medview.session.lineage import seen_patients
from medview.session.records import ReviewedSlice, reviewed_slices
from medview.session.reviewed_labels import UNSURE, class_labels, usable
from medview.store.workspace import Workspace

if TYPE_CHECKING:
    from medview.ai.network.predictor import Predictor


def evaluate_held_out(
    workspace: Workspace, folder: Path, device: str, progress: Progress
) -> tuple[Evaluation, Details, str]:
    """Figures, details, and the model's NAME@VERSION.

    Cases that the model was made from are left out and named. MedviewError "nothing-held-out".
    """
    from medview.session.model_jobs import load_predictor

    predictor = load_predictor(str(folder), device, spare_cores=1)
    seen = seen_patients(Catalog(workspace.folder / "models"), predictor.card)
    held_out = (
        one for one in reviewed_slices(workspace) if usable(one) and one.record.split == "held-out"
    )
    every = held_out_cases(held_out, seen)
    cases = [case for case in every if not case.is_seen]
    if not cases:
        raise MedviewError(
            "No held-out case can be measured.",
            hint="Accept slices of a second patient: it will be held out.",
            code="nothing-held-out",
        )
    details = Details(predictor)
    figures = measure_reviewed(predictor, cases, details, progress)
    notes = [
        Message("seen", f"{case.name} was among the model's training patients: left out.", "note")
        for case in every
        if case.is_seen
    ]
    return evaluation_of(figures, (), notes), details, predictor.card.id


def measure_reviewed(
    predictor: Predictor, cases: list[HeldOutCase], details: Details, progress: Progress
) -> dict[str, Figures]:
    """Figures by case and label on accepted slices, with ``details`` of the same predictor."""
    figures: dict[str, Figures] = {}
    for number, case in enumerate(cases):
        progress.report(number / len(cases), f"Case {number + 1} of {len(cases)}")
        found, _ = measure(predictor, [case], progress)
        figures[case.name] = {label: dict(row) for (_, label), row in found.items()}
        group = distance_group(_distance(case.slices[0]))
        details.groups.setdefault("slice distance", {}).setdefault(group, []).append(case.name)
        for one in case.slices:
            progress.check()
            prepared = PreparedVolume(one.volume, predictor.card.input)
            truth, _ = class_labels(one, predictor.card.labels)
            stack = np.zeros(one.volume.geometry.shape, np.uint8)
            stack[1] = truth
            plane = prepared.canonical_view(stack)[1]
            guess = predictor.slice_labels(prepared, [1])[0][0]
            details.add_slice(prepared, 1, plane, guess, plane != UNSURE)
    return figures


def _distance(one: ReviewedSlice) -> float:
    """Between the slices of the whole volume; the small one holds neighbours about 3 mm away."""
    affine = np.array(json.loads(one.record.affine_json))
    return float(Geometry(one.record.volume_shape, affine).spacing_mm[0])


def report_job(workspace: Workspace, folder: Path, path: Path) -> Job:
    """Measure a model on the held-out cases and write the report; the result is its path."""

    def function(progress: Progress) -> Path:
        progress.report(0.0, "Loading the model")
        result, details, model = evaluate_held_out(workspace, folder, "auto", progress)
        write_report(path, result, details, model)
        return path

    return Job("Evaluating", function, "ai")
