"""kill -9 at random steps of a retraining: the model in use is as it was, and the rest goes on.

python benchmarks/retrain_kills.py [--kills 50] [--steps 200] [--seed N] [--json FILE]. A tiny model
is retrained on accepted slices of a phantom; the child is killed at a random moment of a random
step, and the same command is given again. When a run ends before it is killed, its candidate must
be whole, and the next begins anew. Counted: kills after which the base had changed or a candidate
had appeared, steps that were done twice, candidates that do not load.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from figures import PROJECT, Figure, machine, percentile

from medview.ai.card import verify
from medview.ai.network.predictor import load_network
from medview.core.errors import MedviewError

sys.path.insert(0, str(PROJECT / "tests"))
from retrain_killed import command, files_of, prepare, run

EVERY = 20  # steps between two checkpoints


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--seed", type=int, default=20261121)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    changed = appeared = broken = made = 0
    lost: list[float] = []
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "workspace"
        base = prepare(folder)
        before = files_of(base)
        candidate = folder / "models/ct-lung/9.0.0"
        words = command(folder, "--steps", str(options.steps))
        reached = kills = 0
        while kills < options.kills or reached:
            last = kills >= options.kills
            at = 0 if last else min(reached + chance.randint(1, 60), options.steps)
            events, status = run(words, at, chance.uniform(0.0, 0.1))
            steps = [event["step"] for event in events if event["event"] == "progress"]
            changed += files_of(base) != before
            lost.append(max(reached + 1 - steps[0], 0) if steps and reached else 0.0)
            if status == 0:
                made += 1
                broken += not is_whole(candidate)
                shutil.rmtree(candidate, ignore_errors=True)
                reached = 0
            else:
                kills += 1
                appeared += candidate.exists()
                reached = steps[-1] if steps else reached
            print(f"{kills} kills: steps {steps[0] if steps else '-'} to {reached}", flush=True)
    rows = [
        Figure(f"{options.kills} kills: the base had changed", changed, "times"),
        Figure("a candidate had appeared", appeared, "times"),
        Figure(f"of {made} candidates at the end: broken", broken, "times"),
        Figure("steps done twice after a kill, worst", max(lost), "steps", "allowed", EVERY),
        Figure("steps done twice after a kill, median", percentile(lost, 0.5), "steps"),
    ]
    result = {
        "machine": machine(),
        "figures": [{**asdict(row), "ratio": row.ratio} for row in rows],
    }
    for row in rows:
        print(f"{row.what}: {row.value:.4g} {row.unit}")
    if options.json:
        options.json.write_text(json.dumps(result, indent=2), encoding="utf-8")
    if changed or appeared or broken:
        raise SystemExit(1)


def is_whole(folder: Path) -> bool:
    try:
        verify(folder)
        load_network(folder)
    except MedviewError:
        return False
    return True


if __name__ == "__main__":
    main()
