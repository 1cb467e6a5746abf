"""Writes docs/models/NAME.md from a model's card and metrics, so that the page cannot drift.

python docs/model_page.py [FOLDER]      (default: the bundled model)
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from medview.ai.architecture import widths_of
from medview.ai.card import ModelCard, read_card
from medview.ai.explain import METHODS
from medview.ai.network.attribution.check import HIGHEST_FIGURE, MASK_MARGIN, STEPS

PROJECT = Path(__file__).resolve().parent.parent
MODEL = Path("resources/models/ct-lung/3.0.0")
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


def windows(model: str) -> int:
    """How many windows a shipped version and those it was made from have learned from."""
    card = read_card(PROJECT / "resources/models" / model.replace("@", "/"))
    rounds = [one for one in (card.training["fit"], card.training.get("first")) if one]
    own: int = sum(one["steps"] * one["batch"] for one in rounds)
    return own + (windows(card.parent) if card.parent else 0)


def widths_in_words(base: int | list[int], card: ModelCard) -> str:
    """Of the cross-validated networks, against the model's own."""
    if widths_of(base) == widths_of(card.arguments["base"]):
        return f"as wide as {card.id}"
    return f"levels of {', '.join(map(str, widths_of(base)))} channels"


def case_table(cases: dict) -> list[str]:
    lines = ["| case | label | " + " | ".join(name for _, name in FIGURES) + " |"]
    lines.append("|---" * (2 + len(FIGURES)) + "|")
    for case, labels in cases.items():
        for label, figures in labels.items():
            values = " | ".join(number(figures[key]) for key, _ in FIGURES)
            lines.append(f"| {case} | {label} | {values} |")
    return lines


def page(folder: Path) -> str:
    place = PROJECT / folder
    card = read_card(place)
    metrics = json.loads((place / "metrics.json").read_text(encoding="utf-8"))
    size = (place / "model.safetensors").stat().st_size / 2**20
    training = card.training
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
        "## Cross-validation over all patients",
        "",
        *cross_validation_lines(metrics.get("cross_validation", {}), card),
        "",
        "## Under stress",
        "",
        *robustness_lines(metrics.get("robustness", {})),
        "",
        "## What each augmentation is worth",
        "",
        *ablation_lines(metrics.get("ablation", {})),
        "",
        "## Cleaning of the mask",
        "",
        *cleaning_lines(metrics.get("postprocess", {})),
        "",
        "## Calibration",
        "",
        *calibration_lines(card.calibration),
        "",
        "## Findings of slices",
        "",
        *finding_lines(metrics.get("findings", {})),
        "",
        "## Cases unlike the training",
        "",
        *familiarity_lines(metrics.get("familiarity", {})),
        "",
        "## Slices that nobody labelled",
        "",
        f"![hard slices]({card.name}-hard.jpg)",
        "",
        "Made by `python benchmarks/montage.py`; what was seen there is among the limits.",
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
        *making_lines(card, folder),
        "",
        *(training.get("remarks") or []),
    ]
    return "\n".join(lines).rstrip() + "\n"


def making_lines(card: ModelCard, folder: Path) -> list[str]:
    """What it learned from, and the commands that make and measure it again."""
    training, fit = card.training, card.training["fit"]
    scripts = (
        "accuracy.py --write",
        "robustness.py --write --against resources/models/ct-lung/2.0.0",
        "postprocess.py --write",
        "calibration.py --write-card",
        "familiarity.py --write-card",
        "findings.py --write",
        "explain.py --slices 4 --write-card",
        "explain.py --slices 4 --write-card --methods seg_grad_cam seg_xres_cam hires_cam \\\n"
        '    --layers bottleneck "decoder 1" "decoder 2"',
        "explain.py --slices 4 --write-card --methods integrated_gradients occlusion lime",
        "ablation.py --write",
        "cross_validation.py --write",
        "montage.py",
    )
    return [
        f"{training['slices']} slices of {training['patients']} patients; {_first_words(card)}"
        f"{fit['steps']} steps of "
        f"{fit['batch']} windows of {fit['size'][0]} x {fit['size'][1]} pixels at "
        f"{card.input.spacing_mm} mm; seed {training['seed']}; {training['hardware']}.",
        f"Kept out by patient: {', '.join(training['held_out_patients'])}.",
        f"Data: {training['data']}",
        "",
        "```",
        *_trainings(card, folder),
        *(f"python benchmarks/{script}" for script in scripts),
        "python docs/model_page.py",
        "```",
    ]


