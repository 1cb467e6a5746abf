"""The command line: finds the commands, and turns trouble into one line and an exit status."""

from __future__ import annotations

import argparse
import importlib
import logging
import os
import pkgutil
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path

from medview import __version__
from medview.core.errors import Cancelled, MedviewError

NOTICE = "Research use, not a medical device. No network access, no telemetry."


def command_names() -> list[str]:
    """The names of the modules in `medview.commands`; none of them is imported for it."""
    from medview import commands as package

    names = (module.name for module in pkgutil.iter_modules(package.__path__))
    return sorted(name for name in names if not name.startswith("_"))


def common_arguments() -> argparse.ArgumentParser:
    """What every command and the window take."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--json", action="store_true", help="print JSON instead of text")
    common.add_argument(
        "--workspace",
        type=Path,
        metavar="DIR",
        help="where work is kept (default: $MEDVIEW_WORKSPACE, else the user's data folder)",
    )
    return common


def make_parser() -> argparse.ArgumentParser:
    """The parser of all commands; each module adds its arguments with ``add_arguments``."""
    parser = argparse.ArgumentParser(
        prog="medview",
        description="Desktop DICOM viewer that segments, explains and learns from corrections.",
        epilog="Without a command: medview [--demo] [PATH ...] opens the window.\n" + NOTICE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"medview {__version__}")
    common = common_arguments()
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name in command_names():
        module = importlib.import_module(f"medview.commands.{name}")
        caption = (module.__doc__ or "").splitlines()[0]
        sub = subparsers.add_parser(name, parents=[common], help=caption, description=caption)
        module.add_arguments(sub)
        sub.set_defaults(run=module.run)
    return parser


def window_parser() -> argparse.ArgumentParser:
    """The parser of a command line without a command: paths for the window."""
    parser = argparse.ArgumentParser(prog="medview", parents=[common_arguments()])
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH")
    parser.add_argument("--demo", action="store_true", help="open a generated thorax phantom")
    parser.set_defaults(run=open_window)
    return parser


def run(arguments: Sequence[str]) -> int:
    """Run a command line; the exit status: 0 done, 1 MedviewError (one line on stderr), 2 usage."""
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
    # these libraries' warnings quote header values: a patient's name would end in the log
    warnings.filterwarnings("ignore", module=r"(pydicom|highdicom|nibabel)\b")
    words = list(arguments)
    parser = window_parser() if _means_window(words) else make_parser()
    options = parser.parse_args(words)
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
    return words[0] not in command_names()


def _one_line(error: MedviewError) -> str:
    return " ".join(f"medview: {error}".split())


def open_window(options: argparse.Namespace) -> int:
    """The window on the given paths."""
    from medview.gui.app import run as run_window
    from medview.store.workspace import workspace_folder

    return run_window(
        list(options.paths), workspace_folder=workspace_folder(options.workspace), demo=options.demo
    )
