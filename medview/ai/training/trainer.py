"""The training loop: samples in, averaged weights out. Used by `train` and by `retrain`."""

from __future__ import annotations

import copy
import json
import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

import torch
from torch import Tensor, nn

from medview.ai.network.engine import is_out_of_memory
from medview.ai.training.anchor import Anchor
from medview.ai.training.augment import Augmenter, AugmentOptions
from medview.ai.training.augment.generated import Painter
from medview.ai.training.batches import Batches
from medview.ai.training.checkpoint import Checkpoint
from medview.ai.training.cycle import Phase, expected_steps, phase_at, wide_size, work
from medview.ai.training.losses import segmentation_loss
from medview.ai.training.samples import Sample
from medview.ai.training.teacher import Teacher, distillation_loss
from medview.ai.training.workers import Workers
from medview.core.errors import MedviewError

Network = TypeVar("Network", bound=nn.Module)
_NARROW = 8  # channels of the first layer
_NEXT_WORKER = 1000  # between the seeds of two workers


@dataclass(frozen=True)
class FitOptions:
    """``size`` (rows, columns) of a training window in network pixels; ``budget_s`` ends early.

    ``anchor`` is the weight of the pull toward the starting weights. A step learns from ``batch``
    slices ``accumulate`` times, so that a large batch fits a small memory. ``threads`` 0 leaves
    torch's choice. ``wide_first`` of the steps (or of the time) are on pixels twice as wide,
    without the teachers, who do not know them; the rate of the others is half as high.
    """

    steps: int = 6000
    batch: int = 8
    accumulate: int = 1
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
    wide_first: float = 0.0
    balance: float = 0.3  # weight of the classes' own cross entropy, fading to none at the end
    trim: float = 0.0  # share of pixels left out as wrongly labelled; see `segmentation_loss`
    precision: str = "auto"  # bf16, fp32, or auto: measured, which may differ between runs
    augment: AugmentOptions = field(default_factory=AugmentOptions)


@dataclass(frozen=True)
class Step:
    """What a listener hears after each step; ``dice`` per foreground class, NaN where absent.

    ``expected``: the steps that there will be, fewer than ``steps`` where the time ends it first.
    """

    step: int
    steps: int
    expected: int
    loss: float
    dice: tuple[float, ...]
    seconds_left: float


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


def fit(
    network: Network,
    samples: Sequence[Sample],
    classes: int,
    options: FitOptions,
    on_step: Callable[[Step], bool],
    teachers: Sequence[Teacher] = (),
    *,
    importance: Sequence[Tensor] | None = None,
    checkpoint: Checkpoint | None = None,
    workers: Workers | None = None,
    painter: Painter | None = None,
) -> Network:
    """Train ``network`` in place and return its averaged twin (exponential moving average).

    ``on_step`` is called after every step and returns False to stop early. With ``budget_s`` the
    learning rate follows the clock, so the cycle always completes. ``importance`` of each weight
    makes the anchor uneven (`fisher_diagonal`). A ``painter`` paints ``augment.generated`` of the
    slices anew, never those of the teachers. With a ``checkpoint`` the run goes on where an
    earlier one of the same request was killed, and gives what that one would have given.
    Raises MedviewError "out-of-memory".
    """
    with memory_in_words():
        training = _Training(
            network, samples, classes, options, teachers, importance, workers, painter
        )
        return training.run(on_step, checkpoint)


@contextmanager
def memory_in_words() -> Iterator[None]:
    """Turns what an allocator raises into MedviewError "out-of-memory"."""
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        raise MedviewError(
            "The memory is too small for this training; the models are as they were.",
            hint="Close other programs, take smaller batches (--batch 4 --accumulate 2), or train "
            "on the CPU (--device cpu).",
            code="out-of-memory",
        ) from error


