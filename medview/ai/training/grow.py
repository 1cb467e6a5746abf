"""A network with more or other classes: the head grows or is new, everything else is kept."""

from __future__ import annotations

import torch

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


def _alike(network: UNet, classes: int) -> UNet:
    arguments = {
        "in_channels": int(network.state_dict()["encoders.0.layers.0.weight"].shape[1]),
        "classes": classes,
        "base": network.head.in_channels,
    }
    return build_network("unet-2.5d", arguments)
