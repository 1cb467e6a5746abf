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
from scipy import ndimage
from scipy.stats import spearmanr
from torch import Tensor, nn

from medview.ai.network.attribution import Question, attribution
from medview.ai.network.attribution.perturbing import blurred
from medview.ai.network.unet import UNet

STEPS = 8
HIGHEST_FIGURE = 1.0 - 1.0 / STEPS  # of insertion minus deletion: the two ends are always shared
FEWEST_PIXELS = 50  # of a class on a slice, to be asked about
MASK_MARGIN = 0.15  # the gate (AI.md): better than the mask itself by this much
HIGHEST_CORRELATION = 0.5  # with the map of the randomised network

Map = NDArray[np.float32]


@dataclass(frozen=True)
class SliceCheck:
    """Insertion minus deletion of the map and of three baselines, and the rank correlation.

    The baselines are the mask itself, random order, and ``edges``: the slope of the picture, which
    knows no model. ``context`` is the fall of the class's probability when only what lies outside
    the region is blurred away, the map's highest values first, minus that in random order: what the
    map knows beyond the mask.
    """

    heatmap: float
    mask: float
    random: float
    edges: float
    randomised: float
    context: float


@dataclass(frozen=True, eq=False)
class Ground:
    """A slice and class to check maps on, with what does not depend on the map, measured once."""

    inputs: Tensor
    class_index: int
    region: Tensor
    mask: float
    random: float
    edges: float
    random_outside: float


@torch.no_grad()
def insertion_minus_deletion(
    network: nn.Module, inputs: Tensor, class_index: int, region: Tensor, order: Map
) -> float:
    """At most `HIGHEST_FIGURE`, at least its negative.

    ``order`` (rows, columns): the highest values are revealed (removed) first. The areas' ends, the
    whole picture and none of it, are the same for both and cancel: they are not asked for.
    """
    empty = blurred(inputs)
    rank = torch.from_numpy(_ranks(order)).to(inputs.device)
    shown = _scores(network, class_index, region, rank, (empty, inputs), range(1, STEPS))
    left = _scores(network, class_index, region, rank, (inputs, empty), range(1, STEPS))
    return (sum(shown) - sum(left)) / STEPS


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
    ends = (inputs, blurred(inputs))
    scores = _scores(network, class_index, region, rank, ends, range(STEPS + 1))
    return float(np.trapezoid(scores, dx=1.0 / STEPS))


def _ranks(order: Map) -> NDArray[np.int64]:
    """0 for the highest value, ties in reading order."""
    ranks = np.empty(order.size, np.int64)
    ranks[np.argsort(-order.ravel(), kind="stable")] = np.arange(order.size)
    return ranks.reshape(order.shape)


def _scores(
    network: nn.Module,
    class_index: int,
    region: Tensor,
    rank: Tensor,
    ends: tuple[Tensor, Tensor],
    steps: range,
) -> list[float]:
    """The class's mean probability over the region, on the way from the first picture to the
    second."""
    scores = []
    for step in steps:
        mixed = torch.where(rank < step * rank.numel() / STEPS, ends[1], ends[0])
        probability = torch.softmax(network(mixed)[0], dim=0)[class_index]
        scores.append(float(probability[region].mean()))
    return scores


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


def ground_of(
    network: UNet, inputs: Tensor | NDArray[np.float32], class_index: int, seed: int = 0
) -> Ground | None:
    """The baselines of one slice (1, 4, rows, columns); None where the class is not found."""
    inputs = torch.as_tensor(inputs)
    with torch.no_grad():
        region = network(inputs)[0].argmax(0) == class_index
    if int(region.sum()) < FEWEST_PIXELS:
        return None
    noise = np.random.default_rng(seed).random(tuple(region.shape)).astype(np.float32)
    mask = region.cpu().numpy().astype(np.float32) + 1e-3 * noise
    of_mask, of_noise, of_edges = (
        insertion_minus_deletion(network, inputs, class_index, region, order)
        for order in (mask, noise, edges(inputs))
    )
    outside = outside_deletion(network, inputs, class_index, region, noise)
    return Ground(inputs, class_index, region, of_mask, of_noise, of_edges, outside)


@torch.no_grad()
def pixels_of(network: UNet, inputs: NDArray[np.float32]) -> list[int]:
    """How many pixels of one slice (1, 4, rows, columns) get each class."""
    logits = network(torch.from_numpy(inputs))[0]
    counts: list[int] = torch.bincount(logits.argmax(0).flatten(), minlength=len(logits)).tolist()
    return counts


def edges(inputs: Tensor) -> Map:
    """The slope of the middle slice over 1.5 pixels (rows, columns): an edge detector."""
    middle = inputs[0, 1].cpu().numpy()
    slope: Map = ndimage.gaussian_gradient_magnitude(middle, 1.5).astype(np.float32)
    return slope


def check_map(
    network: UNet, twin: UNet, ground: Ground, method: str = "seg_grad_cam", layer: str = "default"
) -> SliceCheck:
    """The check of one slice's map of a class by a method and layer."""
    asked = (ground.inputs, ground.class_index, ground.region)
    attribute = attribution(method)
    heatmap, other = (attribute(Question(one, *asked, layer)) for one in (network, twin))
    correlation = spearmanr(heatmap.ravel(), other.ravel()).statistic
    return SliceCheck(
        insertion_minus_deletion(network, *asked, heatmap),
        ground.mask,
        ground.random,
        ground.edges,
        float(np.nan_to_num(correlation)),
        ground.random_outside - outside_deletion(network, *asked, heatmap),
    )


def passes(heatmap: float, mask: float, randomised_correlation: float) -> bool:
    """The gate for calling a map reliable."""
    return heatmap >= mask + MASK_MARGIN and randomised_correlation <= HIGHEST_CORRELATION
