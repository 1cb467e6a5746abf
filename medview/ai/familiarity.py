"""Is this case like those the model was trained on? Plain reasons why its mask may be wrong.

What the training cases looked like is written in the model's card by `measured`; a card without it
is asked about modality and geometry only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medview.ai import plausibility
from medview.ai.anatomy import encoder_part
from medview.core.volume import Volume

SLICES_LOOKED_AT = 12
MARGIN = 1.25  # times the farthest training case
COARSER = 2.0  # times the training's thickest slices and largest pixels are named
THINNEST_EXTENT_MM = 150.0  # of the picture; less cuts an adult's chest
_QUANTILES = (0.01, 0.5, 0.99)


@dataclass(frozen=True)
class Strangeness:
    """One reason, with the figures behind it; ``code`` is stable."""

    code: str
    text: str


def looked_at(slice_count: int) -> list[int]:
    """The canonical slices that are looked at: spread evenly, all of a short volume."""
    count = min(slice_count, SLICES_LOOKED_AT)
    return [int(one) for one in np.unique(np.linspace(0, slice_count - 1, count).round())]


def value_range(values: NDArray[Any]) -> list[float]:
    """The 1st, 50th and 99th percentile of (a sample of) the voxels."""
    sample = values.ravel()[:: max(1, values.size // 200_000)]
    return [float(one) for one in np.quantile(sample, _QUANTILES)]


def measured(
    features: Sequence[NDArray[np.float32]], spacings: Sequence[Sequence[float]], classes: int
) -> dict[str, Any]:
    """What the card keeps of the training cases.

    ``features`` (slices, n) of each case, ending with `medview.ai.anatomy` of ``classes`` classes;
    ``spacings`` (between slices, rows, columns) mm of whole volumes. Distance of a case: the median
    over its slices of the mean absolute deviation from the training mean in standard deviations;
    the limit is 1.25 times the farthest case left out of its own mean and deviation.
    """
    seen = [encoder_part(one, classes) for one in features]
    everything = np.concatenate(seen)
    mean, deviation = _statistics(everything)
    distances = []
    for number, case in enumerate(seen):
        others = [one for n, one in enumerate(seen) if n != number]
        distances.append(_distance(case, *_statistics(np.concatenate(others))))
    return {
        "mean": [round(float(one), 5) for one in mean],
        "deviation": [round(float(one), 5) for one in deviation],
        "distance": round(MARGIN * max(distances), 4),
        "cases": len(features),
        "thickest_mm": round(max(float(one[0]) for one in spacings), 2),
        "coarsest_mm": round(max(float(max(one[1:])) for one in spacings), 2),
        "classes": classes,
        "outline": plausibility.outline_facts(features, classes),
    }


def strangeness(
    volume: Volume,
    card_facts: dict[str, Any],
    features: NDArray[np.float32] | None,
    places: Sequence[int] = (),
    *,
    of_ct: bool = True,
) -> list[Strangeness]:
    """Why the case is unlike the training cases; empty when nothing speaks against it.

    ``features`` (slices, n) of `looked_at`, None when they were not computed; ``places`` are the
    stored slices of these, counted from 0, empty where slices are stored in another plane.
    ``of_ct``: whether the model expects CT values and the width of a body.
    """
    reasons = _of_spacing(volume, card_facts)
    if of_ct:
        reasons += _of_ct(volume)
    classes = int(card_facts.get("classes", 0))
    if features is None or not classes:
        return reasons
    seen = encoder_part(features, classes)
    if len(card_facts["mean"]) == seen.shape[1]:
        reasons += _of_features(card_facts, seen)
        if card_facts["outline"]:
            reasons += _of_outline(card_facts, features, places)
    return reasons


def _of_outline(
    facts: dict[str, Any], features: NDArray[np.float32], places: Sequence[int]
) -> list[Strangeness]:
    """What the model's outline of the looked-at slices says."""
    outline, classes = facts["outline"], int(facts["classes"])
    found = plausibility.found_on(features, classes)
    if found.mean() < outline["found"] / 2.0:
        text = f"The model finds almost nothing on {(~found).sum()} of {len(found)} slices."
        return [Strangeness("little-found", text)]
    reasons = []
    values = plausibility.measures(features, outline, classes)
    numbers = np.flatnonzero(found)
    for column, (code, words) in enumerate(plausibility.MEASURES.items()):
        limit = outline["limits"][code]
        if np.median(values[:, column]) <= limit:
            continue
        text = f"{words}, more than on any training case"
        if len(places) > 1:
            strangest = places[numbers[values[:, column].argmax()]] + 1
            text += f", most on slice {strangest}"
        reasons.append(Strangeness(code, text + "."))
    return reasons


def _of_spacing(volume: Volume, card_facts: dict[str, Any]) -> list[Strangeness]:
    reasons = []
    spacing = volume.geometry.spacing_mm
    thickest, coarsest = card_facts.get("thickest_mm"), card_facts.get("coarsest_mm")
    if thickest is not None and spacing[0] > COARSER * thickest and volume.geometry.shape[0] > 1:
        text = f"Its slices are {spacing[0]:.1f} mm apart; the model knows up to {thickest:.1f} mm."
        reasons.append(Strangeness("thick-slices", text))
    if coarsest is not None and max(spacing[1:]) > COARSER * coarsest:
        text = f"Its pixels are {max(spacing[1:]):.1f} mm; the model knows up to {coarsest:.1f} mm."
        reasons.append(Strangeness("coarse-pixels", text))
    return reasons


def _of_ct(volume: Volume) -> list[Strangeness]:
    """What values and size say."""
    reasons = []
    spacing = volume.geometry.spacing_mm
    if volume.modality in ("", "CT"):
        low, middle, high = value_range(volume.voxels)
        if low > -500.0 or high < 0.0 or middle > 1500.0:
            text = f"Its values ({low:.0f} to {high:.0f}) are not those of a chest CT in HU."
            reasons.append(Strangeness("strange-values", text))
    rows, columns = volume.geometry.shape[1] * spacing[1], volume.geometry.shape[2] * spacing[2]
    if volume.geometry.calibrated and min(rows, columns) < THINNEST_EXTENT_MM:
        text = f"The picture is only {rows:.0f} x {columns:.0f} mm wide and may cut the body."
        reasons.append(Strangeness("small-field", text))
    return reasons


def _of_features(card_facts: dict[str, Any], features: NDArray[np.float32]) -> list[Strangeness]:
    """How far the slices lie from the training's, as the encoder sees them."""
    mean = np.asarray(card_facts["mean"], np.float32)
    deviation = np.asarray(card_facts["deviation"], np.float32)
    distance, limit = _distance(features, mean, deviation), float(card_facts["distance"])
    if distance <= limit:
        return []
    text = (
        "It looks unlike the training cases to the model itself "
        f"({distance:.2f}, usual up to {limit:.2f})."
    )
    return [Strangeness("strange-picture", text)]


def _statistics(
    features: NDArray[np.float32],
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    return features.mean(axis=0), np.maximum(features.std(axis=0), 1e-4)


def _distance(
    features: NDArray[np.float32], mean: NDArray[np.float32], deviation: NDArray[np.float32]
) -> float:
    return float(np.median(np.abs((features - mean) / deviation).mean(axis=1)))
