"""Families of the scanner: values, noise, kernels, resolution, slice distance."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from medview.ai.training.augment.options import (
    AugmentOptions,
    any_of,
    as_input,
    chance,
    smooth_field,
    uniform,
    wide,
)

_GREYS = 6  # of a new contrast; those between them lie on straight lines
_TISSUES_HU = (-300.0, -20.0, 120.0)  # air and gas | fat | soft | bone


def synthetic(pixels: Tensor, labels: Tensor, options: AugmentOptions) -> Tensor:
    """Random values per tissue and label (domain randomisation, SynthSeg, Billot et al. 2023).

    Lungs keep a random part of their texture; the rest of the body becomes four tissues by
    threshold, each with a random value in the order air, fat, soft tissue, bone.
    """
    chosen = chance(len(pixels), options.synthetic, pixels)
    if not options.fill or not bool(chosen.any()):
        return pixels
    n = len(pixels)
    edges = torch.tensor([float(as_input(v, options)) for v in _TISSUES_HU], device=pixels.device)
    tissue = torch.bucketize(pixels.contiguous(), edges)
    ranges = ((-1024.0, -900.0), (-350.0, 50.0), (-150.0, 350.0), (100.0, 1200.0))
    values = torch.stack([uniform(n, low, high, pixels) for low, high in ranges], dim=1)
    picture = values.gather(1, tissue.flatten(1)).view_as(pixels)
    lungs = any_of(labels, options.fill)[:, None]
    texture = (pixels + 1.0) * options.unit - 1024.0
    texture = (texture + 830.0).clamp(-150.0, 900.0) * wide(uniform(n, 0.0, 1.3, pixels))
    picture = torch.where(lungs, wide(uniform(n, -950.0, -350.0, pixels)) + texture, picture)
    picture = functional.avg_pool2d(picture, 3, 1, 1, count_include_pad=False)
    return torch.where(wide(chosen), torch.as_tensor(as_input(picture, options)), pixels)


def neighbors(pixels: Tensor, options: AugmentOptions) -> Tensor:
    """A slice without neighbours, and the stack turned head to foot."""
    n = len(pixels)
    alone = wide(chance(n, options.drop_neighbors, pixels))
    pixels = torch.where(alone, pixels[:, 1:2].expand_as(pixels), pixels)
    return torch.where(wide(chance(n, 0.5, pixels)), pixels.flip(1), pixels)


def coarse(pixels: Tensor, options: AugmentOptions) -> Tensor:
    """Fewer pixels in the plane (up to 3 times), or a thick slice that averages its neighbours."""
    n = len(pixels)
    chosen = chance(n, options.coarse, pixels)
    if not bool(chosen.any()):
        return pixels
    size = (pixels.shape[2], pixels.shape[3])
    factor = float(1.0 + 2.0 * torch.rand(1))
    small = [max(8, round(side / factor)) for side in size]
    few = functional.interpolate(pixels, size=small, mode="area")
    few = functional.interpolate(few, size=size, mode="bilinear", align_corners=False)
    share = wide(uniform(n, 0.0, 0.3, pixels))
    middle = pixels[:, 1:2] * (1.0 - 2.0 * share) + (pixels[:, :1] + pixels[:, 2:]) * share
    thick = torch.cat([pixels[:, :1], middle, pixels[:, 2:]], dim=1)
    changed = torch.where(wide(chance(n, 0.5, pixels)), few, thick)
    return torch.where(wide(chosen), changed, pixels)


def kernel(pixels: Tensor, options: AugmentOptions) -> Tensor:
    """Soft and sharp reconstruction kernels; every third one is two to four pixels wide."""
    n = len(pixels)
    chosen = wide(chance(n, options.kernel, pixels))
    blurred = functional.avg_pool2d(pixels, 3, 1, 1, count_include_pad=False)
    broad = functional.avg_pool2d(blurred, 5, 1, 2, count_include_pad=False)
    blurred = torch.where(wide(chance(n, 0.33, pixels)), broad, blurred)
    amount = wide(uniform(n, -1.0, 1.0, pixels))
    return torch.where(chosen, pixels + (blurred - pixels) * amount, pixels)


def contrast(pixels: Tensor, options: AugmentOptions) -> Tensor:
    """Another sequence of MR: every grey gets a new one, the same in the whole slice.

    Between none of it and a curve that may rise, fall and turn (after the non-linear curves of
    Zhou et al. 2019, "Models Genesis", and the random contrasts of SynthSeg, Billot et al. 2023).
    """
    n = len(pixels)
    chosen = chance(n, options.contrast, pixels)
    if not bool(chosen.any()):
        return pixels
    plain = torch.linspace(-1.0, 1.0, _GREYS, device=pixels.device).expand(n, _GREYS)
    amount = uniform(n, 0.0, 1.0, pixels)[:, None]
    curve = plain.lerp(2.0 * torch.rand(n, _GREYS, device=pixels.device) - 1.0, amount)
    place = (pixels.clamp(-1.0, 1.0) + 1.0) * (0.5 * (_GREYS - 1))
    below = place.floor().clamp(max=_GREYS - 2)
    first = curve.gather(1, below.long().flatten(1)).view_as(place)
    second = curve.gather(1, below.long().flatten(1) + 1).view_as(place)
    return torch.where(wide(chosen), first.lerp(second, place - below), pixels)


def intensity(pixels: Tensor, options: AugmentOptions) -> Tensor:
    """Gain and offset of the modality values, and a slow drift across the field."""
    n = len(pixels)
    chosen = wide(chance(n, options.intensity, pixels))
    gain = wide(uniform(n, 0.88, 1.12, pixels))
    offset = wide(uniform(n, -60.0, 60.0, pixels)) / options.unit
    drift = smooth_field(n, 1, (pixels.shape[2], pixels.shape[3]), 3, pixels)
    changed = (pixels + 1.0) * gain - 1.0 + offset + drift * (15.0 / options.unit)
    return torch.where(chosen, changed, pixels)


def noise(pixels: Tensor, options: AugmentOptions) -> Tensor:
    """White or grainy noise up to 110 HU, mostly little."""
    n = len(pixels)
    chosen = wide(chance(n, options.noise, pixels))
    sigma = wide(uniform(n, 0.0, 1.0, pixels)).square() * 110.0
    grain = torch.randn_like(pixels)
    grainy = wide(chance(n, 0.5, pixels))
    grain = torch.where(grainy, functional.avg_pool2d(grain, 3, 1, 1) * 2.2, grain)
    return torch.where(chosen, pixels + grain * sigma / options.unit, pixels)
