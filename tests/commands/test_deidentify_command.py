"""medview deidentify: the report, the key file, and what is refused."""

import pydicom
import pytest


def copies(folder):
    return [pydicom.dcmread(path) for path in sorted(folder.rglob("*.dcm"))]


def test_copies_that_open_and_do_not_tell(medview, chest, tmp_path):
    outcome = medview("deidentify", chest.series, tmp_path / "out", "--json")
    assert outcome.status == 0
    assert outcome.json["written"] == 12
    assert outcome.json["skipped"] == outcome.json["blocked"] == []
    assert outcome.json["edition"] == "2026c"
    info = medview("info", tmp_path / "out", "--json").json
    (study,) = info["studies"]
    (series,) = study["series"]
    assert len(series["volumes"]) == 1
    assert study["patient_name"].startswith("P")
    assert "patient-1" not in str(info)


def test_the_same_key_links_two_runs(medview, chest, tmp_path):
    mask, key = tmp_path / "mask.dcm", tmp_path / "study.key"
    medview("convert", chest.named_mask, mask, "--reference", chest.series)
    for source, name in ((chest.series, "images"), (mask, "masks"), (chest.series, "again")):
        assert medview("deidentify", source, tmp_path / name, "--key", key).status == 0
    assert medview("deidentify", chest.series, tmp_path / "other").status == 0
    images, again, other = (copies(tmp_path / name) for name in ("images", "again", "other"))
    (seg,) = copies(tmp_path / "masks")
    assert [image.SOPInstanceUID for image in images] == [image.SOPInstanceUID for image in again]
    assert other[0].StudyInstanceUID != images[0].StudyInstanceUID
    series = seg.ReferencedSeriesSequence[0].SeriesInstanceUID
    assert series == images[0].SeriesInstanceUID
    back = ("convert", tmp_path / "masks", tmp_path / "back.nii.gz", "--kind", "labels")
    single = next((tmp_path / "masks").rglob("*.dcm"))
    back = ("convert", single, tmp_path / "back.nii.gz", "--reference", tmp_path / "images")
    assert medview(*back).status == 0


def test_blocked_pictures_are_named_and_end_with_status_1(medview, chest, tmp_path):
    source = tmp_path / "in" / "burned.dcm"
    source.parent.mkdir()
    dataset = pydicom.dcmread(next(chest.series.iterdir()))
    dataset.BurnedInAnnotation = "YES"
    dataset.save_as(source)
    (tmp_path / "in" / "notes.txt").write_text("no DICOM " * 30)
    outcome = medview("deidentify", tmp_path / "in", tmp_path / "out", "--json")
    assert outcome.status == 1
    assert "1 skipped, 1 blocked" in outcome.err
    assert "--allow-burned-in" in outcome.err
    assert [row["code"] for row in outcome.json["blocked"]] == ["burned-in"]
    assert [row["code"] for row in outcome.json["skipped"]] == ["not-dicom"]
    assert not (tmp_path / "out").exists()
    words = ("deidentify", tmp_path / "in", tmp_path / "out", "--allow-burned-in")
    outcome = medview(*words)
    assert outcome.status == 0
    assert "1 files" in outcome.out
    assert "skipped" in outcome.out


def test_shifted_dates_say_so(medview, chest, tmp_path):
    outcome = medview("deidentify", chest.series, tmp_path / "out", "--dates", "shift", "--json")
    assert outcome.json["dates"] == "shift"
    dataset = copies(tmp_path / "out")[0]
    assert dataset.StudyDate not in ("", "20260101")
    assert dataset.LongitudinalTemporalInformationModified == "MODIFIED"


@pytest.mark.parametrize("name", ["out/study.key", "out"])
def test_the_key_never_lies_among_the_copies(fails, chest, tmp_path, name):
    line = fails("deidentify", chest.series, tmp_path / "out", "--key", tmp_path / name)
    assert "outside" in line
    assert not (tmp_path / "out").exists()


def test_usage_and_refusals(medview, fails, chest, tmp_path):
    assert medview("deidentify", chest.series).status == 2
    assert medview("deidentify", "a", "b", "--dates", "kept").status == 2
    assert "does not exist" in fails("deidentify", tmp_path / "no", tmp_path / "out")
    (tmp_path / "bad.key").write_text("secret")
    words = ("deidentify", chest.series, tmp_path / "out", "--key", tmp_path / "bad.key")
    assert "no key" in fails(*words)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_text("")
    assert "not an empty folder" in fails("deidentify", chest.series, tmp_path / "full")
