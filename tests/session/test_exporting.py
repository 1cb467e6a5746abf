"""Every export reads back as what was on the screen, or says that it does not."""

import json
from dataclasses import replace

import numpy as np
import pytest
from small_models import TOOL, paint_box, phantom, phantom_volume

from medview.core.box import Box
from medview.core.errors import MedviewError
from medview.core.job import Progress
from medview.core.labelmap import LabelMap
from medview.core.labels import Label
from medview.dicom.phantom_series import write_series
from medview.edit.edit import Origin
from medview.formats import nifti, registry
from medview.session import exporting, opening
from medview.session.exporting import accepted_cases, contiguous, label_origins, renumbered


def fill(session):
    box = Box.whole((12, 64, 64))
    session.editor.begin("Segment", Origin("model", "ct-lung", "1.0.0"), 0)
    session.editor.write(box, phantom().labels)
    session.editor.commit()


@pytest.fixture
def filled(desk, tmp_path):
    """A session on the phantom as a DICOM series, with all its labels."""
    write_series(phantom(), tmp_path / "scan")
    report = opening.index([tmp_path / "scan"], Progress())
    session = desk.open(opening.load(report.series[0], Progress()))
    fill(session)
    return session


def export(session, kind, path):
    texts = []
    job = session.export_job(kind, path)
    return job.function(Progress(on_report=lambda _fraction, text: texts.append(text))), texts


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("dicom-seg", "a.dcm"),
        ("rtstruct", "a.rtstruct.dcm"),
        ("nifti", "a.nii.gz"),
        ("nrrd", "a.seg.nrrd"),
        ("png", "slices"),
    ],
)
def test_an_export_reads_back(filled, tmp_path, kind, name):
    path, texts = export(filled, kind, tmp_path / name)
    assert texts == ["Writing", "Reading back"]
    assert path.exists()
    if kind != "png":
        labels = registry.format_for(path).read_labels(path, filled.volume)
        assert np.array_equal(labels.voxels, phantom().labels)
        assert labels.geometry.is_close(filled.volume.geometry)


def test_an_export_is_of_the_moment_it_was_asked_for(filled, tmp_path):
    job = filled.export_job("nifti", tmp_path / "a.nii.gz")
    paint_box(filled.editor, (0, 0, 0), (12, 64, 64), 0)
    job.function(Progress())
    assert np.array_equal(nifti.read_labels(tmp_path / "a.nii.gz").voxels, phantom().labels)


def test_a_file_that_reads_back_wrong_is_an_error(filled, tmp_path, monkeypatch):
    real = nifti.write_labels

    def careless(labelmap, path):
        voxels = labelmap.voxels.copy()
        voxels[6, 30, 20] ^= 1
        real(LabelMap(labelmap.geometry, labelmap.table, voxels), path)

    monkeypatch.setattr(nifti, "write_labels", careless)
    with pytest.raises(MedviewError) as trouble:
        export(filled, "nifti", tmp_path / "a.nii.gz")
    assert trouble.value.code == "verify-failed"


def test_nnunet_holds_the_accepted_slices_in_runs(filled, tmp_path):
    with pytest.raises(MedviewError) as trouble:
        export(filled, "nnunet", tmp_path / "none")
    assert trouble.value.code == "nothing-accepted"
    filled.accept_slices([2, 3, 4, 8])
    export(filled, "nnunet", tmp_path / "set")
    folder = tmp_path / "set" / "Dataset001_medview"
    found = [nifti.read_labels(path).voxels for path in sorted((folder / "labelsTr").iterdir())]
    assert sorted(len(voxels) for voxels in found) == [1, 3]
    run = max(found, key=len)
    assert np.array_equal(run, phantom().labels[2:5])
    dataset = json.loads((folder / "dataset.json").read_text())
    assert dataset["numTraining"] == 2
    assert "P0" not in "".join(path.name for path in folder.rglob("*"))


