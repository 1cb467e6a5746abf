"""Thorax phantom: a generated chest CT with exact labels, for the demo, tests and experiments."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from medview.core import phantom_anatomy as anatomy
from medview.core.box import Index
from medview.core.geometry import Geometry
from medview.core.labels import Label, LabelTable, default_color
from medview.core.phantom_canvas import Array, Canvas, smooth_noise

RIGHT_LUNG, LEFT_LUNG, AIRWAY = 1, 2, 3
_FIELD_MM = (300.0, 384.0)  # along the patient, across: a smaller field shrinks the patient
_HU_RANGE = (-1024.0, 3071.0)  # 12 bits stored with a rescale intercept of -1024


@dataclass(frozen=True)
class PhantomShift:
    """A change of look with unchanged labels: what another scanner or a disease does.

    Voxels become ``hu_gain * value + hu_offset``; ``noise_hu`` is extra noise (standard
    deviation); ``lung_opacity`` is the share 0..1 of the lungs filled with patches of
    consolidation. ``seed`` moves patches and noise.
    """

    name: str = ""
    hu_offset: float = 0.0
    hu_gain: float = 1.0
    noise_hu: float = 0.0
    lung_opacity: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0.0 <= self.lung_opacity <= 1.0:
            raise ValueError(f"lung_opacity must be 0..1, not {self.lung_opacity}")


@dataclass(frozen=True, eq=False)
class Phantom:
    """``voxels`` int16 HU and ``labels`` uint8 (1 right lung, 2 left lung, 3 airway), both
    (slice, row, column) on ``geometry``: axial, feet to head, supine, patient right at low column.
    The right lung's nodule and the left lung's are inside their lung's label.
    """

    voxels: NDArray[np.int16]
    labels: NDArray[np.uint8]
    geometry: Geometry
    seed: int = 0
    shift: PhantomShift | None = None


def phantom_table() -> LabelTable:
    """The names of a phantom's labels."""
    names = {RIGHT_LUNG: "right lung", LEFT_LUNG: "left lung", AIRWAY: "airway"}
    return LabelTable.of(Label(n, name, default_color(n)) for n, name in names.items())


def thorax_phantom(
    shape: Index = (60, 256, 256),
    spacing_mm: tuple[float, float, float] = (5.0, 1.5, 1.5),
    seed: int = 0,
    shift: PhantomShift | None = None,
) -> Phantom:
    """A chest CT of the patient number ``seed``; the same arguments give the same voxels.

    ``shape`` is (slices, rows, columns), ``spacing_mm`` likewise. The patient has a natural size
    where the field holds 300 mm along and 384 mm across, and shrinks to fit a smaller field.
    """
    rng = np.random.default_rng(seed)
    lengths = [n * step for n, step in zip(shape, spacing_mm, strict=True)]
    along = min(1.0, lengths[0] / _FIELD_MM[0])
    across = min(1.0, lengths[1] / _FIELD_MM[1], lengths[2] / _FIELD_MM[1])
    patient = anatomy.draw_patient(rng)
    canvas = Canvas(
        shape, (spacing_mm[0] / along, spacing_mm[1] / across, spacing_mm[2] / across), rng
    )
    labels = anatomy.paint_thorax(canvas, patient, rng)
    voxels = canvas.hu
    if shift is not None and shift.lung_opacity > 0:
        _consolidate(voxels, labels, shift)
    for axis in (1, 2):  # the scanner's point spread, in the plane
        ndimage.gaussian_filter1d(voxels, 0.55, axis=axis, output=voxels)
    voxels += _noise(rng, shape, patient.noise_hu)
    if shift is not None:
        voxels *= np.float32(shift.hu_gain)
        voxels += np.float32(shift.hu_offset)
        if shift.noise_hu > 0:
            voxels += _noise(np.random.default_rng(shift.seed + 7919), shape, shift.noise_hu)
    np.clip(voxels, *_HU_RANGE, out=voxels)
    origin = tuple(-(n - 1) / 2.0 * step for n, step in zip(shape, spacing_mm, strict=True))
    geometry = Geometry.axial(shape, spacing_mm, (origin[2], origin[1], origin[0]))
    return Phantom(np.rint(voxels).astype(np.int16), labels, geometry, seed, shift)


def _noise(rng: np.random.Generator, shape: Index, sigma: float) -> Array:
    """Noise with standard deviation ``sigma`` and the fine grain of a reconstruction kernel."""
    white = rng.standard_normal(shape, dtype=np.float32)
    grain = white[:, :, :] * np.float32(0.8)
    grain[:, 1:, :] += np.float32(0.42) * white[:, :-1, :]
    grain[:, :, 1:] += np.float32(0.42) * white[:, :, :-1]
    grain *= np.float32(sigma)
    return grain


def _consolidate(hu: Array, labels: NDArray[np.uint8], shift: PhantomShift) -> None:
    """Fill the share ``shift.lung_opacity`` of the lungs with patches as dense as fluid."""
    rng = np.random.default_rng(shift.seed + 104729)
    knots = (max(4, hu.shape[0] // 6), 10, 10)
    field = smooth_noise(rng, (hu.shape[0], hu.shape[1], hu.shape[2]), knots)
    # more at the back and the base, where consolidation and effusion collect
    field += np.linspace(-0.8, 0.8, hu.shape[1], dtype=np.float32)[None, :, None]
    field += np.linspace(0.5, -0.5, hu.shape[0], dtype=np.float32)[:, None, None]
    lungs = (labels == RIGHT_LUNG) | (labels == LEFT_LUNG)
    inside = field[lungs]
    if inside.size == 0:
        return
    edge = float(np.quantile(inside, 1.0 - shift.lung_opacity))
    dense = np.clip((inside - edge) / 0.25 + 0.5, 0.0, 1.0).astype(np.float32)
    texture = rng.normal(25.0, 12.0, inside.size).astype(np.float32)
    hu[lungs] += dense * (texture - hu[lungs])
