"""Drawing board of the thorax phantom: warped patient coordinates and soft-edged painting in HU."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from medview.core.box import Index

Array = NDArray[np.float32]
Point = NDArray[np.float64]
Region = tuple[slice, slice, slice]

_WARP_MARGIN_MM = 9.0  # the warp moves a point by no more than this


def smooth_noise(rng: np.random.Generator, shape: Index, nodes: Index) -> Array:
    """Noise of ``shape``, mean 0, about unit spread, smooth over ``nodes`` knots per axis."""
    field = rng.standard_normal(nodes).astype(np.float32)
    for axis in range(3):
        field = np.moveaxis(
            np.tensordot(_spline(shape[axis], nodes[axis]), field, axes=(1, axis)), 0, axis
        )
    spread = float(field.std())
    return np.ascontiguousarray(field / np.float32(spread if spread > 0 else 1.0))


def _spline(count: int, knots: int) -> Array:
    """Weights (count, knots) of a smooth blend between evenly spaced knots."""
    place = np.linspace(0.0, knots - 1, count)
    apart = np.abs(place[:, None] - np.arange(knots)[None, :])
    weights: Array = np.exp(-1.8 * apart**2).astype(np.float32)
    normalised: Array = weights / weights.sum(axis=1, keepdims=True)
    return normalised


class Canvas:
    """HU voxels (slice, row, column) with anatomical coordinates ``x, y, z`` in LPS mm.

    ``x`` and ``y`` are warped a little, so that painted ellipses look grown, not drawn.
    ``edge_mm`` is the width of a soft edge (the partial volume effect).
    """

    def __init__(
        self, shape: Index, step_mm: tuple[float, float, float], rng: np.random.Generator
    ) -> None:
        axes = [
            ((np.arange(n) - (n - 1) / 2.0) * step).astype(np.float32)
            for n, step in zip(shape, step_mm, strict=True)
        ]
        self.shape = shape
        self._axes = axes
        self.z: Array = axes[0][:, None, None]
        self.y: Array = axes[1][None, :, None] + _warp(rng, shape)
        self.x: Array = axes[2][None, None, :] + _warp(rng, shape)
        self.edge_mm = float(max(step_mm[1], step_mm[2]))
        self.hu: Array = np.full(shape, -1000.0, dtype=np.float32)

    def region(self, low: Point | tuple[float, ...], high: Point | tuple[float, ...]) -> Region:
        """Index of the voxels that can lie between two LPS corners (x, y, z) in mm."""
        parts = []
        for axis, component in ((0, 2), (1, 1), (2, 0)):
            margin = _WARP_MARGIN_MM if axis else 0.0
            first, last = np.searchsorted(
                self._axes[axis], (low[component] - margin, high[component] + margin)
            )
            parts.append(slice(max(int(first) - 1, 0), int(last) + 1))
        return (parts[0], parts[1], parts[2])

    def coordinates(self, region: Region) -> tuple[Array, Array, Array]:
        """x, y, z of a region (z broadcasts)."""
        return self.x[region], self.y[region], self.z[region[0]]

    def coverage(self, inside_mm: Array) -> Array:
        """0..1 from a distance to the surface in mm, positive inside."""
        share: Array = np.clip(inside_mm / np.float32(self.edge_mm) + np.float32(0.5), 0.0, 1.0)
        return share

    def paint(self, inside_mm: Array, value: float | Array, region: Region | None = None) -> None:
        """Fill where ``inside_mm`` is positive with ``value`` HU, edges blended."""
        hu = self.hu if region is None else self.hu[region]
        hu += self.coverage(inside_mm) * (np.asarray(value, dtype=np.float32) - hu)


def _warp(rng: np.random.Generator, shape: Index) -> Array:
    field = np.clip(smooth_noise(rng, shape, (6, 7, 7)), -2.5, 2.5)
    return np.float32(2.2) * field


def ellipse(x: Array, y: Array, center: tuple[float, float], radii: tuple[float, float]) -> Array:
    """Distance inside an elliptic cylinder along z, about mm, positive inside."""
    radius = np.hypot(
        (x - np.float32(center[0])) / np.float32(radii[0]),
        (y - np.float32(center[1])) / np.float32(radii[1]),
    )
    inside: Array = (np.float32(1.0) - radius) * np.float32(min(radii))
    return inside


def ellipsoid(
    x: Array, y: Array, z: Array, center: tuple[float, ...], radii: tuple[float, ...]
) -> Array:
    """Distance inside an ellipsoid, about mm, positive inside."""
    squared = sum(
        ((value - np.float32(c)) / np.float32(r)) ** 2
        for value, c, r in zip((x, y, z), center, radii, strict=True)
    )
    return (np.float32(1.0) - np.sqrt(squared)) * np.float32(min(radii))


def tube(
    canvas: Canvas, start: Point, end: Point, radii: tuple[float, float]
) -> tuple[Array, Region]:
    """Distance inside a round, tapering tube between two LPS points, and the region it covers."""
    reach = max(radii) + 4.0
    region = canvas.region(np.minimum(start, end) - reach, np.maximum(start, end) + reach)
    x, y, z = canvas.coordinates(region)
    along = (end - start).astype(np.float32)
    length_squared = np.float32(max(float(along @ along), 1e-6))
    dx, dy, dz = (value - np.float32(s) for value, s in zip((x, y, z), start, strict=True))
    share = np.clip((dx * along[0] + dy * along[1] + dz * along[2]) / length_squared, 0.0, 1.0)
    apart = np.sqrt(
        (dx - share * along[0]) ** 2 + (dy - share * along[1]) ** 2 + (dz - share * along[2]) ** 2
    )
    return np.float32(radii[0]) + share * np.float32(radii[1] - radii[0]) - apart, region


def branches(
    rng: np.random.Generator, root: Point, tips: Point, twig_mm: float
) -> list[tuple[Point, Point, float]]:
    """A tree from ``root`` (3,) to ``tips`` (n, 3): segments (start, end, radius mm).

    Tips join the nearest node that is closer to the root, nearest tips first; radii follow
    Murray's law (the cube of a parent's is the sum of its children's).
    """
    order = np.argsort(np.linalg.norm(tips - root, axis=1))
    places = [root]
    parents = [-1]
    for tip in tips[order]:
        known = np.array(places)
        apart = np.linalg.norm(known - tip, axis=1)
        apart = apart + 0.35 * np.linalg.norm(known - root, axis=1)
        parent = int(np.argmin(apart))
        length = float(np.linalg.norm(tip - places[parent]))
        pieces = max(1, round(length / 18.0))
        start = places[parent]
        for piece in range(1, pieces + 1):
            bend = rng.normal(0.0, 1.6, 3) if piece < pieces else np.zeros(3)
            places.append(start + (tip - start) * (piece / pieces) + bend)
            parents.append(parent)
            parent = len(places) - 1
    load = np.zeros(len(places))
    has_child = np.zeros(len(places), dtype=bool)
    has_child[[p for p in parents if p >= 0]] = True
    load[~has_child] = 1.0
    for node in range(len(places) - 1, 0, -1):
        load[parents[node]] += load[node]
    return [
        (places[parents[node]], places[node], twig_mm * float(np.cbrt(load[node])))
        for node in range(1, len(places))
    ]
