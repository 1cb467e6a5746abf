"""I teach a model for another label, use it, and go back to the one I had."""

from __future__ import annotations

import numpy as np
import pytest

from medview.core.labelmap import LabelMap
from medview.core.labels import Label, LabelTable
from medview.dicom.phantom_series import write_series
from medview.formats import nrrd
from medview.gui import outside
from medview.gui.dialogs.evaluate_dialog import EvaluateDialog
from medview.gui.dialogs.models_dialog import ModelsDialog
from medview.gui.dialogs.retrain_dialog import RetrainDialog
from medview.session.records import hashed_patient

ACCEPTED = (5, 8, 11)
STEPS = 16


@pytest.fixture
def bones(reader, chest, tmp_path):
    """Two patients whose bones I labelled and accepted on some slices; the second is held out."""
    table = LabelTable.of([Label(1, "bone", (200, 200, 120))])
    drawn = LabelMap(chest.geometry, table, (chest.voxels > 250).astype(np.uint8))
    nrrd.write_labels(drawn, tmp_path / "drawn.seg.nrrd")
    for name in ("A", "B"):
        write_series(chest, tmp_path / name, patient_id=name, patient_name=f"Doe^{name}")
        reader.open(tmp_path / name)
        reader.drop(tmp_path / "drawn.seg.nrrd")
        reader.until(lambda: reader.session.history.applied > 0)
        reader.settle()
        for index in ACCEPTED:
            reader.go_to(index)
            reader.press("A")
        reader.settle()
    return reader


def start_new_task(reader, name):
    reader.choose("Model > Retraining Options…")
    dialog = reader.window.findChildren(RetrainDialog)[-1]
    dialog.tasks["features"].click()
    dialog.steps.setValue(STEPS)
    reader.click("Start", within=dialog)
    assert "Name the new model" in dialog.trouble.text(), "a model without a name is none"
    dialog.name.setText("ct-lung")
    reader.click("Start", within=dialog)
    assert "of this name already" in dialog.trouble.text()
    dialog.name.setText(name)
    reader.click("Start", within=dialog)
    reader.until(lambda: reader.window.trainer.process.is_running, 10)
    reader.until(lambda: not reader.window.trainer.process.is_running, 240)


def test_a_new_task_from_the_window_and_back(bones, desk):
    reader, panel = bones, bones.window.training
    model = reader.window.model.model
    old = model.text()
    start_new_task(reader, "bones")
    assert panel.shows_result, reader.messages()
    assert panel.title.text() == "bones@1.1.0, a new model"
    assert "A new model, with nothing to compare it with" in panel.advice.text()
    assert panel.table.isColumnHidden(2), "there is no current model for this task"
    assert not panel.table.isColumnHidden(3)
    assert not reader.sees_button("Half Way")
    assert model.text() == old, "not before I say so"
    assert reader.session.settings.get("retrain", {}) == {"steps": STEPS}, "a new task is made once"

    reader.click("Use", within=panel)
    assert model.text() == "bones@1.1.0"
    while reader.can_choose("undo"):  # take my own labels away
        reader.press("Ctrl+Z")
        reader.settle()
    assert not reader.mask().any()
    reader.segment()
    names = {label.id: label.name for label in reader.session.labelmap.table}
    assert {names[value] for value in np.unique(reader.mask()) if value} == {"bone"}
    assert reader.session.history.edits[-1].origin.name == "bones"

    reader.choose("Model > Models…")
    dialog = reader.window.findChildren(ModelsDialog)[-1]
    rows = {
        (item.text(0), item.text(1)): item.text(2)
        for item in map(dialog.tree.topLevelItem, range(dialog.tree.topLevelItemCount()))
    }
    assert [key for key, state in rows.items() if state == "in use"] == [("bones", "1.1.0")]
    assert "active" in rows.values(), "ct-lung keeps its active version"
    dialog.close()
    desk.leave()
    reader = desk.start()
    assert reader.window.model.model.text() == "bones@1.1.0", "it stays in use after a restart"
    reader.choose("Model > Roll Back")
    assert reader.window.model.model.text() == old
    assert reader.message == f"{old} is the active model again."


def cross_validation(reader):
    reader.choose("Model > Evaluate…")
    dialog = reader.window.findChildren(EvaluateDialog)[-1]
    dialog.cross.click()
    dialog.folds.setValue(2)
    return dialog


def test_i_cross_validate_the_recipe_and_read_the_report(bones, tmp_path, chest, monkeypatch):
    reader, opened = bones, []
    monkeypatch.setattr(outside, "open_outside", lambda path: opened.append(path) or True)
    reader.session.settings.set("retrain", {"steps": 2})
    dialog = cross_validation(reader)
    reader.click("Evaluate", within=dialog)
    reader.until(lambda: not dialog.cancel.isVisible(), 60)
    assert "2 folds need 2 patients, and there are 1" in dialog.words.text()
    dialog.close()
    reader.window.activateWindow()  # as a desktop does
    reader.until(reader.window.isActiveWindow)

    session = reader.session
    session.workspace.freeze_split(hashed_patient("C"), "train").result()
    write_series(chest, tmp_path / "C", patient_id="C", patient_name="Doe^C")
    reader.open(tmp_path / "C")
    reader.drop(tmp_path / "drawn.seg.nrrd")
    reader.until(lambda: reader.session.history.applied > 0)
    reader.settle()
    reader.go_to(8)
    reader.press("A")
    assert session.accepted == {8}
    reader.settle()
    dialog = cross_validation(reader)
    reader.click("Evaluate", within=dialog)
    reader.until(lambda: "Training fold" in dialog.words.text(), 120)
    reader.click("Cancel", within=dialog)
    reader.until(lambda: dialog.words.text() == "Stopped.", 30)
    assert not opened

    reader.click("Evaluate", within=dialog)
    reader.until(lambda: "left" in dialog.words.text(), 120)
    reader.wheel(-1)  # the window stays mine
    reader.until(lambda: bool(opened), 240)
    text = opened[0].read_text()
    assert "cross-validated by patient in 2 folds" in text
    assert "By fold" in text
    assert "Doe" not in text
    assert not list((session.workspace.folder / "models/.building").glob("*/*"))
