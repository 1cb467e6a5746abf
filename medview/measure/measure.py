"""Measure: what a person drew, as data; its numbers are computed from it and never stored."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

import numpy as np

from medview.core.geometry import Floats
from medview.measure.frame import Frame, Vector


@dataclass(frozen=True)
class Measure:
    """One measure of a case.

    ``points`` are LPS mm, or voxels (slice, row, column) where the volume has no known place; all
    lie on ``frame``. ``kind`` is the id of a `medview.measure.kind.Kind`. ``color`` is RGB, or None
    for the program's own. ``time`` is in seconds since 1970 (UTC).
    """

    id: str
    kind: str
    points: tuple[Vector, ...]
    frame: Frame
    name: str = ""
    text: str = ""
    color: tuple[int, int, int] | None = None
    visible: bool = True
    author: str = ""
    time: float = 0.0

    @property
    def flat(self) -> Floats:
        """The points on the frame: (n, 2)."""
        return self.frame.flat(self.points)

    @property
    def middle(self) -> Floats:
        """The mean of the points, (3,)."""
        centre: Floats = np.mean(np.asarray(self.points, dtype=np.float64), axis=0)
        return centre


def to_json(measure: Measure) -> str:
    """The measure as text that `from_json` reads."""
    return json.dumps(asdict(measure))


def from_json(text: str) -> Measure:
    """`to_json` undone. Raises ValueError, KeyError or TypeError for anything else."""
    values = json.loads(text)
    frame = Frame(**{name: _vector(value) for name, value in values.pop("frame").items()})
    points = tuple(_vector(point) for point in values.pop("points"))
    color = values.pop("color")
    if color is not None:
        red, green, blue = (int(part) for part in color)
        color = (red, green, blue)
    return Measure(points=points, frame=frame, color=color, **values)


def as_points(array: Floats) -> tuple[Vector, ...]:
    """An array (n, 3) as a measure's points."""
    return tuple(_vector(point) for point in np.asarray(array).reshape(-1, 3).tolist())


def _vector(values: list[float]) -> Vector:
    x, y, z = (float(value) for value in values)
    return (x, y, z)
