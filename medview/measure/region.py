"""Regions: which voxels lie inside an outline, and their statistics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from medview.core.box import Box
from medview.core.geometry import Floats, Geometry
from medview.core.resample import sample
from medview.core.volume import Volume
from medview.measure.frame import Frame, to_space, to_voxel, voxel_plane
from medview.measure.kind import Kind, closed
from medview.measure.reading import Histogram, Reading, Shape, Value, number_text

_MOST_BINS = 64
_LARGEST_MM2 = 100.0  # from here on an area is read in cm²

Bools = NDArray[np.bool_]


class RegionKind(Kind):
    """A closed outline with statistics of the voxels whose centres lie inside."""

    def inside(self, points: Floats, across: Floats, down: Floats) -> Bools:
        """Which points of a grid lie inside: (len(down), len(across))."""
        return inside_polygon(points, across, down)

    def area(self, points: Floats) -> float:
        """In the square of the points' unit."""
        return polygon_area(points)

    def outline(self, points: Floats) -> list[Floats]:
        return [closed(points)]

    def is_complete(self, points: Floats) -> bool:
        enough = len(points) >= (self.count or 3)
        return enough and bool((np.ptp(points, axis=0) > 0).all())

    def read(self, shape: Shape) -> Reading:
        """Area, then mean, SD (of a sample: n - 1), least, greatest, median and count."""
        area, area_lines = self._area(shape)
        notes = list(shape.limits)
        if shape.volume.is_color:
            return Reading(area, area_lines, (*notes, "colour: no statistics"))
        found = samples_inside(self, shape)
        if found.resampled:
            notes.append("resampled between voxels")
        units, values = shape.volume.units, found.values
        if values.size == 0:
            return Reading(area, (*area_lines, "no voxels"), tuple(notes))
        numbers = statistics(values)
        read = tuple(Value(name, number, units) for name, number in numbers.items())
        read += (Value("voxels", float(values.size), ""),)
        lines = _lines(numbers, units)
        suv, suv_lines, suv_notes = _in_suv(shape.volume, numbers)
        return Reading(
            (*area, *read, *suv),
            (*lines, *suv_lines, *area_lines),
            (*notes, *suv_notes),
            histogram(values),
        )

    def _area(self, shape: Shape) -> tuple[tuple[Value, ...], tuple[str, ...]]:
        unit = shape.scale.unit
        if not unit:
            return (), ()
        area = self.area(shape.scaled)
        if unit == "mm" and area >= _LARGEST_MM2:
            text = f"{number_text(area / 100.0)} cm²"
        else:
            text = f"{number_text(area)} {unit}²"
        return (Value("area", area, f"{unit}²"),), (text,)


@dataclass(frozen=True, eq=False)
class Samples:
    """Values inside a region, float64, without padding and what could not be read."""

    values: Floats
    resampled: bool


def samples_inside(kind: RegionKind, shape: Shape) -> Samples:
    """On a plane of voxels the voxels' own values; else interpolated on a grid of the plane."""
    volume, frame = shape.volume, shape.frame
    if voxel_plane(volume.geometry, frame) is None:
        return Samples(_between_voxels(kind, shape), True)
    return Samples(_own_voxels(kind, volume, frame, shape.points), False)


def _own_voxels(kind: RegionKind, volume: Volume, frame: Frame, points: Floats) -> Floats:
    geometry = volume.geometry
    place = voxel_plane(geometry, frame)
    assert place is not None
    lost = lost_slices(volume)
    if place.axis == 0 and lost[place.index]:
        return np.empty(0)
    box = _box(geometry, frame.spatial(_corners(kind, points)), margin=0)
    low, high = list(box.low), list(box.high)
    low[place.axis], high[place.axis] = place.index, place.index + 1
    if any(end <= start for start, end in zip(low, high, strict=True)):
        return np.empty(0)
    rows, columns = (axis for axis in range(3) if axis != place.axis)
    flat = []
    for axis in (columns, rows):  # where the grid's lines lie on the frame
        voxels = np.tile(np.array(low, dtype=np.float64), (high[axis] - low[axis], 1))
        voxels[:, axis] = np.arange(low[axis], high[axis])
        flat.append(frame.flat(to_space(geometry, voxels)))
    start, beside = frame.flat(to_space(geometry, [np.zeros(3), np.eye(3)[columns]]))
    turned = bool(abs(beside[0] - start[0]) < abs(beside[1] - start[1]))
    across, down = (flat[1][:, 0], flat[0][:, 1]) if turned else (flat[0][:, 0], flat[1][:, 1])
    mask = kind.inside(points, across, down)
    part = volume.voxels[low[0] : high[0], low[1] : high[1], low[2] : high[2]]
    plane = np.take(part, 0, axis=place.axis)
    plane = plane.T if turned else plane
    mask &= ~_padding(volume, plane)
    if place.axis != 0:
        gone = lost[low[0] : high[0]]
        mask &= ~(gone[None, :] if turned else gone[:, None])
    chosen: Floats = plane[mask].astype(np.float64)
    return chosen


