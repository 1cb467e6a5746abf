"""The whole loop on two real patients: segment, correct, accept, retrain, compare, use, roll back.

Lung-PET-CT-Dx A0001 is among the training patients of the bundled model, A0002 is not, so A0002
proves something. The truth is the reviewed labels of chest_ct, brought to the DICOM grid.
"""

from __future__ import annotations

import numpy as np
import pytest

from medview.core.labelmap import LabelMap
from medview.core.labels import LabelTable
from medview.core.resample import sample
from medview.formats import nifti
from medview.session.advice import PHANTOM_CASE

STEPS = 2
LABELS = ("right lung", "left lung", "airway")
CORRECTED = {"lung_dx_a0001": (18, 24, 28, 32, 38, 44), "lung_dx_a0002": (9, 12, 14, 16, 18, 21)}


@pytest.fixture
def drawn(shared_data, tmp_path, reader):
    """Writes the truth on the accepted slices of the open case as a file to be dropped."""

    def write(case):
        known = nifti.read_labels(shared_data / "chest_ct" / "volumes" / case / "labels.nii.gz")
        grid = reader.session.volume.geometry
        truth = sample(known.voxels.astype(np.uint8), known.geometry, grid, nearest=True)
        only = np.zeros_like(truth)
        only[list(CORRECTED[case])] = truth[list(CORRECTED[case])]
        table = LabelTable(tuple(one for one in reader.session.labelmap.table if one.id <= 3))
        path = tmp_path / f"{case}.nii.gz"
        nifti.write_labels(LabelMap(grid, table, only), path)
        return path, truth

    return write


def put_truth_over(reader, path):
    """Drop the file; where the model said something else, the truth replaces it."""
    applied = reader.session.history.applied
    reader.drop(path)
    reader.until(lambda: reader.session.history.applied > applied)
    reader.settle()
    if reader.sees_button("Replace"):
        reader.click("Replace")
        reader.settle()


def accept(reader, case):
    for index in CORRECTED[case]:
        reader.go_to(index)
        reader.press("A")
    reader.settle()
    assert reader.session.accepted == set(CORRECTED[case])


def correct_the_first(reader, shared_data, drawn):
    """The model's mask, the truth over six slices, a stroke of my own, accepted."""
    case = "lung_dx_a0001"
    reader.open(shared_data / "series" / case)
    reader.segment()
    path, truth = drawn(case)
    put_truth_over(reader, path)
    chosen = CORRECTED[case][2]
    assert np.mean(reader.mask()[chosen] == truth[chosen]) > 0.98
    reader.go_to(chosen)
    reader.session.set_active_label(3)
    reader.press("B")
    before = reader.slice_mask()
    row, column = (int(np.median(places)) for places in np.nonzero(truth[chosen] == 1))
    reader.stroke((row, column), (row + 8, column + 4))
    assert (reader.slice_mask() != before).any(), "the stroke corrected something"
    accept(reader, case)


def rows_of(panel):
    table = panel.table
    return [
        [table.item(row, column).text() for column in range(5)] for row in range(table.rowCount())
    ]


def retrain(reader):
    """The candidate, from a run with a fixed seed, and the rows of the comparison."""
    panel, trainer = reader.window.training, reader.window.trainer
    reader.session.settings.set("retrain", {"steps": STEPS, "seed": 0, "batch": 4})
    heard = []
    trainer.process.progress.connect(heard.append)
    reader.choose("Model > Retrain on Corrections")
    reader.until(lambda: not trainer.process.is_running, 400)
    assert panel.shows_result, reader.messages()
    assert [event["step"] for event in heard] == list(range(1, STEPS + 1))
    return panel.title.text().split()[0], rows_of(panel)


@pytest.mark.timeout(1800)  # about a minute on an idle machine
def test_i_correct_retrain_compare_use_and_roll_back_on_real_patients(reader, shared_data, drawn):
    """No model is adopted by itself; Roll Back gives the old mask, voxel for voxel."""
    model = reader.window.model.model
    base = model.text()
    correct_the_first(reader, shared_data, drawn)

    reader.open(shared_data / "series" / "lung_dx_a0002")
    reader.segment()
    old_mask = reader.mask()
    put_truth_over(reader, drawn("lung_dx_a0002")[0])
    accept(reader, "lung_dx_a0002")
    splits = [one.split for one in reader.session.workspace.reviews()]
    assert (splits.count("train"), splits.count("held-out")) == (6, 6)

    candidate, rows = retrain(reader)
    held_out = [row for row in rows if row[0] != PHANTOM_CASE]
    phantoms = [row for row in rows if row[0] == PHANTOM_CASE]
    assert sorted(row[1] for row in held_out) == sorted(LABELS), "A0002 alone, by label"
    assert {row[1] for row in phantoms} == set(LABELS[:2])
    assert not any("not counted" in row[0] for row in rows), "the base never saw A0002"
    assert all(0.5 < float(row[column]) <= 1.0 for row in rows for column in (2, 3))
    assert "1 patient" in reader.window.training.comparison.gates.text()
    assert model.text() == base, "nothing is adopted by itself"
    states = {f"{one.name}@{one.version}": one.state for one in reader.session.models()}
    assert (states[base], states[candidate]) == ("active", "candidate")

    reader.click("Use", within=reader.window.training)
    assert model.text() == candidate
    while reader.session.history.applied:
        reader.press("Ctrl+Z")
        reader.settle()
    reader.segment()
    assert reader.session.history.edits[-1].origin.version == candidate.partition("@")[2]
    assert not np.array_equal(reader.mask(), old_mask), "another model draws"

    reader.press("Ctrl+Z")
    reader.choose("Model > Roll Back")
    assert model.text() == base
    reader.segment()
    assert np.array_equal(reader.mask(), old_mask)
