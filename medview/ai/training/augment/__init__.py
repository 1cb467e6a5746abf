"""Augmentation of a batch of slices: shape, disease and scanner. All in torch, on any device.

Batches are (N, 4, H, W) network inputs (slice below, slice, slice above in -1..1, column position)
and (N, H, W) int64 labels. Left/right labels are swapped with a horizontal flip. Every family is
one function in one of the files here, and can be switched off by 0 (`AugmentOptions`);
docs/models/ct-lung.md holds a table of what each is worth.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from medview.ai.training.augment import artefacts, disease, scanner, shape
from medview.ai.training.augment.options import (
    FAMILIES,
    IMAGE_CHANNELS,
    AugmentOptions,
    chance,
    for_input,
)

if TYPE_CHECKING:
    from medview.ai.training.augment.generated import Painter

__all__ = ["FAMILIES", "AugmentOptions", "Augmenter", "for_input"]


class Augmenter:
    """Applies the families in the order shape, disease, scanner.

    With a ``painter`` some slices are painted anew once they have their shape.
    """

    def __init__(self, options: AugmentOptions, painter: Painter | None = None) -> None:
        self.options = options
        self.painter = painter

    def __call__(self, images: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        return self.degraded(*self.shaped(images, labels))

    def shaped(self, images: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """Moved, turned, bent and mirrored, with the values of before."""
        images, labels = shape.move(images, labels, self.options)
        return shape.flip(images, labels, self.options)

    def degraded(self, images: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """The same place in another patient's state, on another scanner."""
        options = self.options
        pixels = images[:, :IMAGE_CHANNELS]
        if self.painter is not None:
            pixels = self.painter.repaint(pixels, labels, options.generated)
        pixels = disease.opacities(pixels, labels, options)
        pixels = disease.gas(pixels, labels, options)
        pixels = scanner.synthetic(pixels, labels, options)
        pixels = artefacts.table(pixels, labels, options)
        pixels = artefacts.metal(pixels, options)
        pixels = scanner.neighbors(pixels, options)
        pixels = scanner.coarse(pixels, options)
        pixels = scanner.kernel(pixels, options)
        pixels = scanner.contrast(pixels, options)
        pixels = scanner.intensity(pixels, options)
        pixels = scanner.noise(pixels, options)
        pixels, labels = artefacts.truncate(pixels, labels, options)
        position = images[:, IMAGE_CHANNELS:]
        drop = chance(len(images), options.drop_position, images)[:, None, None, None]
        position = torch.where(drop, torch.zeros_like(position), position)
        return torch.cat([pixels.clamp(-1.0, 1.0), position], dim=1), labels
