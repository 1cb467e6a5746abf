"""Colour pixels to 8 bit RGB (PS3.3 C.7.6.3.1.2)."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, Final, cast

import numpy as np
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.pixels import apply_color_lut

from medview.core.errors import MedviewError

_PALETTE_TAGS: Final = [
    0x00281101, 0x00281102, 0x00281103, 0x00281104, 0x00281201, 0x00281202, 0x00281203,
    0x00281204, 0x00281221, 0x00281222, 0x00281223, 0x00280103, 0x00280100, 0x00280101,
]  # fmt: skip


def ybr_to_rgb(ybr: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """YBR_FULL (rows, columns, 3) to RGB (C.7.6.3.1.2)."""
    y = ybr[..., 0].astype(np.float32)
    cb = ybr[..., 1].astype(np.float32) - 128.0
    cr = ybr[..., 2].astype(np.float32) - 128.0
    rgb = np.stack((y + 1.402 * cr, y - 0.344136 * cb - 0.714136 * cr, y + 1.772 * cb), axis=-1)
    return np.clip(np.rint(rgb), 0, 255).astype(np.uint8)


def unpack_422(raw: NDArray[np.uint8], rows: int, columns: int) -> NDArray[np.uint8]:
    """Native YBR_FULL_422 (Y Y Cb Cr per two pixels) to (rows, columns, 3)."""
    quads = raw.reshape(rows, columns // 2, 4)
    full = np.empty((rows, columns, 3), dtype=np.uint8)
    full[:, 0::2, 0], full[:, 1::2, 0] = quads[..., 0], quads[..., 1]
    full[..., 1] = np.repeat(quads[..., 2], 2, axis=1)
    full[..., 2] = np.repeat(quads[..., 3], 2, axis=1)
    return full


@lru_cache(maxsize=4)
def _palette(path: Path) -> Dataset:
    return dcmread(
        path, stop_before_pixels=True, specific_tags=cast("Any", _PALETTE_TAGS), force=True
    )


def palette_to_rgb(stored: NDArray[Any], path: Path) -> NDArray[np.uint8]:
    """Stored values (rows, columns) through the file's palette, segmented ones included.

    Raises MedviewError when the file has no complete palette.
    """
    try:
        rgb = apply_color_lut(stored, _palette(path))
    except (AttributeError, ValueError, KeyError) as error:
        raise MedviewError("the colour palette is incomplete", code="no-palette") from error
    rgb = rgb[..., :3]
    return (rgb >> 8).astype(np.uint8) if rgb.dtype == np.uint16 else rgb.astype(np.uint8)


def to_eight_bits(values: NDArray[Any], bits: int) -> NDArray[np.uint8]:
    """Colour samples of ``bits`` bits to 8."""
    if values.dtype == np.uint8:
        return cast("NDArray[np.uint8]", values)
    return (values.astype(np.uint32) >> max(bits - 8, 0)).astype(np.uint8)
