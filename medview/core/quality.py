"""Quality of a loaded volume: what may mislead a reader or a model, from a sample of its slices.

Every finding is a note. Thresholds stand here, each with what it is for; figures of real series
are in docs/dicom-support.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from medview.core.job import Progress
from medview.core.volume import Message, Volume

Floats = NDArray[np.float32]

_SLICES = 12  # looked at, evenly spread
NOISE_HU = 40.0  # the bundled model's training cases lie at 8 to 36
_BLOCK_MM = 5.0  # of the squares in which the noise is measured
_FEWEST_BLOCKS = 30
_TISSUE_HU = -300.0  # denser is body or table, not air or lung
CUT_SHARE = 0.08  # of the field of view's border; a table alone covers less
METAL_HU, METAL_VOXELS = 3000.0, 20
_DENSE_HU, _DENSE_SHARE = 700.0, 0.08  # no patient is bone to that share
_KNOWN_SHARE = 0.5  # of voxels that are air, lung, fat or soft tissue in every CT
THICK_MM, FEW_SLICES = 5.0, 10
HOLE_SHARE = 0.001  # of a slice


def check_quality(volume: Volume, progress: Progress) -> tuple[Message, ...]:
    """Notes on noise, a cut body, metal, values that are no HU, thick or few slices, 8 bit pixels,
    padding within the picture. Colour has none. Takes well under a second."""
    if volume.is_color:
        return ()
    sample = _sample(volume)
    found = list(_about_slices(volume))
    checks: tuple[Callable[[Volume, Floats], Iterator[Message]], ...] = (
        _about_values, _about_noise, _about_border, _about_padding,
    )  # fmt: skip
    for number, check in enumerate(checks):
        progress.report(number / len(checks), "Checking the quality")
        found += check(volume, sample)
    return tuple(found)


def _note(code: str, text: str) -> Message:
    return Message(f"quality-{code}", text, "note")


def _sample(volume: Volume) -> Floats:
    """Some readable slices as float32; padding and what is not finite become NaN."""
    readable = [n for n in range(volume.voxels.shape[0]) if n not in volume.unreadable]
    places = np.linspace(0, len(readable) - 1, min(_SLICES, len(readable))).round().astype(int)
    values = volume.voxels[[readable[place] for place in places]].astype(np.float32)
    values[~np.isfinite(values)] = np.nan
    if volume.padding is not None:
        low, high = volume.padding
        values[(values >= low) & (values <= high)] = np.nan
    return values


def _about_slices(volume: Volume) -> Iterator[Message]:
    count = volume.geometry.shape[0]
    if volume.geometry.calibrated and count > 1 and volume.is_even:
        thickness = volume.geometry.spacing_mm[0]
        if thickness > THICK_MM + 0.01:
            text = f"Thick slices: {thickness:.1f} mm apart; small findings can hide between them."
            yield _note("thick-slices", text)
    if count < FEW_SLICES and volume.modality in ("CT", "MR", "PT"):
        yield _note("few-slices", f"Only {count} slice(s): a part of the organ at best.")


def _about_values(volume: Volume, sample: Floats) -> Iterator[Message]:
    """8 bit pixels and, for CT, metal and values that do not lie where HU do."""
    seen = sample[np.isfinite(sample)]
    if volume.modality != "CT" or seen.size == 0:
        return
    low, high = float(seen.min()), float(seen.max())
    if low >= 0 and 200 < high <= 255 and np.array_equal(seen, np.rint(seen)):
        yield _note("eight-bit", "The values are those of an 8 bit picture, no measured HU.")
        return
    body = ((seen > -1100) & (seen < -400)) | ((seen > -200) & (seen < 300))
    dense = float((seen > _DENSE_HU).mean())
    if float(body.mean()) < _KNOWN_SHARE or (dense > _DENSE_SHARE and low > -500):
        text = f"The values do not look like HU: they run from {low:.0f} to {high:.0f}."
        yield _note("not-hu", text)
        return
    metal = int((seen >= METAL_HU).sum())
    if metal >= METAL_VOXELS:
        text = f"Metal or another very dense matter: {metal} voxels over {METAL_HU:.0f} HU."
        yield _note("metal", f"{text} Streaks may hide what lies beside it.")


def noise_hu(volume: Volume, sample: Floats) -> float | None:
    """The noise of a CT in HU, or None where too little soft tissue is seen.

    The most frequent standard deviation of small squares within soft tissue (the global noise level
    of Christianson et al., AJR 2015, with squares instead of a moving window): edges make many
    squares worse, but hardly two alike.
    """
    spacing = volume.geometry.in_plane_mm
    if spacing is None:
        return None
    side = [int(np.clip(round(_BLOCK_MM / mm), 3, 15)) for mm in spacing]
    rows, columns = (n // s for n, s in zip(sample.shape[1:], side, strict=True))
    cut = sample[:, : rows * side[0], : columns * side[1]]
    blocks = cut.reshape(-1, rows, side[0], columns, side[1]).transpose(0, 1, 3, 2, 4)
    flat = blocks.reshape(-1, side[0] * side[1])
    middle = np.abs(np.median(flat, axis=1) - 50.0) < 75.0  # NaN is no soft tissue
    soft = flat[middle & (np.abs(flat.mean(axis=1) - 50.0) < 75.0)]
    if len(soft) < _FEWEST_BLOCKS:
        return None
    deviations = np.sort(soft.std(axis=1, ddof=1))
    half = len(deviations) // 2
    width = deviations[half:] - deviations[: len(deviations) - half]
    start = int(width.argmin())  # the shortest half: its middle is the mode, robustly
    return float(np.median(deviations[start : start + half + 1]))


def _about_noise(volume: Volume, sample: Floats) -> Iterator[Message]:
    if volume.modality != "CT" or volume.units != "HU":
        return
    noise = noise_hu(volume, sample)
    if noise is not None and noise > NOISE_HU:
        yield _note("noise", f"Noisy: a standard deviation of {noise:.0f} HU in soft tissue.")


def _about_border(volume: Volume, sample: Floats) -> Iterator[Message]:
    if volume.modality != "CT" or volume.units != "HU":
        return
    shares = [border_share(plane) for plane in sample]
    cut = [share for share in shares if share > CUT_SHARE]
    if cut:
        text = (
            f"The field of view cuts the body in {len(cut)} of {len(shares)} slices looked at: "
            f"up to {max(cut):.0%} of its border is tissue."
        )
        yield _note("cut-body", text)


def border_share(plane: Floats) -> float:
    """How much of the field of view's border lies in tissue (0..1); plane (rows, columns) in HU.

    The border is the outermost ring of pixels, or where the corners are blank (one value or
    padding) the circle that fits into the picture.
    """
    rows, columns = plane.shape
    y, x = np.ogrid[:rows, :columns]
    radius = np.hypot((y - (rows - 1) / 2) / (rows / 2), (x - (columns - 1) / 2) / (columns / 2))
    outside = plane[radius > 1.02]
    known = outside[np.isfinite(outside)]
    if known.size == 0 or float(np.ptp(known)) == 0.0:
        ring = plane[(radius > 0.95) & (radius < 0.98)]
    else:
        ring = np.concatenate([plane[0], plane[-1], plane[:, 0], plane[:, -1]])
    seen = ring[np.isfinite(ring)]
    return float((seen > _TISSUE_HU).mean()) if seen.size else 0.0


def _about_padding(volume: Volume, sample: Floats) -> Iterator[Message]:
    """Padding that does not reach the border lies within the patient."""
    if volume.padding is None:
        return
    from scipy import ndimage

    worst = 0.0
    for plane in sample:
        blank = np.isnan(plane)
        if blank.any():
            holes = ndimage.binary_fill_holes(~blank) & blank
            worst = max(worst, float(holes.mean()))
    if worst > HOLE_SHARE:
        yield _note("padding-inside", f"Up to {worst:.1%} of a slice within the picture is blank.")
