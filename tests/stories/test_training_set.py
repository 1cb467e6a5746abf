"""I look through what the model learns from, leave a slice out with a reason, take in others."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QInputDialog

from medview.core.labelmap import LabelMap
from medview.core.phantom import phantom_table
from medview.core.volume import Volume
from medview.formats.nnunet import NnunetCase, write_dataset
from medview.gui.dialogs.training_set_dialog import TrainingSetDialog


@pytest.fixture
def dataset(chest, tmp_path):
    """Somebody's nnU-Net dataset with one case."""
    volume = Volume(chest.voxels, chest.geometry, modality="CT", units="HU")
    labels = LabelMap(chest.geometry, phantom_table(), chest.labels.copy())
    return write_dataset([NnunetCase("n1", volume, labels)], tmp_path, phantom_table())


def click_picture(dialog, row):
    item = dialog.list.item(row)
    dialog.list.scrollToItem(item)
    place = dialog.list.visualItemRect(item).center()
    QTest.mouseClick(dialog.list.viewport(), Qt.MouseButton.LeftButton, pos=place)


def opened(reader):
    reader.choose("Model > Training Set…")
    reader.settle()
    return reader.window.findChildren(TrainingSetDialog)[-1]


def test_i_see_leave_out_and_take_in(reader, chest_folder, dataset, monkeypatch):
    reader.open(chest_folder)
    reader.segment()
    for index in (6, 8):
        reader.go_to(index)
        reader.press("A")
    reader.settle()
    dialog = opened(reader)
    assert len(dialog.shown) == 2
    assert "2 slices train (1 patient), 0 slices are held out" in dialog.summary.text()
    assert "no proof" in dialog.summary.text()

    click_picture(dialog, 0)
    assert "slice 7" in dialog.detail.text()
    assert "labels: right lung, left lung" in dialog.detail.text()
    monkeypatch.setattr(QInputDialog, "getText", lambda *a, **k: ("breathing", True))
    reader.click("Leave Out…", within=dialog)
    reader.settle()
    use = dialog.filters["Use"]
    use.setCurrentIndex(use.findData("left out"))
    assert [one.why_not for one in dialog.shown] == ["breathing"]
    use.setCurrentIndex(0)
    click_picture(dialog, 0)
    assert "left out: breathing" in dialog.detail.text()
    reader.click("Take In Again", within=dialog)
    reader.settle()
    assert not any(one.why_not for one in dialog.shown)

    dialog.import_labels(dataset)  # the folder dialog is the desktop's own
    reader.settle()
    assert "1 case with 16 slices accepted." in reader.messages()
    assert "16 slices are held out (1 patient)" in dialog.summary.text()
    assert len(dialog.shown) == 18


def test_a_second_reader_reads_again(reader, chest_folder, monkeypatch):
    """Both readings are kept; how well they agree is said."""
    monkeypatch.setattr(QInputDialog, "getText", lambda *a, **k: ("Ada", True))
    reader.choose("Review > Reader…")
    reader.open(chest_folder)
    reader.segment()
    reader.go_to(8)
    reader.press("A")
    monkeypatch.setattr(QInputDialog, "getText", lambda *a, **k: ("Ben", True))
    reader.choose("Review > Reader…")
    reader.press("E")
    reader.stroke((50, 20), (50, 40))
    assert not reader.session.accepted
    reader.press("A")
    reader.settle()
    dialog = opened(reader)
    click_picture(dialog, 0)
    assert "read by Ada, Ben" in dialog.detail.text()
    assert "agreement of the two readers (Dice): right lung 0." in dialog.detail.text()


def test_i_give_the_set_to_others(reader, chest_folder, tmp_path):
    reader.open(chest_folder)
    reader.segment()
    reader.press("A")
    reader.settle()
    dialog = opened(reader)
    dialog.export("coco", tmp_path / "set")  # the folder dialog is the desktop's own
    reader.settle()
    assert "1 case written to" in reader.message
    assert (tmp_path / "set" / "annotations_train.json").is_file()
    assert "| train | 1 | 1 | 1 |" in (tmp_path / "set" / "README.md").read_text()
