"""The cycle of a training: pixels twice as wide first, then the model's own; rate and work left."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from medview.ai.training.samples import UNSURE, Sample

_MULTIPLE = 16  # of the sides of a window
_SECOND = 0.5  # highest learning rate of the second phase, of the first's


@dataclass(frozen=True)
class Phase:
    """Where a training stands: ``along`` 0..1 of its phase, ``highest`` share of the rate."""

    is_wide: bool
    along: float
    highest: float

    def rate(self, warmup: float) -> float:
        """One cycle a phase: linear up, cosine down to a hundredth."""
        if self.along < warmup:
            return self.highest * max(self.along / warmup, 0.01)
        falling = min((self.along - warmup) / (1.0 - warmup), 1.0)
        return self.highest * (0.01 + 0.99 * 0.5 * (1.0 + math.cos(math.pi * falling)))


def phase_at(done: float, wide_first: float) -> Phase:
    """The phase at ``done`` 0..1 of a training of which ``wide_first`` is on wide pixels."""
    if done < wide_first:
        return Phase(True, done / wide_first, 1.0)
    along = (done - wide_first) / (1.0 - wide_first)
    return Phase(False, along, _SECOND if wide_first else 1.0)


def work(step: int, steps: int, wide_first: float, size: tuple[int, int]) -> float:
    """What the first ``step`` of ``steps`` steps cost, in steps on windows of ``size``."""
    wide = min(float(step), wide_first * steps)
    return step - wide + wide * _cost(size)


def expected_steps(
    step: int, own_began: int, done: float, wide_first: float, size: tuple[int, int]
) -> int:
    """How many steps there will be when the time ends it, of which ``done`` is over.

    ``own_began``: the step at which the second phase began.
    """
    if done < wide_first:
        by_now = step / max(done, 1e-6)
        return max(step, round(by_now * (wide_first + (1.0 - wide_first) * _cost(size))))
    more = (step - own_began) * (1.0 - done) / max(done - wide_first, 1e-6)
    return max(step, round(step + more))


def _cost(size: tuple[int, int]) -> float:
    """Of a step on wide pixels, as a share of one on the model's own."""
    return float(np.prod(wide_size(size)) / np.prod(size))


def wide_size(size: tuple[int, int]) -> tuple[int, int]:
    """A window of ``size`` in pixels twice as wide, as multiples of 16."""
    rows, columns = (-(-side // (2 * _MULTIPLE)) * _MULTIPLE for side in size)
    return rows, columns


def widened(sample: Sample) -> Sample:
    """The sample on pixels twice as wide: means of values, and the label of most of the four.

    A pixel is labelled when at least two of the four are.
    """
    rows, columns = (side // 2 * 2 for side in sample.labels.shape)
    stack = sample.stack[:, :rows, :columns].astype(np.float32)
    stack = stack.reshape(len(stack), rows // 2, 2, columns // 2, 2).mean(axis=(2, 4))
    labels = _most(sample.labels[:rows, :columns])
    return Sample(stack.astype(np.float16), labels, sample.patient, sample.merged, sample.weight)


def _most(labels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    quarters = [labels[row::2, column::2] for row in (0, 1) for column in (0, 1)]
    best = np.zeros_like(quarters[0])
    most = np.zeros(best.shape, np.uint8)
    for value in (*(v for v in np.unique(labels).tolist() if v not in (0, UNSURE)), UNSURE):
        count = sum((quarter == value).astype(np.uint8) for quarter in quarters)
        best[count > most] = value
        most = np.maximum(most, count)
    labelled = sum((quarter > 0).astype(np.uint8) for quarter in quarters)
    best[labelled < 2] = 0
    return best