def _between_voxels(kind: RegionKind, shape: Shape) -> Floats:
    volume, frame = shape.volume, shape.frame
    geometry = volume.geometry
    corners = _corners(kind, shape.points)
    (left, top), (end, bottom) = corners[0], corners[2]
    step = min(geometry.spacing_mm) if geometry.calibrated else 1.0
    across = np.arange(left + step / 2.0, end, step)
    down = np.arange(top + step / 2.0, bottom, step)
    box = _box(geometry, frame.spatial(corners), margin=2)
    if not len(across) or not len(down) or box.is_empty:
        return np.empty(0)
    mask = kind.inside(shape.points, across, down)
    if not _is_sound(volume, frame, corners):
        mask &= _usable(volume, frame, across, down, mask)
    part = volume.voxels[tuple(slice(a, b) for a, b in zip(box.low, box.high, strict=True))]
    source = _part(geometry, box)
    target = np.eye(4)
    target[:3, :3] = np.stack([frame.normal, frame.down, frame.across], axis=1) * step
    target[:3, 3] = frame.spatial([[across[0], down[0]]])[0]
    plane = Geometry((1, len(down), len(across)), target)
    values = sample(part, source, plane, outside=0.0, dtype=np.float64)[0]
    inside: Floats = values[mask]
    return inside


def _is_sound(volume: Volume, frame: Frame, corners: Floats) -> bool:
    """Whether every place between the corners has a value: all in the volume, nothing missing."""
    if volume.padding is not None or lost_slices(volume).any():
        return False
    voxels = to_voxel(volume.geometry, frame.spatial(corners))
    return bool(((voxels >= 0) & (voxels <= np.array(volume.geometry.shape) - 1)).all())


def _usable(volume: Volume, frame: Frame, across: Floats, down: Floats, mask: Bools) -> Bools:
    """Which places of a grid's ``mask`` have a value: (len(down), len(across))."""
    geometry = volume.geometry
    start, right, below = to_voxel(geometry, frame.spatial([[0, 0], [1, 0], [0, 1]]))
    along, under = across[:, None] * (right - start), down[:, None] * (below - start)
    voxels = start + along[None, :, :] + under[:, None, :]  # (down, across, 3)
    last = np.array(geometry.shape) - 1
    usable: Bools = mask & ((voxels >= 0) & (voxels <= last)).all(axis=-1)
    lost = lost_slices(volume)
    for side in (np.floor, np.ceil):  # both slices that a value is mixed from
        usable &= ~lost[np.clip(side(voxels[..., 0]).astype(int), 0, last[0])]
    if volume.padding is not None:
        usable[usable] = ~_near_padding(volume, voxels[usable])
    return usable


def _near_padding(volume: Volume, voxels: Floats) -> Bools:
    """Whether one of the voxels around a place (n, 3) is padding: its value is no mixture then."""
    low = np.floor(voxels).astype(int)
    last = np.array(volume.geometry.shape) - 1
    near = np.zeros(len(voxels), dtype=np.bool_)
    for corner in np.ndindex(2, 2, 2):
        slices, rows, columns = np.minimum(low + corner, last).T
        near |= _padding(volume, volume.voxels[slices, rows, columns])
    return near


def _part(geometry: Geometry, box: Box) -> Geometry:
    size = (box.high[0] - box.low[0], box.high[1] - box.low[1], box.high[2] - box.low[2])
    affine = geometry.affine.copy() if geometry.calibrated else np.eye(4)
    corner = np.array(box.low, dtype=np.float64)
    affine[:3, 3] = to_space(geometry, corner)
    return Geometry(size, affine)


def _corners(kind: RegionKind, points: Floats) -> Floats:
    """The outline's bounding rectangle on the frame, (4, 2)."""
    line = np.concatenate(kind.outline(points))
    (left, top), (right, bottom) = line.min(axis=0), line.max(axis=0)
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]])


