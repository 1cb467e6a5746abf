"""`medview info`'s object: the outcome, the series, and everything worth knowing."""

import json

import pytest

from medview.core.job import Progress
from medview.dicom.report import info


def report(*paths):
    answer = info(list(paths), Progress())
    json.dumps(answer)  # all of it can be printed
    return answer


def test_a_clean_series_opens(series, phantom):
    answer = report(series[0])
    assert answer["outcome"] == "opens"
    assert answer["messages"] == answer["skipped"] == []
    study = answer["studies"][0]
    assert (study["patient_name"], study["date"]) == ("Phantom^Thorax", "20260101")
    volume = study["series"][0]["volumes"][0]
    assert volume["shape"] == [12, 48, 64]
    assert volume["spacing_mm"] == pytest.approx([25, 8, 6])
    assert volume["orientation"] == "axial"
    assert volume["frames"] == 12
    assert volume["affine_lps"] == phantom.geometry.affine.tolist()


def test_a_text_file_beside_it_is_no_warning(series):
    (series[0] / "notes.txt").write_text("nothing to see here " * 50)
    answer = report(series[0])
    assert answer["outcome"] == "opens"
    assert [item["code"] for item in answer["skipped"]] == ["not-dicom"]


def test_a_gap_is_a_warning(series):
    series[1][5].unlink()
    answer = report(series[0])
    assert answer["outcome"] == "opens with warning"
    messages = answer["studies"][0]["series"][0]["volumes"][0]["messages"]
    assert [m["code"] for m in messages] == ["missing-slices"]


def test_a_truncated_file_is_a_warning_without_reading_pixels(series):
    path = series[1][5]
    path.write_bytes(path.read_bytes()[:-10])
    answer = report(series[0])
    assert answer["outcome"] == "opens with warning"


def test_nothing_to_show_is_skipped(tmp_path):
    (tmp_path / "a.txt").write_text("text " * 100)
    answer = report(tmp_path)
    assert answer["outcome"] == "skipped"
    assert answer["studies"] == []


def test_without_geometry_nothing_is_claimed(series, change):
    for path in series[1]:
        change(path, lambda d: delattr(d, "ImagePositionPatient"))
    volume = report(series[0])["studies"][0]["series"][0]["volumes"][0]
    assert volume["affine_lps"] is volume["spacing_mm"] is volume["orientation"] is None


def test_other_objects_are_listed_for_what_they_are(shared_data):
    answer = report(shared_data / "fixtures" / "rt_utils" / "tests" / "mock_data")
    kinds = {s["kind"] for study in answer["studies"] for s in study["series"]}
    assert {"image", "rtstruct"} <= kinds
    assert any(m["code"] == "listed-rtstruct" for m in answer["messages"])
