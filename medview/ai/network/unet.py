"""The 2.5D U-Net: a few neighbouring slices in, one slice of class logits out.

Ronneberger et al. 2015, with GroupNorm (no running statistics that a short fine-tuning could
corrupt) and bilinear up-sampling (no checkerboard).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from medview.ai.architecture import groups_of, widths_of


class DoubleConvolution(nn.Module):
    """Twice 3 x 3 convolution, GroupNorm, LeakyReLU. (N, inputs, H, W) to (N, outputs, H, W)."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(inputs, outputs, 3, padding=1, bias=False),
            nn.GroupNorm(groups_of(outputs), outputs),
            nn.LeakyReLU(0.01),
            nn.Conv2d(outputs, outputs, 3, padding=1, bias=False),
            nn.GroupNorm(groups_of(outputs), outputs),
            nn.LeakyReLU(0.01),
        )

    def forward(self, x: Tensor) -> Tensor:
        result: Tensor = self.layers(x)
        return result


class UNet(nn.Module):
    """U-Net of five levels with ``base`` .. ``16 * base`` channels, or five widths of one's own.

    ``forward``: (N, in_channels, H, W) float to logits (N, classes, H, W); H and W multiples
    of 16. Attribution hooks use ``bottleneck`` and ``decoders[0]``.
    """

    def __init__(
        self, in_channels: int, classes: int, base: int | Sequence[int] = 16, dropout: float = 0.2
    ) -> None:
        super().__init__()
        self.widths = widths = widths_of(base)
        self.encoders = nn.ModuleList()
        previous = in_channels
        for width in widths[:-1]:
            self.encoders.append(DoubleConvolution(previous, width))
            previous = width
        self.pool = nn.MaxPool2d(2)
        self.bottleneck = DoubleConvolution(widths[-2], widths[-1])
        self.dropout = nn.Dropout2d(dropout)
        self.reducers = nn.ModuleList()
        self.decoders = nn.ModuleList()
        for deep, shallow in zip(widths[:0:-1], widths[-2::-1], strict=True):
            self.reducers.append(nn.Conv2d(deep, shallow, 1))
            self.decoders.append(DoubleConvolution(2 * shallow, shallow))
        self.head = nn.Conv2d(widths[0], classes, 1)

    def encode(self, x: Tensor) -> tuple[list[Tensor], Tensor]:
        """What each level saw, the finest first, and the bottleneck (N, widths[-1], H/16, W/16)."""
        skips = []
        for encoder in self.encoders:
            x = encoder(x)
            skips.append(x)
            x = self.pool(x)
        return skips, self.bottleneck(x)

    def forward(self, x: Tensor) -> Tensor:
        return self.decode(*self.encode(x))

    def decode(self, skips: list[Tensor], bottleneck: Tensor) -> Tensor:
        """The logits from what `encode` gave."""
        x = self.dropout(bottleneck)
        for reducer, decoder, skip in zip(
            self.reducers, self.decoders, reversed(skips), strict=True
        ):
            # 1 x 1 before the up-sampling commutes with it and costs a quarter
            x = nn.functional.interpolate(
                reducer(x), scale_factor=2, mode="bilinear", align_corners=False
            )
            x = decoder(torch.cat([skip, x], dim=1))
        logits: Tensor = self.head(x)
        return logits


def build_network(architecture: str, arguments: dict[str, Any]) -> UNet:
    """The network of a model card: only architectures and arguments on this white list.

    Raises ValueError naming what is not allowed.
    """
    if architecture != "unet-2.5d":
        raise ValueError(f"unknown architecture {architecture!r}")
    limits = {"in_channels": (1, 32), "classes": (2, 256)}
    known = sorted(["base", *limits])
    if sorted(arguments) != known:
        raise ValueError(f"arguments must be {known}, not {sorted(arguments)}")
    for name, (low, high) in limits.items():
        value = arguments[name]
        if not isinstance(value, int) or not low <= value <= high:
            raise ValueError(f"{name} must be an integer {low}..{high}, not {value!r}")
    return UNet(arguments["in_channels"], arguments["classes"], arguments["base"])
