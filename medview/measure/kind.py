"""The contract of a kind of measure, and how the program finds the kinds."""

from __future__ import annotations

from functools import cache
from typing import ClassVar, Literal

import numpy as np

from medview.core.discover import classes_of
from medview.core.geometry import Floats
from medview.core.volume import Volume
from medview.measure.measure import Measure
from medview.measure.reading import Reading, Shape


class Kind:
    """One file in ``measure/kinds``: how a measure is drawn, and its numbers.

    Points are (n, 2) on the measure's frame: (across, down). ``count`` is how many are set by the
    mouse; 0: as many as a person clicks, and with ``freehand`` all along one drag.
    """

    id: ClassVar[str]
    name: ClassVar[str]
    shortcut: ClassVar[str]
    description: ClassVar[str]
    order: ClassVar[int] = 100
    count: ClassVar[int] = 2
    freehand: ClassVar[bool] = False
    asks_text: ClassVar[bool] = False
    mark: ClassVar[Literal["", "cross", "arrow"]] = ""

    def outline(self, points: Floats) -> list[Floats]:
        """The lines to draw, each (n, 2); a closed one ends where it begins."""
        return [points]

    def handles(self, points: Floats) -> Floats:
        """Where a person can take the measure, (n, 2)."""
        return points

    def moved(self, points: Floats, handle: int, to: Floats) -> Floats:
        """The points after a handle was dragged ``to`` (2,)."""
        moved = points.copy()
        moved[handle] = to
        return moved

    def is_complete(self, points: Floats) -> bool:
        """Whether so many points make a measure."""
        return len(points) >= max(self.count, 1)

    def read(self, shape: Shape) -> Reading:
        """The numbers."""
        raise NotImplementedError


@cache
def kinds() -> dict[str, Kind]:
    """Every Kind in ``medview.measure.kinds`` by id, in their ``order``."""
    from medview.measure import kinds as package

    return {kind.id: kind() for kind in classes_of(package, Kind)}


def read(measure: Measure, volume: Volume) -> Reading:
    """The numbers of a measure on its volume; a kind that this program lacks has none."""
    kind = kinds().get(measure.kind)
    if kind is None:
        return Reading(notes=(f"{measure.kind}: made by a later medview",))
    return kind.read(Shape.of(measure, volume))


def outline_in_space(measure: Measure) -> list[Floats]:
    """The lines of a measure, each (n, 3), where its points live."""
    kind = kinds().get(measure.kind)
    if kind is None:
        return []
    return [measure.frame.spatial(line) for line in kind.outline(measure.flat)]


def closed(points: Floats) -> Floats:
    """The points with the first one at the end again."""
    ring: Floats = np.concatenate([points, points[:1]]) if len(points) else points
    return ring
