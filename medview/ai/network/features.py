"""Features of slices: what the encoder saw, in a few hundred numbers a slice."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from medview.ai.network.predictor import Predictor
from medview.ai.network.unet import UNet
from medview.ai.preprocess import PreparedVolume
from medview.core.job import Progress


def pooled(bottleneck: Tensor) -> Tensor:
    """(N, C, h, w) to (N, 2 C): mean and maximum over the slice."""
    return torch.cat([bottleneck.mean(dim=(2, 3)), bottleneck.amax(dim=(2, 3))], dim=1)


def features_of(
    predictor: Predictor,
    prepared: PreparedVolume,
    indices: Sequence[int],
    progress: Progress | None = None,
) -> NDArray[np.float32]:
    """(len(indices), 2 C) features of canonical slices, by PyTorch whatever the backend."""
    network: UNet = predictor.network
    rows = []
    for done, index in enumerate(indices):
        if progress is not None:
            progress.report(done / len(indices), "Looking at the slices")
        inputs = torch.from_numpy(prepared.network_input(index)[None]).to(predictor.device)
        with torch.no_grad():
            rows.append(pooled(network.encode(inputs)[1])[0].float().cpu().numpy())
    found: NDArray[np.float32] = np.stack(rows)
    return found
