"""Display filters: a slice made smoother for the eye. The data stay as they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from medview.core.job import Job

FilterKind = Literal["none", "median", "gaussian", "non-local-means"]
WORDS: dict[str, str] = {
    "median": "median",
    "gaussian": "Gaussian",
    "non-local-means": "non-local means",
}


@dataclass(frozen=True)
class DisplayFilter:
    """Which filter, and its reach in mm (in pixels where there are no millimetres)."""

    kind: FilterKind = "none"
    reach_mm: float = 2.0


def smooth(
    values: NDArray[Any], spacing_mm: tuple[float, float], chosen: DisplayFilter
) -> NDArray[np.float32]:
    """A filtered copy of one slice (rows, columns); ``spacing_mm`` between rows and columns.

    Median over an ellipse of the reach's radius; Gaussian with sigma of half the reach; non-local
    means (Buades 2005, fast mode of Darbon 2008, skimage) with the noise estimated from the slice
    itself and patches of the reach. Borders repeat their last pixel.
    """
    image = np.ascontiguousarray(values, dtype=np.float32)
    reach = [max(chosen.reach_mm / mm, 0.5) for mm in spacing_mm]
    if chosen.kind == "median":
        from scipy.ndimage import median_filter

        radius = [max(round(pixels), 1) for pixels in reach]
        rows, columns = np.ogrid[-radius[0] : radius[0] + 1, -radius[1] : radius[1] + 1]
        tip = (rows / (radius[0] + 0.5)) ** 2 + (columns / (radius[1] + 0.5)) ** 2 <= 1.0
        return np.asarray(median_filter(image, footprint=tip, mode="nearest"), dtype=np.float32)
    if chosen.kind == "gaussian":
        from scipy.ndimage import gaussian_filter

        sigma = [pixels / 2.0 for pixels in reach]
        return np.asarray(gaussian_filter(image, sigma, mode="nearest"), dtype=np.float32)
    if chosen.kind == "non-local-means":
        return _non_local_means(image, max(round(min(reach)), 1))
    return image


def _non_local_means(image: NDArray[np.float32], radius: int) -> NDArray[np.float32]:
    from skimage.restoration import denoise_nl_means

    noise = _noise(image)
    if noise <= 0:
        return image
    smoothed: NDArray[np.float32] = denoise_nl_means(
        image,
        patch_size=2 * radius + 1,
        patch_distance=3 * radius + 2,
        h=0.8 * noise,
        sigma=noise,
        fast_mode=True,
    ).astype(np.float32)
    return smoothed


def _noise(image: NDArray[np.float32]) -> float:
    """Standard deviation of the noise (Immerkaer 1996), from the middle of the image's detail.

    The median instead of the mean of the absolute response keeps edges out of it.
    """
    inner = image[1:-1, 1:-1]
    if inner.size == 0:
        return 0.0
    cross = image[:-2, 1:-1] + image[2:, 1:-1] + image[1:-1, :-2] + image[1:-1, 2:]
    corners = image[:-2, :-2] + image[:-2, 2:] + image[2:, :-2] + image[2:, 2:]
    response = np.abs(4.0 * inner - 2.0 * cross + corners)
    inside = response[response > 0]  # constant air and padding carry no noise
    return float(np.median(inside)) / 0.6745 / 6.0 if inside.size else 0.0


def smoothing_job(
    values: NDArray[Any], spacing_mm: tuple[float, float], chosen: DisplayFilter
) -> Job:
    """`smooth` as a job; its result is the filtered slice."""
    return Job("Smoothing", lambda _progress: smooth(values, spacing_mm, chosen))
