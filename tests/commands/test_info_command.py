"""medview info prints the promised object, whatever it is given."""

import numpy as np
import pytest

from medview.core.geometry import Geometry
from medview.core.volume import Volume
from medview.formats import nifti

TOP = {"outcome", "studies", "messages", "skipped"}
STUDY = {"study_uid", "patient_name", "description", "date", "series"}
SERIES = {"series_uid", "modality", "kind", "description", "volumes"}
VOLUME = {
    "shape",
    "spacing_mm",
    "pixel_spacing_mm",
    "affine_lps",
    "orientation",
    "frames",
    "messages",
}
MESSAGE = {"code", "severity", "text", "files"}


def check_shape(report):
    assert set(report) == TOP
    assert report["outcome"] in ("opens", "opens with warning", "skipped")
    messages = list(report["messages"])
    for study in report["studies"]:
        assert set(study) == STUDY
        for series in study["series"]:
            assert set(series) == SERIES
            assert series["kind"] in ("image", "seg", "rtstruct", "other")
            for volume in series["volumes"]:
                assert set(volume) == VOLUME
                assert len(volume["shape"]) == 3
                messages += volume["messages"]
    for message in messages:
        assert set(message) == MESSAGE
        assert message["severity"] in ("note", "warning")
    for one in report["skipped"]:
        assert set(one) == {"path", "code", "reason"}
    warned = any(message["severity"] == "warning" for message in messages)
    if report["outcome"] != "skipped":
        assert (report["outcome"] == "opens with warning") == warned
    return report


def test_a_series(medview, chest):
    outcome = medview("info", chest.series, "--json")
    assert outcome.status == 0
    assert outcome.out.count("\n") == 1
    report = check_shape(outcome.json)
    assert report["outcome"] == "opens"
    (study,) = report["studies"]
    (series,) = study["series"]
    (volume,) = series["volumes"]
    assert (series["modality"], series["kind"]) == ("CT", "image")
    assert volume["shape"] == [12, 64, 64]
    assert volume["spacing_mm"] == pytest.approx([25.0, 6.0, 6.0])
    assert np.allclose(volume["affine_lps"], chest.labelmap.geometry.affine)
    assert volume["orientation"] == "axial"
    assert volume["frames"] == 12


def test_other_formats_are_in_the_same_object(medview, chest):
    report = check_shape(medview("info", chest.series.parent, "--json").json)
    kinds = {one["description"]: one["kind"] for s in report["studies"] for one in s["series"]}
    assert kinds == {
        "Thorax phantom": "image",
        "mask-1.nii.gz": "seg",
        "named-1.seg.nrrd": "seg",
    }
    assert report["skipped"] == []
    assert report["messages"] == []


def test_a_nifti_image_by_a_relative_path(medview, tmp_path, monkeypatch):
    voxels = np.random.default_rng(0).integers(-1000, 500, (5, 6, 7)).astype(np.int16)
    nifti.write_volume(Volume(voxels, Geometry.axial((5, 6, 7), (3, 2, 1))), tmp_path / "a.nii")
    monkeypatch.chdir(tmp_path)
    report = check_shape(medview("info", "a.nii", "--json").json)
    (series,) = report["studies"][0]["series"]
    assert series["volumes"][0]["shape"] == [5, 6, 7]
    assert series["volumes"][0]["spacing_mm"] == [3, 2, 1]
    assert report["outcome"] == "opens"
    assert [message["code"] for message in series["volumes"][0]["messages"]] == ["units-assumed"]


def test_rubbish_is_skipped_with_reasons_and_status_0(medview, tmp_path):
    (tmp_path / "notes.txt").write_text("no image " * 40)
    (tmp_path / "broken.nii.gz").write_bytes(b"\x1f\x8b" + bytes(500))
    (tmp_path / "broken.nrrd").write_bytes(b"NRRD0005\n" + bytes(500))
    outcome = medview("info", tmp_path, "--json")
    assert outcome.status == 0
    report = check_shape(outcome.json)
    assert report["outcome"] == "skipped"
    names = {one["path"].rsplit("/", 1)[-1]: one["code"] for one in report["skipped"]}
    assert names["notes.txt"] == "not-dicom"
    assert names["broken.nii.gz"] == names["broken.nrrd"] == "file-unreadable"
    severities = {message["code"]: message["severity"] for message in report["messages"]}
    assert severities == {"skipped-not-dicom": "note", "skipped-file-unreadable": "warning"}


def test_a_path_that_does_not_exist(fails, tmp_path):
    assert "does not exist" in fails("info", tmp_path / "nowhere", "--json")


def test_wrong_usage(medview):
    outcome = medview("info")
    assert outcome.status == 2
    assert outcome.out == ""


def test_text_for_people(medview, chest):
    outcome = medview("info", chest.series)
    assert outcome.status == 0
    assert "12 x 64 x 64, 25 x 6 x 6 mm, axial" in outcome.out


@pytest.mark.parametrize(
    "folder",
    [
        "series/lung_dx_a0002",
        "labelled/cip_chest",
        "fixtures/rt_utils",
        "fixtures/lungmask_duplicate",
    ],
)
def test_real_files(medview, shared_data, folder):
    outcome = medview("info", shared_data / folder, "--json")
    assert outcome.status == 0
    assert check_shape(outcome.json)["outcome"] != "skipped"


def test_quality_is_told_when_asked_for(medview, tmp_path):
    voxels = np.full((5, 40, 40), 40, np.int16)
    voxels[:, 10:20, 10:20] = 3071
    image = Volume(voxels, Geometry.axial((5, 40, 40), (8, 1, 1)), "CT", "HU")
    nifti.write_volume(image, tmp_path / "a.nii.gz")
    for asked in (True, False):
        arguments = ("info", tmp_path, "--json", *(["--quality"] if asked else []))
        report = check_shape(medview(*arguments).json)
        (series,) = report["studies"][0]["series"]
        found = {message["code"] for message in series["volumes"][0]["messages"]}
        assert any(code.startswith("quality-") for code in found) is asked


def test_quality_of_a_dicom_series(medview, chest):
    report = check_shape(medview("info", chest.series, "--json", "--quality").json)
    (volume,) = report["studies"][0]["series"][0]["volumes"]
    assert {message["severity"] for message in volume["messages"]} <= {"note"}
