"""A network with more or other classes, or a thinner one, from the weights of another."""

from __future__ import annotations

import operator
from collections.abc import Sequence

import torch
from torch import Tensor

from medview.ai.architecture import LEVELS
from medview.ai.network.unet import UNet, build_network


def grow_head(network: UNet, classes: int) -> UNet:
    """A copy of ``network`` with ``classes`` outputs; old outputs are unchanged.

    New outputs start as the background's with a lower bias, so that nothing is called by a new
    name before training. ValueError when there are fewer classes than before.
    """
    old = network.head
    if classes < old.out_channels:
        raise ValueError("a network cannot lose classes")
    grown = _alike(network, classes)
    state = network.state_dict()
    extra = classes - old.out_channels
    weight, bias = state["head.weight"], state["head.bias"]
    state["head.weight"] = torch.cat([weight, weight[:1].repeat(extra, 1, 1, 1)])
    state["head.bias"] = torch.cat([bias, bias[:1].repeat(extra) - 4.0])
    grown.load_state_dict(state)
    return grown.eval()


def fresh_head(network: UNet, classes: int, seed: int) -> UNet:
    """A copy of ``network`` for another task: its features, and a head that knows nothing yet."""
    torch.manual_seed(seed)
    fresh = _alike(network, classes)
    head = {f"head.{name}": value for name, value in fresh.head.state_dict().items()}
    fresh.load_state_dict({**network.state_dict(), **head})
    return fresh.eval()


@torch.no_grad()
def thinned(network: UNet, widths: Sequence[int]) -> UNet:
    """A copy whose levels have ``widths`` channels: of each layer evenly spaced ones.

    A smaller network that starts so learns sooner than one from random weights (Xu et al. 2024,
    "Initializing models with larger ones"). ValueError for a level wider than the network's own.
    """
    if len(widths) != LEVELS or any(map(operator.gt, widths, network.widths)):
        wanted = ", ".join(map(str, widths))
        raise ValueError(f"a network of widths {network.widths} cannot be thinned to {wanted}")
    thin = _alike(network, network.head.out_channels, widths)
    shapes = {name: value.shape for name, value in thin.state_dict().items()}
    state = {name: _spaced(value, shapes[name]) for name, value in network.state_dict().items()}
    thin.load_state_dict(state)
    old = (*network.reducers, network.head)
    for module, wide in zip((*thin.reducers, thin.head), old, strict=True):
        # no norm follows them to make up for fewer inputs
        module.weight.mul_(wide.in_channels / module.in_channels)
    return thin.eval()


def _spaced(value: Tensor, shape: torch.Size) -> Tensor:
    """Evenly spaced channels along the axes on which ``shape`` is smaller."""
    for axis, (have, want) in enumerate(zip(value.shape, shape, strict=True)):
        if want < have:
            value = value.index_select(axis, torch.arange(want) * have // want)
    return value.clone()


def _alike(network: UNet, classes: int, widths: Sequence[int] | None = None) -> UNet:
    arguments = {
        "in_channels": int(network.state_dict()["encoders.0.layers.0.weight"].shape[1]),
        "classes": classes,
        "base": list(widths or network.widths),
    }
    return build_network("unet-2.5d", arguments)
