"""What can be asked of an explanation: options, and the numpy part of heat maps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Region = Literal["component", "slice"]
LAYERS = ("default", "bottleneck", "decoder 1")


@dataclass(frozen=True)
class ExplainOptions:
    """``region`` is the visible component nearest to ``point`` (row, column on the shown slice), or
    the whole slice; ``layer`` one of `LAYERS` (default: mean of the bottleneck and decoder 1)."""

    label_id: int
    region: Region = "component"
    point: tuple[float, float] | None = None
    layer: str = "default"


def pick_region(mask: NDArray[np.bool_], point: tuple[float, float] | None) -> NDArray[np.bool_]:
    """The connected part of ``mask`` at or nearest to ``point``; all of it without a point."""
    from scipy import ndimage

    parts, count = ndimage.label(mask, structure=np.ones((3, 3), bool))
    if count < 2 or point is None:
        return mask
    rows, columns = np.nonzero(mask)
    nearest = ((rows - point[0]) ** 2 + (columns - point[1]) ** 2).argmin()
    chosen: NDArray[np.bool_] = parts == parts[rows[nearest], columns[nearest]]
    return chosen


def scale_to_one(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Divide by the maximum; zeros stay zeros."""
    top = float(values.max(initial=0.0))
    return values if top <= 0 else (values / np.float32(top)).astype(np.float32)
