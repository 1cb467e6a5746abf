"""medview compare judges a version on the held-out cases; accept takes many cases at once."""

import io
import json

import pytest
from models import write_tiny_model

from medview.ai.training import rehearsal
from medview.core.labelmap import LabelMap
from medview.formats import nifti
from medview.formats.nnunet import NnunetCase, write_dataset

NAMES = "1=right lung,2=left lung,3=airway"


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO())  # where the window would write "stop"
    monkeypatch.setattr(rehearsal, "_SHAPE", (12, 64, 64))
    monkeypatch.setattr(rehearsal, "_SPACING", (25.0, 6.0, 6.0))


@pytest.fixture
def two_versions(workspace_folder):
    for number, version in enumerate(("1.0.0", "1.1.0")):
        write_tiny_model(workspace_folder / "models", version, seed=number)


@pytest.fixture
def dataset(chest, other_chest, tmp_path):
    """Both patients as an nnU-Net dataset."""
    from medview.commands._common import open_image

    rows = []
    for number, one in enumerate((chest, other_chest)):
        volume = open_image(one.series)
        labels = LabelMap(volume.geometry, one.labelmap.table, one.labelmap.voxels.copy())
        rows.append(NnunetCase(f"n{number}", volume, labels))
    return write_dataset(rows, tmp_path / "raw", rows[0].labelmap.table)


def test_accept_takes_an_nnunet_dataset_and_compare_judges_on_it(medview, dataset, two_versions):
    outcome = medview("accept", dataset, "--reviewer", "Ada", "--json")
    assert outcome.status == 0
    assert [one["accepted"] for one in outcome.json["cases"]] == [12, 12]
    assert {one["split"] for one in outcome.json["cases"]} == {"train", "held-out"}
    outcome = medview("compare", "tiny@1.1.0", "--base", "tiny@1.0.0", "--json")
    assert outcome.status == 0
    done = json.loads(outcome.out.splitlines()[-1])
    assert (done["event"], done["candidate"], done["base"]) == ("done", "tiny@1.1.0", "tiny@1.0.0")
    assert {"gates", "table", "summary"} <= set(done)
    assert done["summary"]["patients"] == 1
    text = medview("compare", "tiny@1.1.0", "--base", "tiny@1.0.0").out
    assert "tiny@1.1.0 (against tiny@1.0.0)" in text
    assert "pixels to correct per slice: " in text
    assert "HD95 mm " in text


def test_blend_makes_a_version_between(medview, dataset, two_versions, workspace_folder):
    medview("accept", dataset)
    outcome = medview("compare", "tiny@1.1.0", "--base", "tiny@1.0.0", "--blend", "0.5")
    assert outcome.status == 0
    assert "tiny@1.2.0 (against tiny@1.0.0)" in outcome.out
    assert (workspace_folder / "models/tiny/1.2.0/metrics.json").is_file()
    rows = medview("models", "list", "--json").json
    assert {row["version"]: row["state"] for row in rows if row["name"] == "tiny"}["1.2.0"] == (
        "candidate"
    )


def test_two_folders_pair_by_name_and_what_is_wrong_is_named(medview, chest, tmp_path):
    from medview.commands._common import open_image

    volume = open_image(chest.series)
    for name in ("a", "b"):
        nifti.write_volume(volume, tmp_path / "images" / f"{name}_0000.nii.gz")
    nifti.write_labels(chest.labelmap, tmp_path / "labels" / "a.nii.gz")
    (tmp_path / "labels" / "b.nii.gz").write_bytes(b"no labels")
    words = ("accept", tmp_path / "images", tmp_path / "labels", "--bulk", "--labels", NAMES)
    outcome = medview(*words, "--json")
    assert outcome.status == 0
    assert len(outcome.json["cases"]) == 1
    assert len(outcome.json["left_out"]) == 1
    assert outcome.json["left_out"][0].startswith("b_0000: ")


def test_trouble(medview, fails, two_versions, dataset, tmp_path):
    medview("accept", dataset)
    assert "no model tiny@9.9.9" in fails("compare", "tiny@9.9.9")
    assert "no manifest and no nnU-Net" in fails("accept", tmp_path)
    line = fails("compare", "tiny@1.1.0", "--base", "tiny@1.0.0", "--blend", "1.5")
    assert "between 0 and 1" in line


def test_evaluate_writes_a_report(medview, fails, dataset, chest, two_versions, tmp_path):
    report = tmp_path / "report.html"
    words = ("evaluate", "--model", "tiny@1.0.0", "--images", chest.series, "--labels", chest.mask)
    outcome = medview(*words, "--report", report, "--json")
    assert outcome.status == 0
    assert set(outcome.json["probability"]) == {"right lung", "left lung", "airway"}
    assert all(0 <= one["ece"] <= 1 for one in outcome.json["probability"].values())
    text = report.read_text()
    assert "ROC of the label" in text
    assert "nothing" not in fails("evaluate", "--model", "tiny@1.0.0", "--images", chest.series)
    medview("accept", dataset)
    outcome = medview("evaluate", "--model", "tiny@1.0.0", "--held-out", "--json")
    assert outcome.status == 0
    assert len(outcome.json["cases"]) == 1
