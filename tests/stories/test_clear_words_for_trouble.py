"""Whatever I drop, medview answers with a sentence, never with a traceback."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from medview.core.errors import MedviewError
from medview.store.workspace import Workspace


def text_file(folder, chest_folder):
    path = folder / "notes.txt"
    path.write_text("no image")
    return path


def empty_folder(folder, chest_folder):
    path = folder / "empty"
    path.mkdir()
    return path


def empty_file(folder, chest_folder):
    path = folder / "nothing.dcm"
    path.write_bytes(b"")
    return path


def header_only(folder, chest_folder):
    path = folder / "short.dcm"
    path.write_bytes(sorted(chest_folder.iterdir())[0].read_bytes()[:400])
    return path


def half_a_zip(folder, chest_folder):
    path = folder / "download.zip"
    path.write_bytes(b"PK\x03\x04" + bytes(500))
    return path


def broken_nifti(folder, chest_folder):
    path = folder / "chest.nii.gz"
    path.write_bytes(b"\x1f\x8b" + bytes(100))
    return path


def program(folder, chest_folder):
    path = folder / "setup.exe"
    path.write_bytes(b"MZ" + bytes(range(256)) * 20)
    return path


EVERY_BAD = [
    text_file, empty_folder, empty_file, header_only, half_a_zip, broken_nifti, program,
]  # fmt: skip


@pytest.mark.parametrize("bad", EVERY_BAD)
def test_bad_input_is_a_sentence(reader, chest, chest_folder, tmp_path, bad):
    """The message names what I dropped; the image that was open and the list of series stay; good
    data opens after."""
    reader.open(chest_folder)
    listed = [entry.key for entry in reader.window.series.entries()]
    path = bad(tmp_path, chest_folder)
    reader.drop(path)
    reader.until(lambda: bool(reader.messages()))
    reader.settle()
    assert path.name in reader.message
    assert "made a mistake" not in reader.message
    assert np.array_equal(reader.session.volume.voxels, chest.voxels)
    assert [entry.key for entry in reader.window.series.entries()] == listed
    reader.wheel(-1)
    assert reader.view.slice_index == 7
    reader.drop(chest_folder)
    reader.settle()
    assert reader.messages() == []
    assert len(reader.window.series.entries()) == 1


def test_a_truncated_series_of_one_file(reader, chest_folder, tmp_path):
    """Half of the pixels are missing in my only file: I am told so."""
    whole = sorted(chest_folder.iterdir())[8].read_bytes()
    path = tmp_path / "half.dcm"
    path.write_bytes(whole[: len(whole) // 2])
    reader.drop(path)
    reader.until(lambda: bool(reader.messages()))
    reader.settle()
    assert "half.dcm" in reader.message
    assert "made a mistake" not in reader.message


def test_a_recent_folder_that_is_gone(reader, chest_folder, tmp_path):
    """The stick was pulled out: Open Recent says so."""
    gone = tmp_path / "stick"
    reader.session.settings.add_recent_path(gone)
    reader.window.recent.aboutToShow.emit()
    action = next(a for a in reader.window.recent.actions() if a.text() == str(gone))
    action.trigger()
    reader.until(lambda: bool(reader.messages()))
    assert f"{gone} does not exist" in reader.message


def test_a_text_on_the_window_is_ignored(reader):
    """Keys and buttons that need an image do nothing while there is none."""
    for keys in ("Ctrl+G", "Ctrl+H", "Ctrl+Z", "A", "B", "3", "Down", "S", "R", "Space"):
        reader.press(keys)
    assert reader.messages() == []
    reader.wheel(1)
    reader.drag((200, 200), (240, 240))
    assert reader.session.volume is None


def test_retrain_without_accepted_slices(reader, chest_folder):
    """Nothing accepted, nothing to learn from: it says what to do first."""
    reader.open(chest_folder)
    reader.choose("Model > Retrain on Corrections")
    assert "There is no accepted slice to train on" in reader.message
    assert "accept" in reader.message
    assert not reader.window.training_dock.isVisible()


def test_a_second_window_on_one_workspace(reader, desk):
    """The workspace is in use: the second program says so in one line and ends; mine goes on."""
    with pytest.raises(MedviewError, match="in use by another medview"):
        Workspace(desk.folder)
    done = subprocess.run(
        [sys.executable, "-m", "medview", "--workspace", str(desk.folder)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    assert done.returncode == 1
    lines = [line for line in done.stderr.splitlines() if "propagateSizeHints" not in line]
    assert len(lines) == 1
    assert "in use by another medview" in lines[0]
    assert str(os.getpid()) in lines[0]
