"""Anatomy of the thorax phantom: what is painted where, in millimetres of a supine patient."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from medview.core.phantom_canvas import (
    Array,
    Canvas,
    Point,
    branches,
    ellipse,
    ellipsoid,
    smooth_noise,
    tube,
)

_AIR, _FAT, _MUSCLE, _BLOOD, _LIVER = -1000.0, -102.0, 48.0, 42.0, 60.0
_MARROW, _CORTEX, _DISC = 190.0, 720.0, 85.0


@dataclass(frozen=True)
class Patient:
    """What makes one patient differ from the next; lengths in mm."""

    width: float  # half width of the chest cavity
    depth: float  # half depth of the chest cavity
    center: tuple[float, float]  # of the body in the field, x and y
    apex: float  # z of the top of the lungs
    base: float  # z of the domes' foot
    dome: float
    fat: float
    muscle: float
    heart: float  # scale
    carina: Point
    spine_y: float
    lung_hu: float
    rib_phase: float
    noise_hu: float


def draw_patient(rng: np.random.Generator) -> Patient:
    """A random patient."""
    width, depth = rng.uniform(118, 138), rng.uniform(78, 94)
    center = (rng.uniform(-8, 8), rng.uniform(-22, -8))
    carina = np.array([center[0] + rng.uniform(-2, 4), center[1] + 12.0, rng.uniform(20, 40)])
    return Patient(
        width=width,
        depth=depth,
        center=center,
        apex=rng.uniform(108, 130),
        base=rng.uniform(-122, -98),
        dome=rng.uniform(32, 52),
        fat=rng.uniform(7, 22),
        muscle=rng.uniform(11, 17),
        heart=rng.uniform(0.86, 1.12),
        carina=carina,
        spine_y=center[1] + depth - rng.uniform(25, 32),
        lung_hu=rng.uniform(-878, -822),
        rib_phase=rng.uniform(0, 28),
        noise_hu=rng.uniform(9, 16),
    )


def paint_thorax(canvas: Canvas, p: Patient, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Paint the whole chest and return the labels (1 right lung, 2 left lung, 3 airway), uint8."""
    cavity = _cavity(canvas, p)
    _paint_table(canvas, p)
    _paint_wall(canvas, p, cavity)
    _paint_inside(canvas, p, cavity)
    lungs = _lung_field(canvas, p, cavity)
    texture = np.float32(14.0) * smooth_noise(rng, canvas.shape, (14, 16, 16))
    gravity = np.float32(0.32) * (canvas.y - np.float32(p.center[1]))
    canvas.paint(lungs, np.float32(p.lung_hu) + texture + gravity)
    right = canvas.x < np.float32(p.center[0])
    labels = np.where(lungs > 0, np.where(right, 1, 2), 0).astype(np.uint8)
    _paint_vessels(canvas, p, labels, rng)
    _paint_nodules(canvas, labels, rng)
    _paint_ribs(canvas, p, cavity)
    _paint_plates(canvas, p, cavity)
    _paint_spine(canvas, p)
    _paint_airway(canvas, p, labels)
    return labels


def _cavity(canvas: Canvas, p: Patient) -> Array:
    """Normalised radius of the chest cavity: below 1 inside; narrows toward the apex."""
    top = np.clip((canvas.z + np.float32(60.0)) / np.float32(p.apex + 60.0), 0.0, 1.0)
    narrow = np.sqrt(np.maximum(1.0 - top**2.2, 0.012)).astype(np.float32)
    shift = np.float32(14.0) * top**2  # the apices lie toward the back
    dx = (canvas.x - np.float32(p.center[0])) / (np.float32(p.width) * narrow)
    dy = (canvas.y - np.float32(p.center[1]) - shift) / (np.float32(p.depth) * narrow)
    # flatter than an ellipse at the sides and the back
    radius: Array = (np.abs(dx) ** 2.4 + np.abs(dy) ** 2.4) ** np.float32(1 / 2.4)
    return radius


def _paint_table(canvas: Canvas, p: Patient) -> None:
    top = p.center[1] + p.depth + p.muscle + p.fat + 8.0
    y = np.float32(1.0) * canvas.y
    sag = np.float32(0.0006) * (canvas.x - np.float32(p.center[0])) ** 2
    depth = y + sag - np.float32(top)
    width = np.float32(205.0) - np.abs(canvas.x)
    canvas.paint(np.minimum(np.minimum(depth, np.float32(22.0) - depth), width), -930.0)
    canvas.paint(np.minimum(np.minimum(depth, np.float32(2.5) - depth), width), -250.0)
    canvas.paint(
        np.minimum(np.minimum(depth - np.float32(20.0), np.float32(23.0) - depth), width), -250.0
    )


