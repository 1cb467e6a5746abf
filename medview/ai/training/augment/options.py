"""AugmentOptions, and the few random helpers that every family uses."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from medview.ai.input_spec import InputSpec

IMAGE_CHANNELS = 3
_AIR = -1024.0  # modality units at -1 of the network input


@dataclass(frozen=True)
class AugmentOptions:
    """Probabilities 0..1 and strengths; each family can be switched off by 0.

    ``swap`` are pairs of label ids that change places when left and right do; ``fill`` the label
    ids inside which opacities are pasted; ``unit`` = modality units per 1.0 of the input.
    ``contrast`` is for sequences of MR (`for_input`), so off. ``generated`` is the share of
    slices that a painter paints anew; an experiment, so off.
    """

    swap: tuple[tuple[int, int], ...] = ()
    fill: tuple[int, ...] = ()
    unit: float = 812.0
    flip: float = 0.25
    shear: float = 0.08
    shift: float = 0.15
    rotate_degrees: float = 20.0
    zoom: float = 0.25
    elastic: float = 0.3
    opacity: float = 0.5
    gas: float = 0.2
    synthetic: float = 0.1
    contrast: float = 0.0
    intensity: float = 0.8
    noise: float = 0.5
    kernel: float = 0.45
    coarse: float = 0.15
    truncate: float = 0.08
    table: float = 0.15
    metal: float = 0.06
    drop_neighbors: float = 0.15
    drop_position: float = 0.1
    generated: float = 0.0


# what an ablation switches off together
FAMILIES: dict[str, tuple[str, ...]] = {
    "shape": ("rotate_degrees", "zoom", "elastic", "shear", "shift"),
    "mirrored sides": ("flip",),
    "pasted opacities": ("opacity",),
    "pasted gas": ("gas",),
    "random tissue values": ("synthetic",),
    "other contrasts": ("contrast",),
    "gain, offset, drift": ("intensity",),
    "noise": ("noise",),
    "kernel and resolution": ("kernel", "coarse"),
    "table, metal, cut field": ("table", "metal", "truncate"),
    "lone slices, no position": ("drop_neighbors", "drop_position"),
}

_OF_CT = ("opacity", "gas", "synthetic", "table", "metal")  # these speak in HU
_MR = ("MR", "")  # NIfTI does not say its modality; what is scaled there is no CT


def for_input(spec: InputSpec) -> dict[str, float]:
    """Strengths that differ from the trainer's own where the input is no CT."""
    if spec.modality == "CT":
        return {}
    has_contrasts = spec.scaled and spec.modality in _MR
    return {**dict.fromkeys(_OF_CT, 0.0), "contrast": 0.5 if has_contrasts else 0.0}


def uniform(n: int, low: float, high: float, like: Tensor) -> Tensor:
    """(n,) even random numbers."""
    return torch.rand(n, device=like.device) * (high - low) + low


def chance(n: int, probability: float, like: Tensor) -> Tensor:
    """(n,) bool: which samples of the batch are chosen."""
    return torch.rand(n, device=like.device) < probability


def wide(values: Tensor) -> Tensor:
    """(n,) to (n, 1, 1, 1)."""
    return values[:, None, None, None]


def smooth_field(n: int, channels: int, size: tuple[int, int], cells: int, like: Tensor) -> Tensor:
    """(n, channels, H, W) smooth noise, about normal, ``cells`` bumps across."""
    coarse = torch.randn(n, channels, cells, cells, device=like.device)
    return functional.interpolate(coarse, size=size, mode="bicubic", align_corners=False)


def as_input(value: Tensor | float, options: AugmentOptions) -> Tensor | float:
    """Modality units (HU) to the network's -1..1."""
    return (value - _AIR) / options.unit - 1.0


def any_of(labels: Tensor, wanted: tuple[int, ...]) -> Tensor:
    """(N, H, W) bool: where one of the label ids is."""
    inside = torch.zeros_like(labels, dtype=torch.bool)
    for label in wanted:
        inside |= labels == label
    return inside


def grown(mask: Tensor, radius: int) -> Tensor:
    """(N, H, W) bool, dilated by a square of 2 * radius + 1 pixels."""
    width = 2 * radius + 1
    return functional.max_pool2d(mask[:, None].float(), width, 1, radius)[:, 0] > 0
