"""The program: the window, or a headless command."""

from __future__ import annotations

import sys


def main() -> int:
    """Entry point of the console script; returns the exit status."""
    from medview.cli import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
