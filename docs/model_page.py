"""Writes docs/models/NAME.md from a model's card and metrics, so that the page cannot drift.

python docs/model_page.py [FOLDER]      (default: resources/models/ct-lung/1.0.0)
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from medview.ai.card import read_card

PROJECT = Path(__file__).resolve().parent.parent
FIGURES = (
    ("dice", "Dice"),
    ("hd95_mm", "HD95 mm"),
    ("surface_dice_2mm", "surface Dice 2 mm"),
    ("precision", "precision"),
    ("recall", "recall"),
    ("volume_error_ml", "volume error ml"),
)


def number(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.3f}" if abs(value) < 10 else f"{value:.1f}"


def case_table(cases: dict) -> list[str]:
    lines = ["| case | label | " + " | ".join(name for _, name in FIGURES) + " |"]
    lines.append("|---" * (2 + len(FIGURES)) + "|")
    for case, labels in cases.items():
        for label, figures in labels.items():
            values = " | ".join(number(figures[key]) for key, _ in FIGURES)
            lines.append(f"| {case} | {label} | {values} |")
    return lines


def page(folder: Path) -> str:
    card = read_card(folder)
    metrics = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    size = (folder / "model.safetensors").stat().st_size / 2**20
    training = card.training
    fit = training["fit"]
    lines = [
        f"# {card.id}",
        "",
        f"**{card.intended_use}**",
        "",
        card.description,
        f"Weights {size:.1f} MB, sha256 `{card.sha256[:16]}…`, made {card.created}.",
        f"Licence: {card.license}",
        "",
        "This page is written by `docs/model_page.py` from the model's card and metrics.",
        "",
        "## How good it is, on cases it was never trained on",
        "",
        f"Empty masks: {metrics['empty_mask_rule']}. Worst case first. Measured "
        f"{metrics.get('measured', 'at the end of training')} by `python benchmarks/accuracy.py`.",
        "",
        *case_table(metrics["cases"]),
        "",
        "Kept-out slices without lung, area wrongly called lung or airway (cm²): "
        + ", ".join(f"{case} {area:.2f}" for case, area in metrics["negatives_area_cm2"].items())
        + ".",
        "",
        "External case (another collection, another label definition):",
        "",
        *case_table(metrics.get("external", {})),
        "",
        "## Limits",
        "",
        *(f"- {line}" for line in card.limitations),
        "",
        "## Heat maps",
        "",
        *heatmap_lines(card.heatmap),
        "",
        "## How it was made, and how to make it again",
        "",
        f"{training['slices']} slices of {training['patients']} patients; {fit['steps']} steps of "
        f"{fit['batch']} windows of {fit['size'][0]} x {fit['size'][1]} pixels at "
        f"{card.input.spacing_mm} mm; seed {training['seed']}; {training['hardware']}.",
        f"Kept out by patient: {', '.join(training['held_out_patients'])}.",
        f"Data: {training['data']}",
        "",
        "```",
        "medview train ../shared/data/chest_ct/manifest.json -o resources/models/ct-lung/1.0.0 \\",
        f"    --config docs/models/ct-lung.json --steps {fit['steps']} --seed {training['seed']}",
        "python benchmarks/accuracy.py --write",
        "python benchmarks/explain.py --write-card",
        "python docs/model_page.py",
        "```",
        "",
        *(training.get("remarks") or []),
    ]
    return "\n".join(lines).rstrip() + "\n"


def heatmap_lines(heatmap: dict) -> list[str]:
    if not heatmap:
        return ['Not measured: the window shows the badge "not reliable".']
    lines = [
        f"{heatmap['method']}, layer {heatmap['layer']}; on {', '.join(heatmap['cases'])}. "
        f"Gate: {heatmap['gate']}. "
        + ("**Passed.**" if heatmap["passes"] else "**Not passed: the window says so.**"),
        "",
        "| label | insertion − deletion | the mask itself | random | correlation with the "
        "randomised network | worst slice | slices | passes |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, row in heatmap["figures"].items():
        lines.append(
            f"| {name} | {row['heatmap']} | {row['mask']} | {row['random']} | {row['randomised']} "
            f"| {row['worst_slice']} | {row['slices']} | {'yes' if row['passes'] else 'no'} |"
        )
    return lines


def main() -> None:
    words = sys.argv[1:]
    folder = Path(words[0]) if words else PROJECT / "resources/models/ct-lung/1.0.0"
    card = read_card(folder)
    target = PROJECT / "docs" / "models" / f"{card.name}.md"
    target.write_text(page(folder), encoding="utf-8")
    print(target)


if __name__ == "__main__":
    main()
