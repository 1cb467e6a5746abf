"""Integrated gradients from the blurred picture to the picture (Sundararajan et al. 2017).

Single pixels are noise; the map is smoothed over 3 pixels, as captum's users do.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from medview.ai.explain import scale_to_one
from medview.ai.network.attribution import Question
from medview.ai.network.attribution.perturbing import blurred, positive_map, region_score

STEPS = 16


def attribute(question: Question) -> NDArray[np.float32]:
    """The map (rows, columns) 0..1."""
    from captum.attr import IntegratedGradients

    method = IntegratedGradients(region_score(question, STEPS))
    found = method.attribute(
        question.inputs, blurred(question.inputs), n_steps=STEPS, internal_batch_size=1
    )
    smooth = ndimage.gaussian_filter(positive_map(found), 3.0)
    return scale_to_one(smooth.astype(np.float32))
