"""Train a model from images and labels (split by patient, seeded), with its card and metrics."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

from medview.commands._output import print_json
from medview.commands._recipe import add_generated_share
from medview.core.errors import MedviewError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("manifest", type=Path, help="JSON rows: image, labels, patient, ...")
    parser.add_argument("-o", "--output", type=Path, required=True, help="folder of the new model")
    parser.add_argument("--steps", type=int, default=5000, help="optimiser steps (default 5000)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--hold-out", default="", help="patients or cases never trained on, by comma"
    )
    parser.add_argument("--base", help="NAME@VERSION to start from (default: from scratch)")
    parser.add_argument(
        "--teacher", help="NAME@VERSION whose answers half of every batch is learned from"
    )
    parser.add_argument(
        "--config",
        type=Path,
        help="JSON: name, version, network, input, fit, augment, card, patient_ids, "
        "leave_out (cases whose labels are wrong), new_share (of the weights, with --base)",
    )
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or cuda:N")
    add_generated_share(parser)


def run(options: argparse.Namespace) -> int:
    from medview.session.manifest import read_manifest
    from medview.session.train_request import TrainRequest
    from medview.session.training import train_model

    manifest = read_manifest(options.manifest)
    request = TrainRequest(
        manifest,
        options.output,
        steps=options.steps,
        seed=options.seed,
        hold_out=frozenset(word for word in options.hold_out.split(",") if word),
        base=_folder(options, options.base),
        teacher=_folder(options, options.teacher),
        config=_config(options.config),
        device=options.device,
        generated_share=options.generated_share,
    )
    started = time.monotonic()

    def report(event: dict[str, Any]) -> None:
        if options.json:
            print_json({"event": "progress", **event})
        elif event["step"] % 50 == 0:
            left = event["seconds_left"] / 60
            words = f"step {event['step']}/{event['steps']} loss {event['loss']:.3f}"
            print(f"{words} {left:.0f} min left", file=sys.stderr, flush=True)

    result = train_model(request, report)
    result["seconds"] = round(time.monotonic() - started, 1)
    if options.json:
        print_json({"event": "done", **result})
    else:
        print(f"{result['model']} written to {result['output']}")
        for name, figures in result["summary"].items():
            mean = figures["mean"]["dice"]
            print(f"  {name}: Dice on held-out cases {'-' if mean is None else f'{mean:.3f}'}")
    return 0


def _config(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise MedviewError(f"{path} is not a JSON file: {error}.", code="bad-config") from error
    if not isinstance(data, dict):
        raise MedviewError(f"{path} must hold a JSON object.", code="bad-config")
    return data


def _folder(options: argparse.Namespace, wanted: str | None) -> Path | None:
    if wanted is None:
        return None
    from medview.ai.catalog import Catalog
    from medview.store.workspace import workspace_folder

    name, _, version = wanted.partition("@")
    catalog = Catalog(workspace_folder(options.workspace) / "models")
    return catalog.find(name, version or None).folder
