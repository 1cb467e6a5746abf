"""Writes docs/learning.md from recorded runs, so that the page cannot drift.

python docs/learning_page.py. The runs are benchmarks/learning_curve.json, first_steps.json,
generated.json and retrain_kills.json, each made by the script of its name.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

PROJECT = Path(__file__).resolve().parent.parent
RUNS = PROJECT / "benchmarks"
TARGET = PROJECT / "docs/learning.md"
TASKS = {
    "shift": (
        "Another scanner and disease",
        "A base of half the bundled model's width, from scratch on three patients without noise, "
        "kernel and opacity augmentation. k corrected slices of two other patients under noise of "
        "100 HU, a sharp kernel and 30 % of each lung filled, together; target: two more patients "
        "so treated; old skill: the same two as they are. Lung Dice.",
    ),
    "bone": (
        "A new task: bone",
        "The features of the bundled model under a new head; truth is what is above 200 HU in "
        "pieces of 1 ml or more; two patients corrected, two others the target.",
    ),
    "cord": (
        "A new task in another modality: the spinal cord in MR",
        "Four series of four contrasts, of one or few people; each in turn is the target of the "
        "slices of the other three. n = 4.",
    ),
}
KEYS = {"k": "corrected slices", "recipe": "recipe", "features": "features of"}
COLUMNS = {
    "target_before": "target before",
    "target_after": "target after",
    "old_before": "old skill before",
    "old_after": "old skill after",
    "seconds": "seconds",
}


def read(name: str) -> dict[str, Any]:
    """The recorded run, {} where there is none."""
    path = RUNS / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def main() -> None:
    lines = [
        "# Learning from corrections, measured",
        "",
        "This page is written by `docs/learning_page.py` from recorded runs. Dice; means over the "
        "seeds, in brackets the worst seed.",
        *learning_curve(read("learning_curve")),
        *first_steps(read("first_steps")),
        *generated(read("generated")),
        *kills(read("retrain_kills")),
    ]
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(TARGET)


def learning_curve(run: dict[str, Any]) -> list[str]:
    lines: list[str] = []
    for task, (title, words) in TASKS.items():
        rows = [row for row in run.get("rows", ()) if row["task"] == task]
        if not rows:
            continue
        lines += ["", f"## {title}", "", words, ""]
        names = [*KEYS.values(), "seeds", *COLUMNS.values()]
        lines += [f"| {' | '.join(names)} |", "|---" * len(names) + "|"]
        for kind in sorted({kind_of(row) for row in rows}):
            found = [row for row in rows if kind_of(row) == kind]
            values = [spread([row[key] for row in found], key) for key in COLUMNS]
            cells = [*(str(one) or "–" for one in kind), str(len(found)), *values]
            lines.append(f"| {' | '.join(cells)} |")
    if lines:
        lines += ["", *recipes(run)]
    return lines


def kind_of(row: dict[str, Any]) -> tuple[Any, ...]:
    """What rows that differ in the seed only have in common."""
    return tuple(row.get(key, "") for key in KEYS)


def recipes(run: dict[str, Any]) -> list[str]:
    machine = run.get("machine", {})
    return [
        "Recipes: *ours* (40 steps of 8, AdamW 3e-4, one cycle, averaged weights, the old network "
        "teaches on phantoms that the new one sees degraded, 75 % new weights; for a new task "
        "5e-3, no rehearsal, 160 steps of 2 and in MR other contrasts, unless the row says "
        "otherwise: *no contrast* is `--contrast 0`; *wide windows* was measured up to commit "
        "28cef9d, when every training window had 208 x 240 pixels, 128 x 128 for the cord), "
        "*no-replay* "
        "(ours without rehearsal and blend), *head-only*, *scratch* (new tasks; with "
        "*wide pixels first* 65 % of the steps are on pixels twice as wide), *monai-label* "
        "(all layers, AdamW 1e-4, 50 epochs of single slices, DiceCE, no replay).",
        "",
        "`python benchmarks/learning_curve.py --steps 40`, with `--model "
        "resources/models/ct-lung/2.0.0` for what the table has of that one, "
        f"on {machine.get('processor', '?')}, one thread beside other work: "
        "the seconds compare within a row of runs only.",
    ]


def spread(values: list[float | None], key: str) -> str:
    """Mean, and the worst of several."""
    known = [value for value in values if value is not None]
    if not known:
        return "–"
    if key == "seconds":
        return f"{np.mean(known):.0f}"
    worst = f" ({min(known):.3f})" if len(known) > 1 and not key.endswith("before") else ""
    return f"{np.mean(known):.3f}{worst}"


def first_steps(run: dict[str, Any]) -> list[str]:
    if not run:
        return []
    lines = [
        "",
        "## The first steps from scratch",
        "",
        f"All training patients at 3.6 mm, half the width, {run['steps']} steps of 4 slices, seed "
        "0; soft Dice on training slices at the end (`benchmarks/first_steps.py`). The balanced "
        "cross entropy lets every class count alike and fades; known labels suffer it, so it is "
        "for new ones only.",
        "",
        "| start | learning rate | balance | right lung | left lung | airway |",
        "|---|---|---|---|---|---|",
    ]
    for row in run["rows"]:
        dice = " | ".join(f"{one:.3f}" for one in row["dice"])
        lines.append(f"| {row['start']} | {row['rate']} | {row['balance']} | {dice} |")
    return lines


def generated(run: dict[str, Any]) -> list[str]:
    if not run:
        return []
    lines = [
        "",
        "## Generated slices",
        "",
        f"{run['start']} steps without augmentation, then {run['steps']} with the classical one "
        f"alone or with a share of {run['share']} of generated slices as well; three volumes "
        "trained on, four measured, by patient (`benchmarks/generated.py`).",
        "",
        "| seed | lungs, classical | with generated | worst lung, classical | with generated "
        "| airway, classical | with generated |",
        "|---|---|---|---|---|---|---|",
    ]
    names = ("lungs", "worst_lung", "airway")
    for row in run["rows"]:
        pairs = " | ".join(
            f"{row[arm][n]:.3f}" for n in names for arm in ("classical", "generated")
        )
        lines.append(f"| {row['seed']} | {pairs} |")
    lines.append("")
    for name in names:
        found = run["differences"][name]
        interval = found["interval"]
        words = f", 95 % interval {interval[0]:+.4f} to {interval[1]:+.4f}" if interval else ""
        lines.append(f"- {name.replace('_', ' ')}: difference {found['mean']:+.4f}{words}")
    return lines


def kills(run: dict[str, Any]) -> list[str]:
    if not run:
        return []
    lines = ["", "## kill -9 at random steps of a retraining", ""]
    for row in run["figures"]:
        allowed = f" ({row['against']} {row['other']:.4g})" if row["against"] else ""
        lines.append(f"- {row['what']}: {row['value']:.4g} {row['unit']}{allowed}")
    return lines


if __name__ == "__main__":
    main()
