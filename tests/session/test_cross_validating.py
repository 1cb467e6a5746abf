"""The recipe is trained K times, and every case is measured by a version without its patient."""

import json
from dataclasses import replace

import pytest
from small_models import phantom
from test_folds import accept_for_training
from test_retraining import accept, request, small

from medview.core.errors import Cancelled, MedviewError
from medview.core.job import Progress
from medview.core.labelmap import LabelMap
from medview.core.phantom import phantom_table
from medview.core.volume import Volume
from medview.formats import nifti
from medview.session.cross_validating import VERSION, AcceptedCases, ManifestCases, cross_validate
from medview.session.evaluation_report import report
from medview.session.manifest import read_manifest

assert small  # the fixture of small phantoms and windows


def validate(session, cases, count=2, **options):
    asked = replace(request(session, steps=2, **options), version=VERSION)
    return cross_validate(asked, cases, count, lambda event: True, Progress())


def test_accepted_slices_of_training_patients_in_folds(desk):
    session = desk.open()
    accept(session, 5, [4])  # the first patient is trained on
    accept(session, 6, [5])  # the second is held out: measured by no fold
    accept_for_training(session, 0, 1)
    cases = AcceptedCases(desk.folder)
    result, details, title, folds = validate(session, cases)
    assert len(result.cases) == 3
    assert sum(fold["patients"] for fold in folds) == 3
    assert sorted(name for fold in folds for name in fold["cases"]) == sorted(result.cases)
    assert "ct-lung@1.0.0" in title
    assert "2 folds" in title
    assert set(result.mean) == {"right lung", "left lung", "airway"}
    text = report(result, details, title)
    assert "By fold" in text
    assert "area under ROC" in text
    assert "trained without its patient (2 steps a fold, seed 0)" in text
    assert [model.version for model in session.models()] == ["1.0.0"]
    assert not list((session.catalog.own / ".building" / "ct-lung").iterdir())
    again = validate(session, AcceptedCases(desk.folder))
    assert again[0].cases == result.cases, "the same again gives the same"


def test_more_folds_than_patients_are_refused(desk):
    session = desk.open()
    accept(session, 0, [4])
    for count in (1, 2):
        with pytest.raises(MedviewError) as trouble:
            validate(session, AcceptedCases(desk.folder), count)
        assert trouble.value.code == "too-few-patients"


def test_whom_the_base_was_made_from_is_said(desk):
    session = desk.open()
    accept_for_training(session, 0, 1)
    cases = AcceptedCases(desk.folder)
    seen = (cases.patients[0].removeprefix("p") + "0" * 48,)
    result, *_ = validate(session, cases, seen_patients=seen)
    assert [one.severity for one in result.messages] == ["note", "warning"]
    assert "1 of 2 patients" in result.messages[1].text


def test_stopping_leaves_nothing(desk):
    session = desk.open()
    accept_for_training(session, 0, 1)
    asked = replace(request(session, steps=3), version=VERSION)
    told = []
    with pytest.raises(Cancelled):
        cross_validate(
            asked, AcceptedCases(desk.folder), 2,
            lambda event: told.append(event) or event["part"] == 1, Progress(),
        )  # fmt: skip
    assert [event["part"] for event in told] == [1, 1, 1, 2]
    assert not list((session.catalog.own / ".building" / "ct-lung").iterdir())


@pytest.fixture
def manifest(tmp_path):
    """Three patients, one of them kept out; the third label goes by another name, same code."""
    rows = []
    for seed in range(3):
        made = phantom(seed)
        image, labels = tmp_path / f"case{seed}.nii.gz", tmp_path / f"case{seed}_labels.nii.gz"
        nifti.write_volume(Volume(made.voxels, made.geometry, "CT", "HU"), image)
        nifti.write_labels(LabelMap(made.geometry, phantom_table(), made.labels), labels)
        rows.append({"image": image.name, "labels": labels.name, "patient": f"P{seed}"})
    rows[0]["ignore_labels"] = [3]
    rows[2]["split"] = "kept_out"
    path = tmp_path / "manifest.json"
    names = {"1": "right lung", "2": "left lung", "3": "trachea and main bronchi"}
    path.write_text(json.dumps({"labels": names, "rows": rows}))
    return path


def test_the_rows_of_a_manifest(desk, manifest):
    session = desk.open()
    base = session.registry.active_folder().card
    result, _, _, folds = validate(session, ManifestCases(read_manifest(manifest), base.labels))
    assert set(result.cases) == {"case0", "case1"}
    assert len(folds) == 2
    assert {"right lung", "left lung"} <= set(result.mean)
    assert result.cases["case0"].get("airway", {}).get("dice") is None, "it was not labelled there"


def test_a_value_without_a_name_is_said(desk, manifest):
    session = desk.open()
    data = json.loads(manifest.read_text())
    del data["labels"]["3"]
    for row in data["rows"]:
        row.pop("ignore_labels", None)
    manifest.write_text(json.dumps(data))
    base = session.registry.active_folder().card
    with pytest.raises(MedviewError) as trouble:
        validate(session, ManifestCases(read_manifest(manifest), base.labels))
    assert trouble.value.code == "unknown-label"
