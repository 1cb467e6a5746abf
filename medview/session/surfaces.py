"""Surfaces: the outside of each visible label as a mesh in the patient, for the 3D view."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medview.core.geometry import Geometry
from medview.core.job import Job, Progress
from medview.core.labelmap import LabelMap
from medview.core.labels import Color

_CELLS = 200_000  # of the grid that a label is reduced to: about 26,000 faces for a lung
_ALL_CELLS = 1_200_000  # for all labels together
_FEWEST_CELLS = 60_000
_SMOOTHING = 0.7  # sigma of the Gaussian, in edges of the reduced grid


@dataclass(frozen=True, eq=False)
class Surface:
    """A closed mesh: ``vertices`` and unit ``normals`` (n, 3) float32 in LPS mm, pointing out;

    ``faces`` (m, 3) uint32 name three vertices each. ``edge_mm`` is the mesh's finest detail.
    """

    label_id: int
    color: Color
    vertices: NDArray[np.float32]
    normals: NDArray[np.float32]
    faces: NDArray[np.uint32]
    edge_mm: float

    @property
    def volume_ml(self) -> float:
        """What the mesh encloses (divergence theorem)."""
        a, b, c = (self.vertices[self.faces[:, n]].astype(np.float64) for n in range(3))
        middle = a.mean(axis=0)
        return float(np.einsum("ij,ij->", a - middle, np.cross(b - middle, c - middle)) / 6000.0)


def surfaces_job(labels: LabelMap) -> Job:
    """Surfaces of the visible labels; the result is a list of `Surface`.

    Of labels that change meanwhile the result, or error, means nothing.
    """
    return Job("3D surfaces", lambda progress: make_surfaces(labels, progress))


def make_surfaces(labels: LabelMap, progress: Progress) -> list[Surface]:
    """One surface per visible label that has voxels, in the order of the table."""
    from scipy.ndimage import find_objects

    places = find_objects(labels.voxels)
    shown = [
        label
        for label in labels.table
        if label.visible and label.id <= len(places) and places[label.id - 1] is not None
    ]
    cells = max(min(_CELLS, _ALL_CELLS // max(len(shown), 1)), _FEWEST_CELLS)
    found = []
    for number, label in enumerate(shown):
        progress.report(number / len(shown), label.name)
        place = places[label.id - 1]
        mask = labels.voxels[place] == label.id
        low = np.array([part.start for part in place])
        found.append(surface_of(mask, low, labels.geometry, label.id, label.color, cells))
    return found


def surface_of(
    mask: NDArray[np.bool_],
    low: NDArray[Any],
    geometry: Geometry,
    label_id: int,
    color: Color,
    cells: int = _CELLS,
) -> Surface:
    """The surface of a mask (slice, row, column) whose first voxel is ``low`` of the geometry.

    The mask is averaged in blocks of about equal edges in mm to at most about ``cells`` blocks,
    smoothed, and cut at one half by marching cubes (Lewiner 2003, skimage): block means keep the
    volume where a subsample would not.
    """
    from scipy.ndimage import gaussian_filter
    from skimage.measure import marching_cubes

    spacing = np.array(geometry.spacing_mm)
    edge = max(float(np.prod(spacing * mask.shape) / cells) ** (1 / 3), float(spacing.min()))
    block = np.maximum(np.rint(edge / spacing), 1).astype(int)
    inside = _block_means(mask, block)
    sigma = _SMOOTHING * edge / (spacing * block)
    room = int(np.ceil(sigma.max() * 3)) + 1
    inside = gaussian_filter(np.pad(inside, room), np.minimum(sigma, 1.0))
    level = min(0.5, float(inside.max()) / 2.0)  # a speck must not vanish
    corners, faces, _, _ = marching_cubes(inside, level)
    voxels = (corners - room) * block + (block - 1) / 2.0 + low
    vertices = geometry.to_patient(voxels)
    if np.linalg.det(geometry.affine[:3, :3]) > 0:
        faces = faces[:, ::-1]
    normals = _normals(vertices, faces)
    return Surface(
        label_id,
        color,
        vertices.astype(np.float32),
        normals.astype(np.float32),
        np.ascontiguousarray(faces, dtype=np.uint32),
        float((spacing * block).min()),
    )


def _block_means(mask: NDArray[np.bool_], block: NDArray[Any]) -> NDArray[np.float32]:
    """Means over blocks of voxels; what is missing at the end counts as outside."""
    short = [(0, int(-size % step)) for size, step in zip(mask.shape, block, strict=True)]
    means: NDArray[Any] = np.pad(mask, short)
    for axis, step in enumerate(int(n) for n in block):
        if step == 1:
            continue
        parts = [slice(None)] * 3
        shape = [n // step if a == axis else n for a, n in enumerate(means.shape)]
        total = np.zeros(shape, np.float32)
        for first in range(step):
            parts[axis] = slice(first, None, step)
            total += means[tuple(parts)]
        means = total / step
    return np.asarray(means, dtype=np.float32)


def _normals(vertices: NDArray[Any], faces: NDArray[Any]) -> NDArray[Any]:
    """Unit normals of the vertices: the sum of their faces' normals, weighted by area."""
    a, b, c = (vertices[faces[:, n]] for n in range(3))
    across = np.cross(b - a, c - a)
    total = np.empty_like(vertices)
    corners = faces.ravel()
    for axis in range(3):
        weights = np.repeat(across[:, axis], 3)
        total[:, axis] = np.bincount(corners, weights, minlength=len(vertices))
    unit: NDArray[Any] = total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-12)
    return unit