def _first_words(card: ModelCard) -> str:
    """What came before the training that the card describes, of a model made in two."""
    first = card.training.get("first")
    if not first:
        return ""
    return (
        f"{first['steps']} steps of {first['batch']} windows, half of them answers of "
        f"{first['teacher']}, from evenly spaced channels of that one; then "
    )


def _trainings(card: ModelCard, folder: Path) -> list[str]:
    """The commands, one or two, that train it."""
    first, seed = card.training.get("first"), card.training["seed"]
    rounds = [(folder.as_posix(), "ct-lung", card.training["fit"]["steps"], f"base {card.parent}")]
    if first:
        base = f"{card.name}@{first['version']}"
        rounds = [
            (
                f"WORKSPACE/models/{base.replace('@', '/')}",
                "ct-lung-first",
                first["steps"],
                f"teacher {first['teacher']}",
            ),
            (*rounds[0][:3], f"base {base} --workspace WORKSPACE"),
        ]
    return [
        line
        for output, config, steps, source in rounds
        for line in (
            f"medview train ../shared/data/chest_ct/manifest.json -o {output} \\",
            f"    --config docs/models/{config}.json --steps {steps} --seed {seed} --{source}",
        )
    ]


def heatmap_lines(heatmap: dict) -> list[str]:
    if not heatmap:
        return ['Not measured: the window shows the badge "not reliable".']
    best = heatmap["best"]
    lines = [
        f"On {', '.join(heatmap['cases'])}. Gate, by label: {heatmap['gate']}. The badge in the "
        f"window follows this table. Offered first: {METHODS[best['method']].title}"
        + (f", layer {best['layer']}." if best["layer"] else "."),
        "",
        "Extremal perturbation is made to show and to remove what insertion and deletion show and "
        "remove, so of all methods it has the best chance here; that its map of a randomised "
        "network looks otherwise is the independent part. Its step size was settled while looking "
        "at one of these slices (11 of lung_dx_a0002).",
        "",
        *unreachable_lines(heatmap["methods"]),
        "| method | layer | label | insertion − deletion | the mask itself | random | edges of the "
        "picture | outside the mask | correlation with the randomised network | worst slice "
        "| slices | passes |",
        "|---" * 12 + "|",
    ]
    for method, layers in heatmap["methods"].items():
        for layer, labels in layers.items():
            for name, row in labels.items():
                lines.append(
                    f"| {METHODS[method].title} | {layer or '–'} | {name} | {row['heatmap']} "
                    f"| {row['mask']} | {row['random']} | {row.get('edges', '–')} "
                    f"| {row['context']} | {row['randomised']} "
                    f"| {row['worst_slice']} | {row['slices']} "
                    f"| {'**yes**' if row['passes'] else 'no'} |"
                )
    return lines


def unreachable_lines(methods: dict) -> list[str]:
    """Labels whose mask alone is so good by insertion and deletion that no map can pass."""
    masks = {
        name: row["mask"]
        for layers in methods.values()
        for labels in layers.values()
        for name, row in labels.items()
    }
    return [
        line
        for name, mask in masks.items()
        if mask + MASK_MARGIN > HIGHEST_FIGURE
        for line in (
            f"The gate cannot be reached for the {name}, by construction: it asks for {mask} (the "
            f"mask itself) + {MASK_MARGIN}, and insertion − deletion in {STEPS} steps is at most "
            f"{HIGHEST_FIGURE}. The label is so small that the first step shows or removes all of "
            "it; its maps keep the badge.",
            "",
        )
    ]


