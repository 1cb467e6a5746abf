"""Families of shape: where the body lies, how it is bent, which side is which."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from medview.ai.training.augment.options import (
    IMAGE_CHANNELS,
    AugmentOptions,
    chance,
    smooth_field,
    uniform,
)


def move(images: Tensor, labels: Tensor, options: AugmentOptions) -> tuple[Tensor, Tensor]:
    """Turn, scale, shear, shift and bend; labels go along. Outside the image is air."""
    n = len(images)
    height, width = images.shape[2:]
    angle = torch.deg2rad(uniform(n, -1, 1, images) * options.rotate_degrees)
    zoom = torch.exp(uniform(n, -1, 1, images) * options.zoom)
    stretch = torch.exp(uniform(n, -1, 1, images) * options.zoom * 0.4)
    shear = uniform(n, -1, 1, images) * options.shear
    cos, sin = torch.cos(angle), torch.sin(angle)
    ratio = height / width
    theta = torch.zeros(n, 2, 3, device=images.device)
    theta[:, 0, 0] = cos * zoom
    theta[:, 0, 1] = (-sin + shear) * zoom * stretch * ratio
    theta[:, 1, 0] = sin * zoom / ratio
    theta[:, 1, 1] = cos * zoom * stretch
    theta[:, 0, 2] = uniform(n, -1, 1, images) * options.shift
    theta[:, 1, 2] = uniform(n, -1, 1, images) * options.shift
    grid = functional.affine_grid(theta, [n, 1, height, width], align_corners=False)
    bend = smooth_field(n, 2, (height, width), 6, images) * 0.025
    bend = bend * chance(n, options.elastic, images)[:, None, None, None]
    grid = grid + bend.permute(0, 2, 3, 1)
    pixels = (
        functional.grid_sample(
            images[:, :IMAGE_CHANNELS] + 1.0, grid, padding_mode="zeros", align_corners=False
        )
        - 1.0
    )  # + 1: outside the image is air, -1
    moved = functional.grid_sample(
        labels[:, None].float(), grid, mode="nearest", padding_mode="zeros", align_corners=False
    )
    return torch.cat([pixels, images[:, IMAGE_CHANNELS:]], dim=1), moved[:, 0].round().long()


def flip(images: Tensor, labels: Tensor, options: AugmentOptions) -> tuple[Tensor, Tensor]:
    """Mirror sideways, with the sides' names swapped, and more seldom upside down."""
    n = len(images)
    sideways = chance(n, options.flip, images)
    upside = chance(n, options.flip * 0.4, images)
    pixels, position = images[:, :IMAGE_CHANNELS], images[:, IMAGE_CHANNELS:]
    pixels = torch.where(sideways[:, None, None, None], pixels.flip(3), pixels)
    mirrored = labels.flip(2)
    swapped = mirrored.clone()
    for a, b in options.swap:
        swapped[mirrored == a] = b
        swapped[mirrored == b] = a
    labels = torch.where(sideways[:, None, None], swapped, labels)
    pixels = torch.where(upside[:, None, None, None], pixels.flip(2), pixels)
    labels = torch.where(upside[:, None, None], labels.flip(1), labels)
    return torch.cat([pixels, position], dim=1), labels
