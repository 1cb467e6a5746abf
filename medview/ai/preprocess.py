"""Volume to network input and logits back to the volume's grid; the same code trains and predicts.

Every volume is first brought to canonical axial order by its geometry (slice toward head, row
toward posterior, column toward the patient's left), so that left and right are anatomical however
the file stores it. Each slice is then resampled in its plane to the model's spacing over the body.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, sparse

from medview.ai.input_spec import InputSpec
from medview.core.errors import MedviewError
from medview.core.volume import Volume

Floats = NDArray[np.float32]
Matrices = tuple[sparse.csr_matrix, sparse.csr_matrix]
Corners = tuple[NDArray[np.intp], NDArray[np.intp], Floats]  # below, above, share of the one above
_NO_AIR_HU = -500  # a CT of the body has air or lung below it
_KEPT_PLANES = 12  # resampled slices: neighbours are asked for again and again


def resampling_matrix(length: int, start: float, step: float, count: int) -> sparse.csr_matrix:
    """(count, length), sparse: row i weighs the input samples for the one at ``start + i*step``.

    Positions in input samples. Linear interpolation; a triangle as wide as the step when the step
    is longer than a sample (no aliasing). Rows outside the input repeat the edge.
    """
    centers = start + step * np.arange(count, dtype=np.float64)
    width = max(1.0, step)
    centers = np.clip(centers, 0.0, length - 1.0)
    distance = np.abs(centers[:, None] - np.arange(length, dtype=np.float64)[None, :])
    weights = np.maximum(0.0, 1.0 - distance / width)
    weights /= weights.sum(axis=1, keepdims=True)
    return sparse.csr_matrix(weights.astype(np.float32))


def may_be_ct(voxels: NDArray[Any]) -> bool:
    """Whether values of an unknown modality hold air, as those of a CT in HU do."""
    return bool(voxels.min() <= _NO_AIR_HU)


def apply_matrices(rows: sparse.csr_matrix, plane: Floats, columns: sparse.csr_matrix) -> Floats:
    """``rows @ plane @ columns.T`` for a plane (rows, columns), dense."""
    half = rows @ plane
    return np.ascontiguousarray((columns @ np.ascontiguousarray(half.T)).T)


@dataclass(frozen=True)
class PlaneGrid:
    """The network's pixel grid in the canonical plane: ``start`` (row, column) in canonical pixels,
    ``step`` in canonical pixels per network pixel, ``shape`` (rows, columns), multiples of 16."""

    start: tuple[float, float]
    step: tuple[float, float]
    shape: tuple[int, int]


def body_box(
    canonical: NDArray[Any], spacing_mm: tuple[float, float, float]
) -> tuple[int, int, int, int]:
    """(row low, row high, column low, column high), half open, around the body of a CT.

    The body is what is denser than -500 after an opening of about 8 mm, seen along the slices, in
    its largest connected part; the whole plane when there is none.
    """
    rows, columns = canonical.shape[1:]
    steps = [max(1, round(4.0 / s)) for s in spacing_mm]
    coarse = canonical[
        :: max(1, min(steps[0], canonical.shape[0] // 8 or 1)), :: steps[1], :: steps[2]
    ]
    dense = ndimage.binary_opening(coarse > -500, structure=np.ones((1, 3, 3), bool)).any(axis=0)
    parts, count = ndimage.label(dense)
    if count == 0:
        return 0, rows, 0, columns
    sizes = np.bincount(parts.ravel())
    sizes[0] = 0
    hit_rows, hit_columns = np.nonzero(parts == sizes.argmax())
    margin = [round(12.0 / s) for s in spacing_mm[1:]]
    return (
        max(0, int(hit_rows.min()) * steps[1] - margin[0]),
        min(rows, (int(hit_rows.max()) + 1) * steps[1] + margin[0]),
        max(0, int(hit_columns.min()) * steps[2] - margin[1]),
        min(columns, (int(hit_columns.max()) + 1) * steps[2] + margin[1]),
    )


class PreparedVolume:
    """A volume seen in canonical axial order, giving network inputs slice by slice.

    Holds a view of the voxels and two small matrices, never a float copy of the whole volume.
    Slices are counted in canonical order here; `volume_index` gives the place in the volume.
    Raises MedviewError for colour and for volumes without millimetres.
    """

    def __init__(self, volume: Volume, spec: InputSpec) -> None:
        if volume.is_color:
            raise MedviewError(
                "Colour images cannot be segmented.", hint="Choose a CT series.", code="not-grey"
            )
        if not volume.geometry.calibrated:
            raise MedviewError(
                "This series has no pixel spacing, so the model cannot know its scale.",
                hint="Choose a series with geometry.",
                code="no-geometry",
            )
        self.spec = spec
        self._ends = volume.value_ends() if spec.scaled else None
        self.permutation, self.flips = volume.geometry.canonical_axes()
        self._source = volume.geometry
        self.canonical = volume.geometry.canonical_view(volume.voxels)
        self.geometry = volume.geometry.reordered(self.permutation, self.flips)
        spacing = self.geometry.spacing_mm
        box = (0, self.canonical.shape[1], 0, self.canonical.shape[2])
        if not spec.scaled:  # the body is known by its HU only
            box = body_box(self.canonical, spacing)
        step = (spec.spacing_mm / spacing[1], spec.spacing_mm / spacing[2])
        shape = tuple(
            max(64, -(-int(np.ceil((high - low) / s)) // spec.MULTIPLE) * spec.MULTIPLE)
            for low, high, s in ((box[0], box[1], step[0]), (box[2], box[3], step[1]))
        )
        start = tuple(
            (low + high - 1) / 2.0 - (n - 1) / 2.0 * s
            for low, high, n, s in (
                (box[0], box[1], shape[0], step[0]),
                (box[2], box[3], shape[1], step[1]),
            )
        )
        self.grid = PlaneGrid((start[0], start[1]), step, (shape[0], shape[1]))
        self._down = self._matrices_down()
        self._up = self._matrices_up()
        self._corners = self._corner_tables()
        self._position = (
            np.broadcast_to(np.arange(shape[1]) - (shape[1] - 1) / 2.0, self.grid.shape)
            * (spec.spacing_mm / 200.0)
        ).astype(np.float32)
        self._kept: dict[int, Floats] = {}
        self._neighbor = max(1, round(spec.neighbor_mm / spacing[0]))

    @property
    def slice_count(self) -> int:
        return int(self.canonical.shape[0])

    def canonical_view(self, array: NDArray[Any]) -> NDArray[Any]:
        """An array on the volume's grid in canonical order: a view, so writing writes there."""
        return self._source.canonical_view(array)

    def _matrices_down(self) -> Matrices:
        rows, columns = self.canonical.shape[1:]
        grid = self.grid
        return (
            resampling_matrix(rows, grid.start[0], grid.step[0], grid.shape[0]),
            resampling_matrix(columns, grid.start[1], grid.step[1], grid.shape[1]),
        )

    def _matrices_up(self) -> Matrices:
        rows, columns = self.canonical.shape[1:]
        grid = self.grid
        up = []
        for axis, length in enumerate((rows, columns)):
            start, step = grid.start[axis], grid.step[axis]
            up.append(resampling_matrix(grid.shape[axis], -start / step, 1.0 / step, length))
        return up[0], up[1]

    def _corner_tables(self) -> tuple[Corners, Corners] | None:
        """Per axis the two network samples around each pixel; None where the image is coarser."""
        if max(1.0 / step for step in self.grid.step) > 1.0:
            return None
        tables = []
        for axis, length in enumerate(self.canonical.shape[1:]):
            last = self.grid.shape[axis] - 1
            place = (np.arange(length) - self.grid.start[axis]) / self.grid.step[axis]
            place = np.clip(place, 0.0, last)
            low = np.minimum(place.astype(np.intp), last - 1)
            tables.append((low, low + 1, (place - low).astype(np.float32)))
        return tables[0], tables[1]

    def resample(self, plane: NDArray[Any]) -> Floats:
        """One canonical slice (rows, columns) on the network grid; outside the image is air."""
        air = np.float32(self.spec.low)
        clipped = np.clip(self._scaled(plane), self.spec.low, self.spec.high).astype(np.float32)
        small = apply_matrices(self._down[0], clipped, self._down[1])
        rows = self.grid.start[0] + self.grid.step[0] * np.arange(self.grid.shape[0])
        columns = self.grid.start[1] + self.grid.step[1] * np.arange(self.grid.shape[1])
        small[(rows < -0.5) | (rows > plane.shape[0] - 0.5), :] = air
        small[:, (columns < -0.5) | (columns > plane.shape[1] - 0.5)] = air
        return small

    def _scaled(self, plane: NDArray[Any]) -> NDArray[Any]:
        """The slice as `InputSpec.scaled` says."""
        if self._ends is None:
            return plane
        low, high = self._ends
        return (plane - np.float32(low)) * np.float32(self.spec.SCALE / (high - low))

    def normalise(self, values: Floats) -> Floats:
        """Modality values to -1..1."""
        low, high = np.float32(self.spec.low), np.float32(self.spec.high)
        return (values - low) * (np.float32(2.0) / (high - low)) - np.float32(1.0)

    def neighbors(self, index: int) -> tuple[int, int, int]:
        """Canonical indices of (slice below, slice, slice above), ends repeated."""
        last = self.slice_count - 1
        return max(0, index - self._neighbor), index, min(last, index + self._neighbor)

    def network_input(self, index: int) -> Floats:
        """(4, rows, columns) float32 for canonical slice ``index``."""
        return np.stack([self._plane(i) for i in self.neighbors(index)] + [self._position])

    def _plane(self, index: int) -> Floats:
        """The resampled slice, -1..1; the last few are kept, as neighbours are asked for again."""
        plane = self._kept.get(index)
        if plane is None:
            plane = self.normalise(self.resample(self.canonical[index]))
            if len(self._kept) >= _KEPT_PLANES:
                self._kept.pop(next(iter(self._kept)))
            self._kept[index] = plane
        return plane

    def upsample(self, maps: Floats) -> Floats:
        """(channels, network rows, columns) to (channels, canonical rows, columns)."""
        rows, columns = self._up
        return np.stack([apply_matrices(rows, plane, columns) for plane in maps])

    def labels(self, logits: Floats) -> NDArray[np.uint8]:
        """The arg max of (classes, network rows, columns), upsampled: uint8 (canonical rows, cols).

        Outside the network grid is background. Interpolating keeps the order of classes on which
        all four corners agree, so only the pixels at borders need their logits interpolated.
        """
        rows, columns = self.covered()
        plane = np.zeros(self.canonical.shape[1:], np.uint8)
        if self._corners is None:
            plane[rows, columns] = self.upsample(logits)[:, rows, columns].argmax(axis=0)
            return plane
        (top, bottom, down), (left, right, across) = (
            tuple(part[where] for part in corners)
            for corners, where in zip(self._corners, (rows, columns), strict=True)
        )
        classes = logits.argmax(axis=0).astype(np.uint8)
        upper = classes[top]
        level = upper == classes[bottom]
        inner = upper[:, left]
        agree = (inner == upper[:, right]) & level[:, left] & level[:, right]
        y, x = np.nonzero(~agree)
        dy, dx = down[y], across[x]
        above = logits[:, top[y], left[x]] * (1 - dx) + logits[:, top[y], right[x]] * dx
        below = logits[:, bottom[y], left[x]] * (1 - dx) + logits[:, bottom[y], right[x]] * dx
        inner[y, x] = (above * (1 - dy) + below * dy).argmax(axis=0)
        plane[rows, columns] = inner
        return plane

    def covered(self) -> tuple[slice, slice]:
        """The part (rows, columns) of a canonical slice that the network grid covers."""
        bounds = []
        for axis in (0, 1):
            low = self.grid.start[axis] - self.grid.step[axis] / 2.0
            high = low + self.grid.step[axis] * self.grid.shape[axis]
            bounds.append(
                slice(max(0, int(np.ceil(low))), min(self.canonical.shape[axis + 1], int(high) + 1))
            )
        return bounds[0], bounds[1]
