"""Retrain a model on the accepted slices; the candidate is compared, and never activated."""

from __future__ import annotations

import argparse
import os
import re
import sys
import threading
from pathlib import Path
from typing import Any

from medview.commands._output import print_json
from medview.commands._recipe import add_generated_share, share
from medview.commands.compare import comparison_text
from medview.core.errors import Cancelled, MedviewError
from medview.core.job import Progress

_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "": 1.0}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--base", help="NAME or NAME@VERSION to start from (default: in use)")
    limit = parser.add_mutually_exclusive_group()
    limit.add_argument("--budget", default="120s", help="time to train, such as 120s or 10m")
    limit.add_argument("--steps", type=int, help="optimiser steps instead of a time")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or cuda:N")
    parser.add_argument("--out-name", help="NAME@VERSION of the candidate (default: next version)")
    parser.add_argument(
        "--fresh", action="store_true", help="start anew where a training was interrupted"
    )
    parser.add_argument("--tensorboard", type=Path, metavar="DIR", help="write event files too")
    recipe = parser.add_argument_group("recipe")
    recipe.add_argument(
        "--batch", type=_count, help="slices at a time (default 8; 2 for a new task)"
    )
    recipe.add_argument("--accumulate", type=_count, default=1, help="batches in a step")
    recipe.add_argument(
        "--rehearse",
        choices=("phantoms", "own", "none"),
        default="phantoms",
        help="where the old model teaches: generated phantoms, your accepted slices too, nowhere",
    )
    recipe.add_argument(
        "--new-share", type=share, default=0.75, help="0..1, new weights in the candidate's"
    )
    add_generated_share(recipe)
    pull = recipe.add_mutually_exclusive_group()
    pull.add_argument("--anchor", type=float, default=0.0, help="pull to the old weights")
    pull.add_argument(
        "--fisher", type=float, default=0.0, help="the same, by what each weight matters"
    )
    parser.add_argument(
        "--leave-one-out", choices=("auto", "always", "never"), default="auto",
        help="measure by versions that saw all patients but one (auto: where none is held out)",
    )  # fmt: skip
    task = parser.add_argument_group("another task")
    task.add_argument("--new-task", metavar="NAME", help="a new model on the base's features")
    task.add_argument("--from-scratch", action="store_true", help="with nothing of the base")
    task.add_argument("--labels", default="", help="its labels, by comma (default: new ones)")


def run(options: argparse.Namespace) -> int:
    from medview.session.retraining import retrain

    progress = Progress()
    if options.json and os.environ.get("RANK", "0") == "0":  # torchrun's first process speaks
        listen_for_stop(progress)

    def report(event: dict[str, Any]) -> bool:
        if options.json:
            print_json({"event": "progress", **event})
        elif event["step"] % 10 == 0:
            part = f"part {event['part']} of {event['parts']} " if "part" in event else ""
            words = f"{part}step {event['step']} loss {event['loss']:.3f}"
            print(f"{words}, {event['seconds_left']:.0f} s left", file=sys.stderr, flush=True)
        if "note" in event and not options.json:
            print(event["note"], file=sys.stderr, flush=True)
        return not progress.is_cancelled

    try:
        result = retrain(_request(options), report, progress)
    except Cancelled:
        result = None
    except MedviewError as error:
        if options.json:
            print_json({"event": "error", "code": error.code, "message": str(error)})
        raise
    if result is None:
        if options.json:
            print_json({"event": "stopped"})
        return 1
    if not result:
        return 0  # one of torchrun's helpers: the first process speaks
    if options.json:
        print_json({"event": "done", **result})
        return 0
    print(comparison_text(result))
    return 0


def _request(options: argparse.Namespace) -> Any:
    from medview.commands._common import reading_models
    from medview.session.lineage import seen_patients
    from medview.session.retrain_request import RetrainRequest
    from medview.store.workspace import workspace_folder

    folder = workspace_folder(options.workspace)
    with reading_models(options.workspace) as models:
        catalog, base = models.catalog, models.find(options.base)
    out_name, _, out_version = _out_name(options, catalog, base.card.name).partition("@")
    return RetrainRequest(
        folder,
        base,
        catalog.own,
        out_version or catalog.next_version(out_name),
        out_name,
        budget_s=None if options.steps else parse_seconds(options.budget),
        steps=options.steps,
        seed=options.seed,
        device=options.device,
        rehearsal=0.0 if options.rehearse == "none" else RetrainRequest.rehearsal,
        own_rehearsal=options.rehearse == "own",
        new_share=options.new_share,
        batch=options.batch,
        accumulate=options.accumulate,
        anchor=options.anchor,
        fisher=options.fisher,
        is_new_task=bool(options.new_task),
        from_scratch=options.from_scratch,
        generated_share=options.generated_share,
        labels=tuple(name.strip() for name in options.labels.split(",") if name.strip()),
        is_fresh=options.fresh,
        events=options.tensorboard,
        leave_one_out=options.leave_one_out,
        seen_patients=seen_patients(catalog, base.card),
    )


def _out_name(options: argparse.Namespace, catalog: Any, base: str) -> str:
    """NAME or NAME@VERSION of what is made; MedviewError for what does not fit together."""
    if not options.new_task:
        if options.from_scratch or options.labels:
            raise MedviewError(
                "--from-scratch and --labels make a model for another task.",
                hint="Name it: --new-task NAME.",
                code="bad-arguments",
            )
        return str(options.out_name or base)
    from medview.ai.card import is_name

    name = str(options.new_task).partition("@")[0]
    if not is_name(name):
        raise MedviewError(
            f"{name} is no name for a model.",
            hint="Small letters, digits, dots and dashes.",
            code="bad-arguments",
        )
    if catalog.versions(name):
        raise MedviewError(
            f"There is a model {name} already.",
            hint=f"Choose another name, or retrain it: --base {name}.",
            code="name-taken",
        )
    return str(options.new_task)


def _count(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 1024:
        raise ValueError(text)
    return number


def parse_seconds(text: str) -> float:
    """ "120s", "10m" or "1h" in seconds; MedviewError for anything else."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([smh]?)", text.strip())
    if match is None or float(match[1]) <= 0:
        raise MedviewError(f"{text} is no time.", hint="Write 120s, 10m or 1h.", code="bad-time")
    return float(match[1]) * _UNITS[match[2]]


def listen_for_stop(progress: Progress) -> None:
    """Cancel when the window writes the line "stop" on standard input."""

    def listen() -> None:
        for line in sys.stdin:
            if line.strip() == "stop":
                progress.cancel()
                return

    threading.Thread(target=listen, daemon=True, name="stop-listener").start()
