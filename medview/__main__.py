"""The program: the window, a headless command, or a child that reads what is not trusted."""

from __future__ import annotations

import sys


def main() -> int:
    """Entry point of the console script; returns the exit status."""
    if sys.argv[1:2] == ["--decode-frames"]:  # before all imports: the child must start at once
        from medview.dicom.decode_child import main as decode_frames

        return decode_frames()
    if sys.argv[1:2] == ["--read-weights"]:
        from medview.ai.network.foreign_child import main as read_weights

        return read_weights(*sys.argv[2:4])
    from medview.cli import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
