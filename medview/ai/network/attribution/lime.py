"""LIME: a linear model of which superpixels the region's score needs (Ribeiro et al. 2016)."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from medview.ai.explain import scale_to_one
from medview.ai.network.attribution import Question
from medview.ai.network.attribution.perturbing import blurred, positive_map, region_score

SUPERPIXELS, TRIALS = 60, 200
RIDGE = 1.0  # in units of one trial's weight; captum's own models need scikit-learn


def attribute(question: Question) -> NDArray[np.float32]:
    """The map (rows, columns) 0..1; the same for the same question (its own seed)."""
    from captum.attr import Lime
    from skimage.segmentation import slic

    middle = question.inputs[0, 1].cpu().numpy()
    parts = slic(middle, n_segments=SUPERPIXELS, compactness=0.1, channel_axis=None, start_label=0)
    method = Lime(region_score(question, TRIALS + 1), interpretable_model=_Ridge())
    with torch.random.fork_rng(), torch.no_grad():
        torch.manual_seed(0)
        found = method.attribute(
            question.inputs,
            baselines=blurred(question.inputs),
            feature_mask=torch.from_numpy(parts)[None, None].to(question.inputs.device),
            n_samples=TRIALS,
        )
    return scale_to_one(positive_map(found))


class _Ridge:
    """Weighted ridge regression with an intercept, behind captum's interface of a model."""

    def __init__(self) -> None:
        self.weights = torch.zeros(0)

    def fit(self, train_data: Any, **_unused: Any) -> dict[str, float]:
        batches = list(train_data)
        x = torch.cat([batch[0] for batch in batches]).double()
        y = torch.cat([batch[1] for batch in batches]).double().flatten()
        weight = torch.cat([batch[2] for batch in batches]).double().flatten()
        weight = weight / weight.mean().clamp_min(1e-12)
        x = torch.cat([x, torch.ones(len(x), 1, dtype=x.dtype, device=x.device)], dim=1)
        pull = torch.full((x.shape[1],), RIDGE, dtype=x.dtype, device=x.device)
        pull[-1] = 0.0
        left = x.T @ (weight[:, None] * x) + torch.diag(pull)
        self.weights = torch.linalg.solve(left, x.T @ (weight * y))
        return {}

    def representation(self) -> Tensor:
        return self.weights[:-1].float()

    def __call__(self, x: Tensor) -> Tensor:
        return x @ self.weights[:-1].to(x) + self.weights[-1].to(x)
