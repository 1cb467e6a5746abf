"""A network with more classes: the head grows, everything else is kept."""

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
    arguments = {
        "in_channels": int(network.state_dict()["encoders.0.layers.0.weight"].shape[1]),
        "classes": classes,
        "base": old.in_channels,
    }
    grown = build_network("unet-2.5d", arguments)
    state = network.state_dict()
    extra = classes - old.out_channels
    weight, bias = state["head.weight"], state["head.bias"]
    state["head.weight"] = torch.cat([weight, weight[:1].repeat(extra, 1, 1, 1)])
    state["head.bias"] = torch.cat([bias, bias[:1].repeat(extra) - 4.0])
    grown.load_state_dict(state)
    return grown.eval()
