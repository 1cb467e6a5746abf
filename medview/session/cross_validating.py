"""Cross-validation by patient: the recipe is trained anew for each fold, and measured on it."""

from __future__ import annotations

import shutil
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from medview.ai.card import ModelCard
from medview.ai.evaluation import evaluate_case
from medview.core.errors import MedviewError
from medview.core.job import Progress
from medview.core.labelmap import LabelMap
from medview.core.labels import LabelTable
from medview.core.volume import Message
from medview.session.comparing import held_out_cases, is_seen
from medview.session.evaluate_held_out import measure_reviewed
from medview.session.evaluating import Evaluation, Figures, evaluation_of
from medview.session.evaluation_details import Details
from medview.session.folds import Parts, patient_folds, throw_away
from medview.session.manifest import Manifest, ManifestRow, read_case
from medview.session.recipe import Recipe, correction_samples, first_network, grown_card
from medview.session.records import hashed_patient
from medview.session.retrain_listener import Report
from medview.session.retrain_request import RetrainRequest
from medview.session.retraining import building_place, read_reviews
from medview.session.reviewed_labels import UNSURE, classes_of, grown_table, usable
from medview.session.torch_room import predictor_module

if TYPE_CHECKING:
    from medview.ai.network.predictor import Predictor
    from medview.ai.training.samples import Sample

VERSION = "cross-validation"  # under which the throw-away versions are built; no model has it


class Cases(Protocol):
    """Labelled cases by patient. ``tables`` name what they label; ``is_seen`` asks the base."""

    patients: list[str]
    tables: list[LabelTable]

    def samples(self, card: ModelCard, patients: Collection[str]) -> list[Sample]: ...

    def measure(
        self, predictor: Predictor, patients: Collection[str], details: Details, progress: Progress
    ) -> dict[str, Figures]: ...

    def is_seen(self, patient: str, seen: Collection[str]) -> bool: ...


class AcceptedCases:
    """The accepted slices of the training patients; those of held-out ones stay untouched."""

    def __init__(self, workspace: Path) -> None:
        reviews = (one for one in read_reviews(workspace) if usable(one))
        self._reviews = [one for one in reviews if one.record.split == "train"]
        self._cases = held_out_cases(self._reviews)
        self.patients = sorted({one.record.patient for one in self._reviews})
        self.tables = [one.table for one in self._reviews]

    def samples(self, card: ModelCard, patients: Collection[str]) -> list[Sample]:
        mine = [one for one in self._reviews if one.record.patient in patients]
        return correction_samples(mine, card)

    def measure(
        self, predictor: Predictor, patients: Collection[str], details: Details, progress: Progress
    ) -> dict[str, Figures]:
        mine = [case for case in self._cases if case.patient in patients]
        return measure_reviewed(predictor, mine, details, progress)

    def is_seen(self, patient: str, seen: Collection[str]) -> bool:
        return is_seen(patient, seen)


class ManifestCases:
    """The rows of a manifest that are not kept out; each is read when it is needed.

    A label that has the code of one of the base's goes by the base's name.
    """

    def __init__(self, manifest: Manifest, base: LabelTable) -> None:
        kept_out = manifest.held_out(set())
        self._rows = [row for row in manifest.rows if row.patient not in kept_out]
        self._table = _named_as(manifest.table if len(manifest.table) else base, base)
        self._samples: dict[Path, list[Sample]] = {}
        self.patients = sorted({row.patient for row in self._rows})
        self.tables = [self._table]

    def samples(self, card: ModelCard, patients: Collection[str]) -> list[Sample]:
        from medview.ai.training.samples import samples_of

        found: list[Sample] = []
        for row in self._of(patients):
            if row.image not in self._samples:
                volume, labels = read_case(row)
                classes, merged = self._classes(row, labels, card)
                self._samples[row.image] = samples_of(
                    volume, classes, card.input, classes=card.classes,
                    patient=row.patient, merged=merged,
                )  # fmt: skip
            found += self._samples[row.image]
        return found

    def measure(
        self, predictor: Predictor, patients: Collection[str], details: Details, progress: Progress
    ) -> dict[str, Figures]:
        figures: dict[str, Figures] = {}
        table = predictor.card.labels
        for row in self._of(patients):
            volume, labels = read_case(row)
            truth, merged = self._classes(row, labels, predictor.card)
            guess = np.where(truth == UNSURE, 0, predictor.predict(volume, progress.quiet()).labels)
            truth = np.where(truth == UNSURE, 0, truth)
            figures[row.case] = evaluate_case(truth, guess, volume.geometry, table, skip=merged)
            if not merged:  # else nobody knows what was taken for what
                drawn, said = (LabelMap(volume.geometry, table, one) for one in (truth, guess))
                details.add_case(row.case, drawn, said, volume)
        return figures

    def is_seen(self, patient: str, seen: Collection[str]) -> bool:
        return is_seen(hashed_patient(patient), seen)

    def _of(self, patients: Collection[str]) -> list[ManifestRow]:
        return [row for row in self._rows if row.patient in patients]

    def _classes(self, row: ManifestRow, labels: Any, card: ModelCard) -> Any:
        """The row's values as classes, and the classes it does not label."""
        strange = set(np.unique(labels).tolist()) - {0, *(label.id for label in self._table)}
        if strange:
            raise MedviewError(
                f"{row.labels} has the value {max(strange)}, which has no name.",
                hint='Name every value under "labels" in the manifest.',
                code="unknown-label",
            )
        known = LabelTable.of(one for one in self._table if one.id not in row.ignore_labels)
        return classes_of(labels, known, card.labels)


