"""The training set says of every slice what it is for, who read it, and why it is left out."""

from dataclasses import replace

import numpy as np
import pytest
from small_models import TOOL, names_table, paint_box, phantom, phantom_volume, stored

from medview.core.box import Box
from medview.core.job import Progress
from medview.core.labelmap import LabelMap
from medview.formats import nifti
from medview.formats.nnunet import NnunetCase, write_dataset
from medview.session.bulk_accept import accept_all, cases_of
from medview.session.records import hashed_patient
from medview.session.training_browser import SetSummary, entries_job
from medview.session.training_cases import training_cases


def truth(session, seed):
    session.open_volume(phantom_volume(seed, patient=f"P{seed}"))
    session.editor.begin("truth", TOOL, 0)
    session.editor.write(Box.whole((12, 64, 64)), phantom(seed).labels)
    session.editor.commit()


def entries(session, seen=()):
    session.flush()
    found = []
    job = entries_job(session.workspace, seen)
    assert job.function(Progress(on_item=found.extend)) == len(found)
    return {one.key: one for one in found}


def test_every_accepted_slice_is_there_with_its_picture_and_use(desk):
    session = desk.open()
    truth(session, 0)
    session.accept_slices([5, 6])
    truth(session, 1)
    session.accept_slices([7])
    found = entries(session)
    assert sorted((one.slice_index, one.split) for one in found.values()) == [
        (5, "train"), (6, "train"), (7, "held-out"),
    ]  # fmt: skip
    one = next(iter(found.values()))
    assert {"right lung", "left lung"} <= set(one.labels)
    assert one.picture.shape == (64, 64, 3)
    assert len(np.unique(one.picture.reshape(-1, 3), axis=0)) > 20
    assert one.why_not == ""
    summary = SetSummary.of(found.values())
    assert (summary.train, summary.held_out, summary.held_out_patients) == (2, 1, 1)


def test_left_out_slices_are_not_trained_on_nor_exported_and_say_why(desk):
    session = desk.open()
    truth(session, 0)
    session.accept_slices([3, 5])
    session.flush()
    key = (session.volume.case_key, 3)
    session.exclude_slices([key], "breathing")
    one = entries(session)[key]
    assert (one.why_not, one.is_excluded) == ("breathing", True)
    assert [case.volume.geometry.shape[0] for case in training_cases(session.workspace)] == [1]
    session.include_slices([key])
    assert entries(session)[key].why_not == ""
    assert len(training_cases(session.workspace)) == 2


def test_what_cannot_be_trained_on_says_why(desk):
    session = desk.open()
    session.open_volume(stored(phantom_volume(), (2, 0, 1), (False, True, False)))
    session.accept_slices([30])
    (one,) = entries(session).values()
    assert one.why_not == "not axial"
    (record,) = session.workspace.reviews()
    session.workspace.put_reviews([replace(record, image=b"broken")]).result()
    (one,) = entries(session).values()
    assert one.why_not.startswith("damaged")


def test_a_second_reader_keeps_both_and_shows_how_well_they_agree(desk):
    session = desk.open()
    truth(session, 0)
    session.settings.set("reader", "Ada")
    session.accept_slices([5])
    session.settings.set("reader", "Ben")
    paint_box(session.editor, (5, 0, 0), (6, 64, 30), 1)
    session.accept_slices([5])
    (one,) = entries(session).values()
    assert one.readers == ("Ada", "Ben")
    assert one.reviewer == "Ben"
    first, second = phantom(0).labels[5] == 1, session.labelmap.voxels[5] == 1
    expected = 2 * (first & second).sum() / (first.sum() + second.sum())
    assert one.agreement["right lung"] == pytest.approx(expected)
    readings = session.workspace.readings(session.volume.case_key, 5)
    assert [reading.reviewer for reading in readings] == ["Ada", "Ben"]
    session.unaccept_slices([5])
    session.flush()
    assert len(session.workspace.readings(session.volume.case_key, 5)) == 2


def test_a_held_out_patient_of_the_base_is_marked(desk):
    import hashlib

    session = desk.open()
    truth(session, 0)
    session.accept_slices([5])
    truth(session, 1)
    session.accept_slices([5])
    seen = (hashlib.sha256(b"P1").hexdigest(), hashlib.sha256(b"P0").hexdigest())
    found = entries(session, seen)
    assert {one.split: one.is_seen for one in found.values()} == {"train": False, "held-out": True}
    assert SetSummary.of(found.values()).seen_patients == 1


# ---- bulk


@pytest.fixture
def dataset(tmp_path):
    """An nnU-Net dataset of two patients."""
    rows = [
        NnunetCase(f"n{seed}", phantom_volume(seed), LabelMap(
            phantom_volume(seed).geometry, names_table("right lung", "left lung", "airway"),
            phantom(seed).labels.copy(),
        ))
        for seed in (0, 1)
    ]  # fmt: skip
    return write_dataset(rows, tmp_path, names_table("right lung", "left lung", "airway"))


def test_an_nnunet_dataset_becomes_accepted_cases(desk, dataset):
    session = desk.open()
    done = accept_all(session.workspace, cases_of(dataset), "Ada", Progress())
    assert not done.left_out
    assert [len(one.slices) for one in done.accepted] == [12, 12]
    assert {one.split for one in done.accepted} == {"train", "held-out"}
    names = {label.name for case in training_cases(session.workspace) for label in
             case.labelmap.table}  # fmt: skip
    assert names == {"right lung", "left lung", "airway"}
    voxels = sorted(int((c.labelmap.voxels == 1).sum()) for c in training_cases(session.workspace))
    assert voxels == sorted(int((phantom(seed).labels == 1).sum()) for seed in (0, 1))


def test_a_manifest_keeps_its_split_and_a_bad_case_is_named(desk, tmp_path):
    import json

    for seed in (0, 1):
        volume = phantom_volume(seed)
        nifti.write_volume(volume, tmp_path / f"i{seed}.nii.gz")
        table = names_table("right lung", "left lung", "airway")
        labels = LabelMap(volume.geometry, table, phantom(seed).labels.copy())
        nifti.write_labels(labels, tmp_path / f"l{seed}.nii.gz")
    rows = [
        {"image": "i0.nii.gz", "labels": "l0.nii.gz", "patient": "X", "ignore_labels": [3],
         "split": "kept_out"},
        {"image": "i1.nii.gz", "labels": "l1.nii.gz", "patient": "Y"},
        {"image": "i9.nii.gz", "labels": "l9.nii.gz", "patient": "Z"},
    ]  # fmt: skip
    labels = {"1": "right lung", "2": "left lung", "3": "airway"}
    (tmp_path / "manifest.json").write_text(json.dumps({"labels": labels, "rows": rows}))
    session = desk.open()
    done = accept_all(session.workspace, cases_of(tmp_path), "Ada", Progress())
    assert [one.split for one in done.accepted] == ["held-out", "train"]
    assert len(done.left_out) == 1
    assert "i9.nii.gz does not exist" in done.left_out[0]
    assert session.workspace.split_of(hashed_patient("X")) == "held-out"
    tables = {one.patient: [label.name for label in one.table] for one in done.accepted}
    assert tables[hashed_patient("X")] == ["right lung", "left lung"]


def test_the_open_case_is_left_alone(desk, dataset):
    session = desk.open()
    rows = cases_of(dataset)
    first = accept_all(session.workspace, rows[:1], "Ada", Progress())
    again = accept_all(
        session.workspace, rows[:1], "Ada", Progress(), skip=[first.accepted[0].case_key]
    )
    assert "open in the window" in again.left_out[0]
