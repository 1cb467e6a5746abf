"""I see how long correcting took, by case and by model version, and take the table along."""

from __future__ import annotations

import csv

from medview.gui.dialogs.effort_dialog import EffortDialog


def test_minutes_by_model_version(reader, chest_folder, tmp_path):
    reader.open(chest_folder)
    reader.press("B")
    reader.stroke((20, 20), (24, 30))
    reader.segment()
    reader.press("E")
    reader.stroke((50, 20), (50, 40))
    reader.stroke((55, 20), (55, 40))
    reader.settle()
    reader.choose("Review > Editing Time…")
    dialog = reader.window.findChildren(EffortDialog)[-1]
    assert "ct-lung@3.0.0: 0.0 minutes and 2 gestures per case, 1 case" in dialog.words.text()
    assert "from scratch: 0.0 minutes and 1 gestures per case" in dialog.words.text()
    assert dialog.over_time.isVisible()
    assert dialog.by_model.isVisible()
    dialog.write(tmp_path / "time.csv")  # the file dialog is the desktop's own
    rows = list(csv.DictReader((tmp_path / "time.csv").open()))
    assert {row["model"]: row["gestures"] for row in rows} == {"ct-lung@3.0.0": "2", "": "1"}
    assert "time.csv written." in reader.message
