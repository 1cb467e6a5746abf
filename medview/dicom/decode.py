"""One frame from its file to modality values: stored bits, sign, rescale, colour."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.pixels import apply_modality_lut

from medview.core.errors import MedviewError
from medview.dicom import codecs, color, decode_pool
from medview.dicom.fragments import read_frame
from medview.dicom.header import FrameRef, PixelFormat
from medview.dicom.header_scan import DEFLATED, data_set_start, inflate

INT16_LOW, INT16_HIGH = -32768, 32767
_BLOCK_PIXELS = 1 << 19  # values in between are wide: they are made for so many pixels at a time


class OutOfRangeError(Exception):
    """A slice's values do not fit int16: the volume must become float32."""


def decode_into(frame: FrameRef, out: NDArray[Any]) -> None:
    """Decode one frame into ``out``: (rows, columns) int16 or float32, or (rows, columns, 3) uint8.

    Raises OutOfRangeError when int16 is too small, MedviewError with the reason, and whatever a
    decoder raises.
    """
    pixel = cast("PixelFormat", frame.header.pixel)
    if pixel.is_color:
        _color_into(frame, pixel, out)
        return
    if _is_plain(frame, pixel, out):
        _read_plain(frame, pixel, out)
        return
    to_modality(stored_values(frame), frame, out)


def check_frame_size(pixel: PixelFormat | None) -> None:
    """MedviewError ("too-large") for compressed frames with more samples than may be decoded."""
    if pixel is not None and not codecs.is_native(pixel.transfer_syntax):
        decode_pool.check_size(pixel)


def stored_values(frame: FrameRef) -> NDArray[Any]:
    """Stored values (rows, columns[, samples]) of one frame: masked and sign-extended."""
    pixel = cast("PixelFormat", frame.header.pixel)
    if pixel.kind != "int":
        code = "f4" if pixel.kind == "float" else "f8"
        return _native(frame, pixel, code)
    if not codecs.is_native(pixel.transfer_syntax):
        array, _ = decode_pool.decode(_code_stream(frame), pixel)
        whole = pixel.transfer_syntax == codecs.RLE  # which keeps words as they are
        return _extend(array, pixel, pixel.high_bit if whole else pixel.bits_stored - 1)
    if pixel.bits_allocated == 1:
        return _single_bits(frame, pixel)
    return _extend(_native(frame, pixel, f"u{pixel.bits_allocated // 8}"), pixel, pixel.high_bit)


def unmasked_values(frame: FrameRef) -> NDArray[Any]:
    """Whole-number pixels of one grey frame with all their bits allocated, (rows, columns)."""
    pixel = cast("PixelFormat", frame.header.pixel)
    if codecs.is_native(pixel.transfer_syntax):
        return _native(frame, pixel, f"u{pixel.bits_allocated // 8}")
    array, _ = decode_pool.decode(_code_stream(frame), pixel)
    return array.view(array.dtype.str.replace("i", "u"))


def _code_stream(frame: FrameRef) -> bytes:
    with frame.path.open("rb") as file:
        return read_frame(
            file, frame.header.pixel_offset, frame.frame_number - 1, len(frame.header.frames)
        )


def _is_plain(frame: FrameRef, pixel: PixelFormat, out: NDArray[Any]) -> bool:
    """Whether the file's bytes are already the slice's, up to an offset: the fast way."""
    return (
        out.dtype == np.int16
        and pixel.kind == "int"
        and pixel.bits_allocated == 16
        and pixel.samples == 1
        and pixel.little
        and pixel.high_bit == pixel.bits_stored - 1
        and (pixel.bits_stored == 16 or not pixel.signed)
        and codecs.is_plain(pixel.transfer_syntax)
        and _only_shifts(frame)
        and out.flags.c_contiguous
        and np.little_endian
    )


