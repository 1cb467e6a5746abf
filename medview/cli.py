"""The command line: finds the commands, and turns trouble into one line and an exit status."""

from __future__ import annotations

import argparse
import importlib
import json
import logging
import os
import pkgutil
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

from medview import __version__
from medview.core.errors import Cancelled, MedviewError

NOTICE = "Research use, not a medical device. No network access, no telemetry."


def commands() -> dict[str, ModuleType]:
    """Every module of `medview.commands`, by the command's name."""
    from medview import commands as package

    found = {}
    for module in sorted(pkgutil.iter_modules(package.__path__), key=lambda m: m.name):
        if not module.name.startswith("_"):
            loaded = importlib.import_module(f"{package.__name__}.{module.name}")
            found[module.name.rstrip("_")] = loaded
    return found


def make_parser() -> argparse.ArgumentParser:
    """The parser of all commands; each module adds its arguments with ``add_arguments``."""
    parser = argparse.ArgumentParser(
        prog="medview",
        description="Desktop DICOM viewer that segments, explains and learns from corrections.",
        epilog="Without a command: medview [PATH ...] opens the window. " + NOTICE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"medview {__version__}")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--json", action="store_true", help="print JSON instead of text")
    common.add_argument(
        "--workspace",
        type=Path,
        metavar="DIR",
        help="where work is kept (default: $MEDVIEW_WORKSPACE, else the user's data folder)",
    )
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name, module in commands().items():
        caption = (module.__doc__ or "").splitlines()[0]
        sub = subparsers.add_parser(name, parents=[common], help=caption, description=caption)
        module.add_arguments(sub)
        sub.set_defaults(run=module.run)
    window = subparsers.add_parser(
        "window", parents=[common], help="Open the window (what happens without a command)."
    )
    window.add_argument("paths", nargs="*", type=Path, metavar="PATH")
    window.add_argument("--demo", action="store_true", help="open a generated thorax phantom")
    window.set_defaults(run=open_window)
    return parser


def run(arguments: Sequence[str]) -> int:
    """Run a command line; the exit status: 0 done, 1 MedviewError (one line on stderr), 2 usage."""
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
    words = list(arguments)
    if _means_window(words):
        words = ["window", *words]
    options = make_parser().parse_args(words)
    try:
        status: int = options.run(options)
    except MedviewError as error:
        print(_one_line(error), file=sys.stderr)
        return 1
    except (Cancelled, KeyboardInterrupt):
        print("cancelled", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # the reader of our output went away (head, less): not an error of ours
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return status


def _means_window(words: list[str]) -> bool:
    """Without a command name the words are paths (or options) for the window."""
    if not words:
        return True
    if words[0] in ("-h", "--help", "--version"):
        return False
    return words[0] not in {*commands(), "window"}


def _one_line(error: MedviewError) -> str:
    return " ".join(f"medview: {error}".split())


def open_window(options: argparse.Namespace) -> int:
    """The window on the given paths."""
    from medview.gui.app import run as run_window
    from medview.store.workspace import workspace_folder

    return run_window(
        list(options.paths), workspace_folder=workspace_folder(options.workspace), demo=options.demo
    )


def print_json(data: object) -> None:
    """One JSON object on one line of standard output, at once; NaN and infinities are null."""
    print(json.dumps(_finite(data), ensure_ascii=False, default=str), flush=True)


def _finite(data: object) -> object:
    if isinstance(data, float):
        return data if data == data and abs(data) != float("inf") else None
    if isinstance(data, dict):
        return {str(key): _finite(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_finite(value) for value in data]
    return data
