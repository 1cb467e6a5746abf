"""Colour maps: how display values 0..255 are coloured."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

GREY = "grey"

# Nine even steps each, linear between them. Inferno, viridis and cividis (Smith & van der Walt
# 2015, Nuñez 2018, CC0) are even in brightness and safe for the colour-blind; hot iron is the
# palette of DICOM PS3.6 B.1.1.
_STEPS: dict[str, tuple[tuple[int, int, int], ...]] = {
    "inferno": (
        (0, 0, 4), (27, 12, 66), (75, 12, 107), (120, 28, 109), (165, 44, 96),
        (207, 68, 70), (237, 105, 37), (251, 155, 6), (252, 255, 164),
    ),
    "viridis": (
        (68, 1, 84), (71, 45, 123), (59, 82, 139), (44, 114, 142), (33, 145, 140),
        (39, 173, 129), (92, 200, 99), (170, 220, 50), (253, 231, 37),
    ),
    "cividis": (
        (0, 34, 78), (26, 56, 111), (67, 78, 108), (97, 101, 111), (125, 124, 120),
        (155, 148, 119), (188, 174, 108), (222, 201, 86), (254, 232, 56),
    ),
    "hot iron": (
        (0, 0, 0), (64, 0, 0), (128, 0, 0), (192, 0, 0), (255, 0, 0),
        (255, 64, 0), (255, 128, 0), (255, 192, 126), (255, 255, 255),
    ),
}  # fmt: skip
NAMES: tuple[str, ...] = (GREY, *_STEPS)


@lru_cache(maxsize=8)
def color_map(name: str) -> NDArray[np.uint8]:
    """(256, 3) uint8 RGB from low to high; ValueError for an unknown name. Read only."""
    if name == GREY:
        colors = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
    elif name in _STEPS:
        steps = np.linspace(0, 255, len(_STEPS[name]))
        channels = [
            np.interp(np.arange(256), steps, part) for part in zip(*_STEPS[name], strict=True)
        ]
        colors = np.stack(channels, axis=1).round().astype(np.uint8)
    else:
        raise ValueError(f"no colour map {name}")
    colors.setflags(write=False)
    return colors
