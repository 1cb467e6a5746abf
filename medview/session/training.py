"""Training from a manifest: cases in, a model folder with card and metrics out."""

from __future__ import annotations

import copy
import hashlib
import operator
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from medview.ai.architecture import base_of, widths_of
from medview.ai.card import ModelCard, read_card
from medview.ai.evaluation import EMPTY_RULE, evaluate_case, summary, worst_first
from medview.ai.input_spec import InputSpec
from medview.core.errors import MedviewError
from medview.core.job import Progress
from medview.core.labels import LabelTable, side_pairs
from medview.session.manifest import Manifest, ManifestRow, read_case, with_known_code
from medview.session.torch_room import predictor_module

if TYPE_CHECKING:
    from medview.ai.network.unet import UNet
    from medview.ai.training.samples import Sample
    from medview.ai.training.trainer import FitOptions

_TEACHERS_SHARE = 0.5
Report = Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class TrainRequest:
    """What `medview train` was asked for; ``config`` overrides card texts, network and fit, and its
    "leave_out" names cases whose labels are wrong: neither trained on nor measured.

    ``teacher``: a model of the same labels and input whose answers on the augmented slices are
    half of what is learned (Hinton et al. 2015, "Distilling the knowledge in a neural network").
    ``generated_share``: see `AugmentOptions.generated`.
    """

    manifest: Manifest
    output: Path
    steps: int = 5000
    seed: int = 0
    hold_out: frozenset[str] = frozenset()
    base: Path | None = None
    teacher: Path | None = None
    config: dict[str, Any] = field(default_factory=dict)
    device: str = "auto"
    generated_share: float = 0.0


def train_model(request: TrainRequest, report: Report) -> dict[str, Any]:
    """Train, save, measure on the held-out patients; what `medview train --json` ends with."""
    network_room = predictor_module()  # first: it says in words when torch does not load
    from medview.ai.training import make_model
    from medview.ai.training.augment.generated import fit_painter
    from medview.ai.training.blend import blend
    from medview.ai.training.grow import thinned
    from medview.ai.training.teacher import Teacher
    from medview.ai.training.trainer import fit

    wrong = set(request.config.get("leave_out", ()))
    _check_known("leave_out", wrong, {row.case for row in request.manifest.rows})
    right = tuple(row for row in request.manifest.rows if row.case not in wrong)
    manifest = replace(request.manifest, rows=right)
    held_out = manifest.held_out(set(request.hold_out))
    rows = [row for row in manifest.rows if row.patient not in held_out]
    card = _card(request)
    network = old = None
    share = _new_share(request)
    if request.base is not None:
        base_card, old = network_room.load_network(request.base)
        network = copy.deepcopy(old)
        card = replace(card, parent=base_card.id, input=base_card.input)
    teacher = _teacher(request.teacher, card) if request.teacher is not None else None
    if request.teacher is not None and request.base is None:
        # what the teacher's patients taught it is passed on, so they are no proof
        card = replace(card, parent=read_card(request.teacher).id)
    if teacher is not None and _is_thinned(request, card):
        network = thinned(teacher, widths_of(card.arguments["base"]))
    if network is None:
        network = make_model.new_network(card.architecture, card.arguments, request.seed)
    samples = gather_samples(manifest, rows, card)
    teachers = [Teacher(teacher, samples, _TEACHERS_SHARE)] if teacher is not None else []
    device = str(network_room.choose_device(request.device))
    options = fit_options(request, card, device)

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


def _new_share(request: TrainRequest) -> float:
    """The config's "new_share": how much of the weights is new where a training goes on from a
    base (Wortsman et al. 2022, "Robust fine-tuning of zero-shot models"); all, unless it says so.
    """
    share = request.config.get("new_share", 1.0)
    if not isinstance(share, int | float) or not 0.0 < share <= 1.0:
        raise MedviewError(
            f"The config's new_share must be over 0 and at most 1, not {share!r}.",
            code="bad-config",
        )
    return float(share)


def _is_thinned(request: TrainRequest, card: ModelCard) -> bool:
    """Whether the network starts from some channels of its teacher, evenly spaced."""
    if request.base is not None or request.teacher is None:
        return False
    wide, widths = (widths_of(one.arguments["base"]) for one in (read_card(request.teacher), card))
    return widths != wide and all(map(operator.le, widths, wide))


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


