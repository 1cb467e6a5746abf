"""One frame from its file to modality values: stored bits, sign, rescale, colour."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.pixels import apply_modality_lut

from medview.core.errors import MedviewError
from medview.dicom import codecs, color
from medview.dicom.fragments import read_frame
from medview.dicom.header import FrameRef, PixelFormat
from medview.dicom.header_scan import DEFLATED, data_set_start, inflate

INT16_LOW, INT16_HIGH = -32768, 32767


class OutOfRangeError(Exception):
    """A slice's values do not fit int16: the volume must become float32."""


def decode_into(frame: FrameRef, out: NDArray[Any]) -> None:
    """Decode one frame into ``out``: (rows, columns) int16 or float32, or (rows, columns, 3) uint8.

    Raises OutOfRangeError when int16 is too small, MedviewError with the reason, and whatever a
    decoder raises.
    """
    pixel = cast("PixelFormat", frame.header.pixel)
    if pixel.is_color:
        out[...] = _color(frame, pixel)
        return
    if _is_plain(frame, pixel, out):
        _read_plain(frame, pixel, out)
        return
    to_modality(stored_values(frame), frame, out)


def stored_values(frame: FrameRef) -> NDArray[Any]:
    """Stored values (rows, columns[, samples]) of one frame: masked and sign-extended."""
    pixel = cast("PixelFormat", frame.header.pixel)
    if pixel.kind != "int":
        code = "f4" if pixel.kind == "float" else "f8"
        return _native(frame, pixel, code)[0]
    if not codecs.is_native(pixel.transfer_syntax):
        with frame.path.open("rb") as file:
            data = read_frame(
                file, frame.header.pixel_offset, frame.frame_number - 1, len(frame.header.frames)
            )
        array, _ = codecs.decode(data, pixel)
        return _extend(array, pixel, pixel.bits_stored - 1)
    if pixel.bits_allocated == 1:
        return _single_bits(frame, pixel)
    return _extend(_native(frame, pixel, f"u{pixel.bits_allocated // 8}")[0], pixel, pixel.high_bit)


def _is_plain(frame: FrameRef, pixel: PixelFormat, out: NDArray[Any]) -> bool:
    """Whether the file's bytes are already the slice's, up to an offset: the fast way."""
    info = frame.info
    return (
        out.dtype == np.int16
        and pixel.kind == "int"
        and pixel.bits_allocated == 16
        and pixel.samples == 1
        and pixel.little
        and pixel.high_bit == pixel.bits_stored - 1
        and (pixel.bits_stored == 16 or not pixel.signed)
        and codecs.is_native(pixel.transfer_syntax)
        and pixel.transfer_syntax != DEFLATED
        and info.slope == 1.0
        and info.intercept == int(info.intercept)
        and "modality-lut" not in frame.header.flags
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


def _native(frame: FrameRef, pixel: PixelFormat, code: str) -> tuple[NDArray[Any], bytes]:
    """Plain pixels of one frame in native byte order, (rows, columns[, samples]), and raw bytes."""
    data = _frame_bytes(frame, pixel)
    dtype = np.dtype(code).newbyteorder("<" if pixel.little else ">")
    if not pixel.little and pixel.bits_allocated == 8 and pixel.vr == b"OW":
        data = _swapped(frame, pixel)
    flat = np.frombuffer(data, dtype)
    if pixel.photometric == "YBR_FULL_422" and pixel.samples == 3:
        return color.unpack_422(flat.astype(np.uint8), pixel.rows, pixel.columns), data
    flat = flat.astype(dtype.newbyteorder("="))
    if pixel.samples == 1:
        return flat.reshape(pixel.rows, pixel.columns), data
    if pixel.planar == 1:
        planes = flat.reshape(pixel.samples, pixel.rows, pixel.columns)
        return planes.transpose(1, 2, 0), data
    return flat.reshape(pixel.rows, pixel.columns, pixel.samples), data


def _frame_bytes(frame: FrameRef, pixel: PixelFormat) -> bytes:
    size = pixel.frame_bytes
    offset = frame.header.pixel_offset + (frame.frame_number - 1) * size
    if pixel.transfer_syntax == DEFLATED:
        data = _inflated(frame.path)[offset : offset + size]
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


@lru_cache(maxsize=2)
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
        return (bits >> low) & ((1 << stored) - 1)
    lifted = (bits << (width - stored - low)).view(array.dtype.str.replace("u", "i"))
    extended: NDArray[Any] = lifted >> (width - stored)
    return extended


def to_modality(stored: NDArray[Any], frame: FrameRef, out: NDArray[Any]) -> None:
    """Stored values to modality values in ``out``; padding that does not fit int16 saturates."""
    info, header = frame.info, frame.header
    if "modality-lut" in header.flags:
        values = apply_modality_lut(stored, _modality_lut(header.path))
    elif info.slope == 1.0 and info.intercept == 0.0:
        values = stored
    elif (
        info.slope == int(info.slope)
        and info.intercept == int(info.intercept)
        and (stored.dtype.kind in "iu" and stored.dtype.itemsize <= 2)
    ):
        values = stored.astype(np.int64) * int(info.slope) + int(info.intercept)
    else:
        values = (stored * np.float64(info.slope) + np.float64(info.intercept)).astype(np.float32)
    if out.dtype == np.int16:
        values = _fit(values, stored, header.padding)
    out[...] = values


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


def _color(frame: FrameRef, pixel: PixelFormat) -> NDArray[np.uint8]:
    """One colour frame as (rows, columns, 3) uint8 RGB."""
    if pixel.photometric == "PALETTE COLOR":
        return color.palette_to_rgb(stored_values(frame), frame.path)
    is_rgb = pixel.photometric == "RGB"
    if codecs.is_native(pixel.transfer_syntax):
        array = _native(frame, pixel, f"u{max(pixel.bits_allocated // 8, 1)}")[0]
    else:
        with frame.path.open("rb") as file:
            data = read_frame(
                file, frame.header.pixel_offset, frame.frame_number - 1, len(frame.header.frames)
            )
        array, is_rgb = codecs.decode(data, pixel)
    eight = color.to_eight_bits(array[..., :3], pixel.bits_stored)
    return eight if is_rgb else color.ybr_to_rgb(eight)
