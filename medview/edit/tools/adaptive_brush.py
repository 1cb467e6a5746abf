"""Adaptive brush: paints what hangs together with the voxel under the mouse and looks like it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from medview.core.box import Box
from medview.edit.regions import Mask, joined, part_with, values_of, voxel_of
from medview.edit.tips import Plane, Point
from medview.edit.tool import ToolContext
from medview.edit.tools.brush import Brush, TipOptions

_CORE = 0.3  # of the tip's diameter: the part whose values are taken as a sample
_FLOOR = 0.05  # of the tip's range of values: noise that is never taken for an edge
_MOST_STAMPS = 8  # between two moves of the mouse


@dataclass
class AdaptiveOptions(TipOptions):
    """``spread`` is k in mean ± k SD of the values under the mouse."""

    spread: float = field(
        default=2.5,
        metadata={
            "label": "Tolerance",
            "unit": "SD",
            "minimum": 0.5,
            "maximum": 10.0,
            "step": 0.5,
            "tip": "How far from the values under the mouse, in their standard deviations",
        },
    )


class AdaptiveBrush(Brush):
    """Stays inside the edge under the cursor; erasing stays inside it too."""

    id = "adaptive-brush"
    name = "Adaptive Brush"
    shortcut = "J"
    description = "Paint up to the edge: what looks like the voxel under the mouse, in the tip."
    order = 40

    def __init__(self, options: AdaptiveOptions | None = None) -> None:
        super().__init__(options or AdaptiveOptions())

    def tip(self, context: ToolContext, start: Point, end: Point, plane: Plane) -> tuple[Box, Mask]:
        """Every place between the two looks for its own edge, so that a fast move leaves no gap."""
        spacing = context.volume.geometry.spacing_mm
        way = np.linalg.norm((np.array(end) - start) * spacing)
        stamps = min(_MOST_STAMPS, 1 + int(way / max(self.options.size_mm / 3.0, 0.1)))
        parts = []
        for share in np.linspace(1.0, 0.0, stamps, endpoint=False):
            at = tuple(float(a + (b - a) * share) for a, b in zip(start, end, strict=True))
            parts.append(self._looks_alike(context, (at[0], at[1], at[2]), plane))
        return joined(parts)

    def _looks_alike(self, context: ToolContext, at: Point, plane: Plane) -> tuple[Box, Mask]:
        box, tip = super().tip(context, at, at, plane)
        voxel = voxel_of(at, context.volume.geometry.shape)
        if voxel is None or not tip.any():
            return box, np.zeros_like(tip)
        seed = (voxel[0] - box.low[0], voxel[1] - box.low[1], voxel[2] - box.low[2])
        values = values_of(context.volume, box).astype(np.float32)
        spacing = context.volume.geometry.spacing_mm
        grids = np.ogrid[box.slices]
        steps = zip(grids, voxel, spacing, strict=True)
        square = sum(((g - v) * step) ** 2 for g, v, step in steps)
        core = values[tip & (square <= (self.options.size_mm * _CORE / 2.0) ** 2)]
        mean, spread = float(core.mean()), float(core.std()) * self.options.spread
        inside = values[tip]
        floor = _FLOOR * float(inside.max() - inside.min())
        alike = tip & (np.abs(values - mean) <= max(spread, floor))
        alike[seed] = True  # one voxel of noise under the mouse is no edge
        return box, part_with(alike, seed)
