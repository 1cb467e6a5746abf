"""VOI lookup tables of a file as windows (PS3.3 C.11.2.1.1): preferred to its other windows."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final, cast

import numpy as np
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.dataset import Dataset

from medview.core.display import Window
from medview.dicom import values as v
from medview.dicom.header import FrameRef

_TAGS: Final = [0x00283010, 0x00080005]
_NAMELESS = "VOI LUT"
_FULL = 65536  # entries, which a 16 bit count writes as 0


def windows_of(frame: FrameRef) -> tuple[Window, ...]:
    """The file's windows for a frame, lookup tables first; a table that makes no sense is left out.

    Reads the tables from the file, as headers do not keep them.
    """
    header, info = frame.header, frame.info
    if "voi-lut" not in header.flags or header.pixel is None:
        return info.windows
    dataset = dcmread(
        header.path, stop_before_pixels=True, specific_tags=cast("Any", _TAGS), force=True
    )
    negative = "modality-lut" not in header.flags and (header.pixel.signed or info.intercept < 0)
    found = tables(dataset.get("VOILUTSequence") or (), negative, header.pixel.little)
    return (*found, *info.windows)


def tables(
    items: Iterable[Dataset], may_be_negative: bool, little: bool = True
) -> tuple[Window, ...]:
    """The items of a VOI LUT sequence; their inputs are modality values.

    ``may_be_negative`` says how to read the first input: its VR is US or SS, after the values.
    """
    windows = (_table(item, may_be_negative, little) for item in items)
    return tuple(window for window in windows if window is not None)


def _table(item: Dataset, may_be_negative: bool, little: bool) -> Window | None:
    try:
        descriptor = _words(item.get("LUTDescriptor"), little)
        data = _words(item.get("LUTData"), little)
    except (TypeError, ValueError):
        return None
    if descriptor.size != 3:
        return None
    count, first, bits = (int(word) for word in descriptor)
    count = count or _FULL
    if first > np.iinfo(np.int16).max and (may_be_negative or _is_signed(item)):
        first -= 1 << 16
    if bits <= 8 and data.size < count:  # two entries to a word, the first in the low byte
        data = data.astype("<u2").view(np.uint8)
    if count < 2 or data.size < count:
        return None
    name = v.visible(str(item.get("LUTExplanation") or "").strip()) or _NAMELESS
    return _window(np.ascontiguousarray(data[:count], np.uint16).tobytes(), first, bits, name)


def _words(value: Any, little: bool) -> NDArray[np.uint16]:
    """16 bit words of a value that pydicom gives as numbers or, with an unknown VR, as bytes."""
    if isinstance(value, bytes):
        padded = value + b"\0" * (len(value) % 2)
        return np.frombuffer(padded, "<u2" if little else ">u2").astype(np.uint16)
    numbers = np.asarray([] if value is None else value, dtype=np.int64)
    return (numbers.ravel() & 0xFFFF).astype(np.uint16)


def _is_signed(item: Dataset) -> bool:
    """The file itself says that the first input has a sign."""
    value = item.get("LUTDescriptor")
    return not isinstance(value, bytes) and bool(min(value) < 0)


@lru_cache(maxsize=64)
def _window(data: bytes, first: int, bits: int, name: str) -> Window:
    """Equal tables of many files are one window."""
    entries = np.frombuffer(data, np.uint16)
    highest = max(int(entries.max()), 1)
    top = (1 << bits) - 1 if 0 < bits <= 16 else highest
    outputs = entries.astype(np.float32) / np.float32(max(top, highest))
    return Window.of_table(first, outputs, name)