def test_an_nnunet_set_that_reads_back_wrong_is_an_error(filled, tmp_path, monkeypatch):
    filled.accept_slices([2])
    real = nifti.write_volume

    def careless(volume, path):
        real(replace(volume, voxels=volume.voxels + np.int16(1)), path)

    monkeypatch.setattr(nifti, "write_volume", careless)
    with pytest.raises(MedviewError) as trouble:
        export(filled, "nnunet", tmp_path / "set")
    assert trouble.value.code == "verify-failed"


def test_unknown_kinds_are_refused(session, tmp_path):
    with pytest.raises(MedviewError) as trouble:
        session.export_job("jpeg", tmp_path / "a.jpg")
    assert trouble.value.code == "bad-format"


def test_a_dicom_seg_needs_a_dicom_image(session, tmp_path):
    fill(session)
    with pytest.raises(MedviewError):
        export(session, "dicom-seg", tmp_path / "a.dcm")
    assert not (tmp_path / "a.dcm").exists()


# ---- who made a label


def test_origins_tell_models_hands_and_both_apart(session):
    fill(session)
    paint_box(session.editor, (5, 20, 20), (6, 22, 22), 2)
    session.set_label(Label(4, "tumour", (1, 1, 1)))
    paint_box(session.editor, (5, 30, 30), (6, 31, 31), 4)
    box = Box((1, 1, 1), (2, 2, 2))
    session.set_label(Label(5, "imported", (1, 1, 1)))
    session.editor.begin("Import", Origin("import", "file"), 1)
    session.editor.paint(box, np.ones(box.shape, bool), 5)
    session.editor.commit()
    origins = label_origins(session.labelmap, session.history.edits)
    kinds = {label.name: origins[label.id].algorithm_type for label in session.labelmap.table}
    assert kinds["left lung"] == "SEMIAUTOMATIC"
    assert kinds["tumour"] == "MANUAL"
    assert kinds["imported"] == "SEMIAUTOMATIC"
    assert kinds["airway"] == "AUTOMATIC"
    assert origins[3].algorithm_name == "ct-lung"
    assert "corrected" in origins[2].algorithm_name


def test_what_was_undone_made_nothing(session):
    paint_box(session.editor, (5, 20, 20), (6, 22, 22), 1)
    fill(session)
    session.undo()
    done = list(session.history.edits)[: session.history.applied]
    assert label_origins(session.labelmap, done)[1].algorithm_type == "MANUAL"


# ---- the whole workspace


def test_accepted_cases_join_neighbouring_slices(desk):
    session = desk.open()
    for seed in (0, 1):
        session.open_volume(phantom_volume(seed, patient=f"P{seed}"))
        fill(session)
        session.accept_slices([1, 2, 9] if seed == 0 else [4])
    session.flush()
    cases = accepted_cases(session.workspace)
    assert sorted(len(labels.voxels) for _, _, labels in cases) == [1, 1, 2]
    patient, volume, labels = max(cases, key=lambda case: len(case[2].voxels))
    assert np.array_equal(volume.voxels, phantom(0).voxels[1:3])
    assert np.array_equal(labels.voxels, phantom(0).labels[1:3])
    assert np.allclose(
        volume.geometry.to_patient((1, 3, 4)), phantom(0).geometry.to_patient((2, 3, 4))
    )
    assert patient.startswith("p")


def test_runs_of_neighbours():
    assert contiguous([]) == []
    assert contiguous([3]) == [(3, 4)]
    assert contiguous([1, 2, 4, 5, 6, 9]) == [(1, 3), (4, 7), (9, 10)]


def test_renumbering_drops_what_it_does_not_name():
    voxels = np.array([[[0, 1, 2, 3]]], np.uint8)
    assert renumbered(voxels, {1: 5, 3: 1, 200: 7}).tolist() == [[[0, 5, 0, 1]]]
    assert renumbered(voxels, {1: 5}).dtype == np.uint8
    assert renumbered(voxels, {1: 500}).tolist() == [[[0, 500, 0, 0]]]


def test_the_kinds_are_those_the_window_offers():
    kinds = {"dicom-seg", "rtstruct", "nifti", "nrrd", "png", "nnunet"}
    assert set(exporting.KINDS) == kinds
    assert TOOL.kind == "tool"
