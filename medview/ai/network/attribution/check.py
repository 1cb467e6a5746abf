"""Is a heat map faithful? Insertion, deletion and randomisation, with honest baselines.

Insertion and deletion: Petsiuk, Das, Saenko 2018 (RISE). Pixels are revealed (or blurred away) in
the map's order and the mean probability of the class over its region is followed; the figure is the
area under insertion minus that under deletion. Randomisation: Adebayo et al. 2018, "Sanity checks
for saliency maps"; the map of a network with random weights should not look like the real one.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.stats import spearmanr
from torch import Tensor, nn
from torch.nn import functional

from medview.ai.network.attribution.seg_grad_cam import class_activation
from medview.ai.network.unet import UNet

STEPS = 8
MASK_MARGIN = 0.15  # the gate (AI.md): better than the mask itself by this much
HIGHEST_CORRELATION = 0.5  # with the map of the randomised network

Map = NDArray[np.float32]


@dataclass(frozen=True)
class SliceCheck:
    """Insertion minus deletion of the map and of two baselines, and the rank correlation."""

    heatmap: float
    mask: float
    random: float
    randomised: float


def blurred(inputs: Tensor) -> Tensor:
    """The picture with nothing left in it but its slow changes; the position channel stays."""
    picture = functional.avg_pool2d(inputs[:, :3], 51, 1, 25, count_include_pad=False)
    return torch.cat([picture, inputs[:, 3:]], dim=1)


@torch.no_grad()
def insertion_minus_deletion(
    network: nn.Module, inputs: Tensor, class_index: int, region: Tensor, order: Map
) -> float:
    """-1..1. ``order`` (rows, columns): the highest values are revealed (removed) first."""
    ranks = np.empty(order.size, np.int64)
    ranks[np.argsort(-order.ravel(), kind="stable")] = np.arange(order.size)
    rank = torch.from_numpy(ranks.reshape(order.shape)).to(inputs.device)
    empty = blurred(inputs)
    areas = []
    for start, end in ((empty, inputs), (inputs, empty)):
        scores = []
        for step in range(STEPS + 1):
            changed = rank < step * order.size / STEPS
            mixed = torch.where(changed, end, start)
            probability = torch.softmax(network(mixed)[0], dim=0)[class_index]
            scores.append(float(probability[region].mean()))
        areas.append(float(np.trapezoid(scores, dx=1.0 / STEPS)))
    return areas[0] - areas[1]


def randomised(network: UNet, seed: int) -> UNet:
    """A copy with fresh weights from the head down to the bottleneck (cascading from the top)."""
    torch.manual_seed(seed)
    twin = copy.deepcopy(network)
    for part in (twin.head, twin.decoders, twin.reducers, twin.bottleneck):
        for module in part.modules():
            reset: Callable[[], None] | None = getattr(module, "reset_parameters", None)
            if reset is not None:
                reset()
    return twin


def check_slice(
    network: UNet, twin: UNet, inputs: Tensor, class_index: int, layer: str, seed: int = 0
) -> SliceCheck | None:
    """The check of one slice's map of a class; None where the class is not found."""
    with torch.no_grad():
        region = network(inputs)[0].argmax(0) == class_index
    if int(region.sum()) < 50:
        return None
    heatmap = class_activation(network, inputs, class_index, region, layer)
    other = class_activation(twin, inputs, class_index, region, layer)
    noise = np.random.default_rng(seed).random(heatmap.shape).astype(np.float32)
    mask = region.cpu().numpy().astype(np.float32) + 1e-3 * noise
    of_map, of_mask, of_noise = (
        insertion_minus_deletion(network, inputs, class_index, region, order)
        for order in (heatmap, mask, noise)
    )
    correlation = spearmanr(heatmap.ravel(), other.ravel()).statistic
    return SliceCheck(of_map, of_mask, of_noise, float(np.nan_to_num(correlation)))


def passes(heatmap: float, mask: float, randomised_correlation: float) -> bool:
    """The gate for calling a map reliable."""
    return heatmap >= mask + MASK_MARGIN and randomised_correlation <= HIGHEST_CORRELATION
