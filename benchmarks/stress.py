"""What can go wrong with a chest CT, made on purpose: a known truth, a harder case.

Used by robustness.py, ablation.py and learning_curve.py. Each stress is a function of (HU voxels
(slice, row, column), label voxels, spacing mm, generator) to new voxels; labels never change.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import ndimage

from medview.core.volume import Volume

LUNGS = (1, 2)


def noisy(voxels, _labels, _spacing, random):
    """White noise of 100 HU."""
    return voxels + random.normal(0.0, 100.0, voxels.shape)


def sharp(voxels, _labels, _spacing, random):
    """A sharp kernel: unsharp masking by 1.5, and its noise of 40 HU."""
    soft = ndimage.gaussian_filter(voxels, (0, 1.0, 1.0))
    return voxels + 1.5 * (voxels - soft) + random.normal(0.0, 40.0, voxels.shape)


def smooth(voxels, _labels, _spacing, _random):
    """A soft kernel of 2 pixels."""
    return ndimage.gaussian_filter(voxels, (0, 2.0, 2.0))


def wrong_rescale(voxels, _labels, _spacing, _random):
    """Values 8 % too large and 50 HU too high, as an uncalibrated scanner gives."""
    return (voxels + 1024.0) * 1.08 - 974.0


def filled(voxels, labels, spacing, random, share=0.3):
    """A share (30 %) of each lung filled by opacities of -300 to 60 HU, in patches."""
    field = ndimage.gaussian_filter(random.normal(size=voxels.shape), [12.0 / s for s in spacing])
    result = voxels.astype(np.float64)
    for lung in LUNGS:
        inside = labels == lung
        if not inside.any():
            continue
        patch = inside & (field >= np.quantile(field[inside], 1.0 - share))
        soft = ndimage.gaussian_filter(patch.astype(np.float64), [1.5 / s for s in spacing])
        value = random.uniform(-300.0, 60.0) + random.normal(0.0, 20.0, voxels.shape)
        result += np.maximum(value - result, 0.0) * soft * inside
    return result


def gassy(voxels, labels, spacing, random):
    """Ragged gas in soft tissue, 15 mm and more from lungs, airway and the skin."""
    air = ndimage.binary_dilation((voxels < -500) | (labels > 0), iterations=1)
    distance = ndimage.distance_transform_edt(~air, sampling=spacing)
    field = ndimage.gaussian_filter(random.normal(size=voxels.shape), [5.0 / s for s in spacing])
    tissue = distance > 15.0
    if not tissue.any():
        return voxels
    pocket = tissue & (field >= np.quantile(field[tissue], 0.9))
    return np.where(pocket, -950.0 + random.normal(0.0, 20.0, voxels.shape), voxels)


def few_pixels(voxels, _labels, _spacing, _random):
    """A third of the pixels in each direction of the plane."""
    small = ndimage.zoom(voxels.astype(np.float32), (1, 1 / 3, 1 / 3), order=1)
    factors = [a / b for a, b in zip(voxels.shape, small.shape, strict=True)]
    return ndimage.zoom(small, factors, order=1)


FLUID = "fluid in the back of each lung, 20 %"
STRESSES: dict[str, Callable] = {
    "noise 100 HU": noisy,
    "sharp kernel": sharp,
    "soft kernel": smooth,
    "wrong rescale": wrong_rescale,
    "30 % of each lung filled": filled,
    "gas in soft tissue": gassy,
    "a third of the pixels": few_pixels,
}


def stressed(volume: Volume, labels: np.ndarray, names: tuple[str, ...], seed: int = 0) -> Volume:
    """The volume under the named stresses, one after the other; the same for the same seed."""
    voxels = volume.voxels.astype(np.float32)
    random = np.random.default_rng(seed)
    for name in names:
        voxels = STRESSES[name](voxels, labels, volume.geometry.spacing_mm, random)
    return as_ct(volume, voxels)


def with_opacities(volume: Volume, labels: np.ndarray, share: float, seed: int) -> Volume:
    """The volume with this share of each lung filled; the same for the same seed."""
    random = np.random.default_rng(seed)
    voxels = volume.voxels.astype(np.float32)
    return as_ct(volume, filled(voxels, labels, volume.geometry.spacing_mm, random, share))


def with_fluid(
    volume: Volume, labels: np.ndarray, share: float = 0.2, seed: int = 0
) -> tuple[Volume, np.ndarray]:
    """Fluid (10 HU) in the back of both lungs, this share of each, level; and labels without it."""
    random = np.random.default_rng(seed)
    indices = np.indices(labels.shape, dtype=np.float32)
    back = np.tensordot(volume.geometry.affine[1, :3], indices, 1)  # toward the patient's back
    kept = labels.copy()
    wet = np.zeros(labels.shape, bool)
    for lung in LUNGS:
        inside = labels == lung
        if inside.any():
            level = np.quantile(back[inside], 1.0 - share)
            kept[inside & (back > level)] = 0
            rim = ndimage.binary_dilation(inside, np.ones((1, 5, 5), bool)) & (labels == 0)
            wet |= (inside | rim) & (back > level)  # labels leave out a rim of lung
    value = 10.0 + random.normal(0.0, 20.0, labels.shape)
    return as_ct(volume, np.where(wet, np.maximum(volume.voxels, value), volume.voxels)), kept


def as_ct(volume: Volume, voxels: np.ndarray) -> Volume:
    """New voxels in the range of a CT, on the volume's geometry."""
    voxels = np.clip(np.round(voxels), -1024, 3071).astype(np.int16)
    return Volume(voxels, volume.geometry, modality="CT", units="HU")
