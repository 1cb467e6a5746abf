"""I choose how long to train, hear what happens to it, and say what becomes of it when I close."""

from __future__ import annotations

import sys

import pytest
from PySide6.QtTest import QTest

from medview.gui.dialogs.retrain_dialog import RetrainDialog

# A training child that reports until it is told to stop, or ends by itself soon.
SLOW = """
import json, sys, threading, time
stop = threading.Event()
threading.Thread(target=lambda: (sys.stdin.readline(), stop.set()), daemon=True).start()
for step in range(1, STEPS + 1):
    row = {"event": "progress", "step": step, "steps": STEPS, "loss": 1.0, "seconds_left": 9.0}
    print(json.dumps(row), flush=True)
    if stop.wait(0.1):
        sys.exit(1)
print(json.dumps({"event": "done", "candidate": "ct-lung@3.1.0", "base": "ct-lung@3.0.0"}))
"""


@pytest.fixture
def training(reader):
    """Starts a child of so many tenths of a second."""

    def start(steps):
        program = [sys.executable, "-c", SLOW.replace("STEPS", str(steps))]
        reader.session.retrain_command = lambda **options: program
        reader.choose("Model > Retrain on Corrections")
        reader.until(lambda: reader.window.training.text.text().startswith("step "), 20)
        return reader.window.trainer.process

    return start


NOTED = """
import json
row = {"event": "progress", "step": 41, "steps": 60, "loss": 1.0, "seconds_left": 9.0}
row["note"] = "The training that was interrupted goes on at step 41."
print(json.dumps(row), flush=True)
print(json.dumps({"event": "error", "code": "out-of-memory", "message": "The memory is too small"}))
raise SystemExit(1)
"""


def test_i_am_told_that_a_training_goes_on_and_why_it_ends(reader):
    reader.session.retrain_command = lambda **options: [sys.executable, "-c", NOTED]
    reader.choose("Model > Retrain on Corrections")
    reader.until(lambda: not reader.window.trainer.process.is_running, 20)
    said = " ".join(reader.messages())
    assert "goes on at step 41" in said
    assert "The memory is too small" in said


def test_closing_asks_and_back_stays(reader, training):
    process = training(600)
    reader.window.close()
    box = reader.window.closing.box
    assert box.text() == "A model is being trained."
    reader.click("Back", within=box)
    reader.until(lambda: reader.window.closing.box is None)
    assert reader.window.isVisible()
    assert process.is_running
    reader.window.close()
    reader.click("Stop Training", within=reader.window.closing.box)
    reader.until(lambda: not reader.window.isVisible())
    assert not process.is_running


def test_keep_training_closes_by_itself(reader, training):
    process = training(15)
    reader.window.close()
    reader.click("Keep Training", within=reader.window.closing.box)
    assert process.is_running
    assert reader.window.isMinimized()
    reader.until(lambda: not reader.window.isVisible(), 30)
    assert not process.is_running


def test_a_window_that_is_brought_back_stays(reader, training):
    process = training(15)
    reader.window.close()
    reader.click("Keep Training", within=reader.window.closing.box)
    reader.window.showNormal()
    reader.until(lambda: not process.is_running, 30)
    QTest.qWait(50)
    assert reader.window.isVisible()


def test_presets_are_the_command_s_own_words_and_are_kept(reader, desk):
    told = []
    reader.session.retrain_command = lambda **options: told.append(options) or [
        sys.executable, "-c", "pass",
    ]  # fmt: skip
    reader.choose("Model > Retraining Options…")
    dialog = reader.window.findChildren(RetrainDialog)[-1]
    assert dialog.presets["2m"].isChecked()
    dialog.presets["15m"].click()
    dialog.seed.setValue(7)
    reader.click("Start", within=dialog)
    reader.until(lambda: not reader.window.trainer.process.is_running, 20)
    assert told == [{"budget": "15m", "seed": 7}]
    desk.leave()
    again = desk.start()
    again.choose("Model > Retraining Options…")
    dialog = again.window.findChildren(RetrainDialog)[-1]
    assert dialog.presets["15m"].isChecked()
    assert dialog.seed.value() == 7
    dialog.steps.setValue(40)
    assert not dialog.presets["15m"].isEnabled()
    assert dialog.options == {"steps": 40, "seed": 7}
