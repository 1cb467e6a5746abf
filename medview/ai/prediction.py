"""What a prediction and an explanation are, and in which order slices are done. No torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class PredictedSlice:
    """One finished canonical slice: ``labels`` uint8 (canonical rows, columns).

    ``box_axis_index`` is where it lies in the volume: (voxel axis, index along it). ``doubts`` are
    the mean entropies (0..1) of the model's answer by class over what it labelled, class 0 over
    all of it; 0 where that is nothing.
    """

    canonical_index: int
    labels: NDArray[np.uint8]
    box_axis_index: tuple[int, int]
    doubts: Mapping[int, float] = field(default_factory=dict)

    @property
    def doubt(self) -> float:
        """Over everything that was labelled on the slice."""
        return self.doubts.get(0, 0.0)


@dataclass(frozen=True, eq=False)
class Prediction:
    """A whole volume's labels on the volume's own grid, and what made them.

    ``device`` is in words, ``backend`` the id of what ran the network, ``notes`` why it was not
    the one wanted. ``is_kept``: found in the cache, not computed again.
    """

    labels: NDArray[np.uint8]
    case_key: str
    model: str
    version: str
    device: str
    seconds: float
    entropy: NDArray[np.float32] | None = None
    backend: str = "torch"
    notes: tuple[str, ...] = ()
    is_kept: bool = False


@dataclass(frozen=True, eq=False)
class HeatMap:
    """``values`` float32 (rows, columns) 0..1 of one slice of the volume, for one label."""

    case_key: str
    slice_index: int
    values: NDArray[np.float32]
    label_id: int
    method: str
    layer: str
    model: str
    reliable: bool


def outward(first: int, count: int) -> list[int]:
    """Indices 0..count-1 beginning at ``first``, then alternating outwards."""
    first = min(max(first, 0), count - 1)
    return sorted(range(count), key=lambda index: (abs(index - first), index))
