"""Level tracing: the line of one value through the voxel under the mouse, and what it encloses."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from medview.core.box import Box
from medview.edit.draft import Draft, Proposal
from medview.edit.regions import filled_planes, part_with, plane_box, values_of, voxel_of
from medview.edit.tool import Pointer, Tool, ToolContext


@dataclass
class LevelOptions:
    """``smoothing_vox`` (SD of a Gaussian, voxels) keeps noise from fraying the line."""

    smoothing_vox: float = field(
        default=1.0,
        metadata={
            "label": "Smoothing",
            "unit": "voxels",
            "minimum": 0.0,
            "maximum": 5.0,
            "step": 0.5,
        },
    )
    at_once: bool = field(
        default=True,
        metadata={"label": "Keep without Enter", "tip": "A click paints what the line encloses"},
    )


class LevelTracing(Tool):
    """Moving the mouse shows the region above or below the value under it; a click takes it.

    The region is what is at least as far from the value's other side as the voxel: bright parts
    are traced from their rim inward, dark ones likewise, whichever encloses the voxel more tightly.
    """

    id = "level-tracing"
    name = "Level Tracing"
    shortcut = "Y"
    description = "Move along the rim of a region: the line of that value shows. Click to paint it."
    order = 85

    def __init__(self, options: Any = None) -> None:
        super().__init__(options or LevelOptions())
        self._cuts = self._fixed = False
        self._smoothed: tuple[Any, ...] = ()

    @property
    def keeps_at_once(self) -> bool:
        """A line that only follows the mouse was not clicked yet."""
        return self._fixed and super().keeps_at_once

    def press(self, context: ToolContext, pointer: Pointer) -> None:
        self._cuts, self._fixed = pointer.invert, True
        self._trace(context, pointer)

    def move(self, context: ToolContext, pointer: Pointer) -> None:
        """A click is all."""

    def release(self, context: ToolContext, pointer: Pointer) -> None:
        """A click is all."""

    def hover(self, context: ToolContext, pointer: Pointer) -> None:
        if not self._fixed:
            self._cuts = pointer.invert
            self._trace(context, pointer)

    def cancel(self, context: ToolContext) -> None:
        self.drop()

    def drop(self) -> None:
        super().drop()
        self._fixed = False

    def keep(self, context: ToolContext) -> Proposal | None:
        """A line that only follows the mouse was not clicked yet and is not kept."""
        return super().keep(context) if self._fixed else None

    def _trace(self, context: ToolContext, pointer: Pointer) -> None:
        shape, axis = context.volume.geometry.shape, pointer.plane_axis
        voxel = voxel_of(pointer.position, shape)
        if voxel is None:
            self.draft = None
            return
        box = plane_box(shape, axis, voxel[axis])
        values = self._values(context, box)
        seed = (voxel[0] - box.low[0], voxel[1] - box.low[1], voxel[2] - box.low[2])
        level = values[seed]
        sides = [part_with(values >= level, seed), part_with(values <= level, seed)]
        filled = [filled_planes(side, axis) for side in sides]
        smaller = min(filled, key=lambda mask: int(np.count_nonzero(mask)))
        inner = Box.around(smaller)
        assert inner is not None  # the voxel itself is in it
        label_id = 0 if self._cuts else context.label_id
        name = "Cut along level"
        if label_id:
            name = f"Trace {context.editor.labelmap.table[label_id].name}"
        mask = smaller[inner.slices]
        proposal = Proposal.of_label(name, inner.moved(box.low), mask, label_id)
        self.draft = Draft(axis, (), proposal, label_id)

    def _values(self, context: ToolContext, box: Box) -> Any:
        """The plane's values, smoothed once per plane."""
        from scipy import ndimage

        key = (id(context.volume), box, self.options.smoothing_vox)
        if not self._smoothed or self._smoothed[0] != key:
            sigma = [0.0 if n == 1 else self.options.smoothing_vox for n in box.shape]
            values = values_of(context.volume, box).astype(np.float32)
            self._smoothed = (key, ndimage.gaussian_filter(values, sigma))
        return self._smoothed[1]
