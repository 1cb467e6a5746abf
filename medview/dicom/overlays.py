"""Overlays 60xx of the files (PS3.3 C.9.2): bitmaps beside the pixels or in their unused bits."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, cast

import numpy as np
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.dataset import Dataset

from medview.core.bitmaps import Bitmaps
from medview.core.errors import Cancelled, MedviewError
from medview.core.job import Progress
from medview.core.volume import Message
from medview.dicom.decode import unmasked_values
from medview.dicom.header import FrameRef

GROUPS: Final = tuple(range(0x6000, 0x6020, 2))
_ROWS, _COLUMNS, _FRAMES, _ORIGIN, _FIRST_FRAME, _BIT, _DATA = (
    0x10, 0x11, 0x15, 0x50, 0x51, 0x102, 0x3000,
)  # fmt: skip
_TAGS: Final = [
    group << 16 | element
    for group in GROUPS
    for element in (_ROWS, _COLUMNS, _FRAMES, _ORIGIN, _FIRST_FRAME, 0x100, _BIT, _DATA)
] + [0x00280100, 0x00280103]
_FILES_NAMED = 20


def read_overlays(
    frames: Sequence[FrameRef], progress: Progress
) -> tuple[Bitmaps, tuple[Message, ...]]:
    """All overlays of a volume's slices, several of a slice merged, and what is wrong with them.

    An overlay that cannot be read costs nothing but itself.
    """
    pixel = frames[0].header.pixel
    assert pixel is not None  # only frames with pixels are planned
    found = Bitmaps(pixel.rows, pixel.columns)
    damaged: dict[str, None] = {}
    for index, frame in enumerate(frames):
        if "overlay" not in frame.header.flags:
            continue
        progress.check()
        bitmap = np.zeros((pixel.rows, pixel.columns), np.bool_)
        try:
            whole = _draw(frame, bitmap)
        except (KeyboardInterrupt, SystemExit, Cancelled):
            raise
        except BaseException:  # noqa: BLE001 - as with pixels, decoders raise all kinds of things
            whole = False
        if not whole:
            damaged[frame.path.name] = None
        if not found.put(index, bitmap):
            text = "The overlays of further slices need too much memory and are not shown."
            return found, (*_damage(damaged), Message("overlay-too-large", text, "note"))
    _dataset.cache_clear()  # it holds whole files' overlays
    return found, _damage(damaged)


def _damage(names: dict[str, None]) -> tuple[Message, ...]:
    if not names:
        return ()
    files = tuple(list(names)[:_FILES_NAMED])
    return (Message("overlay-unreadable", "Overlays cannot be read.", "note", files),)


@lru_cache(maxsize=2)
def _dataset(path: Path) -> Dataset:
    return dcmread(path, stop_before_pixels=True, specific_tags=cast("Any", _TAGS), force=True)


def _draw(frame: FrameRef, bitmap: NDArray[np.bool_]) -> bool:
    """Merge the overlays of one frame into ``bitmap``; whether all of them could be read."""
    dataset, whole = _dataset(frame.path), True
    for group in GROUPS:
        if (group, _ROWS) not in dataset:
            continue
        if _get(dataset, group, _DATA) is None:
            bit = _number(dataset, group, _BIT)
            if bit is None or not _is_unused(frame, bit):
                whole = False
                continue
            bitmap |= (unmasked_values(frame) >> bit & 1).astype(np.bool_)
        else:
            whole &= _draw_plane(dataset, group, frame.frame_number, bitmap)
    return whole


def _is_unused(frame: FrameRef, bit: int) -> bool:
    """The bit is none of the pixel value's own, so it can be an overlay (C.9.2.1.3, retired)."""
    pixel = frame.header.pixel
    if pixel is None or pixel.kind != "int" or pixel.is_color:
        return False
    inside = pixel.high_bit - pixel.bits_stored < bit <= pixel.high_bit
    return 0 <= bit < pixel.bits_allocated and not inside


def _draw_plane(dataset: Dataset, group: int, frame: int, bitmap: NDArray[np.bool_]) -> bool:
    """One group's bits at its origin; without a frame of its own it lies over every frame."""
    rows, columns = _number(dataset, group, _ROWS), _number(dataset, group, _COLUMNS)
    count = _number(dataset, group, _FRAMES) or 1
    if not rows or not columns:
        return False
    number = 0
    if _get(dataset, group, _FRAMES) is not None and count > 1:
        number = frame - (_number(dataset, group, _FIRST_FRAME) or 1)
        if not 0 <= number < count:
            return True  # of other frames
    first, size = number * rows * columns, rows * columns
    data = np.frombuffer(cast("bytes", _get(dataset, group, _DATA)), np.uint8)
    part = data[first // 8 : (first + size + 7) // 8]
    if part.size * 8 < first % 8 + size:
        return False
    bits = np.unpackbits(part, bitorder="little")[first % 8 : first % 8 + size]
    plane = bits.reshape(rows, columns).view(np.bool_)
    _place(plane, _origin(dataset, group), bitmap)
    return True


def _place(plane: NDArray[np.bool_], origin: tuple[int, int], bitmap: NDArray[np.bool_]) -> None:
    """Merge ``plane``, whose first bit lies at ``origin`` (row, column from 1), where it is
    inside the picture."""
    low = [max(place - 1, 0) for place in origin]
    high = [
        min(place - 1 + size, limit)
        for place, size, limit in zip(origin, plane.shape, bitmap.shape, strict=True)
    ]
    if low[0] < high[0] and low[1] < high[1]:
        row, column = low[0] - origin[0] + 1, low[1] - origin[1] + 1
        part = plane[row : row + high[0] - low[0], column : column + high[1] - low[1]]
        bitmap[low[0] : high[0], low[1] : high[1]] |= part


def _get(dataset: Dataset, group: int, element: int) -> Any:
    found = dataset.get((group, element))
    return None if found is None or found.value in (None, "", b"") else found.value


def _number(dataset: Dataset, group: int, element: int) -> int | None:
    value = _get(dataset, group, element)
    try:
        return None if value is None else int(value)
    except (TypeError, ValueError) as error:
        raise MedviewError("an overlay's size is no number", code="damaged") from error


def _origin(dataset: Dataset, group: int) -> tuple[int, int]:
    value = _get(dataset, group, _ORIGIN)
    row, column = (1, 1) if value is None else (int(value[0]), int(value[1]))
    return row, column
