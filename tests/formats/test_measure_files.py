"""Measures as CSV and as a DICOM report hold the numbers, and who the patient is only if wanted."""

from __future__ import annotations

import csv
import shutil
import subprocess
from dataclasses import replace

import highdicom
import numpy as np
import pydicom
import pytest
from format_samples import a_dicom_volume, a_geometry, a_volume

from medview.core.errors import MedviewError
from medview.formats import dicom_sr, measures_csv
from medview.formats.dicom_source import EMPTIED, KEPT
from medview.formats.measure_rows import MeasuredValue, MeasureRow

VALIDATOR = shutil.which("dciodvfy") or "/work/tmp/dicom3tools/usr/bin/dciodvfy"


def row(volume, name="Length 1", kind="length", *, closed=False, values=None, text="", index=2):
    ring = [[index, 1, 1], [index, 1, 5], [index, 4, 5], [index, 1, 1]]
    voxels = np.array(ring if closed else ring[:2], dtype=float)
    placed = volume.geometry.calibrated
    outline = volume.geometry.to_patient(voxels) if placed else voxels
    if values is None:
        values = (MeasuredValue("length", 1234.56789012345, "mm"),)
    points = tuple(tuple(map(float, point)) for point in outline)
    return MeasureRow(
        name, kind, text, points, outline, closed, placed, index, True, values, (), 1.0
    )


STATISTICS = (
    MeasuredValue("area", 12.5, "mm²"),
    MeasuredValue("mean", -712.25, "HU"),
    MeasuredValue("SD", 1.0 / 3.0, "HU"),
    MeasuredValue("min", -1024.0, "HU"),
    MeasuredValue("max", 3071.0, "HU"),
    MeasuredValue("median", -700.0, "HU"),
    MeasuredValue("voxels", 17.0, ""),
)


@pytest.fixture
def volume(tmp_path):
    known = a_dicom_volume(tmp_path / "ct", a_geometry("oblique"))
    return replace(known, units="HU", modality="CT")


@pytest.fixture
def rows(volume):
    return [
        row(volume),
        row(volume, "Ellipse 1", "ellipse", closed=True, values=STATISTICS, text="liver; left"),
        row(volume, "Cobb 1", "cobb", values=(MeasuredValue("Cobb angle", 23.2, "°"),)),
        row(volume, "Arrow 1", "arrow", values=()),
    ]


def valid(path) -> list[str]:
    """What dciodvfy calls an error; skips where it is absent."""
    if not shutil.which(VALIDATOR):
        pytest.skip("dciodvfy is absent")
    said = subprocess.run([VALIDATOR, str(path)], capture_output=True, text=True, check=False)
    return [line for line in said.stderr.splitlines() if line.startswith("Error")]


def test_the_table_has_a_row_per_measure_and_all_places(rows, tmp_path):
    path = tmp_path / "measures.csv"
    measures_csv.write_measures(rows, path, "1.2.3")
    table = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    assert [line["name"] for line in table] == ["Length 1", "Ellipse 1", "Cobb 1", "Arrow 1"]
    assert float(table[0]["length (mm)"]) == 1234.56789012345
    assert float(table[1]["SD (HU)"]) == 1.0 / 3.0
    assert table[1]["length (mm)"] == ""
    assert table[1]["text"] == "liver; left"
    assert table[2]["Cobb angle (°)"] == "23.2"
    assert {line["series_uid"] for line in table} == {"1.2.3"}
    assert table[0]["slice"] == "3"
    first = [float(part) for part in table[0]["points"].split(";")[0].split()]
    np.testing.assert_allclose(first, rows[0].points[0], atol=1e-4)


def test_words_are_no_formula(volume, tmp_path):
    path = tmp_path / "measures.csv"
    measures_csv.write_measures([row(volume, text='=1+1, "quoted"\nline')], path)
    assert measures_csv.read_table(path)[1][2] == '\'=1+1, "quoted"\nline'


def test_nothing_to_export_is_said(volume, tmp_path):
    for write in (
        lambda: measures_csv.write_measures([], tmp_path / "a.csv"),
        lambda: dicom_sr.write_measures([], volume, tmp_path / "a.dcm"),
        lambda: dicom_sr.write_measures([row(volume, values=())], volume, tmp_path / "a.dcm"),
    ):
        with pytest.raises(MedviewError) as caught:
            write()
        assert caught.value.code == "nothing-to-export"
    assert not list(tmp_path.glob("a.*"))


