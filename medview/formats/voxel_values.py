"""Stored values of a research file to the voxel types of a Volume, and the guess at their units."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medview.core.errors import MedviewError
from medview.core.geometry import Geometry
from medview.core.volume import Message, Volume
from medview.formats.file_errors import stem_of

_AIR_HU = -900  # only CT goes that low: air is -1000
_CT_RANGE_HU = (-5000, 20000)


def modality_values(
    stored: NDArray[Any], slope: float, intercept: float, path: Path
) -> NDArray[np.int16] | NDArray[np.float32]:
    """``stored * slope + intercept`` as int16 where that is whole and fits, else as float32.

    Raises MedviewError "file-unreadable" for types that are no real numbers.
    """
    if stored.dtype == np.bool_:
        stored = stored.view(np.uint8)
    if stored.dtype.kind not in "iuf":
        raise MedviewError(
            f"{path} holds {stored.dtype} values, which cannot be shown.", code="file-unreadable"
        )
    identity = (slope, intercept) == (1.0, 0.0)
    whole = float(slope).is_integer() and float(intercept).is_integer()
    if stored.dtype.kind in "iu" and whole:
        ends = [int(stored.min()) * int(slope) + int(intercept)]
        ends.append(int(stored.max()) * int(slope) + int(intercept))
        if min(ends) >= -32768 and max(ends) <= 32767:
            if identity:
                return stored.astype(np.int16, copy=False)
            return (stored.astype(np.int64) * int(slope) + int(intercept)).astype(np.int16)
    if identity:
        return stored.astype(np.float32, copy=False)
    return (stored.astype(np.float64) * slope + intercept).astype(np.float32)


def volume_of_file(
    voxels: NDArray[Any],
    geometry: Geometry,
    path: Path,
    suffixes: tuple[str, ...],
    messages: list[Message],
) -> Volume:
    """The volume that a research file holds, named after it, with units as far as they show."""
    voxels = np.ascontiguousarray(voxels)
    voxels.setflags(write=False)
    modality, units = _assumed_units(voxels, path, messages)
    return Volume(
        voxels,
        geometry,
        modality=modality,
        units=units,
        name=stem_of(path, suffixes),
        messages=tuple(messages),
        path=path,
    )


def _assumed_units(voxels: NDArray[Any], path: Path, messages: list[Message]) -> tuple[str, str]:
    """(modality, units): ("CT", "HU") with a note where the values look like it, else empty.

    Research files do not say what they hold; values down to air and no further do.
    """
    if voxels.dtype not in (np.int16, np.float32):
        return "", ""
    low, high = float(voxels.min()), float(voxels.max())
    if not (_CT_RANGE_HU[0] <= low <= _AIR_HU and 0 < high <= _CT_RANGE_HU[1]):
        return "", ""
    messages.append(
        Message(
            "units-assumed",
            f"{path.name} does not name its units; its values look like CT in HU.",
            severity="note",
            files=(str(path),),
        )
    )
    return "CT", "HU"
