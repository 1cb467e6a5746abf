"""Families of disease: opacities inside the lungs, gas outside them; labels stay."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from medview.ai.training.augment.options import (
    AugmentOptions,
    any_of,
    as_input,
    chance,
    grown,
    smooth_field,
    uniform,
    wide,
)


def opacities(pixels: Tensor, labels: Tensor, options: AugmentOptions) -> Tensor:
    """Ground glass, consolidation, effusion-like layers and nodules inside the lungs."""
    chosen = chance(len(pixels), options.opacity, pixels)
    if not options.fill or not bool(chosen.any()):
        return pixels
    n, _, height, width = pixels.shape
    inside = any_of(labels, options.fill)
    soft = functional.avg_pool2d(inside[:, None].float(), 3, 1, 1)
    cells = int(torch.randint(3, 14, (1,)))
    field = smooth_field(n, 1, (height, width), cells, pixels)
    level = wide(uniform(n, -0.8, 1.2, pixels))
    patch = torch.sigmoid((field - level) * wide(uniform(n, 3, 14, pixels)))
    layered = wide(chance(n, 0.25, pixels))  # fills from behind, as fluid does
    rows = torch.linspace(0, 1, height, device=pixels.device)[None, None, :, None]
    fluid = torch.sigmoid((rows - wide(uniform(n, 0.45, 0.75, pixels))) * 60)
    patch = torch.where(layered, fluid.expand_as(patch), patch)
    glass, dense = uniform(n, -650.0, -100.0, pixels), uniform(n, -150.0, 90.0, pixels)
    is_dense = wide(chance(n, 0.5, pixels))
    value = torch.where(is_dense, wide(dense), wide(glass))
    texture = torch.randn(n, 1, height, width, device=pixels.device) * 25.0
    target = as_input(value + texture, options)
    # consolidation replaces the air: only ground glass is mixed with the lung below it
    weight = patch * soft * torch.where(is_dense, 1.0, wide(uniform(n, 0.6, 1.0, pixels)))
    weight = weight * wide(chosen)
    raised = torch.maximum(pixels, pixels + (target - pixels) * weight)
    return torch.where(weight > 0, raised, pixels)


def gas(pixels: Tensor, labels: Tensor, options: AugmentOptions) -> Tensor:
    """Bowel gas and air in the chest wall: irregular pockets in soft tissue far from any label.

    Pockets keep 7 pixels (13 mm) from every label and from the air outside the body, and are
    ragged, so that they look like no trachea.
    """
    chosen = chance(len(pixels), options.gas, pixels)
    if not bool(chosen.any()):
        return pixels
    n, _, height, width = pixels.shape
    air = pixels[:, 1] < as_input(-500.0, options)
    tissue = ~grown(air | (labels > 0), 7)
    cells = int(torch.randint(8, 24, (1,)))
    field = smooth_field(n, 1, (height, width), cells, pixels)
    pocket = torch.sigmoid((field - wide(uniform(n, 0.9, 1.8, pixels))) * 12)
    value = as_input(wide(uniform(n, -1024.0, -700.0, pixels)), options)
    weight = pocket * tissue[:, None].float() * wide(chosen)
    return pixels + (value - pixels) * weight
