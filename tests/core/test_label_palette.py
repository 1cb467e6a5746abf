"""The default label colours can be told apart by people who see colours otherwise."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from medview.core.labels import PALETTE, default_color

# Machado, Oliveira, Fernandes (2009), severity 1.0, on linear RGB
DEFICIENCY = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "none": np.eye(3).tolist(),
}
# two label colours that differ by less than this are taken for one at a glance; 2.3 is just seen
LEAST = 15.0


def lab(color, deficiency: str) -> np.ndarray:
    """CIELAB (D65) of an sRGB colour as it is seen (IEC 61966-2-1; CIE 15)."""
    parts = np.array(color) / 255.0
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    linear = np.clip(np.array(DEFICIENCY[deficiency]) @ linear, 0.0, 1.0)
    xyz = (
        np.array(
            [
                [0.4124564, 0.3575761, 0.1804375],
                [0.2126729, 0.7151522, 0.0721750],
                [0.0193339, 0.1191920, 0.9503041],
            ]
        )
        @ linear
        / [0.95047, 1.0, 1.08883]
    )
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def nearest(deficiency: str) -> float:
    seen = [lab(color, deficiency) for color in PALETTE]
    return min(float(np.linalg.norm(a - b)) for a, b in combinations(seen, 2))


def test_white_and_grey_are_where_they_belong():
    assert lab((255, 255, 255), "none") == pytest.approx((100, 0, 0), abs=0.05)
    assert lab((119, 119, 119), "none")[0] == pytest.approx(50, abs=0.5)
    assert np.linalg.norm(lab((200, 0, 0), "deuteranopia") - lab((0, 140, 0), "deuteranopia")) < (
        np.linalg.norm(lab((200, 0, 0), "none") - lab((0, 140, 0), "none")) / 2
    )


@pytest.mark.parametrize("deficiency", DEFICIENCY)
def test_every_two_default_colours_can_be_told_apart(deficiency):
    assert nearest(deficiency) > LEAST


def test_the_first_labels_take_the_palette_in_order():
    assert [default_color(n + 1) for n in range(len(PALETTE))] == list(PALETTE)
