"""An evaluation as one HTML file with its plots inside: to read, to print, to pass on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from medview import __version__
from medview.ai.card import NOT_A_DEVICE
from medview.ai.evaluation import EMPTY_RULE
from medview.core.atomic import atomic_path
from medview.session import svg
from medview.session.evaluating import Evaluation
from medview.session.evaluation_details import BACKGROUND, Details

_FIGURES = (
    ("dice", "Dice", "{:.3f}"),
    ("hd95_mm", "HD95 mm", "{:.1f}"),
    ("surface_dice_2mm", "surface Dice 2 mm", "{:.3f}"),
    ("precision", "precision", "{:.3f}"),
    ("recall", "recall", "{:.3f}"),
    ("volume_error_ml", "volume error ml", "{:+.1f}"),
)
_STYLE = """
body { font: 14px/1.45 sans-serif; color: #222; max-width: 1180px; margin: 2em auto }
h1 { font-size: 1.5em } h2 { font-size: 1.15em; margin-top: 2em }
table { border-collapse: collapse; margin: .6em 0 } td, th { padding: .2em .7em; text-align: right }
th { border-bottom: 1px solid #888; font-weight: 600 } td:first-child, th:first-child,
td.word { text-align: left } tr:nth-child(even) td { background: #f5f7f8 }
.plots { display: flex; flex-wrap: wrap; gap: 1em } .quiet { color: #666 } .note { color: #8a5a00 }
"""


def write_report(path: Path, result: Evaluation, details: Details, model: str | None) -> None:
    """Write the report; the file appears whole. MedviewError "write-failed"."""
    with atomic_path(path) as temporary:
        Path(temporary).write_text(report(result, details, model), encoding="utf-8")


def report(result: Evaluation, details: Details, model: str | None) -> str:
    """The HTML text. It loads nothing from anywhere, and every word from outside is escaped."""
    labels, count = list(result.mean), len(result.cases)
    many = "1 case" if count == 1 else f"{count} cases"
    title = f"Evaluation of {model or 'masks'}"
    today = datetime.now(UTC).date().isoformat()
    parts = [
        f"<h1>{escape(title)}</h1>",
        f"<p class=quiet>{many}, {today}, medview {escape(__version__)}. "
        f"{escape(NOT_A_DEVICE)} Empty masks: {escape(EMPTY_RULE)}.</p>",
        "<h2>Mean and worst</h2>",
        _summary(result),
        "<div class=plots>",
        svg.dots("Dice of every case", _dice_by_label(result.cases, labels), "Dice"),
        *_probability_plots(details),
        "</div>",
        *_probability_table(details),
        *_confusion(details),
        *_groups(result, details),
        "<h2>Cases, the worst first</h2>",
        _cases(result.cases),
        *_notes(result),
    ]
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body>{''.join(parts)}</body></html>\n"
    )


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]], words: int = 1) -> str:
    """A table; the first ``words`` columns are words, the rest are numbers."""
    lines = [f"<tr>{''.join(f'<th>{escape(head)}</th>' for head in heads)}</tr>"]
    for row in rows:
        cells = "".join(
            f"<td{' class=word' if n < words else ''}>{escape(cell)}</td>"
            for n, cell in enumerate(row)
        )
        lines.append(f"<tr>{cells}</tr>")
    return f"<table>{''.join(lines)}</table>"


def _figure(value: Any, form: str) -> str:
    return "–" if value is None else form.format(value)


def _summary(result: Evaluation) -> str:
    rows = []
    for label, figures in result.mean.items():
        rows.append([label, "mean", *(_figure(figures[key], form) for key, _, form in _FIGURES)])
        worst = result.worst[label]
        values = [None if worst[key] is None else worst[key]["value"] for key, _, _ in _FIGURES]
        forms = [form for _, _, form in _FIGURES]
        rows.append(["", "worst", *map(_figure, values, forms)])
    return _table(["label", "", *(name for _, name, _ in _FIGURES)], rows, 2)


def _dice_by_label(
    cases: Mapping[str, Mapping[str, Mapping[str, float | None]]], labels: Iterable[str]
) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for label in labels:
        values = (figures.get(label, {}).get("dice") for figures in cases.values())
        found[label] = [value for value in values if value is not None]
    return found


def _probability_plots(details: Details) -> list[str]:
    known = {name: one for name, one in details.probability.items() if one.is_measurable}
    if not known:
        return []
    return [
        svg.curves("ROC of the label's probability", {n: o.roc() for n, o in known.items()},
                   "false positive rate", "true positive rate", diagonal=True),
        svg.curves("Precision and recall", {n: o.precision_recall() for n, o in known.items()},
                   "recall", "precision"),
        svg.curves("Calibration", {n: o.reliability() for n, o in known.items()},
                   "probability said", "how often it was so", diagonal=True),
    ]  # fmt: skip


def _probability_table(details: Details) -> list[str]:
    if not details.probability:
        return []
    rows = [
        [
            name,
            _figure(one.area_under_roc(), "{:.4f}"),
            _figure(one.average_precision(), "{:.4f}"),
            _figure(one.calibration_error(), "{:.4f}"),
        ]
        for name, one in details.probability.items()
    ]
    heads = ["label", "area under ROC", "average precision", "calibration error (ECE)"]
    return [
        "<h2>Probability of each label</h2>",
        "<p class=quiet>Voxel by voxel on slices that hold a label, before islands are removed; "
        "the model's own calibration is applied.</p>",
        _table(heads, rows),
    ]


def _confusion(details: Details) -> list[str]:
    names = sorted({name for key in details.confusion for name in key}, key=_background_first)
    if not names:
        return []
    rows = []
    for truth in names:
        counts = [details.confusion.get((truth, guess), 0) for guess in names]
        whole = max(sum(counts), 1)
        rows.append([truth, *(f"{count / whole:.2%}" for count in counts)])
    return [
        "<h2>What was taken for what</h2>",
        "<p class=quiet>Rows: the truth; columns: the answer; parts of the row's voxels.</p>",
        _table(["truth", *names], rows),
    ]


def _background_first(name: str) -> tuple[bool, str]:
    return name != BACKGROUND, name


def _groups(result: Evaluation, details: Details) -> list[str]:
    """Mean Dice by group, where a kind of group has several."""
    parts = []
    for kind, groups in details.groups.items():
        if len(groups) < 2:
            continue
        rows = []
        for value, cases in sorted(groups.items()):
            mine = {case: result.cases[case] for case in cases if case in result.cases}
            means = [
                _figure(float(np.mean(values)) if values else None, "{:.3f}")
                for values in _dice_by_label(mine, result.mean).values()
            ]
            rows.append([value, str(len(mine)), *means])
        heads = [kind, "cases", *(f"Dice {label}" for label in result.mean)]
        parts += [f"<h2>By {escape(kind)}</h2>", _table(heads, rows)]
    return parts


def _cases(cases: Mapping[str, Mapping[str, Mapping[str, float | None]]]) -> str:
    rows = [
        [case, label, *(_figure(one[key], form) for key, _, form in _FIGURES)]
        for case, figures in cases.items()
        for label, one in figures.items()
    ]
    return _table(["case", "label", *(name for _, name, _ in _FIGURES)], rows, 2)


def _notes(result: Evaluation) -> list[str]:
    lines = [f"not compared, no partner: {name}" for name in result.unpaired]
    lines += [f"{message.severity}: {message.text}" for message in result.messages]
    return [f"<p class=note>{escape(line)}</p>" for line in lines]
