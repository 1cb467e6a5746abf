"""I look at two versions side by side before I decide, and find a middle between them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from medview.ai.card import WEIGHTS, file_sha256, read_card
from medview.ai.training.make_model import write_card
from medview.core.resources import resources_path
from medview.dicom.phantom_series import write_series
from medview.gui.dialogs.models_dialog import ModelsDialog
from medview.session.advice import PHANTOM_CASE
from medview.session.records import hashed_patient

SHIPPED = "models/ct-lung/3.0.0"


@pytest.fixture
def worse_version(desk):
    """ct-lung 3.1.0 in the workspace: the shipped one, whose right lung is turned down."""
    base = resources_path() / SHIPPED
    folder = desk.folder / "models/ct-lung/3.1.0"
    folder.mkdir(parents=True)
    weights = load_file(base / WEIGHTS)
    weights["head.bias"] = weights["head.bias"] - np.array([0, 12, 0, 0], np.float32)
    save_file(weights, folder / WEIGHTS, metadata={"format": "pt"})
    card = replace(read_card(base), version="3.1.0", parent="ct-lung@3.0.0")
    write_card(folder, replace(card, sha256=file_sha256(folder / WEIGHTS)))


@pytest.fixture
def two_patients(chest, tmp_path):
    folders = []
    for name in ("A", "B"):
        write_series(chest, tmp_path / name, patient_id=name, patient_name=name)
        folders.append(tmp_path / name)
    return folders


def test_i_compare_two_versions_and_make_one_between(worse_version, two_patients, desk):
    """The advice names what is forgotten; pictures show it; half way is one candidate more."""
    reader = desk.start()
    for folder in two_patients:  # the second patient is held out
        reader.open(folder)
        reader.segment()
        for index in (6, 8):
            reader.go_to(index)
            reader.press("A")
        reader.settle()
    reader.choose("Model > Models…")
    dialog = next(iter(reader.window.findChildren(ModelsDialog)))
    row = next(
        dialog.tree.topLevelItem(n)
        for n in range(dialog.tree.topLevelItemCount())
        if dialog.tree.topLevelItem(n).text(1) == "3.1.0"
    )
    dialog.tree.setCurrentItem(row)
    reader.click("Measure All", within=dialog)
    reader.settle()
    shown = [dialog.tree.topLevelItem(n) for n in range(dialog.tree.topLevelItemCount())]
    dice = {item.text(1): float(item.text(5)) for item in shown}
    assert dice["3.0.0"] > dice["3.1.0"] + 0.05
    assert dialog.chart is not None
    assert any("same 1 held-out case" in text for text in reader.words())
    reader.click("Compare", within=dialog)
    reader.until(lambda: not reader.window.trainer.process.is_running, 120)
    page = reader.window.training.comparison
    assert page.isVisible(), reader.messages()
    assert page.title.text() == "ct-lung@3.1.0 against ct-lung@3.0.0"
    assert "forgets the right lung" in page.advice.text()
    assert "1 patient: too few for an interval" in page.gates.text()
    assert page.table.item(0, 1).text() == "right lung", "what got worse most stands first"
    assert page.table.item(0, 4).text().endswith("worse")
    assert "→" in page.table.item(0, 7).text(), "precision of both"
    assert page.effort.text().startswith("Pixels to correct per slice: ")

    page.table.setCurrentCell(0, 0)
    reader.until(lambda: page.pictures.is_filled, 60)
    words = [caption.text() for caption in page.pictures.captions]
    assert "slice " in words[0]
    wrong = [int(text.split("\n")[1].split()[0]) for text in words[:2]]
    assert wrong[1] > wrong[0]

    reader.click("Half Way", within=page)
    reader.until(lambda: reader.window.trainer.process.is_running, 10)
    reader.until(lambda: not reader.window.trainer.process.is_running, 120)
    assert page.title.text() == "ct-lung@3.2.0 against ct-lung@3.0.0"
    states = {model.version: model.state for model in reader.session.models()}
    older = dict.fromkeys(("1.0.0", "2.0.0"), "archived")  # shipped too, for those who use it
    assert states == older | {"3.0.0": "active", "3.1.0": "candidate", "3.2.0": "candidate"}
    reader.click("Discard", within=page)
    assert [m.version for m in reader.session.models()] == ["1.0.0", "2.0.0", "3.0.0", "3.1.0"]


def test_nobody_is_held_out_so_i_see_the_patients_who_were_left_out_in_turn(two_patients, desk):
    """The table names the left-out cases; the pictures are of the version that had not seen it."""
    reader = desk.start()
    for name, folder in zip(("A", "B"), two_patients, strict=True):
        reader.session.workspace.freeze_split(hashed_patient(name), "train").result()
        reader.open(folder)
        reader.segment()
        reader.go_to(6)
        reader.press("A")
        reader.settle()
    reader.session.settings.set("retrain", {"steps": 2, "seed": 0})
    reader.choose("Model > Retrain on Corrections")
    reader.until(lambda: reader.window.trainer.process.is_running, 10)
    reader.until(lambda: not reader.window.trainer.process.is_running, 240)
    page = reader.window.training.comparison
    assert page.isVisible(), reader.messages()
    assert page.table.horizontalHeaderItem(0).text() == "Left-out case"
    assert "2" in page.protocol.text()
    rows = [page.table.item(row, 0).text() for row in range(page.table.rowCount())]
    for row in (rows.index(one) for one in sorted(set(rows) - {PHANTOM_CASE})):
        page.pictures.clear()
        page.table.setCurrentCell(row, 0)
        reader.until(lambda: page.pictures.is_filled, 60)
        words = [caption.text() for caption in page.pictures.captions]
        assert words[0].startswith("Now, slice 7\n0 "), "accepted as the model in use drew it"
        assert "pixels wrong" in words[1]
