"""Features of slices: what the encoder saw and the model's outline, in a few hundred numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from medview.ai.anatomy import anatomy
from medview.ai.network.predictor import Predictor
from medview.ai.network.unet import UNet
from medview.ai.preprocess import PreparedVolume
from medview.ai.uncertainty import entropy, probabilities
from medview.core.job import Progress

MIDDLE = 1  # the channel of the slice itself among its neighbours


def pooled(bottleneck: Tensor) -> Tensor:
    """(N, C, h, w) to (N, 2 C): mean and maximum over the slice."""
    return torch.cat([bottleneck.mean(dim=(2, 3)), bottleneck.amax(dim=(2, 3))], dim=1)


def features_of(
    predictor: Predictor,
    prepared: PreparedVolume,
    indices: Sequence[int],
    progress: Progress | None = None,
) -> NDArray[np.float32]:
    """(len(indices), `medview.ai.anatomy.feature_count`) of canonical slices.

    By PyTorch, whatever the backend.
    """
    network: UNet = predictor.network
    rows = []
    for done, index in enumerate(indices):
        if progress is not None:
            progress.report(done / len(indices), "Looking at the slices")
        inputs = prepared.network_input(index)
        with torch.no_grad():
            skips, bottleneck = network.encode(torch.from_numpy(inputs[None]).to(predictor.device))
            logits = network.decode(skips, bottleneck)[0].float().cpu().numpy()
            seen = pooled(bottleneck)[0].float().cpu().numpy()
        doubt = entropy(probabilities(logits))
        outline = anatomy(logits.argmax(axis=0), inputs[MIDDLE], doubt, len(logits))
        rows.append(np.concatenate([seen, outline]))
    found: NDArray[np.float32] = np.stack(rows)
    return found
