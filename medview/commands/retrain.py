"""Retrain a model on the accepted slices; the candidate is compared, and never activated."""

from __future__ import annotations

import argparse
import re
import sys
import threading
from typing import Any

from medview.commands._output import print_json
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


def run(options: argparse.Namespace) -> int:
    from medview.session.retraining import retrain

    request = _request(options)
    progress = Progress()
    if options.json:
        listen_for_stop(progress)

    def report(event: dict[str, Any]) -> bool:
        if options.json:
            print_json({"event": "progress", **event})
        elif event["step"] % 10 == 0:
            words = f"step {event['step']} loss {event['loss']:.3f}"
            print(f"{words}, {event['seconds_left']:.0f} s left", file=sys.stderr, flush=True)
        return not progress.is_cancelled

    try:
        result = retrain(request, report, progress)
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
    if options.json:
        print_json({"event": "done", **result})
        return 0
    print(comparison_text(result))
    return 0


def _request(options: argparse.Namespace) -> Any:
    from medview.ai.catalog import DEFAULT_MODEL, Catalog
    from medview.session.lineage import seen_patients
    from medview.session.retraining import RetrainRequest
    from medview.store.workspace import Workspace, workspace_folder

    folder = workspace_folder(options.workspace)
    catalog = Catalog(folder / "models")
    name, _, version = (options.base or DEFAULT_MODEL).partition("@")
    if not version:
        workspace = Workspace.open_readonly(folder)
        version = workspace.active(name) or ""
        workspace.close()
    base = catalog.find(name, version or None)
    out_name, _, out_version = (options.out_name or base.card.name).partition("@")
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
        seen_patients=seen_patients(catalog, base.card),
    )


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
