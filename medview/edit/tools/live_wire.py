"""Live wire: a line that clings to edges between the points that are set."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from medview.core.box import Box
from medview.edit.contour_tool import ContourTool
from medview.edit.contours import across
from medview.edit.live_wire import Wire
from medview.edit.regions import plane_box, values_of
from medview.edit.tool import Pointer, ToolContext

Floats = NDArray[np.float64]
_REACH = 72  # voxels around the last point in which the line looks for edges


class LiveWire(ContourTool):
    """Click along an edge; between the clicks the line follows it by itself.

    It looks for edges in a window around the last point; further away it goes straight on. Once
    closed, its points are moved like a polygon's.
    """

    id = "live-wire"
    name = "Live Wire"
    shortcut = "W"
    description = (
        "Click along an edge; the line follows it. Double click or the first point closes; then "
        "drag points. Backspace takes a click back. Enter keeps, Esc drops. Ctrl or right: cut."
    )
    order = 60

    def __init__(self, options: Any = None) -> None:
        super().__init__(options)
        self._clicks: list[int] = []  # how many points there were before each
        self._wire: Wire | None = None
        self._window = Box((0, 0, 0), (0, 0, 0))

    def begin_line(self, context: ToolContext, pointer: Pointer) -> None:
        self._clicks = []
        self._set(context, [np.array(pointer.position)])

    def extend_line(self, context: ToolContext, pointer: Pointer) -> None:
        self._set(context, self._way(np.array(pointer.position)))

    def handles(self) -> Floats:
        """While it is drawn the points that were clicked, then all of them."""
        if self.closed:
            return super().handles()
        return np.array([self.points[n] for n in self._clicks]).reshape(-1, 3)

    def line(self) -> Floats:
        if self.closed or self._hover is None:
            return super().line()
        return np.array([*self.points, *self._way(self._hover)])

    def close(self) -> None:
        """The way back to the first point is an edge too."""
        self.points += self._way(self.points[0])
        super().close()

    def release(self, context: ToolContext, pointer: Pointer) -> None:
        if self.closed and self._wire is not None:
            self._wire = None
            self.thin_out(context)
        super().release(context, pointer)

    def step_back(self, context: ToolContext) -> None:
        """The last click goes with the way to it."""
        if not self.closed and self._clicks:
            del self.points[self._clicks.pop() :]
            if self.points:
                self._look_around(context, self.points[-1])
            self.show(context)
            return
        super().step_back(context)

    def cancel(self, context: ToolContext) -> None:
        self.drop()

    def delete_point(self, index: int) -> None:
        """Of an open wire only the last click can go: the ways hang together."""
        if self.closed:
            super().delete_point(index)

    def move_point(self, index: int, to: Floats) -> None:
        if self.closed:
            super().move_point(index, to)

    def _set(self, context: ToolContext, way: list[Floats]) -> None:
        self._clicks.append(len(self.points) + len(way) - 1 if self.points else 0)
        self.points += way
        self._look_around(context, self.points[-1])

    def _way(self, end: Floats) -> list[Floats]:
        """Points behind the last one up to ``end``."""
        if self._wire is None:
            return [end]
        first, second = across(self.plane_axis)
        low = self._window.low
        pixel = (round(float(end[first])) - low[first], round(float(end[second])) - low[second])
        way = []
        for row, column in self._wire.way_to(pixel)[1:]:
            point = end.copy()
            point[first], point[second] = row + low[first], column + low[second]
            way.append(point)
        inside = 0 <= pixel[0] < self._size[0] and 0 <= pixel[1] < self._size[1]
        return way if inside and way else [*way, end]

    def _look_around(self, context: ToolContext, at: Floats) -> None:
        """Find the cheapest ways from a point to everywhere near it."""
        first, second = across(self.plane_axis)
        geometry = context.volume.geometry
        whole = plane_box(geometry.shape, self.plane_axis, self.plane)
        low, high = list(whole.low), list(whole.high)
        for axis in (first, second):
            center = min(max(round(float(at[axis])), 0), geometry.shape[axis] - 1)
            low[axis] = max(center - _REACH, 0)
            high[axis] = min(center + _REACH + 1, geometry.shape[axis])
        self._window = Box((low[0], low[1], low[2]), (high[0], high[1], high[2]))
        self._size = (self._window.shape[first], self._window.shape[second])
        values = values_of(context.volume, self._window).reshape(self._size)
        start = tuple(
            min(max(round(float(at[axis])), low[axis]), high[axis] - 1) - low[axis]
            for axis in (first, second)
        )
        spacing = (geometry.spacing_mm[first], geometry.spacing_mm[second])
        self._wire = Wire(values, spacing, (start[0], start[1]))
