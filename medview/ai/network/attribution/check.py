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

from medview.ai.network.attribution import Question, attribution
from medview.ai.network.attribution.perturbing import blurred
from medview.ai.network.unet import UNet

STEPS = 8
MASK_MARGIN = 0.15  # the gate (AI.md): better than the mask itself by this much
HIGHEST_CORRELATION = 0.5  # with the map of the randomised network

Map = NDArray[np.float32]


@dataclass(frozen=True)
class SliceCheck:
    """Insertion minus deletion of the map and of two baselines, and the rank correlation.

    ``context`` is the fall of the class's probability when only what lies outside the region is
    blurred away, the map's highest values first, minus that in random order: what the map knows
    beyond the mask.
    """

    heatmap: float
    mask: float
    random: float
    randomised: float
    context: float


@torch.no_grad()
def insertion_minus_deletion(
    network: nn.Module, inputs: Tensor, class_index: int, region: Tensor, order: Map
) -> float:
    """-1..1. ``order`` (rows, columns): the highest values are revealed (removed) first."""
    empty = blurred(inputs)
    rank = torch.from_numpy(_ranks(order)).to(inputs.device)
    shown = _area(network, class_index, region, rank, (empty, inputs))
    return shown - _area(network, class_index, region, rank, (inputs, empty))


@torch.no_grad()
def outside_deletion(
    network: nn.Module, inputs: Tensor, class_index: int, region: Tensor, order: Map
) -> float:
    """The mean probability over the region while the picture outside it is blurred away."""
    inside = region.cpu().numpy()
    ranks = np.full(order.shape, order.size, np.int64)  # the region itself is never changed
    outside = _ranks(order[~inside])
    ranks[~inside] = outside * order.size // max(1, outside.size)
    rank = torch.from_numpy(ranks).to(inputs.device)
    return _area(network, class_index, region, rank, (inputs, blurred(inputs)))


def _ranks(order: Map) -> NDArray[np.int64]:
    """0 for the highest value, ties in reading order."""
    ranks = np.empty(order.size, np.int64)
    ranks[np.argsort(-order.ravel(), kind="stable")] = np.arange(order.size)
    return ranks.reshape(order.shape)


def _area(
    network: nn.Module,
    class_index: int,
    region: Tensor,
    rank: Tensor,
    ends: tuple[Tensor, Tensor],
) -> float:
    """Area under the class's probability over the region, from the first picture to the second."""
    scores = []
    for step in range(STEPS + 1):
        mixed = torch.where(rank < step * rank.numel() / STEPS, ends[1], ends[0])
        probability = torch.softmax(network(mixed)[0], dim=0)[class_index]
        scores.append(float(probability[region].mean()))
    return float(np.trapezoid(scores, dx=1.0 / STEPS))


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
    network: UNet,
    twin: UNet,
    inputs: Tensor | NDArray[np.float32],
    class_index: int,
    method: str = "seg_grad_cam",
    layer: str = "default",
    seed: int = 0,
) -> SliceCheck | None:
    """The check of one slice's map of a class; None where the class is not found."""
    inputs = torch.as_tensor(inputs)
    with torch.no_grad():
        region = network(inputs)[0].argmax(0) == class_index
    if int(region.sum()) < 50:
        return None
    attribute = attribution(method)
    heatmap, other = (
        attribute(Question(one, inputs, class_index, region, layer)) for one in (network, twin)
    )
    noise = np.random.default_rng(seed).random(heatmap.shape).astype(np.float32)
    mask = region.cpu().numpy().astype(np.float32) + 1e-3 * noise
    of_map, of_mask, of_noise = (
        insertion_minus_deletion(network, inputs, class_index, region, order)
        for order in (heatmap, mask, noise)
    )
    correlation = spearmanr(heatmap.ravel(), other.ravel()).statistic
    context = outside_deletion(network, inputs, class_index, region, noise) - outside_deletion(
        network, inputs, class_index, region, heatmap
    )
    return SliceCheck(of_map, of_mask, of_noise, float(np.nan_to_num(correlation)), context)


def passes(heatmap: float, mask: float, randomised_correlation: float) -> bool:
    """The gate for calling a map reliable."""
    return heatmap >= mask + MASK_MARGIN and randomised_correlation <= HIGHEST_CORRELATION