class _Training(Generic[Network]):
    """One run: what `fit` does, with a state that can be kept and taken up again."""

    def __init__(
        self,
        network: Network,
        samples: Sequence[Sample],
        classes: int,
        options: FitOptions,
        teachers: Sequence[Teacher],
        importance: Sequence[Tensor] | None,
        workers: Workers | None,
        painter: Painter | None,
    ) -> None:
        self.options, self.teachers = options, teachers
        self.workers = workers or Workers(device=options.device)
        self.seed = options.seed + _NEXT_WORKER * self.workers.rank
        torch.manual_seed(self.seed)
        if options.threads:
            torch.set_num_threads(options.threads)
        self.device = torch.device(options.device)
        self.network = _in_fast_layout(network.to(self.device)).train()
        self.averaged = copy.deepcopy(network).eval().requires_grad_(False)
        self.anchor = Anchor(network, options.anchor, importance) if options.anchor else None
        self.low_precision = options.precision == "bf16" or (
            options.precision == "auto" and measure_bf16(network, options.device)
        )
        self.augment = Augmenter(options.augment, painter)
        self.rehearse = Augmenter(replace(options.augment, truncate=0.0))
        self.batches = Batches(samples, classes, self.seed)
        self.old = [
            Batches(one.samples, classes, self.seed + number)
            for number, one in enumerate(teachers, start=1)
        ]
        self.shares = [round(options.batch * one.share) for one in teachers]
        self.optimizer = torch.optim.AdamW(
            network.parameters(), lr=options.learning_rate, weight_decay=options.weight_decay
        )
        self.step = 0
        self.own_began = 0  # the step at which the model's own pixels began
        self.began = time.monotonic()

    def run(self, on_step: Callable[[Step], bool], checkpoint: Checkpoint | None) -> Network:
        known = checkpoint.read() if checkpoint else None
        if known is not None:
            self.restore(known)
        while self.step < self.options.steps:
            done = self.workers.agree(self._done())
            if done >= 1.0:
                break
            loss, dice = self._learn(done)
            self.step += 1
            goes_on = on_step(self._news(loss, dice)) if self.workers.is_first else True
            if not self.workers.agree(goes_on):
                return self.averaged
            if checkpoint and self.workers.is_first and checkpoint.is_due(self.step):
                checkpoint.write(self.state())
        if checkpoint and self.workers.is_first and self.step % checkpoint.steps:
            checkpoint.write(self.state())  # what comes next can be killed too
        return self.averaged

    def _done(self) -> float:
        """0..1 of the steps, or of the time where that is further."""
        return max(self.step / self.options.steps, self._time_done())

    def _time_done(self) -> float:
        budget = self.options.budget_s
        return 0.0 if budget is None else (time.monotonic() - self.began) / budget

    def _news(self, loss: float, dice: Tensor) -> Step:
        steps, shape = self.options.steps, (self.options.wide_first, self.options.size)
        elapsed, done, expected = time.monotonic() - self.began, self._done(), steps
        if done <= self._time_done():  # the time ends it
            expected = expected_steps(self.step, self.own_began, done, *shape)
        else:
            done = work(self.step, steps, *shape) / work(steps, steps, *shape)
        left = max(0.0, elapsed * (1.0 - done) / max(done, 1e-6))
        return Step(self.step, steps, expected, loss, tuple(dice.tolist()), left)

    def _learn(self, done: float) -> tuple[float, Tensor]:
        """One optimiser step at ``done`` of the cycle; (loss, soft Dice per class)."""
        options = self.options
        phase = phase_at(done, options.wide_first)
        for group in self.optimizer.param_groups:
            group["lr"] = options.learning_rate * phase.rate(options.warmup)
        self.optimizer.zero_grad(set_to_none=True)
        whole = 0.0
        for _ in range(options.accumulate):
            loss, dice = self._loss(phase)
            (loss / options.accumulate).backward()
            whole += float(loss.detach()) / options.accumulate
        self.workers.average_gradients(self.network)
        nn.utils.clip_grad_norm_(self.network.parameters(), 5.0)
        self.optimizer.step()
        steps = self.step - (0 if phase.is_wide else self.own_began)  # of this phase
        keep = min(options.average, (steps + 1) / (steps + 10))
        _average(self.averaged, self.network, keep)
        if phase.is_wide:
            self.own_began = self.step + 1
        return whole, dice

    def _loss(self, phase: Phase) -> tuple[Tensor, Tensor]:
        options = self.options
        balance = options.balance * min(1.0, 3.0 * (1.0 - phase.along))  # fades in the last third
        shares = [0 for _ in self.shares] if phase.is_wide else self.shares
        count = options.batch - sum(shares)
        images, labels, merged = self._draw(self.batches, count, phase.is_wide)
        images, labels = self.augment(images, labels)
        with self._fast():
            logits = self.network(images)
        loss, dice = segmentation_loss(logits, labels, merged, options.trim, balance)
        for teacher, batches, count in zip(self.teachers, self.old, shares, strict=True):
            if count:
                loss = loss + self._distil(teacher, batches, count)
        if self.anchor is not None:
            loss = loss + self.anchor(self.network)
        return loss, dice

    def _draw(self, batches: Batches, count: int, is_wide: bool = False) -> list[Tensor]:
        size = wide_size(self.options.size) if is_wide else self.options.size
        return [one.to(self.device) for one in batches.draw(count, size, is_wide)]

    def _distil(self, teacher: Teacher, batches: Batches, count: int) -> Tensor:
        """The teacher answers on the slice as it was, the network on a degraded one.

        So the network learns to say under noise and disease what the teacher says without
        (Xie et al. 2020, "Self-training with noisy student").
        """
        images, labels, merged = self._draw(batches, count)
        images, labels = self.rehearse.shaped(images, labels)
        with torch.no_grad(), self._fast():
            wanted = torch.softmax(teacher.network(images).float(), dim=1)
        images, labels = self.rehearse.degraded(images, labels)
        with self._fast():
            logits = self.network(images)
        return distillation_loss(logits, wanted, labels, merged, teacher.is_corrected)

    def _fast(self) -> torch.autocast:
        """Where it is quicker, convolutions in half as many bits."""
        return torch.autocast(self.device.type, torch.bfloat16, enabled=self.low_precision)

    def state(self) -> dict[str, Any]:
        """All that the next step depends on, as tensors, numbers and text."""
        on_gpu = self.device.type == "cuda"
        return {
            "step": self.step,
            "own_began": self.own_began,
            "seconds": time.monotonic() - self.began,
            "low_precision": self.low_precision,
            "network": self.network.state_dict(),
            "averaged": self.averaged.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "random": torch.get_rng_state(),
            "gpu_random": torch.cuda.get_rng_state(self.device) if on_gpu else None,
            "batches": json.dumps([one.state for one in (self.batches, *self.old)]),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on where `state` was taken; the other workers than the first draw anew."""
        self.step, self.own_began = state["step"], state.get("own_began", 0)
        self.began = time.monotonic() - state["seconds"]
        self.low_precision = state["low_precision"]
        self.network.load_state_dict(state["network"])
        self.averaged.load_state_dict(state["averaged"])
        self.optimizer.load_state_dict(state["optimizer"])
        if not self.workers.is_first:
            torch.manual_seed(self.seed + self.step)
            self.batches.reseed(self.seed + self.step)
            return
        torch.set_rng_state(state["random"])
        if state["gpu_random"] is not None and self.device.type == "cuda":
            torch.cuda.set_rng_state(state["gpu_random"], self.device)
        drawn = json.loads(state["batches"])
        for batches, where in zip((self.batches, *self.old), drawn, strict=True):
            batches.state = where


def _in_fast_layout(network: Network) -> Network:
    """Narrow layers learn faster on a CPU with the channels last; others stay as they are."""
    if next(network.parameters()).shape[0] > _NARROW:
        return network
    layout: Any = {"memory_format": torch.channels_last}  # torch's types know it for tensors only
    return network.to(**layout)


@torch.no_grad()
def _average(averaged: nn.Module, network: nn.Module, keep: float) -> None:
    for mean, new in zip(averaged.parameters(), network.parameters(), strict=True):
        mean.lerp_(new, 1.0 - keep)
