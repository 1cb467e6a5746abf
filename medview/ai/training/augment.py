"""Augmentation of a batch of slices: shape, scanner and disease. All in torch, on any device.

Batches are (N, 4, H, W) network inputs (slice below, slice, slice above in -1..1, column position)
and (N, H, W) int64 labels. Left/right labels are swapped with a horizontal flip.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

IMAGE_CHANNELS = 3


@dataclass(frozen=True)
class AugmentOptions:
    """Probabilities 0..1 and strengths; each family can be switched off by 0.

    ``swap`` are pairs of label ids that change places when left and right do; ``fill`` the label
    ids inside which opacities are pasted; ``unit`` = modality units per 1.0 of the input.
    """

    swap: tuple[tuple[int, int], ...] = ()
    fill: tuple[int, ...] = ()
    unit: float = 812.0
    flip: float = 0.25
    rotate_degrees: float = 20.0
    zoom: float = 0.25
    elastic: float = 0.3
    opacity: float = 0.4
    intensity: float = 0.8
    noise: float = 0.5
    kernel: float = 0.35
    truncate: float = 0.08
    drop_neighbors: float = 0.15
    drop_position: float = 0.1


def _uniform(n: int, low: float, high: float, like: Tensor) -> Tensor:
    return torch.rand(n, device=like.device) * (high - low) + low


def _chance(n: int, probability: float, like: Tensor) -> Tensor:
    return torch.rand(n, device=like.device) < probability


def _smooth_field(n: int, channels: int, size: tuple[int, int], cells: int, like: Tensor) -> Tensor:
    """(n, channels, H, W) smooth noise, about normal, ``cells`` bumps across."""
    coarse = torch.randn(n, channels, cells, cells, device=like.device)
    return functional.interpolate(coarse, size=size, mode="bicubic", align_corners=False)


class Augmenter:
    """Applies the families in the order shape, disease, scanner."""

    def __init__(self, options: AugmentOptions) -> None:
        self.options = options

    def __call__(self, images: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        images, labels = self._shape(images, labels)
        images, labels = self._flip(images, labels)
        pixels = images[:, :IMAGE_CHANNELS]
        pixels = self._opacities(pixels, labels)
        pixels = self._neighbors(pixels)
        pixels = self._kernel(pixels)
        pixels = self._intensity(pixels)
        pixels = self._noise(pixels)
        pixels, labels = self._truncate(pixels, labels)
        position = images[:, IMAGE_CHANNELS:]
        drop = _chance(len(images), self.options.drop_position, images)[:, None, None, None]
        position = torch.where(drop, torch.zeros_like(position), position)
        return torch.cat([pixels.clamp(-1.0, 1.0), position], dim=1), labels

    def _shape(self, images: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        options, n = self.options, len(images)
        height, width = images.shape[2:]
        angle = torch.deg2rad(_uniform(n, -1, 1, images) * options.rotate_degrees)
        zoom = torch.exp(_uniform(n, -1, 1, images) * options.zoom)
        stretch = torch.exp(_uniform(n, -1, 1, images) * options.zoom * 0.4)
        shear = _uniform(n, -0.08, 0.08, images)
        cos, sin = torch.cos(angle), torch.sin(angle)
        ratio = height / width
        theta = torch.zeros(n, 2, 3, device=images.device)
        theta[:, 0, 0] = cos * zoom
        theta[:, 0, 1] = (-sin + shear) * zoom * stretch * ratio
        theta[:, 1, 0] = sin * zoom / ratio
        theta[:, 1, 1] = cos * zoom * stretch
        theta[:, 0, 2] = _uniform(n, -0.15, 0.15, images)
        theta[:, 1, 2] = _uniform(n, -0.15, 0.15, images)
        grid = functional.affine_grid(theta, [n, 1, height, width], align_corners=False)
        bend = _smooth_field(n, 2, (height, width), 6, images) * 0.025
        bend = bend * _chance(n, options.elastic, images)[:, None, None, None]
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

    def _flip(self, images: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        n = len(images)
        sideways = _chance(n, self.options.flip, images)
        upside = _chance(n, self.options.flip * 0.4, images)
        pixels, position = images[:, :IMAGE_CHANNELS], images[:, IMAGE_CHANNELS:]
        where = sideways[:, None, None, None]
        pixels = torch.where(where, pixels.flip(3), pixels)
        mirrored = labels.flip(2)
        swapped = mirrored.clone()
        for a, b in self.options.swap:
            swapped[mirrored == a] = b
            swapped[mirrored == b] = a
        labels = torch.where(sideways[:, None, None], swapped, labels)
        pixels = torch.where(upside[:, None, None, None], pixels.flip(2), pixels)
        labels = torch.where(upside[:, None, None], labels.flip(1), labels)
        return torch.cat([pixels, position], dim=1), labels

    def _opacities(self, pixels: Tensor, labels: Tensor) -> Tensor:
        """Ground glass, consolidation, effusion-like layers and nodules; labels stay."""
        options = self.options
        chosen = _chance(len(pixels), options.opacity, pixels)
        if not options.fill or not bool(chosen.any()):
            return pixels
        n, _, height, width = pixels.shape
        inside = torch.zeros_like(labels, dtype=torch.bool)
        for label in options.fill:
            inside |= labels == label
        soft = functional.avg_pool2d(inside[:, None].float(), 3, 1, 1)
        cells = int(torch.randint(3, 14, (1,)))
        field = _smooth_field(n, 1, (height, width), cells, pixels)
        level = _uniform(n, -0.8, 1.2, pixels)[:, None, None, None]
        patch = torch.sigmoid((field - level) * _uniform(n, 3, 14, pixels)[:, None, None, None])
        layered = _chance(n, 0.25, pixels)[:, None, None, None]  # fills from behind, as fluid does
        rows = torch.linspace(0, 1, height, device=pixels.device)[None, None, :, None]
        fluid = torch.sigmoid((rows - _uniform(n, 0.45, 0.75, pixels)[:, None, None, None]) * 60)
        patch = torch.where(layered, fluid.expand_as(patch), patch)
        value = _uniform(n, -650.0, 90.0, pixels)[:, None, None, None]
        texture = torch.randn(n, 1, height, width, device=pixels.device) * 25.0
        target = (value + texture - (-1024.0)) / options.unit - 1.0
        weight = patch * soft * _uniform(n, 0.6, 1.0, pixels)[:, None, None, None]
        weight = weight * chosen[:, None, None, None]
        raised = torch.maximum(pixels, pixels + (target - pixels) * weight)
        return torch.where(weight > 0, raised, pixels)

    def _neighbors(self, pixels: Tensor) -> Tensor:
        n = len(pixels)
        alone = _chance(n, self.options.drop_neighbors, pixels)[:, None, None, None]
        pixels = torch.where(alone, pixels[:, 1:2].expand_as(pixels), pixels)
        turned = _chance(n, 0.5, pixels)[:, None, None, None]
        return torch.where(turned, pixels.flip(1), pixels)

    def _kernel(self, pixels: Tensor) -> Tensor:
        """Soft and sharp reconstruction kernels."""
        chosen = _chance(len(pixels), self.options.kernel, pixels)[:, None, None, None]
        blurred = functional.avg_pool2d(pixels, 3, 1, 1, count_include_pad=False)
        amount = _uniform(len(pixels), -1.0, 1.0, pixels)[:, None, None, None]
        return torch.where(chosen, pixels + (blurred - pixels) * amount, pixels)

    def _intensity(self, pixels: Tensor) -> Tensor:
        """Gain and offset of the modality values, and a slow drift across the field."""
        n = len(pixels)
        chosen = _chance(n, self.options.intensity, pixels)[:, None, None, None]
        gain = _uniform(n, 0.88, 1.12, pixels)[:, None, None, None]
        offset = _uniform(n, -60.0, 60.0, pixels)[:, None, None, None] / self.options.unit
        drift = _smooth_field(n, 1, (pixels.shape[2], pixels.shape[3]), 3, pixels)
        changed = (pixels + 1.0) * gain - 1.0 + offset + drift * (15.0 / self.options.unit)
        return torch.where(chosen, changed, pixels)

    def _noise(self, pixels: Tensor) -> Tensor:
        n = len(pixels)
        chosen = _chance(n, self.options.noise, pixels)[:, None, None, None]
        sigma = _uniform(n, 0.0, 1.0, pixels)[:, None, None, None].square() * 110.0
        noise = torch.randn_like(pixels)
        grainy = _chance(n, 0.5, pixels)[:, None, None, None]
        noise = torch.where(grainy, functional.avg_pool2d(noise, 3, 1, 1) * 2.2, noise)
        return torch.where(chosen, pixels + noise * sigma / self.options.unit, pixels)

    def _truncate(self, pixels: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """A round field of view that cuts the body, as small reconstructions do."""
        n, _, height, width = pixels.shape
        chosen = _chance(n, self.options.truncate, pixels)
        if not bool(chosen.any()):
            return pixels, labels
        rows = torch.linspace(-height / width, height / width, height, device=pixels.device)
        columns = torch.linspace(-1, 1, width, device=pixels.device)
        r0, c0 = _uniform(n, -0.3, 0.3, pixels), _uniform(n, -0.3, 0.3, pixels)
        distance = (rows[None, :, None] - r0[:, None, None]).square() + (
            columns[None, None, :] - c0[:, None, None]
        ).square()
        radius = _uniform(n, 0.5, 0.9, pixels).square()
        cut = (distance > radius[:, None, None]) & chosen[:, None, None]
        pixels = torch.where(cut[:, None], torch.full_like(pixels, -1.0), pixels)
        return pixels, torch.where(cut, torch.zeros_like(labels), labels)
