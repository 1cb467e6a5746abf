"""SliceHeader: what the program keeps of one file's header."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from medview.core.display import Window

Kind = Literal["image", "seg", "rtstruct", "other"]
Vector = tuple[float, float, float]
Orientation = tuple[float, float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class PixelFormat:
    """How pixels are stored (PS3.3 C.7.6.3); slices of a series share one object."""

    rows: int
    columns: int
    samples: int
    photometric: str
    planar: int
    bits_allocated: int
    bits_stored: int
    high_bit: int
    signed: bool
    kind: str  # "int", "float", "double"
    transfer_syntax: str
    little: bool
    vr: bytes

    @property
    def is_color(self) -> bool:
        return self.samples >= 3 or self.photometric == "PALETTE COLOR"

    @property
    def frame_bits(self) -> int:
        """Bits of one native frame."""
        pixels = self.rows * self.columns
        if self.photometric == "YBR_FULL_422":
            return pixels * 2 * self.bits_allocated
        return pixels * self.samples * self.bits_allocated

    @property
    def frame_bytes(self) -> int:
        return (self.frame_bits + 7) // 8


pixel_format = lru_cache(maxsize=256)(PixelFormat)


@dataclass(frozen=True, slots=True)
class FrameInfo:
    """One frame: place in the patient (LPS mm), rescale, windows, and what sets it apart.

    ``aspect`` is the shape of a pixel where its size is unknown: in proportion, as ``spacing``.
    ``windows`` are without the lookup tables of a classic file, which `voi.windows_of` reads.
    ``phase`` holds (name, value) pairs that can tell two frames at one position apart,
    strongest first. ``stack`` is the stack of an enhanced object.
    """

    position: Vector | None = None
    orientation: Orientation | None = None
    spacing: tuple[float, float] | None = None  # between rows, between columns
    thickness: float | None = None
    slope: float = 1.0
    intercept: float = 0.0
    windows: tuple[Window, ...] = ()
    phase: tuple[tuple[str, str], ...] = ()
    stack: str = ""
    aspect: tuple[float, float] = (1.0, 1.0)


@dataclass(frozen=True, slots=True)
class SliceHeader:
    """One file. ``pixel_offset`` is where its pixel data's value begins; ``frames`` one or more.

    ``flags``: "overlay", "voi-lut", "modality-lut", "truncated", "detector-spacing",
    "region-scales", "no-rescale", "inverse", "executable-preamble". ``references`` are the series
    UIDs that a segmentation or structure set belongs to. ``padding`` is the range of stored padding
    values. ``frame_time_ms`` and ``lossy`` as in `Volume`.
    """

    path: Path
    file_size: int
    kind: Kind
    sop_class_uid: str
    sop_instance_uid: str
    study_uid: str
    series_uid: str
    frame_of_reference_uid: str
    modality: str
    patient_id: str
    patient_name: str
    study_description: str
    study_date: str
    series_description: str
    series_number: int | None
    acquisition_number: int | None
    instance_number: int | None
    units: str
    pixel: PixelFormat | None
    pixel_offset: int
    pixel_length: int
    frames: tuple[FrameInfo, ...]
    padding: tuple[int, int] | None
    flags: frozenset[str]
    references: tuple[str, ...] = ()
    frame_time_ms: float | None = None
    lossy: str = ""
    contrast_agent: str = ""
    is_localizer: bool = False


@dataclass(frozen=True, slots=True)
class FrameRef:
    """One slice of a volume: a file and the frame in it, counted from 1."""

    header: SliceHeader
    frame_number: int

    @property
    def path(self) -> Path:
        return self.header.path

    @property
    def info(self) -> FrameInfo:
        return self.header.frames[self.frame_number - 1]
