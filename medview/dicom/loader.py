"""Loads a planned volume: one array, the middle slice first, two readers."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from queue import SimpleQueue
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medview.core.display import Window, auto_window, to_grey
from medview.core.errors import Cancelled, MedviewError
from medview.core.job import Progress
from medview.core.volume import Message, Volume
from medview.dicom.codecs import is_plain
from medview.dicom.decode import OutOfRangeError, check_frame_size, decode_into
from medview.dicom.describe import describe, is_inverted, padding_of
from medview.dicom.header import FrameRef, SliceHeader
from medview.dicom.overlays import read_overlays
from medview.dicom.series import VolumePlan
from medview.dicom.voi import windows_of
from medview.dicom.walk import are_gone

READERS = 2
MAX_VOLUME_BYTES = 32 * 1024**3
_PLAIN_RATIO = 4  # some of the slices may be cut short
_PACKED_RATIO = 500  # lossy masks reach some hundreds to 1
_FREE_BYTES = 512 << 20
_FILES_NAMED = 20
_NUMBERS_NAMED = 10
_THUMBNAIL_SOURCE = 1024  # larger sides are thinned out before anything is computed
_GONE = "The disc, drive or network folder that held the files is gone."


@dataclass(frozen=True)
class VolumeStarted:
    """The volume that is being filled; ``volume.ready`` says which slices hold pixels.

    Comes a second time, with a new volume, when values turn out not to fit the first one's type.
    """

    volume: Volume


@dataclass(frozen=True)
class SliceReady:
    """Slice ``index`` of the volume started last holds its pixels."""

    index: int


@dataclass(frozen=True)
class _Outcome:
    index: int
    trouble: str = ""
    too_big: bool = False


def load_volume(plan: VolumePlan, progress: Progress) -> Volume:
    """Read all slices of a plan.

    Emits VolumeStarted, then SliceReady per slice, from the middle outwards. A slice that cannot
    be read is filled with the volume's lowest value and named in a warning "slice-unreadable".
    Returns the complete volume with read-only voxels; its array is the one that was streamed.
    Raises MedviewError when no slice at all can be read, or the volume is too large; `Cancelled`.
    """
    dtype = _first_type(plan)
    try:
        return _load(plan, dtype, progress)
    except OutOfRangeError:
        return _load(plan, np.dtype(np.float32), progress)


def _first_type(plan: VolumePlan) -> np.dtype[Any]:
    """int16 where all rescales are whole numbers; whether values fit shows when they are read."""
    pixel = plan.pixel
    if pixel.is_color:
        return np.dtype(np.uint8)
    whole = all(
        frame.info.slope == int(frame.info.slope)
        and frame.info.intercept == int(frame.info.intercept)
        for frame in plan.frames
    )
    formats = [frame.header.pixel for frame in plan.frames]
    small = all(p is not None and p.kind == "int" and p.bits_allocated <= 16 for p in formats)
    return np.dtype(np.int16 if whole and small else np.float32)


def _load(plan: VolumePlan, dtype: np.dtype[Any], progress: Progress) -> Volume:
    shape = (*plan.geometry.shape, 3) if plan.pixel.is_color else plan.geometry.shape
    count = plan.geometry.shape[0]
    size = int(dtype.itemsize)
    for side in shape:
        size *= int(side)
    _check_size(plan, size)
    try:
        voxels = np.zeros(shape, dtype=dtype)
    except MemoryError as error:
        raise MedviewError(
            f"{plan.name} needs {size >> 20} MB of memory.", code="too-large"
        ) from error
    ready = np.zeros(count, dtype=np.bool_)
    volume = describe(plan, voxels, ready)
    progress.item(VolumeStarted(volume))
    troubles: dict[int, str] = {}
    for done, outcome in enumerate(_read_slices(plan.frames, voxels, progress), start=1):
        if outcome.too_big:
            raise OutOfRangeError
        if outcome.trouble:
            troubles[outcome.index] = outcome.trouble
        else:
            ready[outcome.index] = True
            progress.item(SliceReady(outcome.index))
        progress.report(done / count, f"Loading {done} of {count} slices")
    overlays, notes = read_overlays(plan.frames, progress)
    return replace(_finish(plan, volume, troubles, notes), overlays=overlays)


def _check_size(plan: VolumePlan, size: int) -> None:
    """MedviewError for a volume that is too large, or far larger than what its files can hold."""
    for pixel in {frame.header.pixel for frame in plan.frames}:
        check_frame_size(pixel)
    stored = sum(frame.header.pixel.frame_bytes for frame in plan.frames if frame.header.pixel)
    headers = {frame.path: frame.header for frame in plan.frames}.values()
    justified = sum(header.file_size * _ratio(header) for header in headers)
    if size > MAX_VOLUME_BYTES or stored > justified + _FREE_BYTES:
        raise MedviewError(
            f"{plan.name} claims {stored >> 20} MB of pixels; "
            f"its files have {sum(header.file_size for header in headers) >> 20} MB.",
            code="too-large",
        )


def _ratio(header: SliceHeader) -> int:
    """How many bytes of pixels one byte of a file may become."""
    plain = header.pixel is not None and is_plain(header.pixel.transfer_syntax)
    return _PLAIN_RATIO if plain else _PACKED_RATIO


def _middle_out(count: int) -> list[int]:
    middle = count // 2
    return sorted(range(count), key=lambda index: (abs(index - middle), index))


def _read_slices(
    frames: Sequence[FrameRef], voxels: NDArray[Any], progress: Progress
) -> Iterator[_Outcome]:
    """Yield an _Outcome per slice. The first slice is read here, the rest by two threads."""
    order = deque(_middle_out(len(frames)))
    yield _read_one(frames, voxels, order.popleft())
    outcomes: SimpleQueue[_Outcome] = SimpleQueue()
    stopped = threading.Event()

    def read_until_empty() -> None:
        while not stopped.is_set():
            try:
                index = order.popleft()
            except IndexError:
                return
            outcome = _Outcome(index, "reading was stopped")
            try:
                outcome = _read_one(frames, voxels, index)
            finally:  # whatever ends this thread, nobody waits for ever
                outcomes.put(outcome)

    expected = len(order)
    readers = [
        threading.Thread(target=read_until_empty, name=f"reader-{n}", daemon=True)
        for n in range(min(READERS, expected))
    ]
    for reader in readers:
        reader.start()
    try:
        for _ in range(expected):
            yield outcomes.get()
            progress.check()
    finally:
        stopped.set()
        for reader in readers:
            reader.join()


def _read_one(frames: Sequence[FrameRef], voxels: NDArray[Any], index: int) -> _Outcome:
    """Decode one slice; every trouble becomes words (a decoder may raise anything at all)."""
    try:
        decode_into(frames[index], voxels[index])
    except OutOfRangeError:
        return _Outcome(index, too_big=True)
    except MedviewError as error:
        return _Outcome(index, error.message)
    except OSError as error:
        return _Outcome(index, error.strerror or "the file cannot be read")
    except (KeyboardInterrupt, SystemExit, Cancelled):
        raise
    except BaseException as error:  # noqa: BLE001 - Rust decoders raise outside Exception
        return _Outcome(index, f"the pixels cannot be decoded ({type(error).__name__})")
    return _Outcome(index)


def _finish(
    plan: VolumePlan, volume: Volume, troubles: dict[int, str], notes: Sequence[Message]
) -> Volume:
    voxels = volume.voxels
    count = plan.geometry.shape[0]
    if len(troubles) == count:
        first, reason = next(iter(troubles.items()))
        raise MedviewError(
            f"No slice of {plan.name} can be read. {plan.frames[first].path.name}: {reason}.",
            hint=_GONE if are_gone([frame.path for frame in plan.frames]) else "",
            code="unreadable",
        )
    messages = [*volume.messages, *notes]
    if troubles:
        lowest = min(voxels[index].min() for index in range(count) if index not in troubles)
        for index in troubles:
            voxels[index] = lowest
        messages = [message for message in messages if message.code != "slice-unreadable"]
        messages.append(_unreadable(plan, troubles))
    if volume.ready is not None:
        volume.ready[:] = True
    voxels.setflags(write=False)
    return replace(volume, messages=tuple(messages), unreadable=troubles)


def _unreadable(plan: VolumePlan, troubles: dict[int, str]) -> Message:
    indices = sorted(troubles)
    first = indices[0]
    numbers = ", ".join(str(index + 1) for index in indices[:_NUMBERS_NAMED])
    numbers += ", …" if len(indices) > _NUMBERS_NAMED else ""
    name = plan.frames[first].path.name
    text = f"{len(indices)} slice(s) cannot be read ({numbers}). {name}: {troubles[first]}."
    if are_gone([plan.frames[index].path for index in indices]):
        text += f" {_GONE}"
    names = dict.fromkeys(plan.frames[index].path.name for index in indices)
    return Message("slice-unreadable", text, files=tuple(list(names)[:_FILES_NAMED]))


def thumbnail(plan: VolumePlan, size: int = 96) -> NDArray[np.uint8]:
    """The middle slice as (size, size) uint8 grey, square pixels, black around.

    Raises what `decode_into` raises.
    """
    frame = plan.frames[len(plan.frames) // 2]
    pixel = plan.pixel
    check_frame_size(pixel)
    step = max(1, max(pixel.rows, pixel.columns) // _THUMBNAIL_SOURCE)
    if pixel.is_color:
        rgb = np.zeros((pixel.rows, pixel.columns, 3), dtype=np.uint8)
        decode_into(frame, rgb)
        grey = rgb[::step, ::step].mean(axis=2).astype(np.uint8)
    else:
        values = np.zeros((pixel.rows, pixel.columns), dtype=np.float32)
        decode_into(frame, values)
        values = values[::step, ::step]
        windows: Sequence[Window] = windows_of(frame)
        window = windows[0] if windows else auto_window(values, padding_of(plan.frames))
        grey = to_grey(values, window, inverted=is_inverted(frame))
    _, row_mm, column_mm = plan.geometry.spacing_mm
    height, width = pixel.rows * row_mm, pixel.columns * column_mm
    scale = size / max(height, width)
    rows, columns = max(1, round(height * scale)), max(1, round(width * scale))
    row_index = (np.arange(rows) + 0.5) * grey.shape[0] / rows
    column_index = (np.arange(columns) + 0.5) * grey.shape[1] / columns
    picture = np.zeros((size, size), dtype=np.uint8)
    top, left = (size - rows) // 2, (size - columns) // 2
    picture[top : top + rows, left : left + columns] = grey[
        np.ix_(row_index.astype(int), column_index.astype(int))
    ]
    return picture
