"""Display: modality values to 8 bit grey through a window (DICOM PS3.3 C.11.2). No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

VoiFunction = Literal["LINEAR", "LINEAR_EXACT", "SIGMOID", "LUT"]


@dataclass(frozen=True, eq=False)
class VoiTable:
    """A VOI LUT (PS3.3 C.11.2.1.1): ``outputs`` (n,) float32 0..1, n >= 2, from low to high input.

    Compared by identity: two files' tables are two tables.
    """

    outputs: NDArray[np.float32]


@dataclass(frozen=True)
class Window:
    """A window: centre and width in modality units, width > 0.

    With a ``table`` (function "LUT") the inputs from centre - width / 2 to centre + width / 2 run
    along the table, so that moving the window moves or stretches the table under the values.
    """

    center: float
    width: float
    name: str = ""
    function: VoiFunction = "LINEAR"
    table: VoiTable | None = None

    @classmethod
    def of_table(cls, first: float, outputs: NDArray[np.float32], name: str = "") -> Window:
        """A VOI LUT whose first entry belongs to the modality value ``first``, one per unit."""
        span = len(outputs) - 1
        return cls(first + span / 2.0, float(span), name, "LUT", VoiTable(outputs))


# PEERS.md 4.2; each has a source there. The key is the digit that picks it in view mode.
CT_PRESETS: tuple[tuple[str, Window], ...] = (
    ("3", Window(-600, 1500, "Lung")),
    ("4", Window(40, 400, "Abdomen")),
    ("5", Window(25, 350, "Mediastinum")),
    ("6", Window(300, 2000, "Bone")),
    ("7", Window(90, 150, "Liver")),
    ("8", Window(40, 80, "Brain")),
    ("9", Window(160, 650, "Angio")),
)


def auto_window(values: NDArray[Any], padding: tuple[float, float] | None = None) -> Window:
    """The window from the 0.1 to the 99.9 percentile of finite values outside the padding."""
    flat = values.ravel()
    if flat.size > 1_000_000:
        flat = flat[:: flat.size // 1_000_000 + 1]
    if np.issubdtype(flat.dtype, np.floating):
        flat = flat[np.isfinite(flat)]
    if padding is not None:
        flat = flat[(flat < padding[0]) | (flat > padding[1])]
    if flat.size == 0:
        return Window(0.5, 1.0, "Auto")
    low, high = np.percentile(flat, (0.1, 99.9))
    if high <= low:
        low, high = float(flat.min()), float(flat.max())
    width = max(float(high - low), 1e-6 if np.issubdtype(flat.dtype, np.floating) else 1.0)
    return Window(float(low + high) / 2.0, width, "Auto")


def _fraction(values: NDArray[Any], window: Window) -> Any:
    """Values mapped to 0..1, unclipped for the linear functions."""
    x = values.astype(np.float32)
    center, width = np.float32(window.center), np.float32(max(window.width, 1e-6))
    if window.table is not None:
        outputs = window.table.outputs
        place = ((x - center) / width + np.float32(0.5)) * np.float32(len(outputs) - 1)
        entry = np.floor(np.clip(np.nan_to_num(place), 0, len(outputs) - 1) + np.float32(0.5))
        return outputs[entry.astype(np.int32)]
    if window.function == "SIGMOID":
        return (1.0 / (1.0 + np.exp(np.clip(-4.0 * (x - center) / width, -80.0, 80.0)))).astype(
            np.float32
        )
    if window.function == "LINEAR_EXACT" or width <= 1.0:
        return ((x - center) / width + np.float32(0.5)).astype(np.float32)
    return ((x - (center - np.float32(0.5))) / (width - np.float32(1.0)) + np.float32(0.5)).astype(
        np.float32
    )


def to_grey(values: NDArray[Any], window: Window, *, inverted: bool = False) -> NDArray[np.uint8]:
    """Modality values (any shape) to display values 0..255, as uint8, C-contiguous.

    LINEAR, LINEAR_EXACT and SIGMOID as in PS3.3 C.11.2.1.2 and C.11.2.1.3; LINEAR with a width of
    1 or less is taken as LINEAR_EXACT; a LUT maps values outside its inputs to its
    ends. int16 goes through a table. NaN shows black.
    """
    if values.dtype == np.int16:
        table = _grey_table(window, inverted)
        return table[values.view(np.uint16)]
    return _grey(values, window, inverted)


def _grey(values: NDArray[Any], window: Window, inverted: bool) -> NDArray[np.uint8]:
    fraction = np.nan_to_num(_fraction(values, window), nan=0.0)
    grey = np.floor(np.clip(fraction, 0.0, 1.0) * np.float32(255.0) + np.float32(0.5))
    if inverted:
        grey = 255.0 - grey
    return np.ascontiguousarray(grey.astype(np.uint8))


_last_table: tuple[tuple[Window, bool], NDArray[np.uint8]] | None = None


def _grey_table(window: Window, inverted: bool) -> NDArray[np.uint8]:
    """The display value of each int16, indexed by its bits as uint16; the last one is kept."""
    global _last_table
    key = (window, inverted)
    if _last_table is not None and _last_table[0] == key:
        return _last_table[1]
    every = np.arange(65536, dtype=np.uint16).view(np.int16)
    table = _grey(every, window, inverted)
    _last_table = (key, table)
    return table
