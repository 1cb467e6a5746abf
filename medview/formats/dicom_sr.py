"""Measures as a DICOM structured report: TID 1500, Comprehensive 3D SR (PS3.3 A.35.13, PS3.16)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from medview import __version__
from medview.core.atomic import atomic_path
from medview.core.errors import MedviewError
from medview.core.volume import SourceSeries, Volume
from medview.formats.dicom_source import KEPT, Identity, one_line, read_source_header
from medview.formats.measure_rows import MeasuredValue, MeasureRow

_FIRST_SERIES_NUMBER = 2000
_NUMBER_DIGITS = 9  # of a decimal string
_NOT_READ = "verify-failed"
_STATISTICS = ("mean", "SD", "min", "max", "median")
_DERIVATIONS = {
    "mean": "Mean",
    "SD": "StandardDeviation",
    "min": "Minimum",
    "max": "Maximum",
    "median": "Median",
}


def write_measures(
    rows: Sequence[MeasureRow],
    volume: Volume,
    path: Path,
    *,
    identity: Identity = KEPT,
    person: str = "",
) -> None:
    """Write the measures that have numbers as a report on the volume's series.

    Regions are planar regions of interest, other measures carry their coordinates with their
    value: in the frame of reference where the volume has one, else as pixels of their slice. Words
    and arrows have no number, and measures between slices without place no coordinates: they are
    left out. Atomic, and read back (`read_measures`).
    Raises MedviewError "nothing-to-export", "no-dicom-source", "source-missing", "source-changed",
    "sr-unsupported", "verify-failed" or "write-failed".
    """
    source = volume.source
    if source is None or not source.files:
        raise MedviewError(
            "A DICOM report needs a DICOM image, and this image is not DICOM.",
            hint="Export CSV.",
            code="no-dicom-source",
        )
    placed = volume.geometry.calibrated and bool(source.frame_of_reference_uid)
    written = [row for row in rows if row.values and (placed or row.on_slice)]
    if not written:
        raise MedviewError(
            "No measure here has a number that a DICOM report can hold.",
            hint="Draw a length, an angle or a region, or export CSV.",
            code="nothing-to-export",
        )
    headers = _headers(source, written)
    identity.apply(headers)
    where = identity.source(volume).source
    assert where is not None
    report = _report(written, headers, _Places(where, placed), identity, person, volume)
    identity.mark(report)
    with atomic_path(Path(path)) as temporary:
        report.save_as(temporary, enforce_file_format=True)
    _verify(path, written)


def read_measures(path: Path) -> list[tuple[str, tuple[MeasuredValue, ...]]]:
    """The measures of a report that `write_measures` made: name, and the numbers as written.

    A number's name is the code's meaning, with its derivation; its unit the UCUM code.
    """
    import highdicom

    report = highdicom.sr.srread(path)
    groups = [
        *report.content.get_planar_roi_measurement_groups(),
        *report.content.get_image_measurement_groups(),
    ]
    found = []
    for group in groups:
        values = []
        for measurement in group.get_measurements():
            derivation = measurement.derivation
            words = [measurement.name.meaning, "" if derivation is None else derivation.meaning]
            name = " ".join(word for word in words if word)
            values.append(MeasuredValue(name, float(measurement.value), measurement.unit.value))
        found.append((str(group.tracking_identifier), tuple(values)))
    return found


class _Places:
    """How coordinates are written: in the frame of reference, or on an image."""

    def __init__(self, source: SourceSeries, placed: bool) -> None:
        self._source, self._placed = source, placed

    def region(self, row: MeasureRow) -> Any:
        import highdicom

        if self._placed:
            frame = self._source.frame_of_reference_uid
            return highdicom.sr.ImageRegion3D("POLYGON", row.outline, frame)
        image = highdicom.sr.SourceImageForRegion(*self._image(row))
        return highdicom.sr.ImageRegion("POLYLINE", _pixels(row), image)

    def coordinates(self, row: MeasureRow) -> Any:
        import highdicom

        kind = "POINT" if len(row.outline) == 1 else "POLYLINE"
        if self._placed:
            frame = self._source.frame_of_reference_uid
            assert frame is not None
            return highdicom.sr.CoordinatesForMeasurement3D(kind, row.outline, frame)
        image = highdicom.sr.SourceImageForRegion(*self._image(row))
        return highdicom.sr.CoordinatesForMeasurement(kind, _pixels(row), image)

    def _image(self, row: MeasureRow) -> tuple[str, str, list[int] | None]:
        source, index = self._source, row.slice_index
        several = len(set(source.files)) < len(source.files)
        frames = [source.frames[index]] if several and source.frames else None
        return source.sop_class_uid, source.sop_instance_uids[index], frames


def _pixels(row: MeasureRow) -> Any:
    """(column, row) with 0.5 at the middle of the first pixel (PS3.3 C.10.5.1.2)."""
    points = np.asarray(row.outline, dtype=np.float64)
    return np.stack([points[:, 2] + 0.5, points[:, 1] + 0.5], axis=1)


def _headers(source: SourceSeries, rows: Sequence[MeasureRow]) -> list[Any]:
    """The headers of the images that were measured, each once."""
    from medview.formats.dicom_source import source_changed

    headers = {}
    for row in rows:
        uid, path = source.sop_instance_uids[row.slice_index], source.files[row.slice_index]
        if uid not in headers:
            header = read_source_header(path)
            if str(header.get("SOPInstanceUID", "")) != uid:
                raise source_changed(path)
            headers[uid] = header
    return list(headers.values())


def _report(
    rows: Sequence[MeasureRow],
    headers: list[Any],
    places: _Places,
    identity: Identity,
    person: str,
    volume: Volume,
) -> Any:
    import highdicom
    from pydicom.sr.codedict import codes

    try:
        groups = [_group(row, places, volume) for row in rows]
        content = highdicom.sr.MeasurementReport(
            observation_context=_observers(person if identity.kept else ""),
            procedure_reported=codes.SCT.ImagingProcedure,
            imaging_measurements=groups,
            title=codes.DCM.ImagingMeasurementReport,
        )
        report = highdicom.sr.Comprehensive3DSR(
            evidence=headers,
            content=content[0],
            series_instance_uid=highdicom.UID(),
            series_number=_FIRST_SERIES_NUMBER + int(headers[0].get("SeriesNumber") or 0) % 1000,
            sop_instance_uid=highdicom.UID(),
            instance_number=1,
            manufacturer="medview",
        )
    # highdicom raises ValueError, TypeError and AttributeError for what breaks the standard
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise MedviewError(
            f"No DICOM report can describe these measures: {error}",
            hint="Export CSV.",
            code="sr-unsupported",
        ) from error
    report.SeriesDescription = "medview measures"
    report.ManufacturerModelName = "medview"
    report.SoftwareVersions = __version__
    return report


def _observers(person: str) -> Any:
    import highdicom
    from pydicom.sr.codedict import codes

    device = highdicom.sr.ObserverContext(
        observer_type=codes.DCM.Device,
        observer_identifying_attributes=highdicom.sr.DeviceObserverIdentifyingAttributes(
            uid=highdicom.UID(), name="medview", manufacturer_name="medview"
        ),
    )
    name = " ".join(person.replace("\\", " ").replace("=", " ").replace("^", " ").split())[:63]
    someone = None
    if name:
        someone = highdicom.sr.ObserverContext(
            observer_type=codes.DCM.Person,
            observer_identifying_attributes=highdicom.sr.PersonObserverIdentifyingAttributes(
                name=f"{name}^"
            ),
        )
    return highdicom.sr.ObservationContext(
        observer_device_context=device, observer_person_context=someone
    )


def _group(row: MeasureRow, places: _Places, volume: Volume) -> Any:
    import highdicom

    words = f"{row.name}: {row.text}" if row.text else row.name
    tracking = highdicom.sr.TrackingIdentifier(
        uid=highdicom.UID(), identifier=one_line(words, 64) or row.kind
    )
    if row.closed:
        return highdicom.sr.PlanarROIMeasurementsAndQualitativeEvaluations(
            tracking_identifier=tracking,
            referenced_region=places.region(row),
            measurements=[_measurement(value, volume) for value in _kept(row)],
        )
    return highdicom.sr.MeasurementsAndQualitativeEvaluations(
        tracking_identifier=tracking,
        measurements=[
            _measurement(value, volume, [places.coordinates(row)]) for value in _kept(row)
        ],
    )


def _kept(row: MeasureRow) -> list[MeasuredValue]:
    return [value for value in row.values if value.name != "voxels"]


def _measurement(value: MeasuredValue, volume: Volume, coordinates: Any = None) -> Any:
    import highdicom
    from pydicom.sr.codedict import codes

    what, _, statistic = value.name.rpartition(" ")
    plain = {"length": "Length", "angle": "Angle", "Cobb angle": "CobbAngle", "area": "Area"}
    if value.name in plain:
        name, derivation = getattr(codes.SCT, plain[value.name]), None
    else:
        name = codes.DCM.StandardizedUptakeValue if what == "SUV" else _quantity(volume)
        derivation = (
            getattr(codes.SCT, _DERIVATIONS[statistic]) if statistic in _STATISTICS else None
        )
    return highdicom.sr.Measurement(
        name=name,
        value=_rounded(value.number),
        unit=_unit(value.unit),
        derivation=derivation,
        referenced_coordinates=coordinates,
    )


def _quantity(volume: Volume) -> Any:
    """What a pixel's value is (CID 7464 and its neighbours)."""
    import highdicom
    from pydicom.sr.codedict import codes

    if volume.units == "HU":
        return codes.DCM.AttenuationCoefficient
    if volume.units == "SUV":
        return codes.DCM.StandardizedUptakeValue
    return highdicom.sr.CodedConcept("pixel-value", "99MEDVIEW", "Pixel value")


