"""ContourTool: what tools share that draw a line whose points can be moved before it is kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medview.core.box import Box
from medview.core.errors import MedviewError
from medview.edit.contours import enclosed, nearest_edge, simplified
from medview.edit.draft import Draft, Outline, Proposal
from medview.edit.regions import Mask
from medview.edit.tool import Pointer, Tool, ToolContext

Floats = NDArray[np.float64]
_MOST_HANDLES = 200
_NOTHING = -1  # no point is held
_WHOLE = -2  # the whole line is


@dataclass
class ContourOptions:
    """``at_once`` keeps a closed line without Enter."""

    at_once: bool = field(
        default=False,
        metadata={"label": "Keep without Enter", "tip": "Paint as soon as the line is closed"},
    )


class ContourTool(Tool):
    """A line in one plane. Its points can be moved, put in and deleted until Enter keeps it.

    Press on a point and drag it; press on the line to put one in; Shift and press deletes one;
    press inside a closed line and drag moves it all. Subclasses say how the line is drawn first.
    Begun with Ctrl or the right button it cuts.
    """

    def __init__(self, options: Any = None) -> None:
        super().__init__(options or ContourOptions())
        self.points: list[Floats] = []  # fractional voxels
        self.closed = False
        self.plane_axis = self.plane = 0
        self.cuts = False
        self._held = _NOTHING
        self._before: list[Floats] = []
        self._hover: Floats | None = None

    # ---- how subclasses draw

    def begin_line(self, context: ToolContext, pointer: Pointer) -> None:
        """The first press."""
        raise NotImplementedError

    def extend_line(self, context: ToolContext, pointer: Pointer) -> None:
        """A press while the line is open, away from its first point."""

    def draw_on(self, context: ToolContext, pointer: Pointer) -> None:
        """A drag while the line is open and no point is held."""

    def end_drag(self, context: ToolContext, pointer: Pointer) -> None:
        """The button is let go after `draw_on`."""

    def line(self) -> Floats:
        """The line (n, 3) through the points."""
        return np.array(self.points)

    def handles(self) -> Floats:
        return np.array(self.points[:_MOST_HANDLES]).reshape(-1, 3)

    def propose(self, context: ToolContext, box: Box, mask: Mask) -> Proposal | None:
        """What keeping the line would write; ``mask`` is what it encloses in its plane."""
        if self.cuts:
            return Proposal.of_label(f"Cut with {self.name.lower()}", box, mask, 0)
        name = context.editor.labelmap.table[context.label_id].name
        return Proposal.of_label(f"{self.name} {name}", box, mask, context.label_id)

    # ---- gestures

    def press(self, context: ToolContext, pointer: Pointer) -> None:
        if not self.points:
            self.plane_axis, self.plane = pointer.plane_axis, pointer.plane_index
            self.cuts, self.closed = pointer.invert, False
            self._before = []
            self.begin_line(context, pointer)
        else:
            self._check_plane(pointer)
            self._before = [point.copy() for point in self.points]
            self._take(context, pointer)
        self.show(context)

    def move(self, context: ToolContext, pointer: Pointer) -> None:
        if not self.points or not self._in_plane(pointer):
            return
        at = np.array(pointer.position)
        if self._held == _WHOLE:
            by, self._hover = at - (at if self._hover is None else self._hover), at
            self.points = [point + by for point in self.points]
        elif self._held != _NOTHING:
            self.move_point(self._held, at)
        elif not self.closed:
            self.draw_on(context, pointer)
        self.show(context)

    def release(self, context: ToolContext, pointer: Pointer) -> None:
        held, self._held, self._hover = self._held, _NOTHING, None
        if held == _NOTHING and self.points and not self.closed:
            self.end_drag(context, pointer)
        self.show(context)

    def hover(self, context: ToolContext, pointer: Pointer) -> None:
        if self.points and not self.closed and self._in_plane(pointer):
            self._hover = np.array(pointer.position)
            self.show(context)

    def cancel(self, context: ToolContext) -> None:
        """The line as it was before the press."""
        self.points, self._held, self._hover = self._before, _NOTHING, None
        self.show(context)

    def step_back(self, context: ToolContext) -> None:
        """The last point goes; a closed line opens."""
        if self.closed:
            self.closed = False
        elif self.points:
            self.points.pop()
        self.show(context)

    def options_changed(self, context: ToolContext) -> None:
        self.show(context)

    def keep(self, context: ToolContext) -> Proposal | None:
        """An open line of three points or more is closed by keeping it."""
        if len(self.points) >= 3:
            self._hover = None
            self.closed = True
            self.show(context)
        return super().keep(context)

    def drop(self) -> None:
        super().drop()
        self.points, self.closed, self._held, self._hover = [], False, _NOTHING, None

    # ---- parts

    def close(self) -> None:
        """Join the last point to the first."""
        self.closed = True
        self._hover = None

    def move_point(self, index: int, to: Floats) -> None:
        self.points[index] = to

    def show(self, context: ToolContext) -> None:
        """Make the draft anew."""
        if not self.points:
            self.draft = None
            return
        line = self.line()
        if not self.closed and self._hover is not None:
            line = np.vstack((line, self._hover))
        proposal = None
        if self.closed and len(line) >= 3:
            shape = context.volume.geometry.shape
            box, mask = enclosed(line, shape, self.plane_axis, self.plane)
            proposal = None if box.is_empty else self.propose(context, box, mask)
        outline = Outline(line, self.closed, self.handles())
        label_id = 0 if self.cuts else context.label_id
        self.draft = Draft(self.plane_axis, (outline,), proposal, label_id)

    def _take(self, context: ToolContext, pointer: Pointer) -> None:
        """A press on a line that exists already."""
        at, spacing = np.array(pointer.position), np.array(context.volume.geometry.spacing_mm)
        handles = self.handles()
        away = np.linalg.norm((handles - at) * spacing, axis=1)
        nearest = int(away.argmin())
        if away[nearest] <= pointer.reach_mm and pointer.clicks == 1:
            if pointer.extend:
                self.delete_point(nearest)
            elif not self.closed and nearest == 0 and len(self.points) >= 3:
                self.close()
            else:
                self._held = nearest
        elif self.closed:
            self._take_line(at, spacing, pointer)
        elif pointer.clicks == 2 and len(self.points) >= 3:
            self.close()
        else:
            self.extend_line(context, pointer)

    def _take_line(self, at: Floats, spacing: Floats, pointer: Pointer) -> None:
        behind, away = nearest_edge(self.line(), at, spacing)
        if away <= pointer.reach_mm and self.insert_point(behind, at):
            self._held = behind + 1
        elif away > pointer.reach_mm:
            self._held, self._hover = _WHOLE, at

    def insert_point(self, behind: int, at: Floats) -> bool:
        """Put a point into the line; False where its kind has no more points."""
        self.points.insert(behind + 1, at)
        return True

    def delete_point(self, index: int) -> None:
        if len(self.points) > 3 or not self.closed:
            del self.points[index]

    def thin_out(self, context: ToolContext) -> None:
        """Fewer points, none further than half a voxel from the line drawn."""
        spacing = np.array(context.volume.geometry.spacing_mm)
        inside = [step for axis, step in enumerate(spacing) if axis != self.plane_axis]
        self.points = list(simplified(np.array(self.points), 0.5 * min(inside), spacing))

    def _in_plane(self, pointer: Pointer) -> bool:
        return (pointer.plane_axis, pointer.plane_index) == (self.plane_axis, self.plane)

    def _check_plane(self, pointer: Pointer) -> None:
        if not self._in_plane(pointer):
            raise MedviewError(
                f"The line that is not kept yet lies in plane {self.plane + 1} of another view "
                "or slice.",
                hint="Enter keeps it, Esc drops it.",
                code="draft-elsewhere",
            )
