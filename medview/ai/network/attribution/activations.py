"""What the class activation maps share: a layer's activations and the gradients on them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from medview.ai.explain import scale_to_one
from medview.ai.network.attribution import Question
from medview.ai.network.unet import UNet


def layers_of(network: UNet, layer: str) -> list[nn.Module]:
    """The modules of a layer name of `medview.ai.explain.LAYERS`."""
    choice: dict[str, list[nn.Module]] = {
        "default": [network.bottleneck, network.decoders[0]],
        "bottleneck": [network.bottleneck],
        "decoder 1": [network.decoders[0]],
        "decoder 2": [network.decoders[1]],
    }
    if layer not in choice:
        raise ValueError(f"unknown layer {layer!r}")
    return choice[layer]


def class_activation(question: Question, weigh: Callable[[Tensor], Tensor]) -> NDArray[np.float32]:
    """The mean over layers of ReLU(sum over channels of weigh(gradient) * activation), 0..1.

    The gradient is that of the sum of the class's logits over the region.
    """
    kept: list[Tensor] = []
    hooks = [
        module.register_forward_hook(lambda _m, _i, output: kept.append(output))
        for module in layers_of(question.network, question.layer)
    ]
    try:
        with torch.enable_grad():
            logits = question.network(question.inputs.detach().requires_grad_(True))
    finally:
        for hook in hooks:
            hook.remove()
    total = (logits[0, question.class_index] * question.region.to(logits)).sum()
    gradients = torch.autograd.grad(total, kept)
    maps = []
    for activation, gradient in zip(kept, gradients, strict=True):
        small = torch.relu((weigh(gradient) * activation.detach()).sum(dim=1, keepdim=True))
        full = nn.functional.interpolate(
            small, size=question.inputs.shape[2:], mode="bilinear", align_corners=False
        )
        maps.append(scale_to_one(full[0, 0].float().cpu().numpy()))
    return scale_to_one(np.mean(maps, axis=0).astype(np.float32))