def _unit(unit: str) -> Any:
    """The unit's UCUM code."""
    import highdicom
    from pydicom.sr.codedict import codes

    known = {
        "mm": codes.UCUM.Millimeter,
        "mm²": codes.UCUM.SquareMillimeter,
        "°": codes.UCUM.Degree,
        "HU": codes.UCUM.HounsfieldUnit,
        "Bq/ml": codes.UCUM.BecquerelsPerMilliliter,
        "": codes.UCUM.NoUnits,
    }
    if unit in known:
        return known[unit]
    written = {
        "px": ("{pixels}", "pixels"),
        "px²": ("{pixels}2", "square pixels"),
        "g/ml": ("g/ml{SUVbw}", "Standardized Uptake Value body weight"),
        "SUV": ("g/ml{SUVbw}", "Standardized Uptake Value body weight"),
        "counts": ("{counts}", "counts"),
    }
    code, meaning = written.get(unit, (f"{{{one_line(unit, 14)}}}", one_line(unit, 64)))
    return highdicom.sr.CodedConcept(code, "UCUM", meaning)


def _rounded(number: float) -> float:
    """As many digits as a decimal string of 16 characters holds in every case."""
    return float(f"{number:.{_NUMBER_DIGITS}g}")


def _verify(path: Path, rows: Sequence[MeasureRow]) -> None:
    """MedviewError "verify-failed" unless every number stands in the file."""
    wanted = sorted(sorted(_rounded(value.number) for value in _kept(row)) for row in rows)
    found = sorted(sorted(value.number for value in values) for _, values in read_measures(path))
    same = len(wanted) == len(found) and all(
        len(a) == len(b) and np.allclose(a, b, rtol=1e-7, atol=1e-9)
        for a, b in zip(wanted, found, strict=False)
    )
    if not same:
        raise MedviewError(
            f"{path} was written but does not hold the measures.",
            hint="Do not use it. Try another folder, and report this.",
            code=_NOT_READ,
        )
