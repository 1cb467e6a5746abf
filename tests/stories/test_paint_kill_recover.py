"""I paint, the power fails, and after the next start my work is there."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from reader import CTRL, RIGHT, SHIFT

CHILD = Path(__file__).with_name("paint_until_killed.py")
KILLS = 10


@pytest.fixture
def chest_open(reader, chest_folder):
    """The chest on the screen."""
    reader.open(chest_folder)
    return reader


def test_i_paint_erase_undo_and_redo(chest_open):
    """A round tip in mm, no holes, the right button and Ctrl erase, and Undo takes each back."""
    reader = chest_open
    reader.press("B")
    states = [reader.mask()]
    reader.stroke((30, 20), (30, 70))
    line = reader.slice_mask()
    assert line[30, 20:71].all()  # one long move leaves no gaps
    assert abs(int(line[:, 45].sum()) - 3) <= 1  # 10 mm across 4 mm voxels
    states.append(reader.mask())
    reader.stroke((30, 40), (30, 50), button=RIGHT)
    assert not reader.slice_mask()[30, 40:51].any()
    states.append(reader.mask())
    reader.stroke((30, 60), (30, 62), keys=CTRL)
    assert not reader.slice_mask()[30, 60:63].any()
    states.append(reader.mask())
    size = reader.window.tools.size_mm
    reader.press("]")
    assert reader.window.tools.size_mm > size
    reader.press("[")
    reader.wheel(3, keys=SHIFT)
    assert reader.window.tools.size_mm > size
    reader.press("3")
    reader.stroke((60, 40))
    assert (reader.slice_mask() == 3).sum() > 5
    states.append(reader.mask())
    for state in reversed(states[:-1]):
        reader.press("Ctrl+Z")
        assert np.array_equal(reader.mask(), state)
    assert not reader.can_choose("undo")
    for state in states[1:]:
        reader.press("Ctrl+Y")
        assert np.array_equal(reader.mask(), state)


def test_undo_goes_where_it_happened_and_escape_drops_a_stroke(chest_open):
    """Undo shows me the slice it changes; Escape in the middle of a stroke leaves nothing."""
    reader = chest_open
    reader.press("B")
    reader.stroke((40, 40), (44, 44))
    reader.wheel(-4)
    reader.press("Ctrl+Z")
    assert reader.view.slice_index == 8
    release = reader.begin_stroke((30, 30), (40, 40))
    assert reader.mask().any()
    reader.press("Esc")
    assert not reader.mask().any()
    release()
    assert not reader.mask().any()
    reader.stroke((50, 50), (50, 52))  # the brush is still in the hand
    assert reader.mask().any()
    reader.press("Ctrl+Z")
    reader.press("Esc")
    width = reader.view.window_level.width
    reader.drag((300, 300), (320, 300))  # no tool: this windows
    assert reader.view.window_level.width > width
    assert not reader.mask().any()


def test_the_case_comes_back_after_an_ordinary_end(desk, chest_folder):
    """I close the window and start again: mask, history and accepted slices are there."""
    reader = desk.start()
    reader.open(chest_folder)
    reader.press("B")
    reader.stroke((40, 40), (44, 60))
    reader.press("A")
    reader.wheel(-1)
    reader.stroke((50, 30), (44, 60))
    reader.press("Ctrl+Z")
    mask = reader.mask()
    reader.until(lambda: reader.window.series.cases.count() == 1, 5)
    reader.settle()
    desk.leave()
    reader = desk.start()
    assert "Earlier cases" in reader.words()
    assert reader.window.series.cases.count() == 1
    reader.open(chest_folder)
    assert np.array_equal(reader.mask(), mask)
    assert reader.session.accepted == {8}
    assert reader.message == "Your work on this case is back: 1 edit."
    reader.press("Ctrl+Y")
    assert (reader.mask() != mask).any()
    reader.press("Ctrl+Z")
    reader.press("Ctrl+Z")
    assert not reader.mask().any()


def paint_and_kill(workspace: Path, image: Path, seed: int, seconds: float) -> list[str]:
    """Let the child paint for some time after its window is open, kill -9 it; what it said."""
    child = subprocess.Popen(
        [sys.executable, str(CHILD), str(workspace), str(image), str(seed)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    assert child.stdout is not None
    said = [child.stdout.readline().strip()]
    assert said == ["open"]
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        said.append(child.stdout.readline().strip())
    os.kill(child.pid, signal.SIGKILL)
    rest = child.stdout.read()
    child.wait()
    child.stdout.close()
    said += [line for line in rest.splitlines(keepends=True) if line.endswith("\n")]
    return [line.strip() for line in said[1:] if line.strip()]


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is a POSIX signal")
def test_kill_minus_nine_loses_nothing_that_was_saved(desk, chest_folder):
    """Ten kills at random moments: each time the last acknowledged mask is there, to the voxel.

    At most one action more has arrived, the one that was under way; one step of history takes it
    back to what was acknowledged.
    """
    chance = random.Random(20261121)
    expected = 0
    for kill in range(KILLS):
        said = paint_and_kill(desk.folder, chest_folder, kill, chance.uniform(0.05, 1.2))
        reader = desk.start()
        reader.open(chest_folder)
        applied, known = said[-1].split() if said else (str(expected), None)
        more = reader.session.history.applied - int(applied)
        assert more in (-1, 0, 1)
        if known is not None and reader.mask_hash() != known:
            assert more != 0
            reader.press("Ctrl+Z" if more > 0 else "Ctrl+Y")
            assert reader.mask_hash() == known
        reader.settle()
        expected = reader.session.history.applied
        desk.leave()
    assert expected > KILLS
