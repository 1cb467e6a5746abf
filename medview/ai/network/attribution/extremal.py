"""Extremal perturbation: what must be seen for the class, and what destroys it when taken away.

Fong, Patrick, Vedaldi 2019, "Understanding deep networks via extremal perturbations and smooth
masks" (ICCV), after Fong and Vedaldi 2017, "Interpretable explanations of black boxes by meaningful
perturbation" (ICCV). One coarse map of ranks is learned for all areas together, so that small areas
lie within large ones: its highest part of each area in turn is shown over the blurred picture, then
blurred away, and gradient steps raise the class's mean probability in the first and lower it in the
second. The map is the mean of the areas' masks. Nothing is drawn at random.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from medview.ai.explain import scale_to_one
from medview.ai.network.attribution import Question
from medview.ai.network.attribution.perturbing import blurred

STEPS = 16  # each of one pass forward and back
AREAS = (1 / 16, 1 / 8, 1 / 4, 1 / 2)  # of the picture; each is shown and removed twice
CELL = 8  # network pixels between the places whose ranks are learned; smooth in between
SOFTNESS = 0.3  # of a mask's border, in ranks
RATE = 0.3  # ranks per step


def attribute(question: Question) -> NDArray[np.float32]:
    """The map (rows, columns) 0..1; raises Cancelled between steps."""
    shape = question.inputs.shape[2:]
    ranks = torch.zeros(1, 1, *(side // CELL for side in shape), device=question.inputs.device)
    ranks.requires_grad_(True)
    # places whose gradient is far below the mean stay where they are, instead of drifting at full
    # rate into spots on the air around the body
    optimiser = torch.optim.Adam([ranks], lr=RATE, eps=1.0)
    empty = blurred(question.inputs)
    for step in range(STEPS):
        question.progress.report(step / STEPS, "Heat map")
        area, is_shown = AREAS[step // 2 % len(AREAS)], step % 2 == 0
        with torch.enable_grad():
            mask = _mask(_full(ranks, shape), area)
            seen = mask if is_shown else 1.0 - mask
            probability = _probability(question, empty + (question.inputs - empty) * seen)
            loss = -probability if is_shown else probability
            (gradient,) = torch.autograd.grad(loss, ranks)
        ranks.grad = gradient / gradient.abs().mean().clamp_min(1e-12)
        optimiser.step()
    full = _full(ranks.detach(), shape)
    masks = torch.stack([_mask(full, area) for area in AREAS]).mean(dim=0)
    return scale_to_one(masks[0, 0].float().cpu().numpy())


def _full(ranks: Tensor, shape: torch.Size) -> Tensor:
    return functional.interpolate(ranks, size=shape, mode="bicubic", align_corners=False)


def _mask(full: Tensor, area: float) -> Tensor:
    """1 where the ranks are among the highest ``area`` of the picture, soft at the border."""
    least = torch.quantile(full.detach().flatten(), 1.0 - area)
    return torch.sigmoid((full - least) / SOFTNESS)


def _probability(question: Question, picture: Tensor) -> Tensor:
    """The mean probability of the class over the region."""
    p = torch.softmax(question.network(picture)[0], dim=0)[question.class_index]
    return (p * question.region).sum() / question.region.sum()
