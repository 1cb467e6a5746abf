"""Threshold brush: paints only voxels whose values lie in a range, and erases only those."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from medview.core.box import Box
from medview.edit.regions import Mask, values_of
from medview.edit.tips import Plane, Point, swept_disc
from medview.edit.tool import Pointer, ToolContext
from medview.edit.tools.brush import Brush, TipOptions

_SPREAD = 2.0  # standard deviations around the mean of what was sampled


@dataclass
class ThresholdOptions(TipOptions):
    """``low`` and ``high`` are modality values (HU in CT), both included."""

    source: Literal["numbers", "window", "under-the-mouse"] = field(
        default="numbers",
        metadata={
            "label": "Range from",
            "tip": "The numbers below; the window shown; or the values where a stroke begins",
        },
    )
    low: float = field(
        default=-200.0, metadata={"label": "From", "minimum": -1e6, "maximum": 1e6, "step": 10.0}
    )
    high: float = field(
        default=300.0, metadata={"label": "To", "minimum": -1e6, "maximum": 1e6, "step": 10.0}
    )
    erasing_obeys: bool = field(
        default=True,
        metadata={"label": "Erase only in the range", "tip": "Off: erasing takes every voxel"},
    )


class ThresholdBrush(Brush):
    """The brush with a range; with "under the mouse" the press samples it (mean ± 2 SD)."""

    id = "threshold-brush"
    name = "Threshold Brush"
    shortcut = "T"
    description = (
        "Paint voxels in a range of values only. Hold Ctrl or the right button to erase them."
    )
    order = 30

    def __init__(self, options: ThresholdOptions | None = None) -> None:
        super().__init__(options or ThresholdOptions())
        self._range = (0.0, 0.0)

    def press(self, context: ToolContext, pointer: Pointer) -> None:
        self._range = self.range_at(context, pointer)
        super().press(context, pointer)

    def range_at(self, context: ToolContext, pointer: Pointer) -> tuple[float, float]:
        """The range that a stroke from here paints in."""
        if self.options.source == "window" and context.window is not None:
            return context.window
        if self.options.source == "under-the-mouse":
            at = pointer.position
            size = self.options.size_mm / 4.0
            box, mask = swept_disc(context.volume.geometry, at, at, size, pointer.plane)
            values = values_of(context.volume, box)[mask].astype(np.float64)
            if values.size:
                mean, spread = float(values.mean()), float(values.std()) * _SPREAD
                return mean - spread, mean + spread
        return self.options.low, self.options.high

    def tip(self, context: ToolContext, start: Point, end: Point, plane: Plane) -> tuple[Box, Mask]:
        box, mask = super().tip(context, start, end, plane)
        if self._value == 0 and not self.options.erasing_obeys:
            return box, mask
        values = values_of(context.volume, box)
        return box, mask & (values >= self._range[0]) & (values <= self._range[1])

    def cancel(self, context: ToolContext) -> None:
        super().cancel(context)
        self._last = None
