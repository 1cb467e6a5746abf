"""I correct one patient of another scanner, and the next patient of that scanner is better."""

from __future__ import annotations

import numpy as np
import pytest

from medview.core.labelmap import LabelMap
from medview.core.metrics import dice
from medview.core.phantom import phantom_table
from medview.dicom.phantom_series import write_series
from medview.formats import nifti
from medview.session.advice import PHANTOM_CASE

LUNGS = (1, 2)
STEPS = 24
CORRECTED = (16, 20, 26, 32, 36, 42, 48, 54)  # slices that I correct and accept


@pytest.fixture(scope="module")
def two_patients(shifted_phantoms, tmp_path_factory):
    """Their CT folders, and a file each with the labels as I would draw them."""
    found = []
    for number, phantom in enumerate(shifted_phantoms, start=1):
        folder = tmp_path_factory.mktemp(f"patient{number}")
        write_series(phantom, folder / "CT", patient_id=f"S{number}", patient_name=f"S{number}")
        labels = LabelMap(phantom.geometry, phantom_table(), phantom.labels.copy())
        nifti.write_labels(labels, folder / "drawn.nii.gz")
        found.append((folder / "CT", folder / "drawn.nii.gz", phantom))
    return found


def ask(reader):
    """Press Segment and wait for the end, also where nothing is found."""
    reader.until(lambda: reader.can_choose("segment") and reader.window.model.segment.isEnabled())
    reader.press("Ctrl+G")
    reader.until(lambda: reader.window.modeller.is_predicting, 5)
    reader.settle(120)


def lung_dice(reader, truth):
    """Dice of right and left lung of the mask on the screen."""
    return [dice(truth == label, reader.mask() == label) for label in LUNGS]


def correct_and_accept(reader, image, drawn):
    """Open a patient, put the right labels over it, accept the corrected slices."""
    reader.open(image)
    reader.drop(drawn)
    reader.until(lambda: reader.session.history.applied > 0)
    reader.settle()
    for index in CORRECTED:
        reader.go_to(index)
        reader.press("A")
    assert reader.session.accepted == set(CORRECTED)
    reader.settle()


def test_a_retrained_model_is_better_on_another_patient_of_that_scanner(reader, two_patients):
    """Accept, retrain, see both models side by side on the held-out patient, use it, roll back.

    The candidate is not in use before I say so; Roll Back returns the old mask, voxel for voxel.
    """
    (first, first_drawn, _), (second, second_drawn, phantom) = two_patients
    panel, model = reader.window.training, reader.window.model.model
    reader.open(second)
    ask(reader)
    old_mask, before = reader.mask(), lung_dice(reader, phantom.labels)
    assert not old_mask.any(), "of this scanner the bundled model knows nothing"
    assert "The model finds almost nothing" in " ".join(reader.words())

    correct_and_accept(reader, first, first_drawn)
    correct_and_accept(reader, second, second_drawn)  # the second patient is held out
    reader.session.settings.set("retrain", {"steps": STEPS, "seed": 0})
    curve = []
    reader.window.trainer.process.progress.connect(curve.append)
    reader.choose("Model > Retrain on Corrections")
    reader.until(lambda: len(curve) >= 2, 120)
    assert reader.window.training_dock.isVisible()
    assert any(text.startswith("step ") for text in reader.words())
    reader.wheel(-1)  # the window stays mine
    reader.until(lambda: not reader.window.trainer.process.is_running, 240)

    assert panel.shows_result, reader.messages()
    assert len(curve) == STEPS
    rows = [
        [panel.table.item(row, column).text() for column in range(5)]
        for row in range(panel.table.rowCount())
    ]
    held_out = [row for row in rows if row[0] != PHANTOM_CASE]
    old_skill = [row for row in rows if row[0] == PHANTOM_CASE]
    assert {row[1] for row in held_out} == {"right lung", "left lung", "airway"}
    assert {row[0] for row in held_out} == {"case 1: Thorax phantom 2026-01-01"}
    assert old_skill
    change = np.mean([float(row[3]) - float(row[2]) for row in held_out if row[1] != "airway"])
    assert change > 0.05
    candidate = panel.title.text().split()[0]
    assert candidate == "ct-lung@3.1.0"
    assert "better on held-out cases" in panel.advice.text()

    assert model.text() == "ct-lung@3.0.0"  # not before I say so
    assert {m.version: m.state for m in reader.session.models()}["3.1.0"] == "candidate"
    reader.click("Use", within=panel)
    assert model.text() == candidate
    assert f"{candidate} is now the active model" in reader.message

    reader.press("Ctrl+Z")  # take my own labels away: now the new model draws
    assert not reader.mask().any()
    reader.segment()
    after = lung_dice(reader, phantom.labels)
    assert np.mean(after) > np.mean(before) + 0.05
    assert reader.session.history.edits[-1].origin.version == "3.1.0"

    reader.press("Ctrl+Z")
    reader.choose("Model > Roll Back")
    assert model.text() == "ct-lung@3.0.0"
    ask(reader)
    assert np.array_equal(reader.mask(), old_mask)


def test_i_stop_a_training(reader, chest_folder):
    """Stop ends the child at once; no version was made; the window works on."""
    reader.open(chest_folder)
    reader.press("B")
    reader.stroke((40, 30), (50, 30))
    reader.press("A")
    reader.settle()
    reader.choose("Model > Retrain on Corrections")
    reader.until(lambda: reader.window.trainer.process.is_running, 10)
    reader.click("Stop", within=reader.window.training)
    reader.until(lambda: not reader.window.trainer.process.is_running, 30)
    assert reader.message == "Training stopped. The models are as they were."
    assert [row.version for row in reader.session.models()] == ["1.0.0", "2.0.0", "3.0.0"]
    assert not reader.window.training_dock.isVisible()
