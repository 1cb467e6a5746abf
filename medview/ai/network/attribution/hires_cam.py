"""HiResCAM: gradient times activation, element by element, so that places are kept.

Draelos and Carin 2020, "Use HiResCAM instead of Grad-CAM for faithful explanations".
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from medview.ai.network.attribution import Question
from medview.ai.network.attribution.activations import class_activation


def attribute(question: Question) -> NDArray[np.float32]:
    """The map (rows, columns) 0..1."""
    return class_activation(question, lambda gradient: gradient)
