"""Volumes with known values at known places, for the tests of measures."""

from __future__ import annotations

import numpy as np

from medview.core.geometry import Geometry
from medview.core.planes import Planes
from medview.core.volume import Volume
from medview.measure.frame import Frame, to_space
from medview.measure.measure import Measure, as_points

BALL_HU, AROUND_HU = 60.0, -700.0
SPACING = (3.0, 0.7, 1.1)


def turned(degrees_x: float, degrees_z: float) -> np.ndarray:
    a, b = np.radians([degrees_x, degrees_z])
    x = np.array([[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]])
    z = np.array([[np.cos(b), -np.sin(b), 0], [np.sin(b), np.cos(b), 0], [0, 0, 1]])
    return x @ z


def geometry(shape=(20, 60, 50), spacing=SPACING, rotation=None, shear=0.0, axes=None) -> Geometry:
    """An axial grid, turned by ``rotation``, its slices pushed along y by ``shear`` mm each.

    ``axes`` are LPS unit vectors (columns) of slices, rows, columns instead.
    """
    base = np.array([[0, 0, 1], [0, 1, 0], [1, 0, 0]], float) if axes is None else axes
    affine = np.eye(4)
    affine[:3, :3] = base * np.array(spacing)
    affine[1, 0] += shear
    if rotation is not None:
        affine[:3, :3] = rotation @ affine[:3, :3]
    affine[:3, 3] = (-20.0, 35.0, 410.0)
    return Geometry(shape, affine)


GRIDS = {
    "anisotropic": geometry(),
    "oblique": geometry(rotation=turned(25, 15)),
    "sagittal": geometry(
        axes=np.array([[1, 0, 0], [0, 0, 1], [0, -1, 0]], float), spacing=(2.0, 1.3, 0.8)
    ),
    "sheared": geometry(shear=1.1),
}


def ball(grid: Geometry, centre_mm, radius_mm: float, **changes) -> Volume:
    """A ball of one value in another: voxels whose centres lie inside, int16."""
    index = np.stack(np.meshgrid(*map(np.arange, grid.shape), indexing="ij"), axis=-1)
    away = np.linalg.norm(grid.to_patient(index) - centre_mm, axis=-1)
    voxels = np.where(away <= radius_mm, BALL_HU, AROUND_HU).astype(np.int16)
    return Volume(voxels, grid, **{"modality": "CT", "units": "HU", **changes})


def on_plane(volume: Volume, kind: str, planes: Planes, index: int, *pixels) -> Measure:
    """A measure on a plane, its points as (row, column) of that plane."""
    voxels = planes.to_volume([[index, *pixel] for pixel in pixels])
    points = as_points(to_space(volume.geometry, voxels))
    return Measure("m", kind, points, Frame.of(planes, index))


def on_slice(volume: Volume, kind: str, index: int, *pixels) -> Measure:
    return on_plane(volume, kind, Planes.along(volume.geometry, 0), index, *pixels)


def values(reading) -> dict[str, float]:
    return {value.name: value.number for value in reading.values}