def _named_as(table: LabelTable, base: LabelTable) -> LabelTable:
    names = {(one.code, one.modifier): one.name for one in base}
    return LabelTable.of(
        replace(one, name=names.get((one.code, one.modifier), one.name)) if one.code else one
        for one in table
    )


def cross_validate(
    request: RetrainRequest, cases: Cases, count: int, report: Report, progress: Progress
) -> tuple[Evaluation, Details, str, list[dict[str, Any]]]:
    """Figures, details, what was measured in words, and the folds.

    ``request`` (of version `VERSION`) is the recipe of every fold, its steps or its time for each.
    Raises Cancelled when it was stopped, and MedviewError "too-few-patients".
    """
    if not 2 <= count <= len(cases.patients):
        raise MedviewError(
            f"{count} folds need {max(count, 2)} patients, and there are {len(cases.patients)}.",
            hint="Accept slices of more patients, or choose fewer folds (at least 2).",
            code="too-few-patients",
        )
    base_card, network = predictor_module().load_network(request.base.folder)
    card = grown_card(base_card, grown_table(base_card.labels, cases.tables))
    recipe = Recipe(request, card, first_network(request, network, card))
    folds = patient_folds(cases.patients, count, request.seed)
    told = Parts(report, [request] * count)
    device = str(predictor_module().choose_device(request.device))
    details = Details()
    figures: dict[str, Figures] = {}
    rows: list[dict[str, Any]] = []
    with building_place(request):
        try:
            for number, fold in enumerate(folds):
                others = [one for one in cases.patients if one not in fold]
                with throw_away(
                    recipe, cases.samples(card, others), request, request.building / "fold",
                    device, told.part(number), progress,
                ) as details.predictor:  # fmt: skip
                    found = cases.measure(details.predictor, fold, details, progress)
                figures |= found
                details.groups.setdefault("fold", {})[str(number + 1)] = list(found)
                rows.append(_fold_row(number + 1, fold, len(others), found))
        finally:
            shutil.rmtree(request.building, ignore_errors=True)
    title = f"the retraining of {base_card.id}, cross-validated by patient in {count} folds"
    messages = _messages(request, cases)
    return evaluation_of(figures, (), messages), details, title, rows


def _fold_row(
    number: int, fold: Collection[str], trained: int, found: dict[str, Figures]
) -> dict[str, Any]:
    return {
        "fold": number,
        "patients": len(fold),
        "trained_on_patients": trained,
        "cases": list(found),
        "mean": evaluation_of(found).mean,
    }


def _messages(request: RetrainRequest, cases: Cases) -> list[Message]:
    """How to read the figures."""
    limit = f"{request.steps} steps" if request.steps else f"{request.budget_s:.0f} s"
    said = [
        Message(
            "cross-validated",
            "Each case was measured by a version that was trained without its patient "
            f"({limit} a fold, seed {request.seed}). Those versions are gone.",
            "note",
        )
    ]
    seen = sum(cases.is_seen(one, request.seen_patients) for one in cases.patients)
    if seen:
        words = (
            f"{seen} of {len(cases.patients)} patients were among the training patients of "
            f"{request.base.card.id}: their figures are too good."
        )
        said.append(Message("seen", words, "warning"))
    return said
