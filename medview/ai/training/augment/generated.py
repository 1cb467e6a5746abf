"""An experiment, off unless it is asked for: slices painted by a network from label maps.

A conditional GAN (pix2pix, Isola et al. 2017): label map and noise in, slice with its neighbours
out, taught by L1 and by a critic of patches (hinge loss, spectral norm; Miyato et al. 2018).
benchmarks/generated.py measures what it is worth, docs/decisions/retraining.md has the verdict.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.parametrizations import spectral_norm

from medview.ai.network.unet import UNet
from medview.ai.training.augment import shape
from medview.ai.training.augment.options import (
    IMAGE_CHANNELS,
    AugmentOptions,
    chance,
    smooth_field,
)
from medview.ai.training.batches import Batches
from medview.ai.training.samples import Sample

STEPS = 200
_BATCH, _BASE = 4, 8
_FIELDS, _GRAIN = 2, 2  # channels of noise: the patient's build, and the texture
_LIKENESS = 10.0  # of L1 against the critic
_RATE, _CRITIC_RATE, _BETAS = 1e-3, 1e-3, (0.5, 0.99)


class Painter(nn.Module):
    """Label maps (N, H, W) int64 to network input (N, 3, H, W) in -1..1, with new noise each time.

    H and W are multiples of 16. Values that are no class, such as `UNSURE`, count as unknown.
    """

    def __init__(self, classes: int, base: int = _BASE) -> None:
        super().__init__()
        self.classes = classes
        self.network = UNet(classes + _FIELDS + _GRAIN, IMAGE_CHANNELS, base, dropout=0.0)

    def forward(self, labels: Tensor) -> Tensor:
        told = self.told(labels)
        n, _, height, width = told.shape
        build = smooth_field(n, _FIELDS, (height, width), 4, told)
        grain = torch.randn(n, _GRAIN, height, width, device=told.device)
        painted: Tensor = torch.tanh(self.network(torch.cat([told, build, grain], dim=1)))
        return painted

    def told(self, labels: Tensor) -> Tensor:
        """(N, classes, H, W) float: 1 where a class is."""
        return torch.stack([labels == one for one in range(self.classes)], dim=1).float()

    @torch.no_grad()
    def repaint(self, pixels: Tensor, labels: Tensor, share: float) -> Tensor:
        """``pixels`` (N, 3, H, W), about ``share`` of the slices painted anew from their labels."""
        chosen = chance(len(pixels), share, pixels)
        if not bool(chosen.any()):
            return pixels
        repainted = pixels.clone()
        repainted[chosen] = self(labels[chosen])
        return repainted


def fit_painter(
    samples: Sequence[Sample],
    classes: int,
    size: tuple[int, int],
    options: AugmentOptions,
    *,
    seed: int = 0,
    device: str = "cpu",
    steps: int = STEPS,
    check: Callable[[], None] = lambda: None,
) -> Painter:
    """A painter that learned from ``samples``, moved and mirrored as ``options`` say.

    The same seed gives the same painter. ``check`` is called before each step and may raise.
    """
    torch.manual_seed(seed)
    painter, critic = Painter(classes).to(device), _critic(classes).to(device)
    painting = torch.optim.Adam(painter.parameters(), lr=_RATE, betas=_BETAS)
    judging = torch.optim.Adam(critic.parameters(), lr=_CRITIC_RATE, betas=_BETAS)
    batches = Batches(samples, classes, seed)
    for _ in range(steps):
        check()
        images, labels, _ = (one.to(device) for one in batches.draw(_BATCH, size))
        images, labels = shape.flip(*shape.move(images, labels, options), options)
        real, told, painted = images[:, :IMAGE_CHANNELS], painter.told(labels), painter(labels)
        judging.zero_grad(set_to_none=True)
        truth = functional.relu(1.0 - critic(torch.cat([told, real], dim=1))).mean()
        fake = functional.relu(1.0 + critic(torch.cat([told, painted.detach()], dim=1))).mean()
        (truth + fake).backward()
        judging.step()
        painting.zero_grad(set_to_none=True)
        praise = critic(torch.cat([told, painted], dim=1)).mean()
        (_LIKENESS * functional.l1_loss(painted, real) - praise).backward()
        painting.step()
    return painter.eval().requires_grad_(False)


def _critic(classes: int) -> nn.Sequential:
    """Label map and slice to a map of praise, one number for each 8 x 8 pixels."""
    widths = (classes + IMAGE_CHANNELS, 16, 32, 64)
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise(widths):
        layers += [spectral_norm(nn.Conv2d(inputs, outputs, 4, 2, 1)), nn.LeakyReLU(0.2)]
    return nn.Sequential(*layers, spectral_norm(nn.Conv2d(widths[-1], 1, 3, padding=1)))