def _read_plain(frame: FrameRef, pixel: PixelFormat, out: NDArray[np.int16]) -> None:
    """Read the pixel bytes straight into the volume, then add the intercept in place."""
    header, info = frame.header, frame.info
    offset = header.pixel_offset + (frame.frame_number - 1) * pixel.frame_bytes
    with header.path.open("rb", buffering=0) as file:
        file.seek(offset)
        target = out.data.cast("B")
        got = 0
        while got < len(target):
            count = file.readinto(target[got:])
            if not count:
                raise _cut_short(got, len(target))
            got += count
    if offset + got > header.pixel_offset + header.pixel_length:
        raise _cut_short(header.pixel_length, pixel.frame_bytes * len(header.frames))
    intercept = int(info.intercept)
    if pixel.signed:
        low, high = (int(out.min()), int(out.max())) if intercept else (0, 0)
    else:
        bits = out.view(np.uint16)
        if pixel.bits_stored < 16:
            bits &= np.uint16((1 << pixel.bits_stored) - 1)
        low, high = 0, (1 << pixel.bits_stored) - 1
        if high + intercept > INT16_HIGH:
            high = int(bits.max())
    if low + intercept < INT16_LOW or high + intercept > INT16_HIGH:
        stored = out.copy() if pixel.signed else out.view(np.uint16).copy()
        to_modality(stored, frame, out)
    elif intercept:
        out += np.array(intercept & 0xFFFF, dtype=np.uint16).view(np.int16)  # wraps as it should


def _cut_short(got: int, needed: int) -> MedviewError:
    return MedviewError(f"the file ends after {got} of {needed} bytes of pixels", code="truncated")


def _native(frame: FrameRef, pixel: PixelFormat, code: str) -> NDArray[Any]:
    """Plain pixels of one frame in native byte order, (rows, columns[, samples])."""
    data = _frame_bytes(frame, pixel)
    dtype = np.dtype(code).newbyteorder("<" if pixel.little else ">")
    if not pixel.little and pixel.bits_allocated == 8 and pixel.vr == b"OW":
        data = _swapped(frame, pixel)
    flat = np.frombuffer(data, dtype)
    if pixel.photometric == "YBR_FULL_422" and pixel.samples == 3:
        return color.unpack_422(flat.astype(np.uint8), pixel.rows, pixel.columns)
    flat = flat.astype(dtype.newbyteorder("="), copy=False)
    if pixel.samples == 1:
        return flat.reshape(pixel.rows, pixel.columns)
    if pixel.planar == 1:
        planes = flat.reshape(pixel.samples, pixel.rows, pixel.columns)
        return planes.transpose(1, 2, 0)
    return flat.reshape(pixel.rows, pixel.columns, pixel.samples)


def _frame_bytes(frame: FrameRef, pixel: PixelFormat) -> bytes | memoryview:
    size = pixel.frame_bytes
    offset = frame.header.pixel_offset + (frame.frame_number - 1) * size
    if pixel.transfer_syntax == DEFLATED:
        data: bytes | memoryview = memoryview(_inflated(frame.path))[offset : offset + size]
    else:
        with frame.path.open("rb") as file:
            file.seek(offset)
            data = file.read(size)
    if len(data) < size:
        raise _cut_short(len(data), size)
    return data


def _swapped(frame: FrameRef, pixel: PixelFormat) -> bytes:
    """One frame of big endian 8 bit pixels in 16 bit words: a frame may begin within a word."""
    start = (frame.frame_number - 1) * pixel.frame_bytes
    stop = start + pixel.frame_bytes
    first, last = start - start % 2, stop + stop % 2
    with frame.path.open("rb") as file:
        file.seek(frame.header.pixel_offset + first)
        words = np.frombuffer(file.read(last - first).ljust(last - first, b"\0"), ">u2")
    return words.astype("<u2").tobytes()[start - first : stop - first]


@lru_cache(maxsize=1)  # for the frames of one file; it may be large
def _inflated(path: Path) -> bytes:
    data = path.read_bytes()
    return inflate(data[data_set_start(data) :])


