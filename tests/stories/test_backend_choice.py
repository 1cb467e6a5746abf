"""The program finds out by itself what runs the model fastest here; I see it, and may choose."""

from __future__ import annotations

import json

import numpy as np
import pytest

from medview.core.metrics import dice


@pytest.fixture
def measuring_reader(desk, chest_folder):
    """A fresh program that is left to choose by itself, the chest on the screen."""
    desk.backend = ""
    reader = desk.start()
    reader.open(chest_folder)
    return reader


def wait_for_measuring(reader):
    reader.until(lambda: reader.window.model.chooser.words.text().startswith("fastest here"))


def pick(reader, wanted):
    """Choose a backend in the list with the keyboard, as a person without a mouse does."""
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    box = reader.window.model.chooser.backend
    names = [box.itemText(n).split(" (")[0] for n in range(box.count())]
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Home)
    for _ in range(box.count()):
        if names[box.currentIndex()] == wanted:
            break
        QTest.keyClick(box, Qt.Key.Key_Down)
    assert names[box.currentIndex()] == wanted


def test_the_first_run_is_measured_and_the_next_uses_the_fastest(measuring_reader, chest, desk):
    """Segment at once; when it is done the backends are measured, and I read which is best."""
    reader = measuring_reader
    panel = reader.window.model
    assert panel.chooser.backend.currentText() == "Automatic"
    reader.segment()
    assert "PyTorch" in panel.used.text()
    assert "ms per slice" in panel.used.text()
    first = reader.mask()
    wait_for_measuring(reader)
    assert panel.chooser.measure.isEnabled()
    names = [panel.chooser.backend.itemText(n) for n in range(panel.chooser.backend.count())]
    assert any(name.startswith("PyTorch (") and name.endswith(" ms)") for name in names)
    kept = json.loads((desk.folder / "backends.json").read_text())
    (choice,) = kept.values()
    best = {row["id"]: row["title"] for row in choice["measured"]}[choice["backend"]]
    assert best in panel.chooser.words.text()
    reader.press("Ctrl+Z")
    reader.segment()
    assert best in panel.used.text()
    for label in (1, 2):
        assert dice(first == label, reader.mask() == label) >= 0.99
    desk.leave()
    desk.start()
    assert list(json.loads((desk.folder / "backends.json").read_text())) == list(kept)


def test_i_choose_another_and_it_stays_chosen(measuring_reader, desk):
    """What I choose runs, without measuring, also tomorrow."""
    reader = measuring_reader
    pick(reader, "PyTorch, half precision")
    reader.segment()
    panel = reader.window.model
    assert "PyTorch, half precision" in panel.used.text()
    assert not reader.window.backends.is_measuring
    assert panel.chooser.words.text() == ""
    desk.leave()
    again = desk.start()
    assert again.window.model.chooser.backend.currentText() == "PyTorch, half precision"


def test_i_measure_again_and_a_run_goes_before(measuring_reader):
    """Measure, then Segment while it measures: I do not wait for it."""
    reader = measuring_reader
    pick(reader, "PyTorch")
    reader.click("Measure", within=reader.window.model)
    reader.until(lambda: reader.window.backends.is_measuring)
    assert not reader.window.model.chooser.measure.isEnabled()
    reader.segment()
    assert not reader.window.backends.is_measuring
    assert reader.mask().any()
    reader.click("Measure", within=reader.window.model)
    wait_for_measuring(reader)


def test_segmenting_again_is_instant_and_leaves_my_strokes(reader, chest_folder):
    """The same case and model again: the result is at hand, and what I drew meanwhile stays."""
    reader.open(chest_folder)
    reader.segment()
    whole = reader.mask()
    reader.go_to(8)
    reader.press("B")
    reader.press("3")
    rows, columns = np.nonzero(whole[8] == 1)
    row, column = int(rows.mean()), int(columns.mean())
    reader.stroke((row, column), (row + 4, column))
    drawn = (reader.mask() == 3) & (whole != 3)
    assert drawn[8].any()
    reader.press("Ctrl+G")
    reader.until(lambda: "kept from before" in reader.window.model.used.text())
    reader.settle()
    assert (reader.mask()[drawn] == 3).all()
    assert np.array_equal(reader.mask()[~drawn], whole[~drawn])


def test_a_backend_that_fails_is_said_and_the_model_runs(measuring_reader):
    """A broken library costs me a sentence, not my segmentation."""
    from medview.ai.network.backends import torch_half

    def broken(task):
        raise RuntimeError("no such instruction")

    reader = measuring_reader
    object.__setattr__(torch_half.BACKEND, "build", broken)
    try:
        pick(reader, "PyTorch, half precision")
        reader.segment()
    finally:
        object.__setattr__(torch_half.BACKEND, "build", torch_half.build)
    assert "no such instruction" in reader.message
    assert reader.mask().any()
    assert reader.window.model.used.text().startswith("ran on CPU")
