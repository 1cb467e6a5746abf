"""Families of disease: opacities inside the lungs, fluid around them, gas outside them."""

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
    """Ground glass, consolidation and nodules inside the lungs, whose labels stay."""
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


def effusions(pixels: Tensor, labels: Tensor, options: AugmentOptions) -> tuple[Tensor, Tensor]:
    """Pleural fluid behind a lung, level or along the wall as a crescent; it is no lung.

    Fluid is told from consolidation by its shape, its even value and where it lies.
    """
    chosen = chance(len(pixels), options.effusion, pixels)
    if not options.fill or not bool(chosen.any()):
        return pixels, labels
    n, _, height, width = pixels.shape
    side = torch.where(torch.rand(n, device=pixels.device) < 0.5, -1.0, 1.0)[:, None, None]
    columns = torch.linspace(-1, 1, width, device=pixels.device)[None, None, :]
    rows = torch.linspace(0, 1, height, device=pixels.device)[None, :, None]
    one_sided = chance(n, 0.6, pixels)[:, None, None]
    inside = any_of(labels, options.fill) & (~one_sided | (columns * side > 0))
    lowest = torch.where(inside, rows, torch.zeros_like(rows)).flatten(1).amax(1)
    highest = torch.where(inside, rows, torch.ones_like(rows)).flatten(1).amin(1)
    share = uniform(n, 0.08, 0.6, pixels)
    level = (lowest - share * (lowest - highest).clamp_min(0.0))[:, None, None]
    bend = uniform(n, -0.1, 0.45, pixels)[:, None, None]
    middle = (side * uniform(n, 0.15, 0.45, pixels)[:, None, None]).expand(n, 1, 1)
    away = (columns.abs() - middle.abs()).square()
    wave = smooth_field(n, 1, (height, width), 6, pixels)[:, 0] * 0.015
    sharp = uniform(n, 40, 140, pixels)[:, None, None]
    below = torch.sigmoid((rows - level + bend * away + wave) * sharp) * chosen[:, None, None]
    value = wide(uniform(n, -15.0, 45.0, pixels)) + torch.randn_like(pixels) * 12.0
    # up to the wall: labels leave out a rim of lung, which would show where fluid was pasted
    near = grown(inside, 2) & (inside | (labels == 0))
    weight = (below * functional.avg_pool2d(near[:, None].float(), 3, 1, 1)[:, 0])[:, None]
    wet = torch.maximum(pixels, pixels + (as_input(value, options) - pixels) * weight)
    return wet, torch.where(inside & (below > 0.5), torch.zeros_like(labels), labels)


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
