"""Planes: parallel planes through a volume, as a view shows them one at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from medview.core.box import Box
from medview.core.geometry import Floats, Geometry
from medview.core.resample import sample

PlaneName = Literal["native", "axial", "coronal", "sagittal"]
Projection = Literal["mean", "maximum", "minimum"]

_NORMAL = {"axial": 2, "coronal": 1, "sagittal": 0}  # patient axis out of the plane
_PERMUTATIONS = ((0, 1, 2), (1, 0, 2), (2, 0, 1))  # the axis out of the plane first


@dataclass(frozen=True)
class Slab:
    """Several planes taken together; ``thickness_mm`` 0 is a single plane."""

    thickness_mm: float = 0.0
    projection: Projection = "maximum"


@dataclass(frozen=True, eq=False)
class Planes:
    """A stack of planes with a geometry of its own.

    ``geometry`` is the stack's: (planes, rows, columns) to LPS mm. Where ``axis`` is a voxel axis
    of the ``volume``'s geometry the planes are its own voxels, seen from another side; with
    ``axis`` None they lie anywhere and values are interpolated between voxels.
    """

    volume: Geometry
    geometry: Geometry
    axis: int | None

    @classmethod
    def along(cls, volume: Geometry, axis: int) -> Planes:
        """The planes of voxels that a voxel axis points out of."""
        flips = (False, False, False)
        return cls(volume, volume.reordered(_PERMUTATIONS[axis], flips), axis)

    @classmethod
    def named(cls, volume: Geometry, name: PlaneName) -> Planes:
        """The planes nearest to a patient plane; "native" are the stored slices.

        On a sheared grid (gantry tilt) every plane but the stored one is interpolated onto a
        straight grid: the volume's own voxels would show the patient sheared.
        """
        if name == "native" or not volume.calibrated:
            axis = 0 if name == "native" else {"axial": 0, "coronal": 1, "sagittal": 2}[name]
            return cls.along(volume, axis)
        permutation, _ = volume.canonical_axes()
        axis = permutation[{"axial": 0, "coronal": 1, "sagittal": 2}[name]]
        if axis == 0 or not volume.is_sheared:
            return cls.along(volume, axis)
        step = min(volume.spacing_mm)
        return cls.across(volume, _straight_axes(name), step)

    @classmethod
    def across(cls, volume: Geometry, axes: Floats, step_mm: float) -> Planes:
        """Planes anywhere: ``axes`` (3 x 3) has unit LPS vectors as columns, out of the plane,
        down the rows, along the columns. The stack holds the whole volume; voxels are cubes of
        ``step_mm``."""
        corners = np.array(np.meshgrid(*[(-0.5, n - 0.5) for n in volume.shape])).reshape(3, -1).T
        extent = volume.to_patient(corners) @ axes  # along the three axes, mm
        low, high = extent.min(axis=0), extent.max(axis=0)
        counts = np.maximum(np.ceil((high - low) / step_mm - 1e-6), 1).astype(int)
        affine = np.eye(4)
        affine[:3, :3] = axes * step_mm
        middle = (low + high) / 2.0
        affine[:3, 3] = axes @ (middle - (counts - 1) / 2.0 * step_mm)
        shape = (int(counts[0]), int(counts[1]), int(counts[2]))
        return cls(volume, Geometry(shape, affine), None)

    @property
    def count(self) -> int:
        """How many planes there are."""
        return self.geometry.shape[0]

    @property
    def is_resampled(self) -> bool:
        """Values lie between the voxels' own."""
        return self.axis is None

    def take(self, array: NDArray[Any], index: int, *, nearest: bool = False) -> NDArray[Any]:
        """Plane ``index`` of an array on the volume's grid: (rows, columns[, 3]).

        A view of the array where the planes are voxels, else interpolated (``nearest`` for label
        ids), 0 outside the volume for labels and the array's lowest value for images.
        """
        if self.axis is not None:
            plane: NDArray[Any] = array.transpose(self._order(array))[index]
            return plane
        stack = sample(array, self.volume, self._plane_geometry(index), nearest=nearest)
        sampled: NDArray[Any] = stack[0]
        return sampled

    def take_slab(self, array: NDArray[Any], index: int, slab: Slab) -> NDArray[Any]:
        """The planes within half the thickness of plane ``index``, projected into one."""
        reach = self.slab_reach(slab)
        if reach == 0 or array.ndim != 3:
            return self.take(array, index)
        low, high = max(index - reach, 0), min(index + reach + 1, self.count)
        if self.axis is None:
            stack = sample(array, self.volume, self._plane_geometry(low, high - low))
        else:
            stack = array.transpose(self._order(array))[low:high]
        if slab.projection == "mean":
            return np.asarray(stack.mean(axis=0, dtype=np.float32))
        function = np.maximum if slab.projection == "maximum" else np.minimum
        return np.asarray(function.reduce(stack, axis=0))

    def slab_reach(self, slab: Slab) -> int:
        """Planes on either side that a slab takes in."""
        if slab.thickness_mm <= 0 or not self.geometry.calibrated:
            return 0
        return round((slab.thickness_mm / self.spacing_mm - 1.0) / 2.0)

    @property
    def spacing_mm(self) -> float:
        """Distance between planes, straight across."""
        step, rows, columns = (self.geometry.affine[:3, n] for n in range(3))
        normal = np.cross(columns, rows)
        return float(abs(step @ normal) / np.linalg.norm(normal))

    def to_volume(self, points: ArrayLike) -> Floats:
        """Fractional (plane, row, column) to fractional voxel indices of the volume."""
        if self.axis is not None:
            order = np.argsort(_PERMUTATIONS[self.axis])
            return np.asarray(points, dtype=np.float64)[..., order]
        return self.volume.to_voxel(self.geometry.to_patient(points))

    def from_volume(self, points: ArrayLike) -> Floats:
        """Fractional voxel indices of the volume to fractional (plane, row, column)."""
        if self.axis is not None:
            return np.asarray(points, dtype=np.float64)[..., list(_PERMUTATIONS[self.axis])]
        return self.geometry.to_voxel(self.volume.to_patient(points))

    def span(self, box: Box) -> tuple[int, int]:
        """First and last plane (half open) that voxels of a box may show in."""
        ends = np.array(np.meshgrid(*zip(box.low, (n - 1 for n in box.high), strict=True)))
        planes = self.from_volume(ends.reshape(3, -1).T)[:, 0]
        if self.axis is None:
            return int(np.floor(planes.min())) - 1, int(np.ceil(planes.max())) + 2
        return round(float(planes.min())), round(float(planes.max())) + 1

    def _order(self, array: NDArray[Any]) -> tuple[int, ...]:
        assert self.axis is not None
        return _PERMUTATIONS[self.axis] + tuple(range(3, array.ndim))

    def _plane_geometry(self, index: int, count: int = 1) -> Geometry:
        affine = self.geometry.affine.copy()
        affine[:3, 3] += affine[:3, 0] * index
        return Geometry((count, *self.geometry.shape[1:]), affine)


def _straight_axes(name: PlaneName) -> Floats:
    """Unit axes (out of the plane, down, across) of a patient plane, radiological, in columns."""
    x, y, z = np.eye(3)
    columns = {
        "axial": (z, y, x),
        "coronal": (y, -z, x),
        "sagittal": (x, -z, y),
    }[name]
    return np.stack(columns, axis=1)
