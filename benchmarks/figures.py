"""What the benchmark scripts share: machine facts, medians, one form of result."""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
MODEL = PROJECT / "resources/models/ct-lung/3.0.0"


@dataclass(frozen=True)
class Figure:
    """One row: ``value`` in ``unit``; ``against`` names the peer or bound that took ``other``."""

    what: str
    value: float
    unit: str
    against: str = ""
    other: float | None = None

    @property
    def ratio(self) -> float | None:
        """How many times the peer's or bound's figure ours is; under 1 is faster."""
        return None if not self.other else self.value / self.other


def machine() -> dict[str, object]:
    """The machine in plain words; the load average tells whether it was quiet."""
    facts: dict[str, object] = {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "system": f"{platform.system()} {platform.release()}",
        "processor": _processor(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
    }
    if hasattr(os, "getloadavg"):
        facts["load_before"] = round(os.getloadavg()[0], 2)
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        facts["memory_gb"] = round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30)
    return facts


def _processor() -> str:
    """The model name; features of matrix units matter more than the name on virtual machines."""
    name = platform.processor() or platform.machine()
    path = Path("/proc/cpuinfo")
    if not path.is_file():
        return name
    lines = path.read_text(encoding="utf-8").splitlines()
    known = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    flags = next((line for line in lines if line.startswith("flags")), "").split()
    units = [unit for unit in ("avx2", "avx512f", "amx_bf16") if unit in flags]
    return " ".join([known[0] if known else name, *units])


def timed(work: Callable[[], object]) -> float:
    """Seconds that a call takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def in_turn(works: dict[str, Callable[[], object]], runs: int) -> dict[str, float]:
    """Median seconds of each, run in turn, so that a busy moment hits all of them alike."""
    return {name: statistics.median(v) for name, v in times_in_turn(works, runs).items()}


def times_in_turn(works: dict[str, Callable[[], object]], runs: int) -> dict[str, list[float]]:
    """All seconds of each, sorted, run in turn; the first is the best of n."""
    seconds: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(runs):
        for name, work in works.items():
            seconds[name].append(timed(work))
    return {name: sorted(values) for name, values in seconds.items()}


def percentile(values: Iterable[float], share: float) -> float:
    """The value under which ``share`` (0..1) of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


def main(caption: str, measure: Callable[[], list[Figure]]) -> None:
    """The command line of a benchmark script: measures, prints, writes ``--json FILE``."""
    parser = argparse.ArgumentParser(description=caption)
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    facts = machine()
    figures = measure()
    for figure in figures:
        line = f"{figure.what}: {figure.value:.4g} {figure.unit}"
        if figure.ratio is not None:
            line += f" ({figure.ratio:.2f} x {figure.against}, {figure.other:.4g} {figure.unit})"
        print(line)
    if options.json:
        rows = [{**asdict(figure), "ratio": figure.ratio} for figure in figures]
        result = {"caption": caption.strip(), "machine": facts, "figures": rows}
        options.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
