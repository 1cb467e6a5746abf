"""Occlusion: how much the region's score falls when a square is blurred away (Zeiler 2014)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from medview.ai.network.attribution import Question
from medview.ai.network.attribution.perturbing import PICTURE, blurred, positive_map, region_score

SIDE, STRIDE = 32, 16  # network pixels


def attribute(question: Question) -> NDArray[np.float32]:
    """The map (rows, columns) 0..1."""
    import torch
    from captum.attr import Occlusion

    rows, columns = question.inputs.shape[2:]
    places = [math.ceil((side - SIDE) / STRIDE) + 1 for side in (rows, columns)]
    empty = blurred(question.inputs)
    with torch.no_grad():
        found = Occlusion(region_score(question, places[0] * places[1] + 1)).attribute(
            question.inputs,
            sliding_window_shapes=(PICTURE, SIDE, SIDE),
            strides=(PICTURE, STRIDE, STRIDE),
            baselines=empty,
        )
    return positive_map(found)
