"""Training from a manifest: cases in, a model folder with card and metrics out."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from medview.ai.architecture import widths_of
from medview.ai.card import ModelCard, read_card
from medview.ai.evaluation import EMPTY_RULE, evaluate_case, summary, worst_first
from medview.core.errors import MedviewError
from medview.core.job import Progress
from medview.session.manifest import Manifest, ManifestRow, read_case
from medview.session.torch_room import predictor_module
from medview.session.train_request import (
    TrainRequest,
    first_card,
    fit_options,
    is_thinned,
    left_out_cases,
    new_share_of,
)

if TYPE_CHECKING:
    from medview.ai.network.unet import UNet
    from medview.ai.training.samples import Sample

_TEACHERS_SHARE = 0.5
Report = Callable[[dict[str, Any]], None]


def train_model(request: TrainRequest, report: Report) -> dict[str, Any]:
    """Train, save, measure on the held-out patients; what `medview train --json` ends with."""
    network_room = predictor_module()  # first: it says in words when torch does not load
    from medview.ai.training import make_model
    from medview.ai.training.augment.generated import fit_painter
    from medview.ai.training.blend import blend
    from medview.ai.training.grow import thinned
    from medview.ai.training.samples import window_of
    from medview.ai.training.teacher import Teacher
    from medview.ai.training.trainer import fit

    wrong = left_out_cases(request)
    right = tuple(row for row in request.manifest.rows if row.case not in wrong)
    manifest = replace(request.manifest, rows=right)
    held_out = manifest.held_out(set(request.hold_out))
    rows = [row for row in manifest.rows if row.patient not in held_out]
    card = first_card(request)
    network = old = None
    share = new_share_of(request)
    if request.base is not None:
        base_card, old = network_room.load_network(request.base)
        network = copy.deepcopy(old)
        card = replace(card, parent=base_card.id, input=base_card.input)
    teacher = _teacher(request.teacher, card) if request.teacher is not None else None
    if request.teacher is not None and request.base is None:
        # what the teacher's patients taught it is passed on, so they are no proof
        card = replace(card, parent=read_card(request.teacher).id)
    if teacher is not None and is_thinned(request, card):
        network = thinned(teacher, widths_of(card.arguments["base"]))
    is_fresh = network is None
    if network is None:
        network = make_model.new_network(card.architecture, card.arguments, request.seed)
    samples = gather_samples(manifest, rows, card)
    teachers = [Teacher(teacher, samples, _TEACHERS_SHARE)] if teacher is not None else []
    device = str(network_room.choose_device(request.device))
    options = fit_options(request, card, device)
    if is_fresh and "size" not in request.config.get("fit", {}):
        options = replace(options, size=window_of(samples, options.size))

    def on_step(step: Any) -> bool:
        report({name: getattr(step, name) for name in ("step", "steps", "loss", "seconds_left")})
        return True

    for one in teachers:
        one.network.to(device)
    painter = None
    if request.generated_share:
        given = samples, card.classes, options.size, options.augment
        painter = fit_painter(*given, seed=request.seed, device=device)
    averaged = fit(network, samples, card.classes, options, on_step, teachers, painter=painter)
    if old is not None and share < 1.0:
        averaged = blend(old, averaged, share)
    training = {
        **card.training,
        **({"new_share": share} if old is not None else {}),
        "manifest_rows": len(rows),
        "slices": len(samples),
        "patients": len({row.patient for row in rows}),
        "patients_sha256": patient_hashes(known_as({row.patient for row in rows}, request.config)),
        "held_out_patients": sorted(held_out),
        **({"left_out": sorted(wrong)} if wrong else {}),
        "seed": request.seed,
        **({"teacher": read_card(request.teacher).id} if request.teacher is not None else {}),
        "fit": make_model.options_json(options),
        "hardware": make_model.hardware(device),
    }
    card = make_model.save_weights(averaged, request.output, replace(card, training=training))
    metrics = evaluate_held_out(request.output, manifest, held_out)
    make_model.write_metrics(request.output, metrics)
    return {
        "output": str(request.output),
        "model": card.id,
        "cases": metrics["cases"],
        "summary": metrics["summary"],
    }


def _teacher(folder: Path, card: ModelCard) -> UNet:
    """MedviewError "bad-teacher" for a model of other labels or another input."""
    known, network = predictor_module().load_network(folder)
    names = [[label.name for label in one.labels] for one in (known, card)]
    if names[0] != names[1] or known.input != card.input:
        raise MedviewError(
            f"{known.id} cannot teach this model: it has other labels or another input.",
            hint="Name the same labels in the same order, and the same input, in the config.",
            code="bad-teacher",
        )
    teacher: UNet = network.requires_grad_(False)
    return teacher


def gather_samples(manifest: Manifest, rows: list[ManifestRow], card: ModelCard) -> list[Sample]:
    """Training slices of all rows; MedviewError when there are none.

    What is labelled "unsure" becomes a value that no loss counts.
    """
    from medview.ai.training.samples import UNSURE, samples_of

    samples: list[Sample] = []
    for row in rows:
        volume, labels = read_case(row)
        samples += samples_of(
            volume,
            as_classes(labels, row, manifest, card, UNSURE),
            card.input,
            classes=card.classes,
            patient=row.patient,
            merged=_classes_of(row, manifest),
        )
    if not samples:
        raise MedviewError("No case is left to train on.", code="nothing-to-train")
    return samples


def as_classes(
    labels: NDArray[np.uint8], row: ManifestRow, manifest: Manifest, card: ModelCard, unsure: int
) -> NDArray[np.uint8]:
    """The row's label values as the card's classes, ``unsure`` where nobody knows.

    MedviewError "unknown-label" for a value without a name.
    """
    numbers = manifest.numbers or {number: number for number in range(1, card.classes)}
    lookup = np.zeros(256, np.uint8)
    lookup[list(numbers)] = list(numbers.values())
    lookup[list(manifest.unsure)] = unsure
    strange = set(np.flatnonzero(np.bincount(labels.ravel())).tolist())
    strange -= {0, *numbers, *manifest.unsure}
    if strange:
        raise MedviewError(
            f"{row.labels} has the value {max(strange)}, but only {card.classes - 1} labels "
            "are named.",
            hint='Name every value under "labels" in the manifest.',
            code="unknown-label",
        )
    classes: NDArray[np.uint8] = lookup[labels]
    return classes


def _classes_of(row: ManifestRow, manifest: Manifest) -> tuple[int, ...]:
    """The classes that a row does not label completely."""
    numbers = manifest.numbers
    wanted = (value for value in row.ignore_labels if value not in manifest.unsure)
    return tuple(numbers.get(value, value) for value in wanted)


def patient_hashes(patients: set[str]) -> list[str]:
    """sha256 of each patient's id, sorted: the card tells who was trained on without naming him."""
    return sorted(hashlib.sha256(one.encode()).hexdigest() for one in patients)