def _paint_wall(canvas: Canvas, p: Patient, cavity: Array) -> None:
    """Skin, fat and muscle around the cavity; the shoulders are broader."""
    x, y = canvas.x - np.float32(p.center[0]), canvas.y - np.float32(p.center[1])
    rise = np.clip((canvas.z - 30.0) / 100.0, 0.0, 1.0).astype(np.float32)
    half_width = np.float32(p.width + p.muscle + 4.0) + np.float32(6.0) * rise
    half_depth = np.float32(p.depth + p.muscle) - np.float32(12.0) * rise
    for extra, value in ((p.fat + 2.0, 30.0), (p.fat, _FAT), (0.0, _MUSCLE)):
        a, b = half_width + np.float32(extra), half_depth + np.float32(extra)
        radius = (np.abs(x / a) ** 2.6 + np.abs(y / b) ** 2.6) ** np.float32(1 / 2.6)
        canvas.paint((np.float32(1.0) - radius) * np.float32(p.depth), value)
    # a fat plane between the layers of the chest wall's muscles
    ring = np.float32(2.0) - np.abs((cavity - np.float32(1.1)) * np.float32(p.depth))
    canvas.paint(np.where(np.abs(y) < p.depth * 0.75, ring, -5.0), -70.0)


def _paint_inside(canvas: Canvas, p: Patient, cavity: Array) -> None:
    """Mediastinal fat, heart, great vessels, and the organs below the diaphragm."""
    cx, cy = p.center
    inside = (np.float32(1.0) - cavity) * np.float32(p.depth)
    canvas.paint(inside, -85.0)
    x, y, z = canvas.x, canvas.y, canvas.z
    below = np.minimum(inside, _dome(canvas, p) - z)
    liver = np.float32(cx + 18.0) - x - np.float32(0.25) * (y - np.float32(cy))
    canvas.paint(np.minimum(below, liver), _LIVER)
    canvas.paint(
        np.minimum(below, ellipsoid(x, y, z, (cx + 88, cy + 40, p.base - 5), (34, 38, 60))), 52.0
    )
    stomach = ellipsoid(x, y, z, (cx + 58, cy - 28, p.base - 5), (44, 38, 58))
    canvas.paint(np.minimum(below, stomach), 25.0)
    bubble = np.minimum(stomach - np.float32(4.0), np.float32(cy - 44) - y)
    canvas.paint(np.minimum(below, bubble), _AIR)
    canvas.paint(np.minimum(_heart(canvas, p), inside), _BLOOD)
    for start, end, radii in _great_vessels(p):
        wall, region = tube(canvas, start, end, radii)
        canvas.paint(wall, _BLOOD, region)


def _heart(canvas: Canvas, p: Patient) -> Array:
    cx, cy = p.center
    s = p.heart
    tilt = np.float32(0.35) * (canvas.x - np.float32(cx))
    center = (cx + 22.0, cy - 30.0, p.base + 62.0)
    return ellipsoid(canvas.x, canvas.y + tilt, canvas.z, center, (62 * s, 44 * s, 50 * s))


def _great_vessels(p: Patient) -> list[tuple[Point, Point, tuple[float, float]]]:
    cx, cy = p.center
    arch = p.carina[2] + 26.0
    paths = [
        ((18, 46, -170), (20, 44, arch - 8), 12.0, 13.0),  # descending aorta
        ((20, 42, arch - 6), (2, -12, arch + 2), 13.0, 14.0),  # arch
        ((2, -14, arch), (-8, -26, arch - 55), 15.0, 17.0),  # ascending aorta
        ((-24, -14, arch + 40), (-26, -18, arch - 55), 9.0, 10.0),  # upper caval vein
        ((10, -22, arch - 34), (36, 4, arch - 34), 14.0, 10.0),  # left pulmonary artery
        ((8, -22, arch - 36), (-38, 2, arch - 40), 13.0, 9.0),  # right pulmonary artery
        ((-4, -18, arch), (-14, -6, arch + 80), 6.0, 5.0),  # brachiocephalic
        ((10, -2, arch), (14, 4, arch + 80), 4.5, 4.0),  # left carotid
        ((18, 18, arch), (26, 18, arch + 80), 5.0, 4.5),  # left subclavian
        ((2, 34, -170), (-2, 26, arch + 80), 6.0, 6.0),  # oesophagus
    ]
    shift = np.array([cx, cy, 0.0])
    return [(np.array(a) + shift, np.array(b) + shift, (r, s)) for a, b, r, s in paths]


