"""Volume: read-only voxels in modality units, with their geometry and their source."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from medview.core.display import Window
from medview.core.geometry import Geometry


@dataclass(frozen=True)
class Message:
    """Something the user should know about a series: a stable code, plain words, the files."""

    code: str
    text: str
    severity: Literal["note", "warning"] = "warning"
    files: tuple[str, ...] = ()


# codes of messages after which a slice's number does not tell its place, and why
_UNEVEN = {
    "missing-slices": "slices are missing",
    "uneven-spacing": "the slices are unevenly spaced",
    "off-line": "the slices do not lie in line",
}
# codes of messages after which millilitres and lengths across slices would be wrong, and why
_NOT_MEASURABLE = {
    **_UNEVEN,
    "one-position": "all slices lie at one position",
    "duplicate-position": "slices lie at the same position",
    "no-thickness": "the thickness of the slice is unknown",
    "slice-unreadable": "slices could not be read",
}
_ENDS = (0.5, 99.5)  # percent of the values that lie below `Volume.value_ends`
_SAMPLE = 200_000  # voxels looked at for them


@dataclass(frozen=True)
class SourceSeries:
    """Where a volume's slices came from. Per-slice tuples run along the volume's slice axis."""

    study_uid: str
    series_uid: str
    volume_index: int = 0
    variant: str = ""  # set where another shape of this series is known already
    frame_of_reference_uid: str | None = None
    patient_id: str = ""
    patient_name: str = ""
    study_description: str = ""
    series_description: str = ""
    study_date: str = ""
    series_number: int | None = None
    sop_class_uid: str = ""
    sop_instance_uids: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()
    frames: tuple[int, ...] = ()  # 1-based frame number inside the file (DICOM's counting)


@dataclass(frozen=True, eq=False)
class Volume:
    """An image volume.

    ``voxels`` (slice, row, column), int16 or float32 modality values (HU for CT: rescale
    applied per slice), or (slice, row, column, 3) uint8 for colour. Never mutated once complete,
    so threads share it without locks; while a loader still streams, ``ready`` (bool per slice)
    says which slices hold pixels (None: all do).
    ``units`` as shown to the user ("HU", "Bq/ml", "" when unknown).
    ``windows`` are the file's own, best first. ``padding`` is the inclusive (low, high) range of
    padding values, left out of statistics.
    ``unreadable`` slices (index -> reason) hold no or not all of their pixels: they are marked on
    the picture and left out of prediction and training.
    ``overlays`` are the file's bitmaps (PS3.3 C.9): slice index -> bool (row, column), drawn, not
    stored in the voxels. ``frame_time_ms`` is the time between frames of a cine, None for others.
    ``lossy`` says how the pixels were compressed with loss ("" when they were not). ``facts`` are
    what else the corners show, by name: "birth date", "sex", "institution", "thickness" and so on.
    ``suv`` is the SUV (body weight, g/ml) of a value of 1 in a PET volume; None where it cannot be
    computed, and ``no_suv`` then says why ("" for other modalities). ``series_ends``: the
    `value_ends` of the series that this volume is a part of (None: it is no part).
    """

    voxels: NDArray[Any]
    geometry: Geometry
    modality: str = ""
    units: str = ""
    name: str = ""
    source: SourceSeries | None = None
    windows: tuple[Window, ...] = ()
    inverted: bool = False  # MONOCHROME1: shown inverted last
    padding: tuple[float, float] | None = None
    messages: tuple[Message, ...] = ()
    path: Path | None = None  # the file of a volume that is not DICOM
    ready: NDArray[np.bool_] | None = field(default=None)
    unreadable: Mapping[int, str] = field(default_factory=dict)
    overlays: Mapping[int, NDArray[np.bool_]] = field(default_factory=dict)
    frame_time_ms: float | None = None
    lossy: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    suv: float | None = None
    no_suv: str = ""
    series_ends: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        if self.voxels.shape[:3] != self.geometry.shape:
            raise ValueError(
                f"voxels {self.voxels.shape} do not fit the geometry {self.geometry.shape}"
            )

    @property
    def is_color(self) -> bool:
        return self.voxels.ndim == 4

    @property
    def is_complete(self) -> bool:
        return self.ready is None or bool(self.ready.all())

    def value_ends(self) -> tuple[float, float]:
        """The values of the series between which all but half a percent at each end lie.

        Padding is left out. From a sample of large volumes; low < high.
        """
        if self.series_ends is not None:
            return self.series_ends
        values = self.voxels.ravel()[:: self.voxels.size // _SAMPLE | 1]  # odd: no column repeats
        if self.padding is not None:
            real = values[(values < self.padding[0]) | (values > self.padding[1])]
            values = real if real.size else values
        low, high = (float(end) for end in np.percentile(values, _ENDS))
        return low, max(high, low + 1e-3)

    @property
    def not_measurable(self) -> str:
        """Why volumes in ml and lengths across slices cannot be given; "" when they can."""
        if not self.geometry.calibrated:
            return "the files give no distances"
        codes = {message.code for message in self.messages}
        reasons = [why for code, why in _NOT_MEASURABLE.items() if code in codes]
        return reasons[0] if reasons else ""

    @property
    def is_even(self) -> bool:
        """Whether every slice lies where the geometry says."""
        return not any(message.code in _UNEVEN for message in self.messages)

    @property
    def is_measurable(self) -> bool:
        """Whether volumes in ml and lengths across slices can be given."""
        return not self.not_measurable

    @cached_property
    def content_hash(self) -> str:
        """sha256 over shape, affine (1e-4 mm) and voxels: the identity of a case without UIDs."""
        digest = hashlib.sha256()
        digest.update(repr((self.voxels.shape, str(self.voxels.dtype))).encode())
        digest.update(np.round(self.geometry.affine, 4).tobytes())
        digest.update(np.ascontiguousarray(self.voxels).data)
        return digest.hexdigest()

    @property
    def case_key(self) -> str:
        """How the workspace knows this case, wherever its folder is."""
        if self.source is not None and self.source.series_uid:
            variant = f"~{self.source.variant}" if self.source.variant else ""
            return f"{self.source.series_uid}#{self.source.volume_index}{variant}"
        return f"sha256:{self.content_hash}"
