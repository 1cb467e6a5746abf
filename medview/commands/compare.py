"""Compare two model versions on the held-out cases; --blend makes the one between them first."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from medview.commands._common import Ticker
from medview.commands._output import print_json
from medview.core.errors import Cancelled, MedviewError
from medview.core.job import Progress
from medview.session.advice import LEAVE_ONE_OUT, LEFT_ONE_OUT

_COMPARED = (
    ("dice", "Dice"), ("hd95_mm", "HD95 mm"), ("surface_dice_2mm", "surface Dice"),
    ("precision", "precision"), ("recall", "recall"), ("volume_error_ml", "volume error ml"),
)  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("candidate", metavar="NAME@VERSION", help="the version to judge")
    parser.add_argument("--base", help="NAME[@VERSION] to compare it with (default: in use)")
    parser.add_argument(
        "--blend", type=float, metavar="SHARE",
        help="make a version with this share (0..1) of the candidate's weights, and judge that",
    )  # fmt: skip
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or cuda:N")


def run(options: argparse.Namespace) -> int:
    from medview.commands.retrain import listen_for_stop
    from medview.session.versions_compared import compare_versions
    from medview.store.workspace import workspace_folder

    ticker = Ticker(options.json)

    def tell(fraction: float, text: str) -> None:
        if options.json:
            print_json({"event": "progress", "step": 0, "steps": 0, "text": text})
        else:
            ticker(fraction, text)

    progress = Progress(tell)
    if options.json:
        listen_for_stop(progress)
    folder = workspace_folder(options.workspace)
    wanted = (options.base, options.candidate)
    try:
        result = compare_versions(folder, *wanted, options.blend, options.device, progress)
    except Cancelled:
        if options.json:
            print_json({"event": "stopped"})
        return 1
    except MedviewError as error:
        if options.json:
            print_json({"event": "error", "code": error.code, "message": str(error)})
        raise
    if options.json:
        print_json({"event": "done", **result})
    else:
        print(comparison_text(result))
    sys.stdout.flush()
    return 0


def comparison_text(result: dict[str, Any]) -> str:
    """A comparison for people, the case that got worse most first."""
    lines = [f"{result['candidate']} (against {result['base']})"]
    if result.get("protocol") == LEAVE_ONE_OUT:
        lines.append(LEFT_ONE_OUT.format(count=result["summary"]["patients"]))
    lines += [_row_text(row) for row in result["table"]]
    effort = result.get("summary", {}).get("wrong_pixels_per_slice")
    if effort:
        lines.append(
            f"pixels to correct per slice: {effort['current']:.0f} -> {effort['candidate']:.0f}"
        )
    lines += [f"{'+' if c['passed'] else '-'} {c['text']}" for c in result["gates"]["checks"]]
    lines += [f"damaged, left out: {one}" for one in result.get("left_out", ())]
    lines.append(result["gates"]["advice"])
    lines.append(f"To use it: medview models use {result['candidate']}")
    return "\n".join(lines)


def _row_text(row: dict[str, Any]) -> str:
    parts = []
    for key, name in _COMPARED:
        values = [row["figures"][who].get(key) for who in ("current", "candidate")]
        if any(value is not None for value in values):
            parts.append(f"{name} {_figure(values[0])} -> {_figure(values[1])}")
    seen = " (the base was trained on this patient: not counted)" if row.get("seen") else ""
    return f"  {row['case']}, {row['label']}: {', '.join(parts) or '-'}{seen}"


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
