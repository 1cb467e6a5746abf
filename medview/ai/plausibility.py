"""Is a model's outline like those of its training cases? Doubt, pieces, hollows, values inside.

Asked of the few slices that `familiarity` looks at, before any mask is made. Each measure of a case
is the median over the looked-at slices where something is found; its limit is a little above the
highest of all training cases, so that few cases like them are named by chance.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medview.ai.anatomy import AREA, BINS, DOUBT, FILLED, PER_CLASS, PIECES, of_class

MARGIN = 1.05  # times the strangest training case
FEWEST_SHARE = 0.03  # of a slice that is outlined: of less, shape and values say nothing
MEASURES = {  # code -> what is said
    "doubtful-outline": "The model doubts its outline",
    "broken-outline": "Its outline falls into pieces",
    "hollow-outline": "Its outline leaves out what lies between",
    "strange-inside": "The values inside its outline are strange",
}

Floats = NDArray[np.float32]


def outline_facts(cases: Sequence[Floats], classes: int) -> dict[str, Any]:
    """What a card keeps of the training cases; their features (slices, n) end with `anatomy`.

    ``values`` (BINS,) the mean histogram inside the outline, ``limits`` by measure, ``found`` the
    least share of looked-at slices where something is outlined, of any volume with some.
    """
    lung = [shares_inside(one, classes)[found_on(one, classes)] for one in cases]
    known = [one.mean(axis=0) for one in lung if len(one)]
    if not known:
        return {}
    facts: dict[str, Any] = {"values": [round(float(one), 5) for one in np.mean(known, axis=0)]}
    medians = [
        np.median(one, axis=0)
        for one in (measures(case, facts, classes) for case in cases)
        if len(one)
    ]
    highest = MARGIN * np.max(medians, axis=0)
    facts["limits"] = {
        code: round(float(limit), 4) for code, limit in zip(MEASURES, highest, strict=True)
    }
    shares = [found_on(one, classes).mean() for one in cases if len(one) > 1]
    facts["found"] = round(float(min((share for share in shares if share > 0), default=0.0)), 3)
    return facts


def found_on(features: Floats, classes: int) -> NDArray[np.bool_]:
    """(slices,) where the model outlines enough to speak of."""
    found: NDArray[np.bool_] = _areas(features, classes).sum(axis=1) >= FEWEST_SHARE
    return found


def measures(features: Floats, facts: dict[str, Any], classes: int) -> NDArray[np.float64]:
    """(found slices, measures) in the order of `MEASURES`, the higher the stranger.

    The classes count by their areas; values by the Hellinger distance from the training's.
    """
    found = features[found_on(features, classes)]
    weights = _areas(found, classes)
    weights = weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-9)
    parts = np.stack([of_class(found, n, classes) for n in range(1, classes)], axis=1)
    mean = (parts[:, :, : PER_CLASS - 2 * BINS] * weights[:, :, None]).sum(axis=1)
    likeness = np.sqrt(shares_inside(found, classes) * np.asarray(facts["values"])).sum(axis=1)
    away = np.sqrt(np.clip(1.0 - likeness, 0.0, 1.0))
    stacked: NDArray[np.float64] = np.stack(
        [mean[:, DOUBT], mean[:, PIECES], 1.0 - mean[:, FILLED], away], axis=1
    ).astype(np.float64)
    return stacked


def shares_inside(features: Floats, classes: int) -> NDArray[np.float64]:
    """(slices, BINS): the histogram of values inside all outlines together, sum 1."""
    areas = _areas(features, classes)
    total = np.zeros((len(features), BINS))
    for number in range(1, classes):
        first = PER_CLASS - 2 * BINS
        roots = of_class(features, number, classes)[:, first : first + BINS]
        total += areas[:, number - 1 : number] * roots.astype(np.float64) ** 2
    result: NDArray[np.float64] = total / np.maximum(areas.sum(axis=1, keepdims=True), 1e-9)
    return result


def _areas(features: Floats, classes: int) -> NDArray[np.float64]:
    """(slices, classes - 1) shares of the slice."""
    roots = [of_class(features, n, classes)[:, AREA] for n in range(1, classes)]
    result: NDArray[np.float64] = np.stack(roots, axis=1).astype(np.float64) ** 2
    return result