def _dome(canvas: Canvas, p: Patient) -> Array:
    """z of the diaphragm (mm) over every voxel: two domes, the right one higher."""
    x, y = canvas.x - np.float32(p.center[0]), canvas.y - np.float32(p.center[1])
    low = np.float32(p.base)
    domes = []
    for side, height in ((-62.0, p.dome + 10.0), (60.0, p.dome)):
        apart = ((x - np.float32(side)) / np.float32(p.width * 0.56)) ** 2
        apart = apart + ((y + np.float32(12.0)) / np.float32(p.depth * 1.02)) ** 2
        domes.append(low + np.float32(height) * (np.float32(1.0) - np.float32(1.4) * apart))
    surface: Array = np.maximum(np.maximum(domes[0], domes[1]), low - np.float32(22.0))
    return surface


def _lung_field(canvas: Canvas, p: Patient, cavity: Array) -> Array:
    """Distance inside the lungs in about mm: the cavity less everything that is no lung."""
    cx, cy = p.center
    x, y, z = canvas.x, canvas.y, canvas.z
    back = (y - np.float32(cy)) / np.float32(p.depth)
    front = np.clip((-back - 0.35) / 0.5, 0.0, 1.0)
    half = np.float32(25.0) - np.float32(20.0) * front - np.float32(4.0) * np.clip(back, 0, 1)
    walls = [
        (np.float32(1.0) - cavity) * np.float32(p.depth) - np.float32(1.5),
        np.abs(x - np.float32(cx + 2.0)) - half,
        -_heart(canvas, p) - np.float32(2.0),
        (z - _dome(canvas, p)) * np.float32(0.8),
        -ellipse(x, y, (cx, p.spine_y), (23.0, 19.0)),
        -ellipse(x, y, (cx, p.spine_y + 14.0), (28.0, 29.0)),
        -ellipse(x, y, (cx + 19.0, cy + 45.0), (16.0, 16.0))
        + np.where(z < p.carina[2] + 28, 0, 40),
    ]
    softness = np.float32(2.5)  # rounds the corners where two walls meet
    lowest = np.minimum.reduce(walls)
    total = sum(np.exp(np.maximum((lowest - wall) / softness, -20.0)) for wall in walls)
    rounded: Array = lowest - softness * np.log(total)
    return rounded


def _hilum(p: Patient, side: int) -> Point:
    return np.array([p.center[0] + side * 36.0, p.center[1] + 10.0, p.carina[2] - 24.0])


def _paint_vessels(
    canvas: Canvas, p: Patient, labels: NDArray[np.uint8], rng: np.random.Generator
) -> None:
    for label, side in ((1, -1), (2, 1)):
        tips = _random_points(canvas, labels == label, 190, rng)
        if tips.size == 0:
            continue
        for start, end, radius in branches(rng, _hilum(p, side), tips, 1.1):
            wall, region = tube(canvas, start, end, (min(radius, 7.5),) * 2)
            canvas.paint(wall, _BLOOD, region)


def _random_points(
    canvas: Canvas, mask: NDArray[np.bool_], count: int, rng: np.random.Generator
) -> Point:
    """LPS mm (n, 3) of random voxels of a mask."""
    flat = np.flatnonzero(mask)
    if flat.size == 0:
        return np.zeros((0, 3))
    chosen = np.unravel_index(rng.choice(flat, count), mask.shape)
    x, y = canvas.x[chosen], canvas.y[chosen]
    z = canvas.z[chosen[0], 0, 0]
    return np.stack([x, y, z], axis=1).astype(np.float64)


