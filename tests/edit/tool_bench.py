"""A volume with something in it, and a hand that plays gestures on it without a window."""

from __future__ import annotations

import numpy as np
from small_models import names_table

from medview.core.box import Box
from medview.core.geometry import Geometry
from medview.core.labelmap import LabelMap
from medview.core.volume import Volume
from medview.edit.draft import keep
from medview.edit.edit import Origin
from medview.edit.history import History
from medview.edit.mask_editor import MaskEditor
from medview.edit.operation import Scene
from medview.edit.tool import Pointer, ToolContext

TOOL = Origin("tool", "test")
SHAPE = (14, 40, 48)
AXIAL = Geometry.axial(SHAPE, (3.0, 1.5, 1.0))


def sagittal_geometry() -> Geometry:
    """As a sagittal MR is stored: slices to the left, rows to the feet, columns to the back."""
    affine = np.eye(4)
    affine[:3, :3] = np.array([[4.0, 0.0, 0.0], [0.0, 0.0, 0.9], [0.0, -0.9, 0.0]])
    affine[:3, 3] = (-30.0, -20.0, 40.0)
    return Geometry(SHAPE, affine)


SAGITTAL = sagittal_geometry()
GEOMETRIES = {"axial": AXIAL, "sagittal": SAGITTAL}


def ball_volume(geometry: Geometry, value: float = 100.0, noise: float = 2.0) -> Volume:
    """A bright ball of 12 mm radius around the middle of a dark, slightly noisy volume."""
    voxels = np.random.default_rng(3).normal(0.0, noise, geometry.shape).astype(np.float32)
    voxels[ball_mask(geometry)] += value
    return Volume(voxels, geometry, "MR")


def ball_mask(geometry: Geometry, radius_mm: float = 12.0):
    grids = np.indices(geometry.shape).astype(float)
    middle = [(n - 1) / 2 for n in geometry.shape]
    parts = zip(grids, middle, geometry.spacing_mm, strict=True)
    return sum(((g - c) * s) ** 2 for g, c, s in parts) <= radius_mm**2


def context(
    geometry: Geometry = AXIAL, label_id: int = 1, voxels=None, volume: Volume | None = None
) -> ToolContext:
    """A blank label map with three labels on the ball."""
    labelmap = LabelMap(geometry, names_table("one", "two", "three"), voxels)
    editor = MaskEditor(labelmap, History())
    return ToolContext(editor, volume or ball_volume(geometry), label_id)


def at(axis: int, plane: float, row: float, column: float) -> tuple[float, float, float]:
    """A position in a plane across ``axis``: its other two axes in order."""
    position = [row, column]
    position.insert(axis, plane)
    return (position[0], position[1], position[2])


def drag(tool, on: ToolContext, points, axis: int = 0, **what) -> None:
    """Press at the first point, move along the rest, let go at the last."""
    pointers = [Pointer(point, axis, **what) for point in points]
    tool.press(on, pointers[0])
    for pointer in pointers[1:]:
        tool.move(on, pointer)
    tool.release(on, pointers[-1])


def enter(tool, on: ToolContext):
    """Keep the tool's draft; the Edit."""
    proposal = tool.keep(on)
    if proposal is None:
        return None
    return keep(on.editor, proposal, TOOL, 0, None if tool.changes_any else on.label_id)


def fill(on: ToolContext, mask, label_id: int = 1, name: str = "fill", kind: str = "tool") -> None:
    """Paint a whole mask as one edit."""
    box = Box.around(mask)
    on.editor.begin(name, Origin(kind, "test"), box.low[0])
    on.editor.paint(box, mask[box.slices], label_id)
    on.editor.commit()


def scene_of(on: ToolContext, axis: int = 0, index: int = 0) -> Scene:
    editor = on.editor
    done = tuple(editor.history.edits)[: editor.history.applied]
    return Scene(editor.labelmap, on.volume, on.label_id, axis, index, done)


def dice(one, other) -> float:
    return 2.0 * (one & other).sum() / (one.sum() + other.sum())
