"""Decoders of the compressed transfer syntaxes, all of them imagecodecs; run in a child process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medview.core.errors import MedviewError
from medview.dicom.header import PixelFormat
from medview.dicom.header_scan import DEFLATED
from medview.dicom.streams import check_stream

Decoder = Callable[[bytes, PixelFormat], tuple[NDArray[Any], bool]]

RLE = "1.2.840.10008.1.2.5"
_NATIVE = ("1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.1.99",
           "1.2.840.10008.1.2.2")  # fmt: skip


def is_native(syntax: str) -> bool:
    """Pixels are stored plain (deflated data sets included)."""
    return syntax in _NATIVE


def is_plain(syntax: str) -> bool:
    """Pixels are stored plain, and nothing around them is packed."""
    return syntax in _NATIVE and syntax != DEFLATED


def is_readable(syntax: str) -> bool:
    return syntax in _NATIVE or syntax in _DECODERS


def readable_syntaxes() -> tuple[str, ...]:
    """The UIDs of all transfer syntaxes that are read."""
    return (*_NATIVE, *_DECODERS)


def decode(data: bytes, pixel: PixelFormat) -> tuple[NDArray[Any], bool]:
    """One frame's code stream to an array (rows, columns[, samples]) and whether it is RGB now.

    Native code that a damaged stream can crash: called in the child of `decode_pool` only.
    Raises MedviewError for a stream that is cut short, and whatever the decoder raises.
    """
    check_stream(data, pixel)
    array, is_rgb = _DECODERS[pixel.transfer_syntax](data, pixel)
    if array.shape[:2] != (pixel.rows, pixel.columns):
        raise MedviewError(
            f"the code stream is {array.shape[1]} x {array.shape[0]} pixels, "
            f"the header says {pixel.columns} x {pixel.rows}",
            code="damaged",
        )
    return array, is_rgb


def _need_end_marker(data: bytes) -> None:
    # half a JPEG decodes without complaint to half a picture: the end marker tells
    if b"\xff\xd9" not in data[-512:]:
        raise MedviewError("the code stream is cut short", code="truncated")


def _adobe_transform(data: bytes) -> int | None:
    """The Adobe marker's colour transform (0 RGB, 1 YCbCr), or None without the marker."""
    at = data.find(b"\xff\xee", 0, 4096)
    if at < 0 or data[at + 4 : at + 9] != b"Adobe" or at + 16 > len(data):
        return None
    if int.from_bytes(data[at + 2 : at + 4], "big") < 14:  # a marker without the transform
        return None
    return data[at + 15]


def _jpeg(data: bytes, pixel: PixelFormat) -> tuple[NDArray[Any], bool]:
    from imagecodecs import jpeg8_decode

    _need_end_marker(data)
    if pixel.samples == 1:
        return jpeg8_decode(data), False
    transform = _adobe_transform(data)
    is_jfif = data[6:10] == b"JFIF"  # which is YCbCr by definition, whatever the header says
    said_rgb = transform is None and not is_jfif and pixel.photometric == "RGB"
    stored_rgb = transform == 0 or said_rgb
    space = "RGB" if stored_rgb else "YCBCR"
    return jpeg8_decode(data, colorspace=space, outcolorspace="RGB"), True


def _jpeg_lossless(data: bytes, pixel: PixelFormat) -> tuple[NDArray[Any], bool]:
    from imagecodecs import jpeg8_decode

    _need_end_marker(data)
    if pixel.samples == 1:
        return jpeg8_decode(data), False
    # one space for both: the samples as they are stored
    array = jpeg8_decode(data, colorspace="RGB", outcolorspace="RGB")
    return array, pixel.photometric == "RGB"


def _jpeg_ls(data: bytes, pixel: PixelFormat) -> tuple[NDArray[Any], bool]:
    from imagecodecs import jpegls_decode

    _need_end_marker(data)
    return jpegls_decode(data), pixel.photometric == "RGB"


def _jpeg_2000(data: bytes, pixel: PixelFormat) -> tuple[NDArray[Any], bool]:
    from imagecodecs import jpeg2k_decode

    _need_end_marker(data)
    array = jpeg2k_decode(data)
    return array, pixel.photometric in ("RGB", "YBR_ICT", "YBR_RCT")


def _jpeg_xl(data: bytes, pixel: PixelFormat) -> tuple[NDArray[Any], bool]:
    from imagecodecs import jpegxl_decode

    return jpegxl_decode(data), pixel.samples == 3


def _rle(data: bytes, pixel: PixelFormat) -> tuple[NDArray[Any], bool]:
    from imagecodecs import dicomrle_decode

    dtype = np.dtype(f"<u{pixel.bits_allocated // 8}")
    flat = np.frombuffer(dicomrle_decode(data, dtype), dtype)
    planes = flat.reshape(pixel.samples, pixel.rows, pixel.columns)
    if pixel.samples == 1:
        return planes[0], False
    return np.ascontiguousarray(planes.transpose(1, 2, 0)), pixel.photometric == "RGB"


_DECODERS: dict[str, Decoder] = {
    RLE: _rle,
    "1.2.840.10008.1.2.4.50": _jpeg,
    "1.2.840.10008.1.2.4.51": _jpeg,
    "1.2.840.10008.1.2.4.53": _jpeg,
    "1.2.840.10008.1.2.4.55": _jpeg,
    "1.2.840.10008.1.2.4.57": _jpeg_lossless,
    "1.2.840.10008.1.2.4.70": _jpeg_lossless,
    "1.2.840.10008.1.2.4.80": _jpeg_ls,
    "1.2.840.10008.1.2.4.81": _jpeg_ls,
    "1.2.840.10008.1.2.4.90": _jpeg_2000,
    "1.2.840.10008.1.2.4.91": _jpeg_2000,
    "1.2.840.10008.1.2.4.110": _jpeg_xl,
    "1.2.840.10008.1.2.4.111": _jpeg_xl,
    "1.2.840.10008.1.2.4.112": _jpeg_xl,
    "1.2.840.10008.1.2.4.201": _jpeg_2000,
    "1.2.840.10008.1.2.4.202": _jpeg_2000,
    "1.2.840.10008.1.2.4.203": _jpeg_2000,
}
