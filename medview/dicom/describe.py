"""What a planned volume is, beside its pixels: source, units, windows, padding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medview.core.volume import Message, SourceSeries, Volume
from medview.dicom.decode import INT16_HIGH, INT16_LOW
from medview.dicom.facts import read_facts
from medview.dicom.header import FrameRef
from medview.dicom.series import VolumePlan
from medview.dicom.suv import suv_of
from medview.dicom.voi import windows_of


def describe(plan: VolumePlan, voxels: NDArray[Any], ready: NDArray[np.bool_]) -> Volume:
    """The volume of a plan around ``voxels`` and ``ready``, which a loader is still filling."""
    entry, frames = plan.entry, plan.frames
    middle = frames[len(frames) // 2]
    header = frames[0].header
    source = SourceSeries(
        study_uid=header.study_uid,
        series_uid=header.series_uid,
        volume_index=plan.index,
        frame_of_reference_uid=header.frame_of_reference_uid or None,
        patient_id=header.patient_id,
        patient_name=header.patient_name,
        study_description=entry.study_description,
        series_description=entry.series_description,
        study_date=entry.study_date,
        series_number=entry.series_number,
        sop_class_uid=header.sop_class_uid,
        sop_instance_uids=tuple(frame.header.sop_instance_uid for frame in frames),
        files=tuple(frame.path for frame in frames),
        frames=tuple(frame.frame_number for frame in frames),
    )
    windows, messages = () if plan.pixel.is_color else windows_of(middle), plan.messages
    if "voi-lut" in middle.header.flags and not any(w.table for w in windows):
        text = "The files hold VOI lookup tables that cannot be read."
        messages += (Message("voi-lut-unreadable", text, "note", (middle.path.name,)),)
    suv, no_suv = suv_of(middle.path) if header.modality == "PT" else (None, "")
    return Volume(
        voxels,
        plan.geometry,
        modality=header.modality,
        units=_units(middle),
        name=plan.name,
        source=source,
        windows=windows,
        inverted=is_inverted(middle),
        padding=padding_of(frames),
        messages=messages,
        ready=ready,
        frame_time_ms=header.frame_time_ms if len(header.frames) > 1 else None,
        lossy=next((frame.header.lossy for frame in frames if frame.header.lossy), ""),
        facts=read_facts(middle.path),
        suv=suv,
        no_suv=no_suv,
    )


def is_inverted(frame: FrameRef) -> bool:
    """Low values are bright: MONOCHROME1, and the inverse presentation LUT shape that goes with it
    (C.11.6.1): the two together invert once."""
    pixel = frame.header.pixel
    if pixel is None or pixel.is_color:
        return False
    return pixel.photometric == "MONOCHROME1" or "inverse" in frame.header.flags


_PET_UNITS = {"BQML": "Bq/ml", "CNTS": "counts", "GML": "g/ml", "SUV": "SUV", "PROPCNTS": "counts"}


def _units(frame: FrameRef) -> str:
    """What to write behind a value; unknown stays unknown."""
    header = frame.header
    if header.modality == "CT":
        has_hu = header.units in ("", "HU") and "no-rescale" not in header.flags
        return "HU" if has_hu else ""
    if header.modality == "PT":
        return _PET_UNITS.get(header.units, header.units)
    return "" if header.units in ("US", "") else header.units


def padding_of(frames: Sequence[FrameRef]) -> tuple[float, float] | None:
    """The padding range in modality values, where one range holds for all slices."""
    ranges = {(f.header.padding, f.info.slope, f.info.intercept) for f in frames}
    if len(ranges) != 1:
        return None
    padding, slope, intercept = ranges.pop()
    header = frames[0].header
    if padding is None or "modality-lut" in header.flags:
        return None
    low, high = sorted(value * slope + intercept for value in padding)
    if (
        header.pixel is not None
        and header.pixel.kind == "int"
        and header.pixel.bits_allocated <= 16
    ):
        low = max(low, float(INT16_LOW)) if high <= INT16_HIGH else low
        high = max(high, low)
    return (low, high)
