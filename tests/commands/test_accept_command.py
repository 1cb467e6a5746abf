"""medview accept puts a corrected mask into the workspace as accepted labels."""

import numpy as np
import pytest

from medview.commands._common import open_image
from medview.commands.accept import parse_labels, parse_slices
from medview.core.errors import MedviewError
from medview.formats import nifti
from medview.session.records import patient_hash, reviewed_slice
from medview.session.session import Session
from medview.store.workspace import Workspace

NAMES = "1=right lung,2=left lung,3=airway"


def reviews(folder):
    workspace = Workspace.open_readonly(folder)
    try:
        return [reviewed_slice(record) for record in workspace.reviews()]
    finally:
        workspace.close()


def test_slices_are_kept_with_pixels_labels_and_names(medview, chest, workspace_folder):
    outcome = medview(
        "accept", chest.series, chest.mask, "--labels", NAMES, "--slices", "9,2-4",
        "--reviewer", "Dr. Test", "--json",
    )  # fmt: skip
    assert outcome.status == 0
    volume = open_image(chest.series)
    assert outcome.json == {
        "case": volume.case_key,
        "patient": patient_hash(volume),
        "split": "train",
        "accepted": 4,
        "slices": [2, 3, 4, 9],
        "reviewer": "Dr. Test",
        "labels": [
            {"id": 1, "name": "right lung"},
            {"id": 2, "name": "left lung"},
            {"id": 3, "name": "airway"},
        ],
    }
    kept = reviews(workspace_folder)
    assert [one.record.slice_index for one in kept] == [2, 3, 4, 9]
    for one in kept:
        index = one.record.slice_index
        assert np.array_equal(one.volume.voxels[1], volume.voxels[index])
        assert np.array_equal(one.labels, chest.labelmap.voxels[index])
        assert [label.name for label in one.table] == ["right lung", "left lung", "airway"]
        assert one.table[1].code.value == "39607008"
        assert one.record.reviewer == "Dr. Test"
        assert "patient" not in one.record.patient


def test_the_window_finds_the_case_as_it_was_accepted(medview, chest, workspace_folder):
    medview("accept", chest.series, chest.mask, "--labels", NAMES, "--slices", "2-4,9")
    with Workspace(workspace_folder) as workspace:
        session = Session(workspace)
        session.open_volume(open_image(chest.series))
        assert session.accepted == {2, 3, 4, 9}
        expected = np.zeros_like(chest.labelmap.voxels)
        expected[[2, 3, 4, 9]] = chest.labelmap.voxels[[2, 3, 4, 9]]
        assert np.array_equal(session.labelmap.voxels, expected)
        assert {label.name for label in session.labelmap.table} == {
            "right lung",
            "left lung",
            "airway",
        }
        session.close()


def test_names_that_the_case_knows_under_another_number(medview, chest, workspace_folder):
    medview("accept", chest.series, chest.mask, "--labels", NAMES, "--slices", "4")
    swapped = "2=right lung,1=left lung,3=something new"
    medview("accept", chest.series, chest.mask, "--labels", swapped, "--slices", "5")
    one = reviews(workspace_folder)[1]
    assert {label.id: label.name for label in one.table} == {
        1: "right lung",
        2: "left lung",
        4: "something new",
    }
    drawn = chest.labelmap.voxels[5]
    assert np.array_equal(one.labels == 1, drawn == 2)
    assert np.array_equal(one.labels == 4, drawn == 3)


def test_a_mask_with_names_needs_none(medview, chest, workspace_folder):
    outcome = medview("accept", chest.series, chest.named_mask)
    assert outcome.status == 0
    assert outcome.out == "12 slices accepted (train): right lung, left lung, airway\n"
    assert len(reviews(workspace_folder)) == 12


def test_an_empty_slice_is_a_label_too(medview, chest, workspace_folder, tmp_path):
    empty = tmp_path / "empty.nii.gz"
    nifti.write_map(np.zeros(chest.labelmap.geometry.shape), chest.labelmap.geometry, empty)
    outcome = medview("accept", chest.series, empty, "--labels", "1=right lung", "--slices", "0")
    assert outcome.status == 0
    (one,) = reviews(workspace_folder)
    assert not one.labels.any()
    assert [label.name for label in one.table] == ["right lung"]


def test_a_file_without_a_patient_needs_one(medview, fails, chest, workspace_folder, tmp_path):
    image = tmp_path / "image.nii.gz"
    medview("convert", chest.series, image)
    words = ("accept", image, chest.mask, "--labels", NAMES)
    assert "--patient" in fails(*words)
    assert not (workspace_folder / "workspace.sqlite3").exists()
    outcome = medview(*words, "--patient", "patient-1", "--json")
    assert outcome.status == 0
    assert outcome.json["patient"] == patient_hash(open_image(chest.series))


def test_a_patient_stays_in_one_split(medview, fails, chest, other_chest):
    words = ("accept", chest.series, chest.mask, "--labels", NAMES)
    assert medview(*words, "--split", "held-out", "--json").json["split"] == "held-out"
    assert "held-out" in fails(*words, "--split", "train")
    assert medview(*words, "--json").json["split"] == "held-out"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "does not name its labels 1, 2, 3"),
        (("--labels", "1=right lung"), "does not name its labels 2, 3"),
        (("--labels", "right lung"), "does not name a label"),
        (("--labels", NAMES, "--slices", "12"), "slices 0 to 11"),
        (("--labels", NAMES, "--slices", "a-b"), "no list of slices"),
    ],
)
def test_trouble_keeps_nothing(fails, chest, workspace_folder, words, says):
    assert says in fails("accept", chest.series, chest.mask, *words)
    assert not (workspace_folder / "workspace.sqlite3").exists()


def test_a_mask_of_another_image(fails, chest, shared_data):
    other = shared_data / "series" / "lung_dx_a0002"
    assert "another grid" in fails("accept", other, chest.mask, "--labels", NAMES)


def test_the_words_for_slices_and_labels():
    assert parse_slices(None, 3) == [0, 1, 2]
    assert parse_slices(" 10, 12-14,12", 20) == [10, 12, 13, 14]
    assert parse_labels("1=right lung, 2 = left lung") == {1: "right lung", 2: "left lung"}
    assert parse_labels(None) == {}
    for text in ("0=x", "1=x,1=y", "1=x,2=X", "70000=x", "1=", "=x", "1"):
        with pytest.raises(MedviewError) as caught:
            parse_labels(text)
        assert caught.value.code == "bad-labels"
    with pytest.raises(MedviewError) as caught:
        parse_slices("5-3", 9)
    assert caught.value.code == "no-such-slice"
