"""Geometry: where the voxels of an array lie in the patient."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from medview.core.box import Index

Orientation = Literal["axial", "coronal", "sagittal", "oblique"]
Floats = NDArray[np.float64]

_LETTERS = (("R", "L"), ("A", "P"), ("F", "H"))  # (toward minus, toward plus) of LPS x, y, z
_OBLIQUE_COSINE = 0.9  # under it, no patient axis is near enough to name the plane after


@dataclass(frozen=True, eq=False)
class Geometry:
    """Shape and affine of a volume.

    ``shape`` is (slices, rows, columns). ``affine`` (4 x 4, float64) maps the voxel index
    (slice, row, column, 1), a column vector at voxel centres, to LPS millimetres
    (DICOM PS3.3 C.7.6.2.1.1: +x left, +y posterior, +z head).
    ``calibrated`` is False where the file does not say where the voxels lie: the affine then only
    says how high and wide a pixel is, and nothing in millimetres may be shown, unless
    ``plane_in_mm``: then rows and columns are millimetres apart, place and slices unknown.
    Raises ValueError for a singular affine or an empty shape.
    """

    shape: Index
    affine: Floats
    calibrated: bool = True
    plane_in_mm: bool = False
    inverse: Floats = field(init=False, repr=False)

    def __post_init__(self) -> None:
        affine = np.array(self.affine, dtype=np.float64)
        shape = tuple(int(n) for n in self.shape)
        if affine.shape != (4, 4) or not np.isfinite(affine).all():
            raise ValueError("affine must be a finite 4 x 4 matrix")
        if len(shape) != 3 or min(shape) < 1:
            raise ValueError(f"shape must be three positive integers, not {shape}")
        if abs(np.linalg.det(affine[:3, :3])) < 1e-12:
            raise ValueError("affine is singular")
        inverse = np.linalg.inv(affine)
        affine.setflags(write=False)
        inverse.setflags(write=False)
        object.__setattr__(self, "shape", shape)
        object.__setattr__(self, "affine", affine)
        object.__setattr__(self, "inverse", inverse)

    @classmethod
    def uncalibrated(cls, shape: Index) -> Geometry:
        """Pixels without millimetres: an axial-looking index grid."""
        return cls.flat(shape, 1.0, 1.0, plane_in_mm=False)

    @classmethod
    def flat(cls, shape: Index, row: float, column: float, *, plane_in_mm: bool = True) -> Geometry:
        """Pictures whose place is unknown: ``row`` between rows, ``column`` between columns.

        In mm, or with ``plane_in_mm`` False only in proportion to each other.
        """
        affine = np.zeros((4, 4))
        affine[2, 0], affine[1, 1], affine[0, 2], affine[3, 3] = 1.0, row, column, 1.0
        return cls(shape, affine, calibrated=False, plane_in_mm=plane_in_mm)

    @classmethod
    def axial(
        cls,
        shape: Index,
        spacing_mm: tuple[float, float, float] = (1.0, 1.0, 1.0),
        origin_mm: tuple[float, float, float] = (0.0, 0.0, 0.0),
    ) -> Geometry:
        """Axial slices, feet to head, rows to posterior, columns to the patient's left.

        ``spacing_mm`` is (between slices, between rows, between columns), ``origin_mm`` the
        LPS position of voxel (0, 0, 0).
        """
        affine = np.zeros((4, 4))
        affine[2, 0], affine[1, 1], affine[0, 2] = spacing_mm
        affine[:3, 3] = origin_mm
        affine[3, 3] = 1.0
        return cls(shape, affine)

    @cached_property
    def spacing_mm(self) -> tuple[float, float, float]:
        """Distance between neighbouring (slices, rows, columns) in mm."""
        lengths = np.linalg.norm(self.affine[:3, :3], axis=0)
        return (float(lengths[0]), float(lengths[1]), float(lengths[2]))

    @property
    def in_plane_mm(self) -> tuple[float, float] | None:
        """Distance between neighbouring (rows, columns) in mm; None where that is unknown."""
        return self.spacing_mm[1:] if self.calibrated or self.plane_in_mm else None

    @cached_property
    def voxel_volume_ml(self) -> float:
        """Volume of one voxel in millilitres, sheared grids included."""
        return float(abs(np.linalg.det(self.affine[:3, :3]))) / 1000.0

    @cached_property
    def directions(self) -> Floats:
        """3 x 3, columns = unit LPS vectors along (slice, row, column)."""
        matrix = self.affine[:3, :3]
        unit: Floats = matrix / np.linalg.norm(matrix, axis=0)
        unit.setflags(write=False)
        return unit

    @cached_property
    def normal(self) -> Floats:
        """Unit LPS vector: the cross product of the columns' and the rows' direction."""
        d = self.directions
        normal = np.cross(d[:, 2], d[:, 1])
        unit: Floats = normal / np.linalg.norm(normal)
        unit.setflags(write=False)
        return unit

    @cached_property
    def is_sheared(self) -> bool:
        """True when the axes are not orthogonal (gantry tilt), beyond 0.1 degree."""
        cosines = self.directions.T @ self.directions - np.eye(3)
        return bool(np.abs(cosines).max() > np.sin(np.radians(0.1)))

    @property
    def tilt_degrees(self) -> float:
        """Angle between the step from slice to slice and the slices' normal (gantry tilt)."""
        d = self.directions
        normal = np.cross(d[:, 2], d[:, 1])
        across = np.linalg.norm(np.cross(normal, d[:, 0]))
        return float(np.degrees(np.arctan2(across, abs(float(normal @ d[:, 0])))))

    @cached_property
    def orientation(self) -> Orientation:
        """The plane of a slice, after the patient axis nearest to the slices' normal."""
        d = self.directions
        normal = np.cross(d[:, 2], d[:, 1])
        axis = int(np.abs(normal).argmax())
        if abs(normal[axis]) < _OBLIQUE_COSINE * np.linalg.norm(normal):
            return "oblique"
        planes: tuple[Orientation, ...] = ("sagittal", "coronal", "axial")
        return planes[axis]

    def to_patient(self, index: ArrayLike) -> Floats:
        """Voxel indices (..., 3), fractions allowed, to LPS mm (..., 3)."""
        points = np.asarray(index, dtype=np.float64)
        mapped: Floats = points @ self.affine[:3, :3].T + self.affine[:3, 3]
        return mapped

    def to_voxel(self, position: ArrayLike) -> Floats:
        """LPS mm (..., 3) to fractional voxel indices (..., 3)."""
        points = np.asarray(position, dtype=np.float64)
        mapped: Floats = points @ self.inverse[:3, :3].T + self.inverse[:3, 3]
        return mapped

    def letters(self, axis: int) -> tuple[str, str]:
        """Patient letters at the (low, high) end of a voxel axis, e.g. ("R", "L"); DICOM's H/F.

        Up to two letters in falling order of size, as workstations print oblique directions.
        """
        direction = self.directions[:, axis]
        low = high = ""
        for component in np.argsort(-np.abs(direction), kind="stable")[:2]:
            value = direction[component]
            if abs(value) < 0.3:
                continue
            minus, plus = _LETTERS[component]
            low += minus if value > 0 else plus
            high += plus if value > 0 else minus
        return low, high

    def is_close(self, other: Geometry, tolerance_mm: float = 0.01) -> bool:
        """Same shape, and every corner voxel within ``tolerance_mm`` of the other's."""
        if self.shape != other.shape or self.calibrated != other.calibrated:
            return False
        if self.in_plane_mm is None or other.in_plane_mm is None:
            return True  # indices are all that is known of one of them
        corners = np.array(np.meshgrid(*[(0, n - 1) for n in self.shape])).reshape(3, -1).T
        apart = np.abs(self.to_patient(corners) - other.to_patient(corners)).max()
        return bool(apart <= tolerance_mm)

    def canonical_axes(self) -> tuple[tuple[int, int, int], tuple[bool, bool, bool]]:
        """How to reorder this grid to canonical axial: (permutation, flips).

        Canonical: slice toward head, row toward posterior, column toward the patient's left.
        ``array.transpose(permutation)`` followed by flipping the axes where ``flips`` is True
        brings voxels into that order (nearest axes; an oblique grid keeps its obliquity).
        """
        d = np.abs(self.directions)  # rows: x y z, columns: voxel axes
        best, permutation = -1.0, (0, 1, 2)
        for candidate in ((0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)):
            score = d[2, candidate[0]] + d[1, candidate[1]] + d[0, candidate[2]]
            if score > best + 1e-9:
                best, permutation = float(score), candidate
        signs = [
            self.directions[patient, axis]
            for patient, axis in zip((2, 1, 0), permutation, strict=True)
        ]
        flips = (bool(signs[0] < 0), bool(signs[1] < 0), bool(signs[2] < 0))
        return permutation, flips

    def canonical_view(self, array: NDArray[Any]) -> NDArray[Any]:
        """An array on this grid in canonical axial order: a view, so writing writes there."""
        permutation, flips = self.canonical_axes()
        turned = tuple(slice(None, None, -1) if flip else slice(None) for flip in flips)
        return array.transpose(permutation)[turned]

    def reordered(
        self, permutation: tuple[int, int, int], flips: tuple[bool, bool, bool]
    ) -> Geometry:
        """The geometry of ``array.transpose(permutation)`` flipped along ``flips``."""
        shape = tuple(self.shape[axis] for axis in permutation)
        change = np.zeros((4, 4))
        change[3, 3] = 1.0
        for new_axis, old_axis in enumerate(permutation):
            if flips[new_axis]:
                change[old_axis, new_axis] = -1.0
                change[old_axis, 3] = shape[new_axis] - 1
            else:
                change[old_axis, new_axis] = 1.0
        size = (shape[0], shape[1], shape[2])
        plane_in_mm = self.plane_in_mm and permutation[0] == 0
        return Geometry(size, self.affine @ change, self.calibrated, plane_in_mm)
