"""Wand: the region around a seed whose values are like the seed's; dragging sets how like."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from medview.core.box import Box, Index
from medview.core.job import Progress
from medview.core.volume import Volume
from medview.edit.draft import Draft, Outline, Proposal
from medview.edit.regions import Mask, ball, box_within, part_with, plane_box, values_of, voxel_of
from medview.edit.tool import Pointer, Tool, ToolContext

_DRAG = 0.02  # part of the tolerance that one millimetre of dragging adds or takes
_AROUND = 1  # voxels around the seed whose mean is what the region is compared with
_AT_ONCE = 300_000  # voxels that are searched while the mouse moves


@dataclass
class WandOptions:
    """``tolerance`` is in the image's units; ``limit_mm`` is how far from the seed it may grow."""

    tolerance: float = field(
        default=50.0,
        metadata={
            "label": "Tolerance",
            "minimum": 0.1,
            "maximum": 100000.0,
            "step": 5.0,
            "tip": "Difference from the value at the seed; drag right for more, left for less",
        },
    )
    extent: Literal["this-slice", "all-directions"] = field(
        default="this-slice", metadata={"label": "Grow in"}
    )
    limit_mm: float = field(
        default=50.0,
        metadata={"label": "No further than", "minimum": 1.0, "maximum": 1000.0, "step": 5.0},
    )
    at_once: bool = field(
        default=False,
        metadata={"label": "Keep without Enter", "tip": "Paint when the button is let go"},
    )


@dataclass(frozen=True)
class Seed:
    """Where a region grows from, and in which plane."""

    voxel: Index
    plane_axis: int

    def search_box(self, volume: Volume, options: WandOptions) -> Box:
        """Where the region may lie."""
        box = box_within(volume.geometry, self.voxel, options.limit_mm)
        if options.extent == "all-directions":
            return box
        flat = plane_box(volume.geometry.shape, self.plane_axis, self.voxel[self.plane_axis])
        low, high = list(box.low), list(box.high)
        low[self.plane_axis] = flat.low[self.plane_axis]
        high[self.plane_axis] = flat.high[self.plane_axis]
        return Box((low[0], low[1], low[2]), (high[0], high[1], high[2]))


def grown(volume: Volume, seed: Seed, options: WandOptions) -> tuple[Box, Mask]:
    """The voxels that hang together with the seed and differ from it by the tolerance at most."""
    box = seed.search_box(volume, options)
    values = values_of(volume, box).astype(np.float32)
    at = seed.voxel
    inside = (at[0] - box.low[0], at[1] - box.low[1], at[2] - box.low[2])
    near = tuple(slice(max(i - _AROUND, 0), i + _AROUND + 1) for i in inside)
    level = float(values[near].mean())
    alike = np.abs(values - level) <= options.tolerance
    alike &= ball(volume.geometry, box, seed.voxel, options.limit_mm)
    alike[inside] = True
    return box, part_with(alike, inside)


class Wand(Tool):
    """Press on a seed, drag right or up for a larger tolerance; Enter keeps the region."""

    id = "wand"
    name = "Magic Wand"
    shortcut = "M"
    description = (
        "Press on a region and drag: right or up takes in more. Enter keeps it, Esc drops it. "
        "Ctrl or the right button: cut."
    )
    order = 75

    def __init__(self, options: WandOptions | None = None) -> None:
        super().__init__(options or WandOptions())
        self._seed: Seed | None = None
        self._start = (0.0, 0.0, 0.0)
        self._tolerance = 0.0
        self._cuts = False
        self._before: Draft | None = None

    def press(self, context: ToolContext, pointer: Pointer) -> None:
        self._before = self.draft
        voxel = voxel_of(pointer.position, context.volume.geometry.shape)
        if voxel is None:
            return
        self._seed = Seed(voxel, pointer.plane_axis)
        self._start, self._tolerance = pointer.position, self.options.tolerance
        self._cuts = pointer.invert
        self._grow(context, dragging=True)

    def move(self, context: ToolContext, pointer: Pointer) -> None:
        """Rows run downward, so that up is less of a row."""
        if self._seed is None:
            return
        spacing = context.volume.geometry.spacing_mm
        down, right = (axis for axis in range(3) if axis != pointer.plane_axis)
        ends = zip(pointer.position, self._start, spacing, strict=True)
        by = [(end - start) * step for end, start, step in ends]
        tolerance = self._tolerance * float(np.exp(_DRAG * (by[right] - by[down])))
        self.options = replace(self.options, tolerance=min(max(round(tolerance, 2), 0.1), 1e5))
        self._grow(context, dragging=True)

    def release(self, context: ToolContext, pointer: Pointer) -> None:
        self._grow(context, dragging=False)

    def options_changed(self, context: ToolContext) -> None:
        self._grow(context, dragging=False)

    def cancel(self, context: ToolContext) -> None:
        self.draft = self._before
        if self._before is None:
            self._seed = None

    def drop(self) -> None:
        super().drop()
        self._seed = None

    def _grow(self, context: ToolContext, *, dragging: bool) -> None:
        """While dragging a large search stays in the slice: the whole follows at the end."""
        seed, options = self._seed, self.options
        if seed is None:
            return
        volume = context.volume
        is_large = seed.search_box(volume, options).size > _AT_ONCE
        if is_large and dragging:
            options = replace(options, extent="this-slice")
        if not is_large or dragging:
            self._show(context, *grown(volume, seed, options))
            return

        def work(progress: Progress) -> tuple[Box, Mask]:
            return grown(volume, seed, options)

        def done(found: tuple[Box, Mask]) -> None:
            if self._seed is seed:
                self._show(context, *found)

        context.run("Magic wand", work, done)

    def _show(self, context: ToolContext, box: Box, mask: Mask) -> None:
        assert self._seed is not None
        label_id = 0 if self._cuts else context.label_id
        name = "Cut with wand"
        if label_id:
            name = f"Wand {context.editor.labelmap.table[label_id].name}"
        proposal = Proposal.of_label(name, box, mask, label_id)
        point = np.array([self._seed.voxel], np.float64)
        mark = Outline(point, handles=point)
        self.draft = Draft(self._seed.plane_axis, (mark,), proposal, label_id)
