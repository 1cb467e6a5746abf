"""I let a model be measured on cases it never saw, and read the report."""

from __future__ import annotations

import pytest

from medview.core.labelmap import LabelMap
from medview.core.phantom import phantom_table
from medview.dicom.phantom_series import write_series
from medview.formats import nifti
from medview.gui import outside
from medview.gui.dialogs.evaluate_dialog import EvaluateDialog


@pytest.fixture
def opened_outside(monkeypatch):
    """What the desktop was asked to open."""
    paths = []
    monkeypatch.setattr(outside, "open_outside", lambda path: paths.append(path) or True)
    return paths


def dialog_of(reader):
    reader.choose("Model > Evaluate…")
    return reader.window.findChildren(EvaluateDialog)[-1]


def test_on_the_held_out_cases(reader, chest, tmp_path, opened_outside):
    for name in ("A", "B"):
        write_series(chest, tmp_path / name, patient_id=name, patient_name=f"Doe^{name}")
        reader.open(tmp_path / name)
        reader.segment()
        reader.go_to(8)
        reader.press("A")
    reader.settle()
    dialog = dialog_of(reader)
    reader.click("Evaluate", within=dialog)
    reader.settle()
    (path,) = opened_outside
    text = path.read_text()
    assert "Evaluation of ct-lung@3.0.0" in text
    assert "area under ROC" in text
    assert "Doe" not in text
    reader.click("Open Report", within=dialog)
    assert opened_outside == [path, path]


def test_nothing_is_held_out_yet(reader, opened_outside):
    dialog = dialog_of(reader)
    reader.click("Evaluate", within=dialog)
    reader.settle()
    assert "second patient" in dialog.words.text(), (
        "nothing is held out yet, and it says what to do"
    )
    assert not opened_outside


def test_on_files(reader, chest, tmp_path, opened_outside):
    write_series(chest, tmp_path / "images" / "one", patient_id="A", patient_name="A")
    labels = LabelMap(chest.geometry, phantom_table(), chest.labels.copy())
    nifti.write_labels(labels, tmp_path / "labels" / "one.nii.gz")
    dialog = dialog_of(reader)
    dialog.files.click()
    reader.click("Evaluate", within=dialog)
    assert "Choose the folder" in dialog.words.text()
    dialog.images.setText(str(tmp_path / "images"))
    dialog.labels.setText(str(tmp_path / "labels"))
    reader.click("Evaluate", within=dialog)
    reader.settle()
    text = opened_outside[0].read_text()
    assert "<td class=word>one</td>" in text
    assert "What was taken for what" in text
