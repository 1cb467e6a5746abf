"""Small pictures of a labelled slice, for lists and comparisons: grey with coloured labels."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from medview.core.display import CT_PRESETS, Window, auto_window, to_grey
from medview.core.labels import LabelTable

_OPACITY = 0.45


def window_for(plane: NDArray[Any], modality: str) -> Window:
    """The lung window for CT that holds air, else from the values."""
    if modality == "CT" and float(plane.min()) < -500:
        return CT_PRESETS[0][1]
    return auto_window(plane)


def labelled_picture(
    plane: NDArray[Any], labels: NDArray[Any], table: LabelTable, window: Window
) -> NDArray[np.uint8]:
    """(rows, columns, 3) uint8: the slice in its window, each label laid over in its colour."""
    grey = to_grey(plane, window).astype(np.float32)
    picture = np.repeat(grey[..., None], 3, axis=2)
    for label in table:
        inside = labels == label.id
        if inside.any():
            color = np.array(label.color, np.float32)
            picture[inside] = (1.0 - _OPACITY) * picture[inside] + _OPACITY * color
    return np.ascontiguousarray(picture.round().astype(np.uint8))


def shrunk(picture: NDArray[np.uint8], longest: int) -> NDArray[np.uint8]:
    """The picture with every n-th pixel, so that its longer side is ``longest`` at most."""
    step = max(1, -(-max(picture.shape[:2]) // longest))
    return np.ascontiguousarray(picture[::step, ::step])
