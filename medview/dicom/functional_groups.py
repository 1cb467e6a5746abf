"""Frames of enhanced multi-frame objects: shared and per-frame functional groups (C.7.6.16)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, cast

from pydicom import dcmread
from pydicom.dataset import Dataset

from medview.core.display import VoiFunction, Window
from medview.dicom.header import FrameInfo, Orientation, Vector
from medview.dicom.values import MAX_RESCALE
from medview.dicom.voi import tables

_GROUP_TAGS = [0x52009229, 0x52009230]
_RESCALE = "PixelValueTransformationSequence"
# (name shown, sequence, attribute) that can tell frames at one position apart
_PHASES = (
    ("time", "FrameContentSequence", "TemporalPositionIndex"),
    ("echo time", "MREchoSequence", "EffectiveEchoTime"),
    ("b-value", "MRDiffusionSequence", "DiffusionBValue"),
    ("direction", "MRDiffusionSequence", "DiffusionGradientOrientation"),
    ("type", "MRImageFrameTypeSequence", "FrameType"),
    ("type", "CTImageFrameTypeSequence", "FrameType"),
    ("trigger", "CardiacSynchronizationSequence", "NominalCardiacTriggerDelayTime"),
    ("acquisition", "FrameContentSequence", "FrameAcquisitionNumber"),
)


def read_frames(path: Path, count: int, base: FrameInfo, flags: set[str]) -> tuple[FrameInfo, ...]:
    """One FrameInfo per frame of an enhanced object; frames without a group get the shared one.

    ``base`` is what the header says outside the groups; its rescale, spacing and windows hold where
    no group says anything. ``flags`` of the header get "no-rescale" where a frame's rescale is
    missing or invalid.
    """
    dataset = dcmread(path, stop_before_pixels=True, specific_tags=_GROUP_TAGS, force=True)
    shared = _first(dataset.get("SharedFunctionalGroupsSequence"))
    per_frame = dataset.get("PerFrameFunctionalGroupsSequence") or []
    frames, unknown = [], False
    for index in range(count):
        own = per_frame[index] if index < len(per_frame) else None
        groups = [group for group in (own, shared) if group is not None]
        rescale = _rescale(groups)
        if rescale is None and _item(groups, _RESCALE) is None and "no-rescale" not in flags:
            rescale = base.slope, base.intercept
        unknown |= rescale is None
        frames.append(_frame(groups, base, rescale or (1.0, 0.0)))
    flags.discard("no-rescale")
    if unknown:
        flags.add("no-rescale")
    return tuple(frames)


def _rescale(groups: Sequence[Dataset]) -> tuple[float, float] | None:
    """(slope, intercept) of a frame, or None: an invalid one is unknown, not 1 and 0."""
    item = _item(groups, _RESCALE)
    slope, intercept = _numbers(item, "RescaleSlope", 1), _numbers(item, "RescaleIntercept", 1)
    if not slope or not intercept:
        return None
    good = 0 < abs(slope[0]) < MAX_RESCALE and abs(intercept[0]) < MAX_RESCALE
    return (slope[0], intercept[0]) if good else None


def _first(sequence: Any) -> Dataset | None:
    return sequence[0] if sequence else None


def _item(groups: Sequence[Dataset], keyword: str) -> Dataset | None:
    """The first item of a functional group, the frame's own before the shared one."""
    for group in groups:
        item = _first(group.get(keyword))
        if item is not None:
            return item
    return None


def _frame(groups: Sequence[Dataset], base: FrameInfo, rescale: tuple[float, float]) -> FrameInfo:
    measures = _item(groups, "PixelMeasuresSequence")
    content = _item(groups, "FrameContentSequence")
    thickness = _numbers(measures, "SliceThickness", 1)
    spacing = _numbers(measures, "PixelSpacing", 2) if measures is not None else base.spacing
    slope, intercept = rescale
    negative = slope < 0 or intercept < 0
    return FrameInfo(
        position=cast(
            "Vector | None",
            _numbers(_item(groups, "PlanePositionSequence"), "ImagePositionPatient", 3),
        ),
        orientation=cast(
            "Orientation | None",
            _numbers(_item(groups, "PlaneOrientationSequence"), "ImageOrientationPatient", 6),
        ),
        spacing=cast("tuple[float, float] | None", spacing),
        thickness=thickness[0] if thickness else None,
        slope=slope,
        intercept=intercept,
        windows=_windows(_item(groups, "FrameVOILUTSequence"), negative) or base.windows,
        phase=tuple(_phase(groups)),
        stack=str(content.get("StackID", "")) if content is not None else "",
        aspect=base.aspect,
    )


def _phase(groups: Sequence[Dataset]) -> Iterator[tuple[str, str]]:
    for name, sequence, keyword in _PHASES:
        item = _item(groups, sequence)
        if item is not None and keyword == "DiffusionGradientOrientation":
            item = _first(item.get("DiffusionGradientDirectionSequence"))
        parts = [] if item is None else _list(item, keyword)
        if parts:
            digits = ".3f" if name == "direction" else ".6g"
            yield (
                name,
                " ".join(format(p, digits) if isinstance(p, float) else str(p) for p in parts),
            )


def _numbers(item: Dataset | None, keyword: str, count: int) -> tuple[float, ...] | None:
    """``count`` finite numbers of an attribute, or None: an invalid value is a missing one."""
    if item is None:
        return None
    try:
        value = item.get(keyword)
        if value is None or value == "":
            return None
        numbers = tuple(float(v) for v in (value if count > 1 else [value]))
    except (TypeError, ValueError):
        return None
    return numbers if len(numbers) == count and all(map(math.isfinite, numbers)) else None


def _windows(item: Dataset | None, may_be_negative: bool) -> tuple[Window, ...]:
    """Of a Frame VOI LUT (With LUT) group: lookup tables, then windows."""
    if item is None:
        return ()
    centers, widths = _list(item, "WindowCenter"), _list(item, "WindowWidth")
    names = _list(item, "WindowCenterWidthExplanation")
    function = str(item.get("VOILUTFunction", "") or "LINEAR")
    windows = list(tables(item.get("VOILUTSequence") or (), may_be_negative))
    for index, (center, width) in enumerate(zip(centers, widths, strict=False)):
        name = str(names[index]) if index < len(names) else ""
        try:
            window = make_window(float(center), float(width), name, function)
        except (TypeError, ValueError):
            continue
        if window is not None:
            windows.append(window)
    return tuple(windows)


def _list(item: Dataset, keyword: str) -> list[Any]:
    value = item.get(keyword)
    if value is None or value == "":
        return []
    return [value] if isinstance(value, str | float | int) else list(value)


def make_window(center: float, width: float, name: str, function: str) -> Window | None:
    """A window from a file's values, or None when it means nothing (width 0, not finite)."""
    if not (math.isfinite(center) and math.isfinite(width)) or width <= 0:
        return None
    known = function if function in ("LINEAR", "LINEAR_EXACT", "SIGMOID") else "LINEAR"
    return Window(center, width, name, cast("VoiFunction", known))
