"""What a header says of its pictures beside the pixels: size of a pixel, cine, loss, grey scale."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, cast

from pydicom import dcmread
from pydicom.dataset import Dataset

from medview.dicom import values as v

_REGIONS: Final = [0x00186011]
_CENTIMETRES, _PLANE = 3, 1  # units and format of an ultrasound region (C.8.5.5.1)
_LONGEST_FRAME_MS = 600_000.0
_FLATTEST = 100.0  # the most that a pixel may be longer than wide

# transfer syntaxes that always lose, and those that may; "" where the name says too little
_LOSSY = {
    "1.2.840.10008.1.2.4.50": "JPEG",
    "1.2.840.10008.1.2.4.51": "JPEG",
    "1.2.840.10008.1.2.4.53": "JPEG",
    "1.2.840.10008.1.2.4.55": "JPEG",
    "1.2.840.10008.1.2.4.81": "JPEG-LS",
}
_MAY_BE_LOSSY = {
    "1.2.840.10008.1.2.4.91": "JPEG 2000",
    "1.2.840.10008.1.2.4.203": "HTJ2K",
    "1.2.840.10008.1.2.4.111": "JPEG XL",
    "1.2.840.10008.1.2.4.112": "JPEG XL",
}
_METHODS = {
    "ISO_10918_1": "JPEG",
    "ISO_14495_1": "JPEG-LS",
    "ISO_15444_1": "JPEG 2000",
    "ISO_15444_15": "HTJ2K",
    "ISO_18181_1": "JPEG XL",
}


def lossy_text(flag: str, ratios: bytes, methods: str, syntax: str) -> str:
    """How the pixels were compressed with loss, e.g. "lossy 10:1 (JPEG 2000)"; "" when not.

    From Lossy Image Compression (0028,2110), its ratio and method (C.7.6.1.1.5), and the transfer
    syntax; where that may lose or not and the file does not say, this says so.
    """
    name = _LOSSY.get(syntax) or (_MAY_BE_LOSSY.get(syntax, "") if flag != "00" else "")
    if flag != "01" and not name:
        return ""
    known = [_METHODS[method] for method in methods.split("\\") if method in _METHODS]
    name = name or (known[-1] if known else "")
    certain = flag == "01" or syntax in _LOSSY
    found = [ratio for ratio in v.decimals(ratios) or () if ratio > 1.0]
    parts = ["lossy" if certain else "perhaps lossy"]
    parts += [" + ".join(f"{ratio:.3g}:1" for ratio in found)] if found else []
    return " ".join([*parts, f"({name})"] if name else parts)


def frame_time_ms(
    time: bytes | None, times: bytes | None, display_rate: bytes | None, cine_rate: bytes | None
) -> float | None:
    """Time between the frames of a cine: Frame Time, the mean of Frame Time Vector, or from the
    rates per second (C.7.6.5); None where nothing valid is said."""
    steps = [step for step in (v.decimals(times) if times else None) or () if step > 0]
    mean = sum(steps) / len(steps) if steps else None
    rates = [v.decimal(rate) for rate in (display_rate, cine_rate)]
    for found in (v.decimal(time), mean, *(1000.0 / rate for rate in rates if rate)):
        if found is not None and 0.0 < found <= _LONGEST_FRAME_MS:
            return found
    return None


def aspect_of(raw: bytes | None) -> tuple[float, float]:
    """Pixel Aspect Ratio (C.7.6.3.1.7) as distances between (rows, columns); (1, 1) without."""
    numbers = v.decimals(raw) if raw else None
    if numbers is None or len(numbers) != 2 or min(numbers) <= 0:
        return (1.0, 1.0)
    ratio = numbers[0] / numbers[1]
    return (ratio, 1.0) if 1.0 / _FLATTEST <= ratio <= _FLATTEST else (1.0, 1.0)


def region_spacing(path: Path) -> tuple[tuple[float, float] | None, bool]:
    """Of an ultrasound picture: (mm between rows, between columns) or None, and whether it has
    regions of different scales (or of other things than length), so that no one scale holds."""
    dataset = dcmread(
        path, stop_before_pixels=True, specific_tags=cast("Any", _REGIONS), force=True
    )
    regions = list(dataset.get("SequenceOfUltrasoundRegions") or ())
    scales = {_scale(region) for region in regions}
    if len(scales) == 1:
        return scales.pop(), False
    return None, len(scales) > 1


def _scale(region: Dataset) -> tuple[float, float] | None:
    units = (region.get("PhysicalUnitsXDirection"), region.get("PhysicalUnitsYDirection"))
    if units != (_CENTIMETRES, _CENTIMETRES) or region.get("RegionSpatialFormat") != _PLANE:
        return None
    try:
        down, across = abs(float(region.PhysicalDeltaY)), abs(float(region.PhysicalDeltaX))
    except (AttributeError, TypeError, ValueError):
        return None
    good = 0.0 < down < 10.0 and 0.0 < across < 10.0  # cm per pixel
    return (round(down * 10.0, 6), round(across * 10.0, 6)) if good else None