def _paint_nodules(canvas: Canvas, labels: NDArray[np.uint8], rng: np.random.Generator) -> None:
    """One nodule in each lung, away from the border of the field."""
    for label, radius in ((1, rng.uniform(6, 9)), (2, rng.uniform(9, 13))):
        lung = labels == label
        heights = np.flatnonzero(lung.any(axis=(1, 2)))
        if heights.size == 0:
            continue
        keep = np.zeros(lung.shape[0], dtype=bool)
        keep[heights[len(heights) // 4] : heights[(3 * len(heights)) // 4] + 1] = True
        center = _random_points(canvas, lung & keep[:, None, None], 1, rng)[0]
        region = canvas.region(center - radius - 4, center + radius + 4)
        x, y, z = canvas.coordinates(region)
        inside = ellipsoid(x, y, z, tuple(center), (radius, radius * 0.9, radius))
        # only lung becomes nodule: it does not grow into the wall
        canvas.paint(np.where(lung[region], inside, -50.0), 28.0, region)


def _paint_spine(canvas: Canvas, p: Patient) -> None:
    cx = p.center[0]
    region = canvas.region((cx - 50, p.spine_y - 22, -1e4), (cx + 50, p.spine_y + 60, 1e4))
    x, y, z = canvas.coordinates(region)
    period = np.mod(z + np.float32(p.rib_phase), np.float32(28.0))
    body = ellipse(x, y, (cx, p.spine_y), (19.0, 15.5))
    inner = np.where(period < 5.0, np.float32(_DISC), np.float32(_MARROW))
    rim = np.where(period < 5.0, np.float32(_DISC), np.float32(520.0))
    canvas.paint(ellipse(x, y, (cx, p.spine_y + 14.0), (27.0, 28.0)), _MUSCLE, region)
    canvas.paint(body, rim, region)
    canvas.paint(body - np.float32(2.4), inner, region)
    arch = ellipse(x, y, (cx, p.spine_y + 24.0), (15.0, 13.0))
    canvas.paint(arch, 560.0, region)
    process = np.minimum(
        np.float32(4.0) - np.abs(x - np.float32(cx)),
        np.float32(10.0) - np.abs(y - np.float32(p.spine_y + 42.0)),
    )
    canvas.paint(np.where(period > 10.0, process, -5.0), 430.0, region)
    wing = np.minimum(
        np.float32(26.0) - np.abs(x - np.float32(cx)),
        np.float32(5.0)
        - np.abs(y - np.float32(p.spine_y + 21.0) - np.float32(0.25) * np.abs(x - np.float32(cx))),
    )
    canvas.paint(np.where(period > 16.0, wing, -5.0), 400.0, region)
    canvas.paint(ellipse(x, y, (cx, p.spine_y + 25.0), (9.0, 8.0)), 15.0, region)


def _paint_plates(canvas: Canvas, p: Patient, cavity: Array) -> None:
    """Shoulder blades and breastbone."""
    cx, cy = p.center
    x, y, z = canvas.x, canvas.y, canvas.z
    beside = np.float32(30.0) - np.abs(np.abs(x - np.float32(cx)) - np.float32(86.0))
    blade = np.float32(3.4) - np.abs(cavity - np.float32(1.3)) * np.float32(p.depth * 0.8)
    blade = np.where((z > 40.0) & (z < 128.0) & (y > cy + 18.0), np.minimum(beside, blade), -5.0)
    canvas.paint(blade, 480.0)
    front = cy - p.depth - 5.0
    region = canvas.region((cx - 24, front - 10, p.base + 50), (cx + 24, front + 10, p.apex - 35))
    x, y, z = canvas.coordinates(region)
    breastbone = ellipse(x, y, (cx, front), (19.0, 6.5))
    canvas.paint(breastbone, 450.0, region)
    canvas.paint(breastbone - np.float32(1.8), 140.0, region)


def _paint_ribs(canvas: Canvas, p: Patient, cavity: Array) -> None:
    """Ribs run down from back to front around the cavity: cortex as a ring, marrow inside."""
    back = canvas.y - np.float32(p.center[1])
    height = canvas.z - np.float32(0.45) * back + np.float32(p.rib_phase)
    period = np.float32(26.0)
    across = np.abs(np.mod(height, period) - period / 2) / np.float32(6.5)
    outward = (cavity - np.float32(1.075)) * np.float32(p.depth) / np.float32(4.6)
    inside = (np.float32(1.0) - np.hypot(across, outward)) * np.float32(4.6)
    limit = (canvas.z > p.base - 40.0) & (back > -0.86 * p.depth)
    inside = np.where(limit, inside, np.float32(-5.0))
    canvas.paint(inside, _CORTEX)
    canvas.paint(inside - np.float32(1.9), _MARROW)


def _airway_path(p: Patient) -> list[tuple[Point, Point, tuple[float, float]]]:
    top = p.carina + np.array([1.0, -14.0, 170.0])
    right = p.carina + np.array([-32.0, 5.0, -30.0])
    left = p.carina + np.array([42.0, 7.0, -34.0])
    return [
        (top, p.carina, (9.2, 8.8)),
        (p.carina, right, (7.6, 6.4)),
        (p.carina, left, (7.0, 5.6)),
    ]


def _paint_airway(canvas: Canvas, p: Patient, labels: NDArray[np.uint8]) -> None:
    """Trachea and main bronchi: wall first, then the lumen, which is label 3."""
    lumens = []
    for start, end, radii in _airway_path(p):
        inside, region = tube(canvas, start, end, radii)
        wall = inside + np.float32(2.4)
        canvas.paint(wall, 25.0, region)
        labels[region][wall > 0] = 0
        lumens.append((inside, region))
    for inside, region in lumens:
        canvas.paint(inside, -985.0, region)
        labels[region][inside > 0] = 3
    for side in (-1, 1):  # lobar bronchi: air inside the lung, not part of the airway label
        start = _airway_path(p)[1 if side < 0 else 2][1]
        for step in ((side * 22.0, 14.0, -30.0), (side * 26.0, -16.0, 12.0)):
            inside, region = tube(canvas, start, start + np.array(step), (3.6, 1.6))
            canvas.paint(inside + np.float32(1.2), 10.0, region)
            canvas.paint(inside, -960.0, region)
