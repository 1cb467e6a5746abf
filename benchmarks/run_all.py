"""Run every benchmark, one process each, and write results.json and docs/benchmarks.md.

python benchmarks/run_all.py [NAME ...]. With names only those are run anew; the rest is kept. The
long ones (LONG) are run only when they are named.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent
RESULTS = FOLDER / "results.json"
PAGE = FOLDER.parent / "docs/benchmarks.md"
NAMES = (
    "startup",
    "load",
    "load_compressed",
    "load_large",
    "drop",
    "scroll",
    "planes",
    "surface",
    "stroke",
    "history",
    "correction_effort",
    "blocks",
    "kills",
    "predict",
    "first_slice",
    "heatmap",
    "retrain",
)
LONG = ("kills",)  # ten minutes: only when named

HEAD = """# Benchmarks

Made by `python benchmarks/run_all.py`; the numbers behind it are in `benchmarks/results.json`.
Each row is one script in `benchmarks/`, whose docstring says exactly what is timed.
"Ratio" is ours divided by the peer's or bound's time: under 1 we are faster.
"""
CAVEAT = """
## How far to trust this

- The machine is a small shared virtual machine: its neighbours move every figure by tens of per
  cent from hour to hour (with other work on its two cores, segmenting and training took up to
  twice as long). Ours and the other's runs take turns, so **the ratio is the reliable part**;
  compare milliseconds only within one row. Only the bound of `scroll` is measured once, after it.
- `predict` uses all cores, as `medview segment` does; the window leaves one core to itself and
  segments more slowly for it.
- Windows are painted offscreen (Qt's raster engine): no screen, compositor or graphics driver is
  in the figures, which on a real desktop add their frame time.
- Files are read from the page cache; a cold disk or a network share is not what is measured.
- Percentiles over a few hundred frames (and 20 strokes) say little about rare hitches.
- The images are generated phantoms; a real scan of the same size costs about the same to show and
  segment, but its labels have other outlines.
"""


def run(name: str) -> dict[str, Any]:
    """One script's result; a script that fails ends everything with its own words."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "result.json"
        print(f"{name} ...", flush=True)
        subprocess.run(
            [sys.executable, str(FOLDER / f"{name}.py"), "--json", str(path)], check=True
        )
        result: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return result


def page(results: dict[str, Any]) -> str:
    """The table of all results."""
    lines = [HEAD, "| benchmark | figure | medview | peer or bound | theirs | ratio |"]
    lines.append("| --- | --- | ---: | --- | ---: | ---: |")
    for name in NAMES:
        for row in results.get(name, {}).get("figures", []):
            unit = row["unit"]
            other = "" if row["other"] is None else f"{_number(row['other'])} {unit}"
            ratio = "" if row["ratio"] is None else f"{row['ratio']:.2f}"
            lines.append(
                f"| {name} | {row['what']} | {_number(row['value'])} {unit} | {row['against']} "
                f"| {other} | {ratio} |"
            )
    lines += ["", "## Machine", "", "| benchmark | when | machine | load before |"]
    lines.append("| --- | --- | --- | ---: |")
    for name in NAMES:
        facts = results.get(name, {}).get("machine")
        if facts:
            about = (
                f"{facts['processor']}, {facts['cores']} cores, {facts.get('memory_gb', '?')} GB, "
                f"{facts['system']}, Python {facts['python']}"
            )
            lines.append(f"| {name} | {facts['date']} | {about} | {facts.get('load_before', '')} |")
    return "\n".join(lines) + "\n" + CAVEAT


def _number(value: float) -> str:
    return f"{value:.3g}" if value < 100 else f"{value:.0f}"


def main() -> None:
    wanted = sys.argv[1:] or [name for name in NAMES if name not in LONG]
    unknown = set(wanted) - set(NAMES)
    if unknown:
        raise SystemExit(f"no such benchmark: {', '.join(sorted(unknown))}")
    results: dict[str, Any] = {}
    if RESULTS.is_file():
        results = json.loads(RESULTS.read_text(encoding="utf-8"))
    for name in wanted:
        results[name] = run(name)
        RESULTS.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
        PAGE.write_text(page(results), encoding="utf-8")


if __name__ == "__main__":
    main()