def known_as(patients: set[str], config: dict[str, Any]) -> set[str]:
    """The patients' names, and the PatientIDs that the config's "patient_ids" gives for them.

    A held-out DICOM case is recognised by its PatientID, which a manifest of NIfTI files lacks.
    """
    known = {str(name): str(identity) for name, identity in config.get("patient_ids", {}).items()}
    return patients | {known[name] for name in patients if name in known}


def evaluate_held_out(folder: Path, manifest: Manifest, held_out: set[str]) -> dict[str, Any]:
    """Figures of the model in ``folder`` on every row of the held-out patients, worst first.

    A slice without any labelled voxel is a negative: its false area in cm2 is what counts.
    Voxels labelled "unsure" count for nothing.
    """
    from medview.session.model_jobs import load_predictor

    predictor = load_predictor(str(folder), "auto")
    cases: dict[str, Any] = {}
    negatives: dict[str, float] = {}
    for row in manifest.rows:
        if row.patient not in held_out:
            continue
        volume, truth = read_case(row)
        guess = predictor.predict(volume, Progress()).labels
        if manifest.unsure:
            guess = np.where(np.isin(truth, manifest.unsure), 0, guess)
            truth = as_classes(truth, row, manifest, predictor.card, 0)
        if not truth.any():
            spacing = volume.geometry.spacing_mm
            area = np.count_nonzero(guess) * spacing[1] * spacing[2] / 100.0
            negatives[row.case] = round(float(area), 4)
            continue
        cases[row.case] = evaluate_case(
            truth,
            guess,
            volume.geometry,
            predictor.card.labels,
            skip=_classes_of(row, manifest),
        )
    return {
        "model": predictor.card.id,
        "empty_mask_rule": EMPTY_RULE,
        "cases": {case: cases[case] for case in worst_first(cases)},
        "summary": summary(cases),
        "negatives_area_cm2": dict(sorted(negatives.items(), key=lambda item: -item[1])),
    }
