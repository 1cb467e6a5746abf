"""Measures on their way out: as rows with numbers, then a file that is read back."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from medview.core.errors import MedviewError
from medview.core.job import Job, Progress
from medview.core.volume import Volume
from medview.formats.dicom_source import EMPTIED, KEPT
from medview.formats.measure_rows import MeasuredValue, MeasureRow
from medview.measure.frame import voxel_plane
from medview.measure.kind import kinds, outline_in_space
from medview.measure.measure import Measure
from medview.measure.reading import Reading
from medview.measure.region import RegionKind
from medview.session.measuring import Measures

# kind: (what is written, filter of the file dialog, suffix)
KINDS: dict[str, tuple[str, str, str]] = {
    "csv": ("Measures", "Comma separated values (*.csv)", ".csv"),
    "sr": ("DICOM report", "DICOM structured report (*.dcm)", ".dcm"),
}


def export_job(
    kind: str,
    path: Path,
    volume: Volume,
    measures: Measures,
    keep_identity: bool = False,
    person: str = "",
) -> Job:
    """A job that writes all measures; its result is the path written.

    Without ``keep_identity`` a DICOM report says no more of the patient than its images' UIDs.
    """
    if kind not in KINDS:
        raise MedviewError(f"{kind} is not a format for measures.", code="bad-format")
    rows = [row_of(m, measures.reading(m), volume, measures.slice_of(m)) for m in measures.items]

    def function(progress: Progress) -> Path:
        progress.report(0.1, "Writing")
        if kind == "csv":
            from medview.formats import measures_csv

            uid = "" if volume.source is None else volume.source.series_uid
            measures_csv.write_measures(rows, path, uid)
        else:
            from medview.formats import dicom_sr

            identity = KEPT if keep_identity else EMPTIED
            dicom_sr.write_measures(rows, volume, path, identity=identity, person=person)
        return path

    return Job(f"Export {KINDS[kind][0]}", function)


def row_of(measure: Measure, reading: Reading, volume: Volume, slice_index: int) -> MeasureRow:
    """A measure with its numbers as the formats want it."""
    lines = outline_in_space(measure)
    outline = np.concatenate(lines) if lines else np.empty((0, 3))
    place = voxel_plane(volume.geometry, measure.frame)
    kind = kinds().get(measure.kind)
    return MeasureRow(
        measure.name,
        measure.kind,
        measure.text,
        measure.points,
        outline,
        isinstance(kind, RegionKind),
        volume.geometry.calibrated,
        slice_index,
        place is not None and place.axis == 0,
        tuple(MeasuredValue(v.name, v.number, v.unit) for v in reading.values),
        reading.notes,
        measure.time,
    )
