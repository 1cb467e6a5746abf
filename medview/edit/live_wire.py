"""Live wire: the cheapest way along edges between two points of a picture.

Mortensen and Barrett, Intelligent scissors for image composition, SIGGRAPH 1995: a step costs less
the steeper the values are where it goes; Dijkstra's algorithm finds the cheapest way.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Pixel = tuple[int, int]

_CHEAPEST = 0.02  # of a step over the flattest place: what a step along the steepest edge costs
_STEPS = ((0, 1), (1, 0), (1, 1), (1, -1))  # half of the eight neighbours; the others are the same


class Wire:
    """All cheapest ways from ``start`` in a picture (rows, columns) of values.

    ``spacing`` is (between rows, between columns). A few hundred pixels a side at most: the ways
    to all pixels are found at once, so that following the mouse is a look-up.
    """

    def __init__(self, values: NDArray[Any], spacing: tuple[float, float], start: Pixel) -> None:
        from scipy.sparse.csgraph import dijkstra

        self._columns = values.shape[1]
        self._size = values.shape
        graph = _graph(_costs(values.astype(np.float32), spacing), spacing)
        origin = start[0] * self._columns + start[1]
        _, self._before = dijkstra(graph, indices=origin, return_predecessors=True)
        self._origin = origin

    def way_to(self, end: Pixel) -> list[Pixel]:
        """Pixels from the start to ``end``, both included; ``end`` is clipped to the picture."""
        row = min(max(end[0], 0), self._size[0] - 1)
        column = min(max(end[1], 0), self._size[1] - 1)
        place = row * self._columns + column
        way = [place]
        while place != self._origin and self._before[place] >= 0:
            place = int(self._before[place])
            way.append(place)
        return [divmod(place, self._columns) for place in reversed(way)]


def _costs(values: NDArray[np.float32], spacing: tuple[float, float]) -> NDArray[np.float64]:
    """1 on flat ground down to `_CHEAPEST` on the steepest edges (their 98th percentile)."""
    from scipy import ndimage

    slopes = [
        ndimage.gaussian_filter1d(
            ndimage.gaussian_filter1d(values, 1.0, axis=1 - axis), 1.0, axis=axis, order=1
        )
        / spacing[axis]
        for axis in (0, 1)
    ]
    steepness = np.hypot(*slopes)
    most = float(np.percentile(steepness, 98.0))
    share = np.clip(steepness / most, 0.0, 1.0) if most > 0 else np.zeros_like(steepness)
    costs: NDArray[np.float64] = _CHEAPEST + (1.0 - _CHEAPEST) * (1.0 - share.astype(np.float64))
    return costs


def _graph(costs: NDArray[np.float64], spacing: tuple[float, float]) -> Any:
    """Steps between neighbouring pixels: mean cost times length."""
    from scipy.sparse import csr_matrix

    rows, columns = costs.shape
    places = np.arange(rows * columns).reshape(rows, columns)
    sources, targets, lengths = [], [], []
    for down, right in _STEPS:
        here = (slice(0, rows - down), slice(max(-right, 0), columns - max(right, 0)))
        there = (slice(down, rows), slice(max(right, 0), columns + min(right, 0)))
        length = float(np.hypot(down * spacing[0], right * spacing[1]))
        sources.append(places[here].ravel())
        targets.append(places[there].ravel())
        lengths.append(((costs[here] + costs[there]) * 0.5 * length).ravel())
    one, other, weight = (np.concatenate(part) for part in (sources, targets, lengths))
    pairs = (np.concatenate((one, other)), np.concatenate((other, one)))
    return csr_matrix((np.tile(weight, 2), pairs), shape=(places.size, places.size))