def _box(geometry: Geometry, corners: Floats, margin: int) -> Box:
    """The voxels around some points, clipped to the volume; may be empty."""
    voxels = to_voxel(geometry, corners)
    low = np.maximum(np.floor(voxels.min(axis=0)).astype(int) - margin, 0)
    high = np.minimum(np.ceil(voxels.max(axis=0)).astype(int) + 1 + margin, geometry.shape)
    high = np.maximum(high, low)
    return Box((int(low[0]), int(low[1]), int(low[2])), (int(high[0]), int(high[1]), int(high[2])))


def lost_slices(volume: Volume) -> Bools:
    """Which slices hold no pixels of their own: unreadable ones, and those still to be read."""
    lost = np.zeros(volume.geometry.shape[0], dtype=np.bool_)
    lost[list(volume.unreadable)] = True
    if volume.ready is not None and not volume.is_complete:
        lost |= ~volume.ready
    return lost


def _padding(volume: Volume, values: NDArray[np.generic]) -> Bools:
    if volume.padding is None:
        return np.zeros(values.shape, dtype=np.bool_)
    low, high = volume.padding
    padded: Bools = (values >= low) & (values <= high)  # type: ignore[operator]
    return padded


# ---- shapes


def inside_polygon(points: Floats, across: Floats, down: Floats) -> Bools:
    """Which of a grid's points lie inside a polygon, by the even-odd rule.

    ``points`` (n, 2) are its corners as (across, down); the answer is (len(down), len(across)).
    """
    mask = np.zeros((len(down), len(across)), dtype=np.bool_)
    x, y = points[:, 0], points[:, 1]
    next_x, next_y = np.roll(x, -1), np.roll(y, -1)
    order = np.argsort(across)
    ordered = across[order]
    for row, height in enumerate(down):
        cut = (y > height) != (next_y > height)
        if not cut.any():
            continue
        slope = (next_x[cut] - x[cut]) / (next_y[cut] - y[cut])
        crossings = np.sort(x[cut] + (height - y[cut]) * slope)
        mask[row, order] = np.searchsorted(crossings, ordered, side="left") % 2 == 1
    return mask


def polygon_area(points: Floats) -> float:
    """Gauss's area formula, of a polygon that does not cross itself."""
    x, y = points[:, 0], points[:, 1]
    return float(abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2.0)


# ---- numbers


def statistics(values: Floats) -> dict[str, float]:
    """Mean, sample SD (n - 1; 0 for one voxel), min, max, median of at least one value."""
    spread = float(values.std(ddof=1)) if values.size > 1 else 0.0
    return {
        "mean": float(values.mean()),
        "SD": spread,
        "min": float(values.min()),
        "max": float(values.max()),
        "median": float(np.median(values)),
    }


def histogram(values: Floats) -> Histogram:
    """At most 64 equal steps; whole numbers get steps of whole numbers."""
    least, greatest = float(values.min()), float(values.max())
    low, high = least, greatest
    whole = bool((values == np.rint(values)).all())
    if whole:
        step = max(int(np.ceil((high - low + 1) / _MOST_BINS)), 1)
        bins = int(np.ceil((high - low + 1) / step))
        low, high = low - 0.5, low - 0.5 + bins * step
    elif high - low > 1e-9 * max(abs(low), abs(high)):
        bins = _MOST_BINS
    else:  # all the same, but for rounding
        bins, low, high = 1, low - 0.5, high + 0.5
    counts, _ = np.histogram(values, bins=bins, range=(low, high))
    return Histogram(counts.astype(np.int64), low, high, least, greatest)


def _lines(numbers: dict[str, float], units: str) -> tuple[str, ...]:
    text = {name: number_text(number) for name, number in numbers.items()}
    return (
        f"mean {text['mean']}  SD {text['SD']} {units}".rstrip(),
        f"min {text['min']}  max {text['max']}",
    )


def _in_suv(
    volume: Volume, numbers: dict[str, float]
) -> tuple[tuple[Value, ...], Sequence[str], Sequence[str]]:
    """The same numbers as SUV by body weight, or why there are none."""
    if volume.suv is None:
        return (), (), (f"no SUV: {volume.no_suv}",) if volume.no_suv else ()
    if volume.units == "SUV":
        return (), (), ()
    suv = {name: number * volume.suv for name, number in numbers.items()}
    values = tuple(Value(f"SUV {name}", number, "g/ml") for name, number in suv.items())
    line = f"SUV mean {number_text(suv['mean'])}  max {number_text(suv['max'])}"
    return values, (line,), ()
