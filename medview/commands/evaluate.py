"""Measure masks, or a model on images, against a truth: Dice, distances, volume, per class."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from medview.ai.evaluation import EMPTY_RULE
from medview.commands._common import Ticker, model_folder, need_path, open_image
from medview.commands._output import print_json
from medview.core.errors import MedviewError
from medview.core.job import Progress
from medview.core.labelmap import LabelMap
from medview.core.volume import Message, Volume
from medview.dicom.report import message_json
from medview.session.evaluating import Evaluation, evaluate, find_cases, pair, parse_map, read_mask

if TYPE_CHECKING:
    from medview.ai.network.predictor import Predictor

_SHOWN = (("dice", "Dice", "{:.3f}"), ("hd95_mm", "HD95 mm", "{:.1f}"),
          ("surface_dice_2mm", "surface Dice", "{:.3f}"))  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    ours = parser.add_mutually_exclusive_group(required=True)
    ours.add_argument("--model", metavar="NAME[@VERSION]", help="segment --images first")
    ours.add_argument("--predictions", type=Path, metavar="DIR_OR_FILE", help="finished masks")
    parser.add_argument(
        "--images", type=Path, metavar="DIR_OR_FILE", help="needed by --model; a DICOM folder too"
    )
    parser.add_argument("--labels", type=Path, required=True, metavar="DIR_OR_FILE", help="truth")
    parser.add_argument(
        "--map", dest="new_ids", metavar="OLD=NEW,...", help='joins labels on both sides: "2=1,3=1"'
    )
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or cuda:N")


def run(options: argparse.Namespace) -> int:
    new_ids = parse_map(options.new_ids)
    if options.model is not None and options.images is None:
        raise MedviewError(
            "A model needs images to be measured on.", hint="Give --images.", code="no-images"
        )
    ours = _cases(options.predictions or options.images, labels=options.model is None)
    truths = _cases(options.labels, labels=True)
    given = options.predictions or options.images
    single = _is_one(given, ours) and _is_one(options.labels, truths)
    pairs, unpaired = pair(ours, truths, single=single)
    if not pairs:
        raise MedviewError(
            f"No file of {given} belongs to one of {options.labels}.",
            hint="They are paired by their names without the suffix.",
            code="nothing-paired",
        )
    progress = Progress(Ticker(options.json))
    if options.model is not None:
        guesses = _Model(options)
        result = evaluate(pairs, guesses.segment, new_ids, unpaired, progress)
        model: str | None = guesses.name
    else:
        images = {} if options.images is None else _cases(options.images, labels=False)
        only = next(iter(images.values())) if single and len(images) == 1 else None

        def read(case: str, path: Path, notes: list[Message]) -> tuple[LabelMap, Volume | None]:
            image = images.get(case, only)
            volume = None if image is None else open_image(image)
            return read_mask(path, volume, notes), volume

        result = evaluate(pairs, read, new_ids, unpaired, progress)
        model = None
    _print(result, model, as_json=options.json)
    return 0


def _cases(path: Path, *, labels: bool) -> dict[str, Path]:
    cases = find_cases(need_path(path), labels=labels)
    if not cases:
        what = "label files" if labels else "images"
        raise MedviewError(f"{path} holds no {what}.", code="no-labels" if labels else "no-image")
    return cases


def _is_one(path: Path, cases: dict[str, Path]) -> bool:
    """Whether the path given names one case by itself."""
    return path.is_file() or list(cases.values()) == [path]


class _Model:
    """Segments images with the model asked for, loaded once."""

    def __init__(self, options: argparse.Namespace) -> None:
        from medview.session.model_jobs import load_predictor

        folder = model_folder(options.model, options.workspace)
        self._predictor: Predictor = load_predictor(str(folder), options.device)
        self.name = self._predictor.card.id

    def segment(
        self, _case: str, path: Path, _notes: list[Message]
    ) -> tuple[LabelMap, Volume | None]:
        volume = open_image(path)
        labels = self._predictor.predict(volume, Progress()).labels
        return LabelMap(volume.geometry, self._predictor.card.labels, labels), volume


def _print(result: Evaluation, model: str | None, *, as_json: bool) -> None:
    if as_json:
        data: dict[str, Any] = {
            "model": model,
            "empty_mask_rule": EMPTY_RULE,
            "cases": result.cases,
            "mean": result.mean,
            "worst": result.worst,
            "unpaired": result.unpaired,
            "messages": [message_json(message) for message in result.messages],
        }
        print_json(data)
        return
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
