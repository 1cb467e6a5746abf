"""kill -9 at random moments while a person paints, fills, undoes and lets the model segment.

python benchmarks/kills.py [--kills 200] [--seed N] [--json FILE]. Each round starts the real window
on the same workspace (offscreen, real events, tests/stories/paint_until_killed.py), kills it at a
random moment, opens the case again and compares: every edit that the workspace acknowledged must be
there to the voxel (one action that was under way may have arrived as well), SQLite's integrity
check must pass, and the case must be back within the bound.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

import numpy as np
from figures import PROJECT, Figure, machine, percentile

from medview.core.job import Progress
from medview.core.phantom import thorax_phantom
from medview.dicom.phantom_series import write_series
from medview.session.opening import index, largest_image, load
from medview.session.session import Session
from medview.store.workspace import Workspace

CHILD = PROJECT / "tests/stories/paint_until_killed.py"
RECOVERY_MS = 2000.0


def paint_and_kill(workspace: Path, image: Path, seed: int, seconds: float) -> list[str]:
    """What a child acknowledged before it was killed, ``seconds`` after its window was open."""
    child = subprocess.Popen(
        [sys.executable, str(CHILD), str(workspace), str(image), str(seed), "segment"],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    assert child.stdout is not None
    if child.stdout.readline().strip() != "open":
        raise SystemExit("the window did not open")
    time.sleep(seconds)
    os.kill(child.pid, signal.SIGKILL)
    rest = child.stdout.read()
    child.wait()
    whole = [line for line in rest.splitlines(keepends=True) if line.endswith("\n")]
    return [line.strip() for line in whole if line.strip()]


def mask_hash(session: Session) -> str:
    assert session.labelmap is not None
    return hashlib.sha256(np.ascontiguousarray(session.labelmap.voxels).tobytes()).hexdigest()[:16]


def recover(folder: Path, image: Path, said: list[str], expected: int) -> tuple[float, int, bool]:
    """(milliseconds until the case was back, edits now, whether all acknowledged work is there)."""
    volume = load(largest_image(index([image], Progress())), Progress())
    started = time.perf_counter()
    with Workspace(folder) as workspace:
        session = Session(workspace)
        session.open_volume(volume)
        taken = (time.perf_counter() - started) * 1000
        assert session.history is not None
        applied, known = said[-1].split() if said else (str(expected), "")
        more = session.history.applied - int(applied)
        whole = more in (-1, 0, 1)
        if whole and known and mask_hash(session) != known:
            (session.undo if more > 0 else session.redo)()
            whole = more != 0 and mask_hash(session) == known
        session.flush()
        now = session.history.applied
        session.close()
    with sqlite3.connect(folder / "workspace.sqlite3") as connection:
        whole &= connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    return taken, now, whole


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=20261121)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    times, acknowledged, lost, expected = [], 0, 0, 0
    with tempfile.TemporaryDirectory() as place:
        folder, image = Path(place) / "workspace", Path(place) / "chest"
        write_series(thorax_phantom((16, 96, 96), (18.75, 4.0, 4.0), seed=5), image)
        for kill in range(options.kills):
            said = paint_and_kill(folder, image, options.seed + kill, chance.uniform(0.02, 2.5))
            taken, expected, whole = recover(folder, image, said, expected)
            times.append(taken)
            acknowledged += len(said)
            lost += not whole
            state = "ok" if whole else "LOST"
            print(f"{kill + 1}: {len(said)} acknowledged, {expected} edits, {state}", flush=True)
    what = f"{options.kills} kills, {acknowledged} acknowledged acts: rounds with a loss"
    aim = ("ms", "the aim", RECOVERY_MS)
    rows = [
        Figure(what, lost, "rounds"),
        Figure("case back after a kill, p95", percentile(times, 0.95), *aim),
        Figure("case back after a kill, worst", max(times), *aim),
    ]
    result = {
        "machine": machine(),
        "figures": [{**asdict(row), "ratio": row.ratio} for row in rows],
    }
    for row in rows:
        print(f"{row.what}: {row.value:.4g} {row.unit}")
    if options.json:
        options.json.write_text(json.dumps(result, indent=2), encoding="utf-8")
    if lost:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
