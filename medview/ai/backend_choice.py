"""Which backend was found to be the fastest: measurements, and where they are kept. No torch."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from medview.core.atomic import write_text
from medview.core.errors import MedviewError

PARITY = 0.995  # Dice of every label against float32
FILE = "backends.json"
_KEPT = 40  # choices: machines times models times versions


@dataclass(frozen=True)
class Measurement:
    """One backend here: ``ms`` per slice (best of several runs) and their median.

    ``dice`` by label name against PyTorch in float32 (the worst of phantom and case); ``problem``
    why it could not be measured.
    """

    id: str
    title: str
    ms: float
    median_ms: float
    dice: dict[str, float]
    passes: bool
    problem: str = ""
    automatic: bool = True

    def timed(self, ms: float, median_ms: float) -> Measurement:
        """The same with its times."""
        return replace(self, ms=round(ms, 2), median_ms=round(median_ms, 2))


def fastest(measured: list[Measurement]) -> Measurement:
    """The fastest automatic one of those that pass the parity gate; PyTorch always does."""
    able = [one for one in measured if one.passes and one.automatic]
    return min(able, key=lambda one: one.median_ms)  # what one gets, also beside other work


def choice_key(sha256: str, device: str, versions: dict[str, str]) -> str:
    """What a measurement holds for: this machine, device, model and library versions."""
    libraries = " ".join(f"{name}={version}" for name, version in sorted(versions.items()))
    return f"{_processor()} | {device} | {sha256} | {libraries}"


class BackendChoices:
    """``backends.json`` of a folder: the measurements by `choice_key`, the newest last.

    Written atomically. A file that is none is as good as no file, as all can be measured again.
    """

    def __init__(self, folder: Path) -> None:
        self._path = Path(folder) / FILE
        self._unwritten: dict[str, Any] = {}  # where the folder refuses, it holds for this run

    def measured(self, key: str) -> list[Measurement]:
        """What was measured for this key; [] when nothing was."""
        rows = self._read().get(key, {}).get("measured", [])
        try:
            return [Measurement(**row) for row in rows]
        except TypeError:
            return []

    def keep(self, key: str, measured: list[Measurement]) -> None:
        choices = self._read()
        choices.pop(key, None)
        choices[key] = {
            "date": datetime.now(UTC).isoformat(timespec="seconds"),
            "backend": fastest(measured).id,
            "measured": [asdict(one) for one in measured],
        }
        choices = dict(list(choices.items())[-_KEPT:])
        try:
            write_text(self._path, json.dumps(choices, indent=2) + "\n")
        except MedviewError:
            self._unwritten = choices

    def _read(self) -> dict[str, Any]:
        try:
            choices = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return self._unwritten
        sound = isinstance(choices, dict) and all(isinstance(v, dict) for v in choices.values())
        return choices if sound else {}


def _processor() -> str:
    """The processor's name and its number of cores."""
    name = platform.processor() or platform.machine()
    facts = Path("/proc/cpuinfo")
    if facts.is_file():
        lines = facts.read_text(encoding="utf-8", errors="replace").splitlines()
        names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
        name = names[0] if names else name
    return f"{name}, {os.cpu_count()} cores"
