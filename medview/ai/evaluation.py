"""How good labels are against a truth: per case and class, the mean and the worst."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medview.core.geometry import Geometry
from medview.core.labels import LabelTable
from medview.core.metrics import compare_masks

EMPTY_RULE = "both empty = null; one empty = Dice 0, distances null"
_HIGHER_IS_WORSE = ("hd95_mm",)
_FIGURES = ("dice", "hd95_mm", "surface_dice_2mm", "precision", "recall", "volume_error_ml")


def evaluate_case(
    truth: NDArray[Any],
    guess: NDArray[Any],
    geometry: Geometry,
    table: LabelTable,
    *,
    skip: Iterable[int] = (),
) -> dict[str, dict[str, float | None]]:
    """Figures by label name; labels in ``skip`` (not labelled in this case) are left out."""
    left_out = set(skip)
    return {
        label.name: compare_masks(truth == label.id, guess == label.id, geometry).to_json()
        for label in table
        if label.id not in left_out
    }


def summary(cases: Mapping[str, Mapping[str, Mapping[str, float | None]]]) -> dict[str, Any]:
    """Mean and worst of each figure by label over the cases that have a number."""
    names = list(dict.fromkeys(name for figures in cases.values() for name in figures))
    result: dict[str, Any] = {}
    for name in names:
        mean: dict[str, float | None] = {}
        worst: dict[str, Any] = {}
        for figure in _FIGURES:
            known = [
                (float(value), case)
                for case, figures in cases.items()
                if (value := figures.get(name, {}).get(figure)) is not None
            ]
            if not known:
                mean[figure], worst[figure] = None, None
                continue
            mean[figure] = float(np.mean([value for value, _ in known]))
            if figure == "volume_error_ml":
                value, case = max(known, key=lambda pair: abs(pair[0]))
            elif figure in _HIGHER_IS_WORSE:
                value, case = max(known)
            else:
                value, case = min(known)
            worst[figure] = {"value": value, "case": case}
        result[name] = {"mean": mean, "worst": worst}
    return result


def worst_first(
    cases: Mapping[str, Mapping[str, Mapping[str, float | None]]],
) -> list[str]:
    """Case names, the one with the lowest Dice of any label first; cases without numbers last."""

    def lowest(case: str) -> float:
        values = [figures["dice"] for figures in cases[case].values()]
        return min((value for value in values if value is not None), default=2.0)

    return sorted(cases, key=lowest)
