"""Frame: the plane that a measure lies in, and what a distance on it means."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from medview.core.geometry import Floats, Geometry
from medview.core.planes import Planes
from medview.core.volume import Volume

Vector = tuple[float, float, float]

_ALIGNED = 1e-4  # of a step: how far a voxel axis may be missed and still be meant
_ON_PLANE = 0.05  # of the distance between planes
_DETECTOR = "at the detector"  # how the reader of headers says it (dicom/header_notes)


def to_space(geometry: Geometry, voxels: ArrayLike) -> Floats:
    """Voxel indices (..., 3) to where measures live: LPS mm, or voxels without a known place."""
    points = np.asarray(voxels, dtype=np.float64)
    return geometry.to_patient(points) if geometry.calibrated else points


def to_voxel(geometry: Geometry, points: ArrayLike) -> Floats:
    """`to_space` undone."""
    there = np.asarray(points, dtype=np.float64)
    return geometry.to_voxel(there) if geometry.calibrated else there


@dataclass(frozen=True)
class Frame:
    """A point of the plane and two unit vectors in it, at right angles, in `to_space`'s units.

    ``across`` runs along the columns, ``down`` along the rows of the plane that was drawn on.
    """

    origin: Vector
    across: Vector
    down: Vector

    @classmethod
    def of(cls, planes: Planes, index: int) -> Frame:
        """The plane ``index`` of a stack of planes."""
        corners = planes.to_volume([[index, 0, 0], [index, 0, 1], [index, 1, 0]])
        origin, right, below = to_space(planes.volume, corners)
        across = _unit(right - origin)
        down = below - origin
        down = _unit(down - (down @ across) * across)
        return cls(_vector(origin), _vector(across), _vector(down))

    @property
    def normal(self) -> Floats:
        unit: Floats = np.cross(np.array(self.across), np.array(self.down))
        return unit

    def flat(self, points: ArrayLike) -> Floats:
        """Points (n, 3) as (across, down) on the plane: (n, 2)."""
        away = np.asarray(points, dtype=np.float64).reshape(-1, 3) - np.array(self.origin)
        axes = np.array([self.across, self.down])
        placed: Floats = away @ axes.T
        return placed

    def spatial(self, flat: ArrayLike) -> Floats:
        """`flat` undone: (n, 2) to (n, 3)."""
        axes = np.array([self.across, self.down])
        points: Floats = np.asarray(flat, dtype=np.float64).reshape(-1, 2) @ axes + np.array(
            self.origin
        )
        return points


@dataclass(frozen=True)
class VoxelPlane:
    """A frame that is a plane of the volume's own voxels: the axis out of it, and which one."""

    axis: int
    index: int


def voxel_plane(geometry: Geometry, frame: Frame) -> VoxelPlane | None:
    """The plane of voxels that a frame is; None where it lies between voxels."""
    ends = np.array([frame.origin, frame.origin, frame.origin])
    ends[1] += frame.across
    ends[2] += frame.down
    origin, right, below = to_voxel(geometry, ends)
    steps = np.abs(np.array([right - origin, below - origin]))
    along = steps.argmax(axis=1)
    steps[[0, 1], along] = 0.0
    if along[0] == along[1] or steps.max() > _ALIGNED:
        return None
    axis = int(3 - along[0] - along[1])
    index = round(float(origin[axis]))
    inside = 0 <= index < geometry.shape[axis]
    return VoxelPlane(axis, index) if inside and abs(origin[axis] - index) < _ON_PLANE else None


@dataclass(frozen=True)
class Scale:
    """What one step (across, down) of a frame is in ``unit``: "mm", "px", or "" for no distances.

    ``note`` says what limits it. ``shape`` are the steps in proportion to each other, for angles.
    """

    steps: tuple[float, float]
    unit: str
    note: str = ""
    shape: tuple[float, float] = (1.0, 1.0)


def scale_of(volume: Volume, frame: Frame) -> Scale:
    """Millimetres where the files tell them for this plane, pixels where not, and says so."""
    geometry = volume.geometry
    place = voxel_plane(geometry, frame)
    stored = place is not None and place.axis == 0
    if geometry.calibrated:
        if stored or volume.is_measurable:
            return Scale((1.0, 1.0), "mm")
        return Scale((1.0, 1.0), "", volume.not_measurable)
    if not stored:
        return Scale((1.0, 1.0), "", "the files give no distances between slices")
    pixel = (geometry.spacing_mm[2], geometry.spacing_mm[1])
    if geometry.in_plane_mm is not None:
        return Scale(pixel, "mm", "", pixel)
    detector = any(_DETECTOR in message.text for message in volume.messages)
    why = f"the only spacing given is {_DETECTOR}" if detector else "distances unknown"
    return Scale((1.0, 1.0), "px", f"in pixels: {why}", pixel)


def _unit(vector: Floats) -> Floats:
    unit: Floats = vector / np.linalg.norm(vector)
    return unit


def _vector(values: Floats) -> Vector:
    return (float(values[0]), float(values[1]), float(values[2]))
