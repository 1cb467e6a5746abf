"""Measure masks, or a model on images, against a truth: Dice, distances, volume, per class."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from medview.ai.evaluation import EMPTY_RULE
from medview.commands import _cross_validate
from medview.commands._common import Ticker, model_folder, need_path, open_image
from medview.commands._output import print_json
from medview.core.errors import MedviewError
from medview.core.job import Progress
from medview.core.labelmap import LabelMap
from medview.core.volume import Message, Volume
from medview.dicom.report import message_json
from medview.session.evaluate_files import evaluate_model, paired_files
from medview.session.evaluating import Evaluation, evaluate, find_cases, parse_map, read_mask
from medview.session.evaluation_details import Details
from medview.session.evaluation_report import write_report

_SHOWN = (("dice", "Dice", "{:.3f}"), ("hd95_mm", "HD95 mm", "{:.1f}"),
          ("surface_dice_2mm", "surface Dice", "{:.3f}"))  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    ours = parser.add_mutually_exclusive_group(required=True)
    ours.add_argument("--model", metavar="NAME[@VERSION]", help="segment --images first")
    ours.add_argument("--predictions", type=Path, metavar="DIR_OR_FILE", help="finished masks")
    ours.add_argument(
        "--cross-validate", type=int, metavar="K",
        help="retrain in K folds by patient, each measured on the patients it did not see; "
        "with --json a line per event",
    )  # fmt: skip
    parser.add_argument(
        "--images", type=Path, metavar="DIR_OR_FILE", help="needed by --model; a DICOM folder too"
    )
    parser.add_argument("--labels", type=Path, metavar="DIR_OR_FILE", help="truth")
    parser.add_argument(
        "--held-out",
        action="store_true",
        help="measure --model on the workspace's held-out cases instead of files",
    )
    parser.add_argument(
        "--report", type=Path, metavar="HTML",
        help="also write a report with plots: ROC, precision and recall, calibration, confusion, "
        "groups by scanner, kernel and slice distance",
    )  # fmt: skip
    parser.add_argument(
        "--map", dest="new_ids", metavar="OLD=NEW,...", help='joins labels on both sides: "2=1,3=1"'
    )
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or cuda:N")
    _cross_validate.add_arguments(parser)


def run(options: argparse.Namespace) -> int:
    new_ids = parse_map(options.new_ids)
    if options.held_out:
        return _held_out(options)
    if options.cross_validate is not None:
        return _cross_validation(options)
    if options.labels is None:
        raise MedviewError(
            "There is no truth to measure against.",
            hint="Give --labels, or --held-out.",
            code="no-labels",
        )
    if options.model is not None and options.images is None:
        raise MedviewError(
            "A model needs images to be measured on.", hint="Give --images.", code="no-images"
        )
    progress = Progress(Ticker(options.json))
    need_path(options.labels)
    if options.model is not None:
        folder = model_folder(options.model, options.workspace)
        result, details, model = evaluate_model(
            folder, need_path(options.images), options.labels, new_ids, options.device, progress,
            with_details=options.report is not None,
        )  # fmt: skip
        _finish(options, result, details, model)
        return 0
    predictions = need_path(options.predictions)
    pairs, unpaired, single = paired_files(predictions, options.labels, ours_are_labels=True)
    images = {} if options.images is None else find_cases(need_path(options.images), labels=False)
    only = next(iter(images.values())) if single and len(images) == 1 else None

    def read(case: str, path: Path, notes: list[Message]) -> tuple[LabelMap, Volume | None]:
        image = images.get(case, only)
        volume = None if image is None else open_image(image)
        return read_mask(path, volume, notes), volume

    details = Details()
    result = evaluate(pairs, read, new_ids, unpaired, progress, details)
    _finish(options, result, details, None)
    return 0


def _held_out(options: argparse.Namespace) -> int:
    from medview.session.evaluate_held_out import evaluate_held_out
    from medview.store.workspace import Workspace, workspace_folder

    if options.model is None:
        raise MedviewError("--held-out measures a model.", hint="Give --model.", code="no-model")
    folder = model_folder(options.model, options.workspace)
    workspace = Workspace.open_readonly(workspace_folder(options.workspace))
    progress = Progress(Ticker(options.json))
    try:
        result, details, model = evaluate_held_out(workspace, folder, options.device, progress)
    finally:
        workspace.close()
    _finish(options, result, details, model)
    return 0


def _cross_validation(options: argparse.Namespace) -> int:
    found = _cross_validate.cross_validated(options)
    if found is None:
        return 1
    result, details, title, folds = found
    report = None if options.report is None else str(options.report)
    more = {"event": "done", "folds": folds, "report": report}
    _finish(options, result, details, title, more)
    return 0


def _finish(
    options: argparse.Namespace,
    result: Evaluation,
    details: Details,
    model: str | None,
    more: dict[str, Any] | None = None,
) -> None:
    if options.report is not None:
        write_report(options.report, result, details, model)
    if options.json:
        print_json({**_json(result, model, details), **(more or {})})
        return
    _print(result, model)
    if options.report is not None:
        print(f"report: {options.report}")


def _json(result: Evaluation, model: str | None, details: Details) -> dict[str, Any]:
    data: dict[str, Any] = {
        "model": model,
        "empty_mask_rule": EMPTY_RULE,
        "cases": result.cases,
        "mean": result.mean,
        "worst": result.worst,
        "unpaired": result.unpaired,
        "messages": [message_json(message) for message in result.messages],
    }
    if details.probability:
        known = details.probability
        data["probability"] = {name: one.to_json() for name, one in known.items()}
    return data


def _print(result: Evaluation, model: str | None) -> None:
    print(f"{model or 'masks'}: {len(result.cases)} cases, worst first")
    for case, figures in result.cases.items():
        for label, one in figures.items():
            print(f"  {case}  {label}: {_figures_text(one)}")
    for label, one in result.mean.items():
        print(f"  mean  {label}: {_figures_text(one)}")
    for name in result.unpaired:
        print(f"not compared, no partner: {name}")
    for message in result.messages:
        print(f"{message.severity}: {message.text}")


def _figures_text(figures: dict[str, float | None]) -> str:
    words = []
    for key, name, form in _SHOWN:
        value = figures[key]
        words.append(f"{name} {'-' if value is None else form.format(value)}")
    return ", ".join(words)
