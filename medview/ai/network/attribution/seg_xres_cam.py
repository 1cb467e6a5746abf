"""Seg-XRes-CAM: gradients averaged over small windows, between Seg-Grad-CAM and HiResCAM.

Hasany, Petitjean, Meriaudeau 2023, "Seg-XRes-CAM: explaining spatially local regions in image
segmentation" (CVPR workshops).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from medview.ai.network.attribution import Question
from medview.ai.network.attribution.activations import class_activation

WINDOW = 4  # cells of the layer


def attribute(question: Question) -> NDArray[np.float32]:
    """The map (rows, columns) 0..1."""
    return class_activation(question, _pooled)


def _pooled(gradient: Tensor) -> Tensor:
    rows, columns = gradient.shape[2:]
    few = (max(1, round(rows / WINDOW)), max(1, round(columns / WINDOW)))
    means = functional.adaptive_avg_pool2d(gradient, few)
    return functional.interpolate(means, size=(rows, columns), mode="nearest")
