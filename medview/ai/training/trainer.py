"""The training loop: samples in, averaged weights out. Used by `train` and by `retrain`."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor, nn

from medview.ai.training.augment import Augmenter, AugmentOptions
from medview.ai.training.losses import segmentation_loss
from medview.ai.training.samples import Sample, crop


@dataclass(frozen=True)
class FitOptions:
    """``size`` (rows, columns) of a training window in network pixels; ``budget_s`` ends early.

    ``anchor`` is the weight of the pull toward the starting weights (L2-SP, Li et al. 2018).
    ``threads`` 0 leaves torch's choice.
    """

    steps: int = 6000
    batch: int = 8
    size: tuple[int, int] = (208, 240)
    learning_rate: float = 1.5e-3
    weight_decay: float = 1e-4
    warmup: float = 0.05
    average: float = 0.998
    seed: int = 0
    budget_s: float | None = None
    device: str = "cpu"
    anchor: float = 0.0
    threads: int = 0
    trim: float = 0.0  # share of pixels left out as wrongly labelled; see `segmentation_loss`
    precision: str = "auto"  # bf16, fp32, or auto: measured, which may differ between runs
    augment: AugmentOptions = field(default_factory=AugmentOptions)


@dataclass(frozen=True)
class Step:
    """What a listener hears after each step; ``dice`` per foreground class, NaN where absent."""

    step: int
    steps: int
    loss: float
    dice: tuple[float, ...]
    seconds_left: float


@dataclass(frozen=True)
class Teacher:
    """A second source of samples whose targets are an older network's probabilities."""

    network: nn.Module
    samples: Sequence[Sample]
    share: float  # of every batch


def measure_bf16(network: nn.Module, device: str) -> bool:
    """True when a bfloat16 step is at least 15 % faster than float32 here (measured once)."""
    if device.startswith("cuda"):
        return torch.cuda.is_bf16_supported()
    trial = copy.deepcopy(network)
    x = torch.randn(2, next(trial.parameters()).shape[1], 128, 128)
    seconds: dict[bool, float] = {}
    for low in (False, True, False, True):
        started = time.perf_counter()
        with torch.autocast("cpu", torch.bfloat16, enabled=low):
            trial(x).float().square().mean().backward()
        seconds[low] = min(seconds.get(low, math.inf), time.perf_counter() - started)
    return seconds[True] < 0.85 * seconds[False]


class Batches:
    """Draws batches by weight, with its own seeded generator."""

    def __init__(self, samples: Sequence[Sample], classes: int, seed: int) -> None:
        if not samples:
            raise ValueError("no training samples")
        self.samples = samples
        self.classes = classes
        self.generator = np.random.default_rng(seed)
        weights = np.array([sample.weight for sample in samples], dtype=np.float64)
        self.chance = weights / weights.sum()

    def draw(self, count: int, size: tuple[int, int]) -> tuple[Tensor, Tensor, Tensor]:
        """(images (n, 4, H, W), labels (n, H, W), merged (n, classes))."""
        picked = self.generator.choice(len(self.samples), size=count, p=self.chance)
        stacks, labels = zip(
            *(crop(self.samples[i], size, self.generator) for i in picked), strict=True
        )
        merged = torch.zeros(count, self.classes, dtype=torch.bool)
        for row, i in enumerate(picked):
            merged[row, list(self.samples[i].merged)] = True
        return torch.from_numpy(np.stack(stacks)), torch.from_numpy(np.stack(labels)), merged


def _rate(progress: float, warmup: float) -> float:
    """One cycle: linear up, cosine down to a hundredth. ``progress`` 0..1."""
    if progress < warmup:
        return max(progress / warmup, 0.01)
    along = (progress - warmup) / (1.0 - warmup)
    return 0.01 + 0.99 * 0.5 * (1.0 + math.cos(math.pi * min(along, 1.0)))


def fit(
    network: nn.Module,
    samples: Sequence[Sample],
    classes: int,
    options: FitOptions,
    on_step: Callable[[Step], bool],
    teacher: Teacher | None = None,
) -> nn.Module:
    """Train ``network`` in place and return its averaged twin (exponential moving average).

    ``on_step`` is called after every step and returns False to stop early. With ``budget_s`` the
    learning rate follows the clock, so the cycle always completes.
    """
    torch.manual_seed(options.seed)
    if options.threads:
        torch.set_num_threads(options.threads)
    device = torch.device(options.device)
    network.to(device).train()
    averaged = copy.deepcopy(network).eval().requires_grad_(False)
    start = [p.detach().clone() for p in network.parameters()] if options.anchor else None
    low_precision = options.precision == "bf16" or (
        options.precision == "auto" and measure_bf16(network, options.device)
    )
    augment = Augmenter(options.augment)
    batches = Batches(samples, classes, options.seed)
    rehearsal = Batches(teacher.samples, classes, options.seed + 1) if teacher else None
    optimizer = torch.optim.AdamW(
        network.parameters(), lr=options.learning_rate, weight_decay=options.weight_decay
    )
    began = time.monotonic()
    for step in range(options.steps):
        elapsed = time.monotonic() - began
        done = step / options.steps
        if options.budget_s is not None:
            done = max(done, elapsed / options.budget_s)
            if done >= 1.0:
                break
        for group in optimizer.param_groups:
            group["lr"] = options.learning_rate * _rate(done, options.warmup)
        old = round(options.batch * teacher.share) if teacher else 0
        images, labels, merged = (
            t.to(device) for t in batches.draw(options.batch - old, options.size)
        )
        images, labels = augment(images, labels)
        with torch.autocast(device.type, torch.bfloat16, enabled=low_precision):
            logits = network(images)
        loss, dice = segmentation_loss(logits, labels, merged, options.trim)
        if teacher and rehearsal and old:
            loss = loss + _distil(network, teacher.network, rehearsal, old, options, augment)
        if start is not None:
            pull = sum(
                ((p - q).square().sum() for p, q in zip(network.parameters(), start, strict=True)),
                torch.zeros((), device=device),
            )
            loss = loss + options.anchor * pull
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimizer.step()
        _average(averaged, network, min(options.average, (step + 1) / (step + 10)))
        elapsed = time.monotonic() - began
        done = max((step + 1) / options.steps, elapsed / (options.budget_s or math.inf))
        left = elapsed * (1.0 - done) / max(done, 1e-6)
        if not on_step(
            Step(
                step + 1, options.steps, float(loss.detach()), tuple(dice.tolist()), max(left, 0.0)
            )
        ):
            break
    return averaged


def _distil(
    network: nn.Module,
    old: nn.Module,
    rehearsal: Batches,
    count: int,
    options: FitOptions,
    augment: Augmenter,
) -> Tensor:
    """KL divergence to the old network on rehearsal slices ("learning without forgetting")."""
    device = torch.device(options.device)
    images, labels, _ = (t.to(device) for t in rehearsal.draw(count, options.size))
    images, _ = augment(images, labels)
    with torch.no_grad():
        wanted = torch.softmax(old(images).float(), dim=1)
    guess = torch.log_softmax(network(images).float(), dim=1)
    return (
        -(wanted * guess).sum(dim=1).mean() + (wanted * wanted.clamp_min(1e-8).log()).sum(1).mean()
    )


@torch.no_grad()
def _average(averaged: nn.Module, network: nn.Module, keep: float) -> None:
    for mean, new in zip(averaged.parameters(), network.parameters(), strict=True):
        mean.lerp_(new, 1.0 - keep)
