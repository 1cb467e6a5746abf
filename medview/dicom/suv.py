"""SUV by body weight of a PET series, from its header, or the reason why there is none.

After the Quantitative Imaging Biomarkers Alliance's vendor-neutral pseudo-code for SUV (QIBA
FDG-PET/CT, "happy path only" and the more robust version of 2018). Attributes: PS3.3 C.8.9.1,
C.8.9.2 (PET Isotope).
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, cast

from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError
from pydicom.valuerep import DA, DT, TM

_DAY: Final = timedelta(days=1)
_LONGEST: Final = timedelta(hours=24)  # between injection and scan; more is a wrong clock
_PHILIPS_FACTOR: Final = 0x70531000  # SUV of one count (Philips PET Private Group)
_GE_SCAN_TIME: Final = 0x0009100D  # GEMS_PETD_01: PET scan_datetime
_TAGS: Final = (
    "Units",
    "SUVType",
    "CorrectedImage",
    "DecayCorrection",
    "PatientWeight",
    "SeriesDate",
    "SeriesTime",
    "AcquisitionDate",
    "AcquisitionTime",
    "FrameReferenceTime",
    "ActualFrameDuration",
    "RadiopharmaceuticalInformationSequence",
    0x00090010,
    _GE_SCAN_TIME,
    0x70530010,
    _PHILIPS_FACTOR,
)


class _NoSuvError(Exception):
    """Its text is the reason, in the user's words."""


def suv_of(path: Path) -> tuple[float | None, str]:
    """(SUV of a pixel value of 1, "") for the series of a PET file, or (None, the reason)."""
    try:
        header = dcmread(
            path, stop_before_pixels=True, specific_tags=cast("Any", list(_TAGS)), force=True
        )
        return suv_factor(header), ""
    except (OSError, InvalidDicomError):
        return None, "the file cannot be read"
    except _NoSuvError as reason:
        return None, str(reason)
    except (ValueError, TypeError, OverflowError):
        return None, "attributes for it are malformed"


def suv_factor(header: Dataset) -> float:
    """g/ml for a pixel value (after rescale) of 1. Raises _NoSuvError with the reason."""
    units = str(header.get("Units", "")).strip().upper()
    if units == "GML":
        if str(header.get("SUVType") or "BW").strip().upper() != "BW":
            raise _NoSuvError(f"the values are SUV of another kind ({header.SUVType})")
        return 1.0
    corrected = {str(part).strip().upper() for part in _several(header.get("CorrectedImage"))}
    for needed, words in (("ATTN", "attenuation"), ("DECY", "decay")):
        if needed not in corrected:
            raise _NoSuvError(f"not corrected for {words}")
    if units == "CNTS":
        factor = _number(header.get(_PHILIPS_FACTOR))
        if factor is None or factor <= 0:
            raise _NoSuvError("the values are counts")
        return factor
    if units != "BQML":
        raise _NoSuvError(f"the values are in {units}" if units else "no units")
    return _from_activity(header)


def _from_activity(header: Dataset) -> float:
    """Weight over the dose that was left at the time the values are corrected to."""
    weight = _number(header.get("PatientWeight"))
    if weight is None or weight <= 0:
        raise _NoSuvError("no patient weight")
    drugs = list(header.get("RadiopharmaceuticalInformationSequence") or [])
    if len(drugs) != 1:
        raise _NoSuvError("several radiopharmaceuticals" if drugs else "no radiopharmaceutical")
    drug = drugs[0]
    dose = _number(drug.get("RadionuclideTotalDose"))
    if dose is None or dose <= 0:
        raise _NoSuvError("no injected dose")
    correction = str(header.get("DecayCorrection", "")).strip().upper()
    if correction == "ADMIN":
        return weight * 1000.0 / dose
    if correction != "START":
        raise _NoSuvError(
            "not corrected for decay" if correction == "NONE" else "unknown decay correction"
        )
    half_life = _number(drug.get("RadionuclideHalfLife"))
    if half_life is None or half_life <= 0:
        raise _NoSuvError("no half life")
    scan = _scan_time(header, half_life)
    waited = (scan - _injection_time(drug, scan)).total_seconds()
    return weight * 1000.0 / (dose * 2.0 ** (-waited / half_life))


def _scan_time(header: Dataset, half_life: float) -> datetime:
    """When the scan began, which START means.

    The series' time, unless it is later than the acquisition (a processed series): then GE's own
    attribute, else the acquisition's time less what the frame's reference time says.
    """
    series = _moment(header.get("SeriesDate"), header.get("SeriesTime"))
    acquired = _moment(header.get("AcquisitionDate"), header.get("AcquisitionTime"))
    if series is not None and (acquired is None or series <= acquired):
        return series
    private = header.get(_GE_SCAN_TIME)
    if private is not None and private.value:
        told = DT(str(_plain(private.value)).strip())
        if told is not None:
            return _naive(told)
    reference = _number(header.get("FrameReferenceTime"))  # ms, of the mean count rate
    duration = _number(header.get("ActualFrameDuration"))  # ms
    if acquired is None or reference is None or duration is None or duration <= 0:
        raise _NoSuvError("no time of the scan's begin")
    decay = math.log(2.0) / half_life * duration / 1000.0
    mean_count = math.log(decay / -math.expm1(-decay)) / decay * duration / 1000.0
    return acquired - timedelta(seconds=reference / 1000.0 - mean_count)


def _injection_time(drug: Dataset, scan: datetime) -> datetime:
    """When the dose was given; a time without date is the last one before the scan."""
    moment = drug.get("RadiopharmaceuticalStartDateTime")
    if moment:
        told = _naive(DT(str(moment).strip()))
    else:
        time = drug.get("RadiopharmaceuticalStartTime")
        clock = TM(str(time).strip()) if time else None
        if clock is None:
            raise _NoSuvError("no time of injection")
        told = datetime.combine(scan.date(), clock)
        if told > scan:  # given before midnight
            told -= _DAY
    if not timedelta(0) <= scan - told < _LONGEST:
        raise _NoSuvError("the times of injection and scan do not fit each other")
    return told


def _moment(date: Any, time: Any) -> datetime | None:
    day = DA(str(date).strip()) if date else None
    clock = TM(str(time).strip()) if time else None
    return None if day is None or clock is None else datetime.combine(day, clock)


def _naive(moment: datetime | None) -> datetime:
    """Without the offset from UTC: the file's other times have none."""
    if moment is None:
        raise _NoSuvError("no time of injection")
    return moment.replace(tzinfo=None)


def _number(value: Any) -> float | None:
    plain = _plain(getattr(value, "value", value))
    if plain is None or plain == "":
        return None
    number = float(plain)
    return number if math.isfinite(number) else None


def _plain(value: Any) -> Any:
    """A private element's value as text where nobody knows its representation."""
    return value.decode("ascii", "replace").strip("\0 ") if isinstance(value, bytes) else value


def _several(value: Any) -> list[Any]:
    if value is None or value == "":
        return []
    return [value] if isinstance(value, str) else list(value)
