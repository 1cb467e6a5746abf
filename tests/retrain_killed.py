"""A workspace with accepted slices and a tiny model, and `medview retrain` killed in the middle.

Shared by test_retrain_command.py and benchmarks/retrain_kills.py.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from small_models import TOOL, names_table, phantom, phantom_volume, random_card, write_model

from medview.core.box import Box
from medview.session.session import Session
from medview.store.workspace import Workspace

TABLE = names_table("one", "two", "three")  # no lungs, so no phantoms are compared
BASE = "ct-lung@1.0.1"


def prepare(folder: Path) -> Path:
    """Two patients, the second held out, and a tiny base; the base's folder."""
    with Workspace(folder) as workspace:
        session = Session(workspace)
        for seed in (0, 1):
            session.open_volume(phantom_volume(seed, patient=f"P{seed}"))
            session.labelmap.table = TABLE
            session.editor.begin("truth", TOOL, 0)
            session.editor.write(Box.whole((12, 64, 64)), phantom(seed).labels)
            session.editor.commit()
            session.accept_slices([4, 6, 8])
            session.flush()
        session.close()
    base = folder / "models" / "ct-lung" / "1.0.1"
    return write_model(base, random_card(TABLE, version="1.0.1"))


def command(folder: Path, *words: str) -> list[str]:
    return [
        *(sys.executable, "-m", "medview", "retrain", "--json", "--workspace", str(folder)),
        *("--base", BASE, "--out-name", "ct-lung@9.0.0", "--device", "cpu"),
        *("--rehearse", "none", "--batch", "1", *words),
    ]


def run(
    words: list[str], kill_at: int = 0, delay: float = 0.0
) -> tuple[list[dict[str, Any]], int | None]:
    """Events, and the exit status; killed ``delay`` seconds after step ``kill_at`` was heard."""
    child = subprocess.Popen(
        words, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True, env={**os.environ}
    )
    assert child.stdout is not None
    events: list[dict[str, Any]] = []
    for line in child.stdout:
        try:
            events.append(json.loads(line))
        except ValueError:
            continue  # cut in the middle by the kill
        if kill_at and events[-1].get("step") == kill_at:
            time.sleep(delay)
            child.kill()
    return events, child.wait()


def files_of(folder: Path) -> dict[str, str]:
    """The hash of every file below: what must not change."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
