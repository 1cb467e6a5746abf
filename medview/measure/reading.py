"""Reading: the numbers of a measure, with their units and what limits them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from medview.core.geometry import Floats
from medview.core.volume import Volume
from medview.measure.frame import Frame, Scale, scale_of
from medview.measure.measure import Measure


@dataclass(frozen=True)
class Value:
    """One number, e.g. ("mean", -712.4, "HU")."""

    name: str
    number: float
    unit: str


@dataclass(frozen=True, eq=False)
class Histogram:
    """How many voxels lie in each of equal steps from ``low`` to ``high``.

    ``least`` and ``greatest`` are the values at the ends.
    """

    counts: NDArray[np.int64]
    low: float
    high: float
    least: float
    greatest: float


@dataclass(frozen=True, eq=False)
class Reading:
    """``lines`` are written beside the measure; ``notes`` say what limits the numbers."""

    values: tuple[Value, ...] = ()
    lines: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    histogram: Histogram | None = None

    @property
    def summary(self) -> str:
        """The one thing a list says: the mean of a region, else the first line."""
        mean = next((value for value in self.values if value.name == "mean"), None)
        if mean is not None:
            return f"⌀ {number_text(mean.number)} {mean.unit}".rstrip()
        return self.lines[0] if self.lines else ""


@dataclass(frozen=True, eq=False)
class Shape:
    """A measure on its volume: ``points`` (n, 2) on ``frame``, and what a step there is."""

    measure: Measure
    points: Floats
    frame: Frame
    scale: Scale
    volume: Volume

    @classmethod
    def of(cls, measure: Measure, volume: Volume) -> Shape:
        frame = measure.frame
        return cls(measure, measure.flat, frame, scale_of(volume, frame), volume)

    @property
    def scaled(self) -> Floats:
        """The points in the scale's unit."""
        points: Floats = self.points * np.array(self.scale.steps)
        return points

    @property
    def undistorted(self) -> Floats:
        """The points in proportion, for angles."""
        points: Floats = self.points * np.array(self.scale.shape)
        return points

    @property
    def limits(self) -> tuple[str, ...]:
        """The scale's note, as a tuple."""
        return (self.scale.note,) if self.scale.note else ()


def number_text(number: float) -> str:
    """A number as it is read: three places that count, never an exponent."""
    size = abs(number)
    digits = 0 if size >= 1000 else 1 if size >= 10 else 2
    return f"{number:.{digits}f}".replace("-", "−")


def angle_between(one: Floats, two: Floats) -> float:
    """The angle of two vectors in degrees, 0..180; 0 where one has no length."""
    cross = one[0] * two[1] - one[1] * two[0]
    return float(np.degrees(np.arctan2(abs(cross), one @ two)))
