"""How to start this program again, as a child process."""

from __future__ import annotations

import sys


def this_program() -> list[str]:
    """The command that starts medview: the frozen program itself, or Python with its module."""
    if getattr(sys, "frozen", False):
        return [sys.executable]
    return [sys.executable, "-m", "medview"]
