"""The main thread: its longest stretch away from the event loop in each story of the tests.

python benchmarks/blocks.py [--json FILE]. Runs tests/stories with real events and times every turn
of Qt's event loop, from waking to waiting again; the figure of a story is its worst turn. Loading
torch and other imports in a thread hold Python's lock and count, as a person would feel them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from figures import PROJECT, Figure, main, percentile

SHOWN = 8
BOUND_MS = 50.0


def measure() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "blocks.jsonl"
        environment = {
            **os.environ,
            "MEDVIEW_STORY_BLOCKS": str(report),
            "QT_QPA_PLATFORM": "offscreen",
        }
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/stories"]
        subprocess.run(command, cwd=PROJECT, env=environment, check=True)
        rows = [json.loads(line) for line in report.read_text(encoding="utf-8").splitlines()]
    rows.sort(key=lambda row: -row["worst_ms"])
    worst = [row["worst_ms"] for row in rows]
    figures = [
        Figure(f"{len(rows)} stories, worst turn of the median story", percentile(worst, 0.5),
               "ms", "the rule", BOUND_MS),
        Figure("stories with a turn over 50 ms", sum(ms > BOUND_MS for ms in worst), "stories"),
    ]  # fmt: skip
    return figures + [
        Figure(row["story"], row["worst_ms"], "ms", "the rule", BOUND_MS) for row in rows[:SHOWN]
    ]


if __name__ == "__main__":
    main(__doc__ or "", measure)