def test_the_report_holds_the_numbers_with_codes_and_units(rows, volume, tmp_path):
    path = tmp_path / "report.dcm"
    dicom_sr.write_measures(rows, volume, path, identity=KEPT, person="Re^ader")
    assert valid(path) == []
    read = dict(dicom_sr.read_measures(path))
    assert set(read) == {"Length 1", "Ellipse 1: liver; left", "Cobb 1"}
    assert read["Length 1"][0].number == pytest.approx(1234.56789, abs=1e-5)
    assert [(v.name, v.unit) for v in read["Ellipse 1: liver; left"]] == [
        ("Area", "mm2"),
        ("Attenuation Coefficient Mean", "[hnsf'U]"),
        ("Attenuation Coefficient Standard Deviation", "[hnsf'U]"),
        ("Attenuation Coefficient Minimum", "[hnsf'U]"),
        ("Attenuation Coefficient Maximum", "[hnsf'U]"),
        ("Attenuation Coefficient Median", "[hnsf'U]"),
    ]
    assert read["Cobb 1"][0].unit == "deg"
    dataset = pydicom.dcmread(path)
    assert dataset.SOPClassUID == "1.2.840.10008.5.1.4.1.1.88.34"
    assert dataset.StudyInstanceUID == volume.source.study_uid
    assert dataset.ContentTemplateSequence[0].TemplateIdentifier == "1500"


def test_the_regions_lie_where_they_were_drawn(rows, volume, tmp_path):
    path = tmp_path / "report.dcm"
    dicom_sr.write_measures(rows, volume, path)
    report = highdicom.sr.srread(path)
    region = report.content.get_planar_roi_measurement_groups()[0].roi
    assert region.graphic_type.name == "POLYGON"
    np.testing.assert_allclose(region.value, rows[1].outline, atol=1e-3)
    assert region.frame_of_reference_uid == volume.source.frame_of_reference_uid


def test_without_identity_only_uids_are_left(rows, volume, tmp_path):
    path = tmp_path / "report.dcm"
    dicom_sr.write_measures(rows, volume, path, identity=EMPTIED, person="Somebody")
    dataset = pydicom.dcmread(path)
    assert (dataset.PatientName, dataset.PatientID) == ("", "")
    assert dataset.PatientIdentityRemoved == "YES"
    assert b"Somebody" not in path.read_bytes()
    assert valid(path) == []


def test_without_a_place_in_the_patient_coordinates_are_pixels(volume, tmp_path):
    flat = replace(
        volume,
        geometry=type(volume.geometry).flat(volume.geometry.shape, 0.5, 0.5),
        source=replace(volume.source, frame_of_reference_uid=None),
    )
    rows = [
        row(flat),
        row(flat, "Polygon 1", "polygon", closed=True, values=STATISTICS),
        replace(row(flat, "Coronal", index=1), on_slice=False),
    ]
    path = tmp_path / "report.dcm"
    dicom_sr.write_measures(rows, flat, path)
    assert valid(path) == []
    assert {name for name, _ in dicom_sr.read_measures(path)} == {"Length 1", "Polygon 1"}
    region = highdicom.sr.srread(path).content.get_planar_roi_measurement_groups()[0].roi
    np.testing.assert_allclose(region.value[0], (1.5, 1.5))


def test_suv_and_pixels_have_their_units(volume, tmp_path):
    pet = replace(volume, units="Bq/ml", modality="PT")
    values = (
        MeasuredValue("mean", 5000.0, "Bq/ml"),
        MeasuredValue("SUV mean", 2.5, "g/ml"),
        MeasuredValue("SUV max", 4.5, "g/ml"),
        MeasuredValue("area", 9.0, "px²"),
    )
    path = tmp_path / "report.dcm"
    dicom_sr.write_measures([row(pet, closed=True, values=values)], pet, path)
    ((_, read),) = dicom_sr.read_measures(path)
    assert [(v.name, v.number, v.unit) for v in read] == [
        ("Pixel value Mean", 5000.0, "Bq/ml"),
        ("Standardized Uptake Value Mean", 2.5, "g/ml{SUVbw}"),
        ("Standardized Uptake Value Maximum", 4.5, "g/ml{SUVbw}"),
        ("Area", 9.0, "{pixels}2"),
    ]
    assert valid(path) == []


def test_an_image_that_is_not_dicom_has_no_report(tmp_path):
    volume = a_volume(a_geometry())
    with pytest.raises(MedviewError) as caught:
        dicom_sr.write_measures([row(volume)], volume, tmp_path / "report.dcm")
    assert caught.value.code == "no-dicom-source"


def test_files_that_changed_are_not_described(rows, volume, tmp_path):
    volume.source.files[2].unlink()
    with pytest.raises(MedviewError) as caught:
        dicom_sr.write_measures(rows, volume, tmp_path / "report.dcm")
    assert caught.value.code == "source-missing"
