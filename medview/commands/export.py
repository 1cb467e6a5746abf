"""Write all accepted labels of the workspace as a training set."""

from __future__ import annotations

import argparse
from pathlib import Path

from medview.commands._common import Ticker
from medview.commands._identity import add_identity_arguments, identity_of
from medview.commands._output import print_json
from medview.core.job import Progress
from medview.session.training_set import KINDS, write_training_set
from medview.store.workspace import Workspace, workspace_folder


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="DIR", help="a new or empty folder")
    parser.add_argument("--format", choices=KINDS, required=True, dest="kind")
    add_identity_arguments(parser)


def run(options: argparse.Namespace) -> int:
    workspace = Workspace.open_readonly(workspace_folder(options.workspace))
    try:
        progress = Progress(Ticker(options.json))
        identity = identity_of(options)
        written = write_training_set(workspace, options.kind, options.folder, progress, identity)
    finally:
        workspace.close()
    if options.json:
        print_json(
            {
                "output": str(written.folder),
                "format": options.kind,
                "cases": written.cases,
                "slices": written.slices,
                "left_out": list(written.left_out),
            }
        )
    else:
        print(f"{written.folder}: {written.cases} cases, {written.slices} slices, read back")
        for line in written.left_out:
            print(f"left out {line}")
    return 0
