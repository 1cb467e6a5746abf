"""A model on images in files, against labels in files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from medview.core.errors import MedviewError
from medview.core.job import Job, Progress
from medview.core.labelmap import LabelMap
from medview.core.volume import Message, Volume
from medview.session import opening
from medview.session.evaluating import Evaluation, evaluate, find_cases, pair
from medview.session.evaluation_details import Details
from medview.session.evaluation_report import write_report


def paired_files(
    ours: Path, labels: Path, *, ours_are_labels: bool = False
) -> tuple[dict[str, tuple[Path, Path]], list[str], bool]:
    """(case -> (our file, truth), names without a partner, whether it is one case on each side).

    MedviewError "no-image", "no-labels" or "nothing-paired".
    """
    found = find_cases(ours, labels=ours_are_labels)
    truths = find_cases(labels, labels=True)
    for path, cases, are_labels in ((ours, found, ours_are_labels), (labels, truths, True)):
        if not cases:
            what = "label files" if are_labels else "images"
            code = "no-labels" if are_labels else "no-image"
            raise MedviewError(f"{path} holds no {what}.", code=code)
    single = _is_one(ours, found) and _is_one(labels, truths)
    pairs, unpaired = pair(found, truths, single=single)
    if not pairs:
        raise MedviewError(
            f"No file of {ours} belongs to one of {labels}.",
            hint="They are paired by their names without the suffix.",
            code="nothing-paired",
        )
    return pairs, unpaired, single


def _is_one(path: Path, cases: Mapping[str, Path]) -> bool:
    """Whether the path given names one case by itself."""
    return path.is_file() or list(cases.values()) == [path]


def evaluate_model(
    folder: Path,
    images: Path,
    labels: Path,
    new_ids: Mapping[int, int],
    device: str,
    progress: Progress,
    *,
    with_details: bool = True,
) -> tuple[Evaluation, Details, str]:
    """Segment the images and measure; figures, details and the model's NAME@VERSION.

    ``with_details`` looks at label probabilities too, which takes as long again.
    """
    from medview.session.model_jobs import load_predictor

    pairs, unpaired, _ = paired_files(images, labels)
    predictor = load_predictor(str(folder), device)

    def segment(_case: str, path: Path, _notes: list[Message]) -> tuple[LabelMap, Volume | None]:
        report = opening.index([path], Progress())
        volume = opening.load(opening.largest_image(report), Progress())
        guess = predictor.predict(volume, progress.quiet()).labels
        return LabelMap(volume.geometry, predictor.card.labels, guess), volume

    details = Details(predictor if with_details else None, new_ids)
    result = evaluate(pairs, segment, new_ids, unpaired, progress, details)
    return result, details, predictor.card.id


def files_report_job(folder: Path, images: Path, labels: Path, path: Path) -> Job:
    """`evaluate_model` with its report written to ``path``, which is the result."""

    def function(progress: Progress) -> Path:
        progress.report(0.0, "Loading the model")
        result, details, model = evaluate_model(folder, images, labels, {}, "auto", progress)
        write_report(path, result, details, model)
        return path

    return Job("Evaluating", function, "ai")
