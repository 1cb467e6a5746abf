"""What a model's own outline of a slice says: sizes, shapes and the values inside, as features.

For each class: share of the slice, part of the convex hull that it fills, pieces, doubt, and the
square roots of the histograms of values inside the outline and of what its hull leaves out. A
consolidated lobe, for one, is missing from the outline and lies dense within its hull.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import ConvexHull, QhullError

from medview.ai.architecture import widths_of

Floats = NDArray[np.float32]
# normalised network input; in a CT of the window -1024..600 HU: -960, -900, -800, -650, -450,
# -250, -100, 20, 120 HU
VALUE_EDGES = (-0.92, -0.85, -0.72, -0.54, -0.29, -0.05, 0.14, 0.286, 0.41)
BINS = len(VALUE_EDGES) + 1
AREA, FILLED, PIECES, DOUBT = range(4)  # places of the first numbers of a class
PER_CLASS = 4 + 2 * BINS


def anatomy(
    labels: NDArray[np.integer], values: Floats, doubt: Floats, classes: int
) -> NDArray[np.float32]:
    """(PER_CLASS * (classes - 1),) of one slice.

    ``labels`` the model's answer (rows, columns), ``values`` the slice as the network gets it,
    ``doubt`` the entropy of the answer, 0..1.
    """
    rows = [_of_class(labels, number, values, doubt) for number in range(1, classes)]
    return np.concatenate(rows).astype(np.float32)


def feature_count(arguments: dict[str, Any]) -> int:
    """How many features a slice has by a card's network arguments: mean and maximum of the
    bottleneck's channels, then `anatomy`."""
    return 2 * widths_of(arguments["base"])[-1] + PER_CLASS * (int(arguments["classes"]) - 1)


def of_class(features: Floats, number: int, classes: int) -> Floats:
    """(slices, PER_CLASS): the part of class ``number`` in features that end with `anatomy`."""
    start = features.shape[1] - (classes - number) * PER_CLASS
    return features[:, start : start + PER_CLASS]


def encoder_part(features: Floats, classes: int) -> Floats:
    """(slices, n - PER_CLASS * (classes - 1)): what comes before `anatomy`."""
    return features[:, : features.shape[1] - PER_CLASS * (classes - 1)]


def _of_class(
    labels: NDArray[np.integer], number: int, values: Floats, doubt: Floats
) -> NDArray[np.float64]:
    inside = labels == number
    area = int(inside.sum())
    if not area:
        return np.zeros(PER_CLASS)
    hull = convex_hull(inside)
    left_out = hull & (labels == 0)
    size = max(int(hull.sum()), area)
    first = [
        np.sqrt(area / labels.size),
        area / size,
        np.log1p(ndimage.label(inside)[1]),
        float(doubt[inside].mean()),
    ]
    shares = [_histogram(values[inside]) / area, _histogram(values[left_out]) / size]
    return np.concatenate([first, np.sqrt(shares[0]), np.sqrt(shares[1])])


def _histogram(values: Floats) -> NDArray[np.int64]:
    return np.bincount(np.searchsorted(VALUE_EDGES, values), minlength=BINS)


def convex_hull(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The pixels whose centres lie in the convex hull of the mask's; a line stays itself."""
    # only the ends of each row can be corners
    points = np.argwhere(mask & ~(np.roll(mask, 1, 1) & np.roll(mask, -1, 1)))
    try:
        planes: Any = ConvexHull(points).equations
    except (QhullError, ValueError):
        return mask
    low, high = points.min(axis=0), points.max(axis=0) + 1
    rows, columns = np.ogrid[low[0] : high[0], low[1] : high[1]]
    inside = np.ones((high[0] - low[0], high[1] - low[1]), bool)
    for down, across, away in planes:
        inside &= down * rows + across * columns + away <= 1e-6
    result = np.zeros_like(mask)
    result[low[0] : high[0], low[1] : high[1]] = inside
    return result
