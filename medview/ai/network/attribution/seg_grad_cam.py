"""Seg-Grad-CAM: which parts of the picture the network used for a region of one class.

Vinogradova, Dibrov, Myers 2020, "Towards interpretable semantic segmentation via
gradient-weighted class activation mapping" (AAAI): y is the sum of the class's logits over the
region, the weights of a layer's channels are the spatial means of dy/dA, and the map is the ReLU of
the weighted sum of channels.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from medview.ai.network.attribution import Question
from medview.ai.network.attribution.activations import class_activation


def attribute(question: Question) -> NDArray[np.float32]:
    """The map (rows, columns) 0..1."""
    return class_activation(question, lambda gradient: gradient.mean(dim=(2, 3), keepdim=True))