def fit_options(request: TrainRequest, card: ModelCard, device: str) -> FitOptions:
    """The trainer's options: defaults, the config's "fit" over them, then steps and seed."""
    from medview.ai.training.augment import AugmentOptions
    from medview.ai.training.make_model import (
        FROM_SCRATCH_RATE,
        FROM_SCRATCH_WIDE,
        THINNED_RATE,
        fill_labels,
    )
    from medview.ai.training.trainer import FitOptions

    given = dict(request.config.get("fit", {}))
    if request.base is None:
        is_thinned = _is_thinned(request, card)
        given.setdefault("learning_rate", THINNED_RATE if is_thinned else FROM_SCRATCH_RATE)
        given.setdefault("wide_first", 0.0 if is_thinned else FROM_SCRATCH_WIDE)
    else:
        given.setdefault("balance", 0.0)  # what is known needs no push
    known = {f.name for f in fields(FitOptions)} - {"augment", "steps", "seed", "device"}
    _check_known("fit", set(given), known)
    if "size" in given:
        given["size"] = tuple(given["size"])
    half_range = (card.input.high - card.input.low) / 2.0
    augment = AugmentOptions(
        swap=side_pairs(card.labels),
        fill=fill_labels(card.labels),
        unit=half_range,
        generated=request.generated_share,
        **_augment_strengths(request.config.get("augment", {})),
    )
    return FitOptions(
        **given, steps=request.steps, seed=request.seed, device=device, augment=augment
    )


def _augment_strengths(given: dict[str, Any]) -> dict[str, float]:
    """The config's "augment": strengths by name, 0 switches a family off."""
    from medview.ai.training.augment import FAMILIES

    known = {name for names in FAMILIES.values() for name in names}
    _check_known("augment", set(given), known)
    return {name: float(value) for name, value in given.items()}


def _check_known(part: str, given: set[str], known: set[str]) -> None:
    """MedviewError "bad-config" naming what the config's ``part`` has that nobody knows."""
    if given - known:
        raise MedviewError(
            f"The config's {part} has unknown options: {', '.join(sorted(given - known))}.",
            hint=f"Known: {', '.join(sorted(known))}.",
            code="bad-config",
        )


def patient_hashes(patients: set[str]) -> list[str]:
    """sha256 of each patient's id, sorted: the card tells who was trained on without naming him."""
    return sorted(hashlib.sha256(one.encode()).hexdigest() for one in patients)


def known_as(patients: set[str], config: dict[str, Any]) -> set[str]:
    """The patients' names, and the PatientIDs that the config's "patient_ids" gives for them.

    A held-out DICOM case is recognised by its PatientID, which a manifest of NIfTI files lacks.
    """
    known = {str(name): str(identity) for name, identity in config.get("patient_ids", {}).items()}
    return patients | {known[name] for name in patients if name in known}


def _card(request: TrainRequest) -> ModelCard:
    config = request.config
    if request.base is not None and not len(request.manifest.table):
        table = read_card(request.base).labels
    else:
        table = request.manifest.classes
    if not len(table):
        raise MedviewError(
            f"{request.manifest.path} does not name its labels.",
            hint='Add "labels": {"1": "name", ...}.',
            code="bad-manifest",
        )
    names = {int(value): str(name) for value, name in config.get("label_names", {}).items()}
    table = LabelTable(
        tuple(
            with_known_code(replace(label, name=names.get(label.id, label.name), locked=False))
            for label in table
        )
    )
    spec = InputSpec.from_json(config.get("input", {}))
    texts = {
        name: config[name]
        for name in ("description", "license", "intended_use", "training")
        if name in config
    }
    try:
        widths = widths_of(config.get("network", {}).get("base", 16))
        return ModelCard(
            name=str(config.get("name", "custom")),
            version=str(config.get("version", "1.0.0")),
            architecture="unet-2.5d",
            arguments={
                "in_channels": InputSpec.CHANNELS,
                "classes": len(table) + 1,
                "base": base_of(widths),
            },
            input=spec,
            labels=table,
            limitations=tuple(config.get("limitations", ())),
            **texts,
        )
    except ValueError as error:
        raise MedviewError(f"The config does not fit: {error}.", code="bad-config") from error


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