def _single_bits(frame: FrameRef, pixel: PixelFormat) -> NDArray[np.uint8]:
    """Frames of 1 bit per pixel follow each other without padding (PS3.5 8.1.1)."""
    count = pixel.rows * pixel.columns
    first = (frame.frame_number - 1) * count
    with frame.path.open("rb") as file:
        file.seek(frame.header.pixel_offset + first // 8)
        data = file.read((first % 8 + count + 7) // 8)
    bits = np.unpackbits(np.frombuffer(data, np.uint8), bitorder="little")[first % 8 :][:count]
    if bits.size < count:
        raise _cut_short(len(data), (count + 7) // 8)
    return bits.reshape(pixel.rows, pixel.columns)


def _extend(array: NDArray[Any], pixel: PixelFormat, high_bit: int) -> NDArray[Any]:
    """Keep BitsStored bits up to HighBit, with the sign where the pixels have one (PS3.5 8.1.1)."""
    width = array.dtype.itemsize * 8
    stored = min(pixel.bits_stored, width)
    if stored == width:
        if pixel.signed and array.dtype.kind == "u":
            return array.view(array.dtype.str.replace("u", "i"))
        return array
    bits = array.view(array.dtype.str.replace("i", "u"))
    low = max(min(high_bit, width - 1) - stored + 1, 0)
    if not pixel.signed:
        lowered = bits >> low if low else bits
        return lowered & ((1 << stored) - 1)
    lifted = (bits << (width - stored - low)).view(array.dtype.str.replace("u", "i"))
    extended: NDArray[Any] = lifted >> (width - stored)
    return extended


def to_modality(stored: NDArray[Any], frame: FrameRef, out: NDArray[Any]) -> None:
    """Stored values to modality values in ``out``; padding that does not fit int16 saturates."""
    if out.dtype == np.int16 and _only_shifts(frame) and _shift_into(stored, frame, out):
        return
    for rows in _row_blocks(out):
        values = _modality_values(stored[rows], frame)
        if out.dtype == np.int16:
            values = _fit(values, stored[rows], frame.header.padding)
        out[rows] = values


def _only_shifts(frame: FrameRef) -> bool:
    """Whether modality values are the stored ones plus a whole number."""
    info = frame.info
    return (
        info.slope == 1.0
        and info.intercept == int(info.intercept)
        and "modality-lut" not in frame.header.flags
    )


def _shift_into(stored: NDArray[Any], frame: FrameRef, out: NDArray[np.int16]) -> bool:
    """The common case at the speed of memory; False when a value would not fit int16."""
    if stored.dtype.kind not in "iu" or stored.dtype.itemsize > 2 or stored.shape != out.shape:
        return False
    intercept = int(frame.info.intercept)
    low, high = int(stored.min()) + intercept, int(stored.max()) + intercept
    if low < INT16_LOW or high > INT16_HIGH:
        return False
    wrapping = np.array(intercept & 0xFFFF, dtype=np.uint16).view(np.int16)
    same_bits = stored.view(np.int16) if stored.dtype.itemsize == 2 else stored
    np.add(same_bits, wrapping, out=out, casting="unsafe")
    return True


def _row_blocks(out: NDArray[Any]) -> Iterator[slice]:
    step = max(1, _BLOCK_PIXELS // out.shape[1])
    return (slice(row, row + step) for row in range(0, out.shape[0], step))


def _modality_values(stored: NDArray[Any], frame: FrameRef) -> NDArray[Any]:
    info, header = frame.info, frame.header
    if "modality-lut" in header.flags:
        return apply_modality_lut(stored, _modality_lut(header.path))
    if info.slope == 1.0 and info.intercept == 0.0:
        return stored
    if (
        info.slope == int(info.slope)
        and info.intercept == int(info.intercept)
        and (stored.dtype.kind in "iu" and stored.dtype.itemsize <= 2)
    ):
        return stored.astype(np.int64) * int(info.slope) + int(info.intercept)
    return (stored * np.float64(info.slope) + np.float64(info.intercept)).astype(np.float32)


def _fit(
    values: NDArray[Any], stored: NDArray[Any], padding: tuple[int, int] | None
) -> NDArray[Any]:
    outside = (values < INT16_LOW) | (values > INT16_HIGH)
    if not outside.any():
        return values
    if padding is not None:
        outside &= (stored < padding[0]) | (stored > padding[1])
    if outside.any():
        raise OutOfRangeError
    return np.clip(values, INT16_LOW, INT16_HIGH)


@lru_cache(maxsize=64)
def _modality_lut(path: Path) -> Dataset:
    tags = [0x00283000, 0x00280103, 0x00281052, 0x00281053]
    return dcmread(path, stop_before_pixels=True, specific_tags=cast("Any", tags), force=True)


def _color_into(frame: FrameRef, pixel: PixelFormat, out: NDArray[np.uint8]) -> None:
    """One colour frame into ``out``, (rows, columns, 3) uint8 RGB."""
    if pixel.photometric == "PALETTE COLOR":
        stored = stored_values(frame)
        for rows in _row_blocks(out):
            out[rows] = color.palette_to_rgb(stored[rows], frame.path)
        return
    is_rgb = pixel.photometric == "RGB"
    if codecs.is_native(pixel.transfer_syntax):
        array = _native(frame, pixel, f"u{max(pixel.bits_allocated // 8, 1)}")
    else:
        array, is_rgb = decode_pool.decode(_code_stream(frame), pixel)
    for rows in _row_blocks(out):
        eight = color.to_eight_bits(array[rows, :, :3], pixel.bits_stored)
        out[rows] = eight if is_rgb else color.ybr_to_rgb(eight)
