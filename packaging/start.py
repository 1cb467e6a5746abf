"""Starts medview on a fresh machine: python3 packaging/start.py [PATH ...].

Makes a virtual environment (.venv in the project, or $MEDVIEW_VENV), installs medview into it
once, and opens the window on PATH; without PATH on a generated demo. Standard library only.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - this file must still say so on an older Python
    sys.exit(
        "medview needs Python 3.11 or newer, and this is Python {}.{}.\n"
        "Install a newer one (python.org, or your system's packages) and start this file "
        "with it, for example: python3.12 packaging/start.py".format(*sys.version_info[:2])
    )

import argparse
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import _environment as environment


def window_arguments(options: argparse.Namespace) -> list[str]:
    """The words after `python -m medview`; whole paths, so that none can mean a command."""
    words = [str(path.resolve()) for path in options.paths]
    if options.demo or not options.paths:
        words.append("--demo")
    if options.workspace is not None:
        words += ["--workspace", str(options.workspace)]
    return words


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="start.py",
        description="Installs medview (once) and opens it.",
        epilog="Research use, not a medical device. No telemetry; the network is used only by pip.",
    )
    parser.add_argument(
        "paths", nargs="*", type=Path, metavar="PATH", help="folder, files, DICOMDIR or zip"
    )
    parser.add_argument("--demo", action="store_true", help="open a generated thorax phantom")
    parser.add_argument("--workspace", type=Path, metavar="DIR", help="where work is kept")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> int:
    """Install what is missing and run the window; the window's exit status, 1 for trouble."""
    options = parse(arguments)
    for path in options.paths:
        if not path.exists():
            environment.say(f"{path} does not exist")
            return 1
    try:
        environment.check_libraries(os.environ)
        python = environment.prepare()
    except environment.SetupError as error:
        print(f"medview: {error}", file=sys.stderr)
        return 1
    if not environment.has_display(os.environ):
        print(
            "medview: it is installed, but there is no display here to open a window on "
            "(DISPLAY and WAYLAND_DISPLAY are not set).\n"
            "Start it in a desktop session, or use the commands that need none:\n"
            f"  {python} -m medview --help",
            file=sys.stderr,
        )
        return 1
    environment.say("opening the window")
    try:
        return subprocess.call([str(python), "-m", "medview", *window_arguments(options)])
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
