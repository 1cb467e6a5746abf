"""What `medview evaluate --cross-validate` does: its events, and what it measures on."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from medview.commands._common import reading_models
from medview.commands._output import print_json
from medview.commands.retrain import listen_for_stop, parse_seconds
from medview.core.errors import Cancelled, MedviewError
from medview.core.job import Progress
from medview.session.evaluating import Evaluation
from medview.session.evaluation_details import Details


def add_arguments(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("cross-validation")
    group.add_argument("--manifest", type=Path, metavar="FILE", help="its rows that are not kept "
                       "out, instead of the accepted slices of the training patients")  # fmt: skip
    group.add_argument(
        "--base", help="NAME[@VERSION] that every fold starts from (default: in use)"
    )
    limit = group.add_mutually_exclusive_group()
    limit.add_argument("--budget", default="120s", help="time to train each fold, such as 300s")
    limit.add_argument("--steps", type=int, help="optimiser steps of each fold instead of a time")
    group.add_argument("--seed", type=int, default=0, help="of the folds and of the training")


def cross_validated(
    options: argparse.Namespace,
) -> tuple[Evaluation, Details, str, list[dict[str, Any]]] | None:
    """Run it with progress on the way; None when it was stopped."""
    from medview.session.cross_validating import cross_validate

    progress = Progress()
    if options.json:
        listen_for_stop(progress)

    def report(event: dict[str, Any]) -> bool:
        if options.json:
            print_json({"event": "progress", **event})
        elif event["step"] % 10 == 0:
            fold = f"fold {event['part']} of {event['parts']}, step {event['step']}"
            print(f"{fold}, {event['seconds_left']:.0f} s left", file=sys.stderr, flush=True)
        return not progress.is_cancelled

    try:
        request, cases = _asked(options)
        return cross_validate(request, cases, options.cross_validate, report, progress)
    except Cancelled:
        if options.json:
            print_json({"event": "stopped"})
        return None
    except MedviewError as error:
        if options.json:
            print_json({"event": "error", "code": error.code, "message": str(error)})
        raise


def _asked(options: argparse.Namespace) -> tuple[Any, Any]:
    """The recipe of every fold, and the cases."""
    from medview.session.cross_validating import VERSION, AcceptedCases, ManifestCases
    from medview.session.lineage import seen_patients
    from medview.session.manifest import read_manifest
    from medview.session.retrain_request import RetrainRequest
    from medview.store.workspace import workspace_folder

    folder = workspace_folder(options.workspace)
    with reading_models(options.workspace) as models:
        catalog, base = models.catalog, models.find(options.base)
    request = RetrainRequest(
        folder,
        base,
        catalog.own,
        VERSION,
        base.card.name,
        budget_s=None if options.steps else parse_seconds(options.budget),
        steps=options.steps,
        seed=options.seed,
        device=options.device,
        seen_patients=seen_patients(catalog, base.card),
    )
    if options.manifest is None:
        return request, AcceptedCases(folder)
    return request, ManifestCases(read_manifest(options.manifest), base.card.labels)
