"""Facts of a series that only the corners of the picture show."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from pydicom import dcmread

from medview.dicom.values import visible

# name here -> attribute; of enhanced objects only what stands at the top level is read
_ATTRIBUTES = {
    "birth date": "PatientBirthDate",
    "sex": "PatientSex",
    "institution": "InstitutionName",
    "accession": "AccessionNumber",
    "acquisition date": "AcquisitionDate",
    "acquisition time": "AcquisitionTime",
    "laterality": "ImageLaterality",
    "contrast": "ContrastBolusAgent",
    "thickness": "SliceThickness",
    "scanner": "ManufacturerModelName",
    "kernel": "ConvolutionKernel",
}


def read_facts(path: Path) -> dict[str, str]:
    """What one file says of patient, place and time, as plain text; empty attributes are left out.

    An unreadable header gives nothing: the picture does not depend on it.
    """
    tags = cast("Any", [*_ATTRIBUTES.values(), "SpecificCharacterSet"])
    try:
        header = dcmread(path, stop_before_pixels=True, specific_tags=tags, force=True)
        found = {name: header.get(keyword) for name, keyword in _ATTRIBUTES.items()}
        return {name: visible(str(value).strip()) for name, value in found.items() if value}
    except Exception:  # noqa: BLE001 - one odd value must not keep the image from showing
        return {}