def cross_validation_lines(found: dict, card: ModelCard) -> list[str]:
    if not found:
        return ["Not measured."]
    wide = round(found["steps"] * found["wide_first"])
    own = found["steps"] - wide
    lines = [
        f"{len(found['done'])} of {found['folds']} folds by patient, from scratch, "
        f"{widths_in_words(found['base'], card)}, {wide} steps of "
        f"{found['batch']} windows on pixels twice as wide, then {own} on the model's "
        f"own ({card.id} and those it was made from saw "
        f"{windows(card.id) / (own * found['batch']):.0f} times as many "
        f"of those), seed {found['seed']}; every patient is measured by a model that never saw any "
        "of his images. Whole program path.",
        "",
        "| label | cases | mean Dice | worst Dice | mean HD95 mm | worst HD95 mm |",
        "|---|---|---|---|---|---|",
    ]
    for label, row in found["summary"].items():
        counted = [c for name, c in found["cases"].items() if name not in found["wrong_labels"]]
        have = [c for c in counted if label in c["labels"]]
        known = [c for c in have if c["labels"][label]["dice"] is not None]
        worst = row["worst"]
        lines.append(
            f"| {label} | {len(known)} | {number(row['mean']['dice'])} "
            f"| {number(worst['dice']['value'])} ({worst['dice']['case']}) "
            f"| {number(row['mean']['hd95_mm'])} "
            f"| {number(worst['hd95_mm']['value'])} ({worst['hd95_mm']['case']}) |"
        )
    for case, why in found["wrong_labels"].items():
        means = ", ".join(
            f"{label} {number(row['mean']['dice'])} (worst {number(row['worst']['dice']['value'])})"
            for label, row in found["summary_of_all"].items()
        )
        lines += ["", f"Without {case}, where {why} (seen by eye). With it: {means}."]
    areas = found["negatives_area_cm2"]
    if areas:
        worst_case = max(areas, key=lambda case: areas[case])
        lines += [
            "",
            f"{len(areas)} negatives: mean {sum(areas.values()) / len(areas):.2f} cm², worst "
            f"{areas[worst_case]:.2f} cm² ({worst_case}).",
        ]
    lines += ["", "<details><summary>Every case</summary>", ""]
    ordered = sorted(
        found["cases"].items(),
        key=lambda item: min((f["dice"] or 0.0) for f in item[1]["labels"].values()),
    )
    lines += case_table({case: one["labels"] for case, one in ordered})
    return [*lines, "", "</details>"]


def robustness_lines(found: dict) -> list[str]:
    if not found:
        return ["Not measured."]
    models = list(found["conditions"])
    lines = [
        f"Dice on every {found['every']}rd slice of the kept-out volumes without post-processing; "
        "`benchmarks/stress.py` says what each condition is.",
        "",
        "| condition | case | label | " + " | ".join(models) + " |",
        "|---" * (3 + len(models)) + "|",
    ]
    first = found["conditions"][models[0]]
    for condition, cases in first.items():
        for case, labels in cases.items():
            for label in labels:
                values = " | ".join(
                    number(found["conditions"][model][condition][case][label]) for model in models
                )
                lines.append(f"| {condition} | {case} | {label} | {values} |")
    return lines


