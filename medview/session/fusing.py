"""Fusing: a second volume brought onto the open one's grid, to be shown over it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medview.core.display import Window, auto_window
from medview.core.errors import MedviewError
from medview.core.geometry import Geometry
from medview.core.job import Job, Progress
from medview.core.resample import sample
from medview.core.volume import Volume


@dataclass(frozen=True, eq=False)
class Fused:
    """``values`` (slice, row, column) of a second volume on another's grid, in their own units."""

    values: NDArray[Any]
    window: Window
    name: str
    units: str


def fuse_job(second: Volume, onto: Volume) -> Job:
    """Interpolate ``second`` at the voxels of ``onto`` by their positions; the result is a `Fused`.

    Positions are compared as they are: DICOM promises that they mean the same place only where
    both series share a frame of reference (PS3.3 C.7.4.1). MedviewError when they do not, for
    colour, and for images without a place in the patient.
    """
    _need_same_space(second, onto)
    return Job(f"Fusing {second.name}", lambda progress: fuse(second, onto.geometry, progress))


def fuse(second: Volume, target: Geometry, progress: Progress) -> Fused:
    """As `fuse_job`, at once. Outside the second volume is its lowest value."""
    low = float(second.voxels.min())
    values = np.empty(target.shape, second.voxels.dtype)
    for index in range(target.shape[0]):
        progress.report(index / target.shape[0], "Fusing")
        affine = target.affine.copy()
        affine[:3, 3] += affine[:3, 0] * index
        plane = Geometry((1, *target.shape[1:]), affine)
        values[index] = sample(second.voxels, second.geometry, plane, outside=low)[0]
    values.setflags(write=False)
    window = second.windows[0] if second.windows else auto_window(second.voxels, second.padding)
    return Fused(values, window, second.name, second.units)


def share_space(one: Volume, other: Volume) -> bool:
    """Whether positions in the two volumes mean the same place in the patient."""
    if not (one.geometry.calibrated and other.geometry.calibrated):
        return False
    if one.source is None or other.source is None:
        return one.source is None and other.source is None  # files: their positions are all we have
    same = one.source.frame_of_reference_uid
    return same is not None and same == other.source.frame_of_reference_uid


def _need_same_space(second: Volume, onto: Volume) -> None:
    if second.is_color:
        raise MedviewError(
            f"{second.name} is in colour.", hint="Fuse a grey image.", code="not-grey"
        )
    if not share_space(second, onto):
        raise MedviewError(
            f"{second.name} and {onto.name} do not share a frame of reference.",
            hint="Series of one examination usually do; show them beside each other instead.",
            code="other-space",
        )
