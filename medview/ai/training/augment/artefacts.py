"""Families of what lies in the picture without belonging to the patient's chest."""

from __future__ import annotations

import torch
from torch import Tensor

from medview.ai.training.augment.options import AugmentOptions, as_input, chance, uniform, wide


def _places(like: Tensor) -> tuple[Tensor, Tensor]:
    """(1, H, W) rows and columns, -1..1 across the columns, the same length per pixel."""
    height, width = like.shape[2:]
    rows = torch.linspace(-height / width, height / width, height, device=like.device)
    columns = torch.linspace(-1, 1, width, device=like.device)
    return rows[None, :, None].expand(1, height, width), columns[None, None, :].expand(
        1, height, width
    )


def table(pixels: Tensor, labels: Tensor, options: AugmentOptions) -> Tensor:
    """A bent bright line in the air outside the body, as tables and blankets draw it."""
    n = len(pixels)
    chosen = chance(n, options.table, pixels)
    if not bool(chosen.any()):
        return pixels
    rows, columns = _places(pixels)
    middle, bend = uniform(n, 0.2, 0.9, pixels), uniform(n, -0.4, 0.2, pixels)
    line = middle[:, None, None] + bend[:, None, None] * columns.square()
    thick = uniform(n, 0.006, 0.03, pixels)[:, None, None]
    # air outside the body only: below it there is nothing but air to the picture's lower edge
    air = pixels[:, 1] < as_input(-700.0, options)
    under = air.flip(1).cumprod(1).flip(1).bool()
    hit = ((rows - line).abs() < thick) & under & (labels == 0) & chosen[:, None, None]
    value = as_input(wide(uniform(n, -700.0, 200.0, pixels)), options)
    return torch.where(hit[:, None], value * torch.ones_like(pixels), pixels)


def metal(pixels: Tensor, options: AugmentOptions) -> Tensor:
    """A bright spot with dark and bright streaks from it, as wires and implants make them."""
    n = len(pixels)
    chosen = chance(n, options.metal, pixels)
    if not bool(chosen.any()):
        return pixels
    rows, columns = _places(pixels)
    down = rows - uniform(n, -0.5, 0.5, pixels)[:, None, None]
    across = columns - uniform(n, -0.6, 0.6, pixels)[:, None, None]
    distance = (down.square() + across.square()).sqrt()
    angle = torch.atan2(down, across)
    streaks = torch.zeros_like(distance)
    for waves in (3.0, 5.0, 9.0):
        phase = uniform(n, 0.0, 6.2832, pixels)[:, None, None]
        streaks = streaks + torch.cos(waves * angle + phase)
    reach = torch.exp(-distance / uniform(n, 0.1, 0.5, pixels)[:, None, None])
    strength = uniform(n, 50.0, 350.0, pixels)[:, None, None] / options.unit
    spot = distance < uniform(n, 0.015, 0.05, pixels)[:, None, None]
    changed = pixels + (streaks * reach * strength)[:, None]
    changed = torch.where(spot[:, None], torch.ones_like(changed), changed)
    return torch.where(wide(chosen), changed, pixels)


def truncate(pixels: Tensor, labels: Tensor, options: AugmentOptions) -> tuple[Tensor, Tensor]:
    """A round field of view that cuts the body, as small reconstructions do."""
    n = len(pixels)
    chosen = chance(n, options.truncate, pixels)
    if not bool(chosen.any()):
        return pixels, labels
    rows, columns = _places(pixels)
    r0, c0 = uniform(n, -0.3, 0.3, pixels), uniform(n, -0.3, 0.3, pixels)
    distance = (rows - r0[:, None, None]).square() + (columns - c0[:, None, None]).square()
    radius = uniform(n, 0.5, 0.9, pixels).square()
    cut = (distance > radius[:, None, None]) & chosen[:, None, None]
    pixels = torch.where(cut[:, None], torch.full_like(pixels, -1.0), pixels)
    return pixels, torch.where(cut, torch.zeros_like(labels), labels)