def ablation_lines(found: dict) -> list[str]:
    if not found:
        return ["Not measured."]
    lines = [
        f"One start without any augmentation ({found['plain_steps']} steps from scratch, base "
        f"{found['base']}), then {found['steps']} steps of 4 windows for each row, seed "
        f"{found['seed']}, all patients "
        "but those kept out; measured on every 6th slice of the kept-out volumes and the kept-out "
        "single slices, clean and under all conditions above. One seed and few steps: differences "
        "under 0.005 say nothing, and so few steps cannot show what the longer training gains. "
        + ("" if "without trimming of labels" in found["rows"] else "Not all rows were run yet."),
        "",
        "| then with | lungs, clean | "
        + " | ".join(found["start"]["conditions"])
        + " | all stresses | worst lung | airway, clean | false lung cm² on negatives |",
        "|---" * (6 + len(found["start"]["conditions"])) + "|",
    ]
    for name, row in {"the start": found["start"], **found["rows"]}.items():
        stresses = " | ".join(f"{value:.3f}" for value in row["conditions"].values())
        lines.append(
            f"| {name} | {row['clean']:.3f} | {stresses} | {row['stressed']:.3f} "
            f"| {row['worst']:.3f} | {row['airway']:.3f} | {row['false_cm2']:.2f} |"
        )
    return lines


def calibration_lines(found: dict) -> list[str]:
    if not found:
        return ["Not measured: the window says so on the doubt map."]
    lines = [
        f"Expected calibration error on {found['pixels']} pixels near something labelled, of "
        f"{found['patients']} kept-out patients, two-fold; temperatures "
        f"{', '.join(str(t) for t in found['temperature'])} (background first).",
        "",
        "| class | before | after |",
        "|---|---|---|",
    ]
    for name, row in found["error"].items():
        lines.append(f"| {name} | {row['before']:.3f} | {row['after']:.3f} |")
    return lines


def finding_lines(found: dict) -> list[str]:
    if not found:
        return ["None come with this model."]
    lines = [
        "Learned on the training patients from labels and pasted opacities, measured on the slices "
        "of the kept-out ones (`benchmarks/findings.py` says how). Real opacities in clean slices "
        "count as no: nobody labelled them.",
        "",
        "| finding | AUROC | calibration error | slices with | without | wrong at 0.5 | ships |",
        "|---|---|---|---|---|---|---|",
    ]
    after = ""
    for name, row in found.items():
        if "auroc_by_share" in row:
            shares = ", ".join(f"{k} {number(v)}" for k, v in row["auroc_by_share"].items())
            after = f"{name}, AUROC by the share of each lung that is filled: {shares}."
        lines.append(
            f"| {name} | {number(row['auroc'])} | {row['calibration_error']:.3f} | {row['yes']} "
            f"| {row['no']} | {row['wrong_at_half']} | {'yes' if row['ships'] else '**no**'} |"
        )
    return [*lines, "", after] if after else lines


def familiarity_lines(found: dict) -> list[str]:
    if not found:
        return ["Not measured."]
    lines = [
        "What the program says before the mask is made, from up to twelve slices; every limit "
        "comes from the training cases (`benchmarks/familiarity.py`).",
        "",
        "| cases | told of | of | |",
        "|---|---|---|---|",
    ]
    for kind, row in found.items():
        lines.append(f"| {kind} | {row['told']} | {row['cases']} | {row['expected']} |")
    return lines


def cleaning_lines(found: dict) -> list[str]:
    if not found:
        return ["Not measured."]
    cases = list(next(iter(found.values())))
    labels = list(next(iter(found.values()))[cases[0]])
    lines = [
        "Dice of " + ", ".join(labels) + ".",
        "",
        "| cleaning | " + " | ".join(cases) + " |",
        "|---" * (1 + len(cases)) + "|",
    ]
    for name, row in found.items():
        values = " | ".join(
            " ".join(number(row[case][label]) for label in labels) for case in cases
        )
        lines.append(f"| {name} | {values} |")
    return lines


def main() -> None:
    words = sys.argv[1:]
    folder = Path(words[0]) if words else MODEL
    card = read_card(PROJECT / folder)
    target = PROJECT / "docs" / "models" / f"{card.name}.md"
    target.write_text(page(folder), encoding="utf-8")
    print(target)


if __name__ == "__main__":
    main()
