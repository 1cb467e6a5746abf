"""The command line of the training child: the same program, headless."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from medview.core.errors import MedviewError
from medview.core.program import this_program
from medview.store.workspace import Workspace

_SHARED = ("budget", "steps", "seed", "device")  # options that a retraining and its folds have


def retrain_command(workspace: Workspace, **options: Any) -> list[str]:
    """``medview retrain --json`` on the workspace; MedviewError "nothing-accepted" without labels.

    Everything accepted must be committed: the child reads a snapshot.
    """
    if next(workspace.reviews("train"), None) is None:
        raise MedviewError(
            "There is no accepted slice to train on.",
            hint="Correct some slices and accept them (A) first.",
            code="nothing-accepted",
        )
    words = [*this_program(), "retrain", "--json", "--workspace", str(workspace.folder)]
    for name, value in options.items():
        if value is not False:
            words += [f"--{name.replace('_', '-')}", *([] if value is True else [str(value)])]
    return words


def cross_validate_command(
    workspace: Workspace, base: str, folds: int, report: Path, **options: Any
) -> list[str]:
    """``medview evaluate --cross-validate --json`` on the accepted slices, with its report."""
    words = [*this_program(), "evaluate", "--json", "--workspace", str(workspace.folder)]
    words += ["--cross-validate", str(folds), "--base", base, "--report", str(report)]
    for name in _SHARED:
        words += [f"--{name}", str(options[name])] if options.get(name) else []
    return words


def compare_command(
    workspace: Workspace, candidate: str, base: str = "", blend: float | None = None
) -> list[str]:
    """``medview compare --json``; with ``blend`` a version between both is made and judged."""
    words = [*this_program(), "compare", candidate, "--json", "--workspace", str(workspace.folder)]
    words += ["--base", base] if base else []
    return words + (["--blend", str(blend)] if blend is not None else [])
