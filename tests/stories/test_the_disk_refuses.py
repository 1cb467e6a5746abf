"""The disk is full, or may not be written to: I am told, I work on, and nothing is lost."""

from __future__ import annotations

import sys
from contextlib import contextmanager

import numpy as np
import pytest

from medview.core.errors import MedviewError
from medview.gui.panels.status_panel import NOT_SAVED, SAVED
from medview.store import lock
from medview.store.workspace import Workspace


@contextmanager
def full_disk(workspace):
    """No file of this process may grow by more than a little (RLIMIT_FSIZE)."""
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    largest = max(path.stat().st_size for path in workspace.folder.iterdir() if path.is_file())
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest + 4096, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def read_only(workspace):
    """SQLite answers as on a folder mounted for reading only (root may write anywhere)."""
    connection = workspace._writer._connection
    connection.execute("PRAGMA query_only = ON")
    try:
        yield
    finally:
        connection.execute("PRAGMA query_only = OFF")


REFUSALS = [
    pytest.param(full_disk, marks=pytest.mark.skipif(sys.platform == "win32", reason="POSIX")),
    read_only,
]


def saved_state(reader):
    return reader.window.status.saved.text()


def paint_until_refused(reader):
    """Strokes on, until the window says that they are not saved."""
    for number in range(60):
        row = 10 + number
        reader.stroke((row, 20), (80 - number % 30, 70), (row, 30))
        reader.until(lambda: saved_state(reader) in (NOT_SAVED, SAVED), 10)
        if saved_state(reader) == NOT_SAVED:
            return
    raise AssertionError("the disk took everything")


@pytest.fixture
def painting(desk, chest_folder):
    reader = desk.start()
    reader.open(chest_folder)
    reader.press("B")
    reader.stroke((30, 20), (30, 70))
    reader.settle()
    return reader


@pytest.mark.parametrize("refusal", REFUSALS)
def test_i_am_told_paint_on_and_all_is_written_later(desk, painting, chest_folder, refusal):
    reader = painting
    with refusal(reader.session.workspace):
        paint_until_refused(reader)
        assert "could not be written" in reader.message
        assert "tried again" in reader.message
        told = len(reader.messages())
        before = reader.mask()
        reader.stroke((60, 20), (60, 40))
        assert (reader.mask() != before).any(), "I can work on"
        reader.press("Ctrl+Z")
        assert np.array_equal(reader.mask(), before)
        assert len(reader.messages()) <= told + 2, "it is not said with every stroke again"
    reader.stroke((70, 20), (70, 40))  # the disk is well again
    reader.until(lambda: saved_state(reader) == SAVED, 10)
    mask, applied = reader.mask(), reader.session.history.applied
    desk.leave()
    again = desk.start()
    again.open(chest_folder)
    assert np.array_equal(again.mask(), mask)
    assert again.session.history.applied == applied


@pytest.mark.parametrize("refusal", REFUSALS)
def test_space_that_is_freed_before_i_leave_is_enough(desk, painting, chest_folder, refusal):
    """Without another stroke: closing the window writes what waited."""
    reader = painting
    with refusal(reader.session.workspace):
        paint_until_refused(reader)
        mask = reader.mask()
    desk.leave()
    again = desk.start()
    again.open(chest_folder)
    assert np.array_equal(again.mask(), mask)


def test_an_export_that_the_disk_refuses_is_said(painting, tmp_path):
    """A file where a folder should be: the same for root as for anybody."""
    (tmp_path / "folder").write_text("")
    painting.window.reviewer.export("nifti", tmp_path / "folder" / "labels.nii.gz")
    painting.until(lambda: bool(painting.messages()), 20)
    assert "made a mistake" not in painting.message
    assert "labels.nii.gz" in painting.message or "folder" in painting.message
    painting.stroke((60, 20), (60, 40))
    painting.settle()
    assert painting.session.history.applied == 2


def test_a_folder_that_may_not_be_written_is_said_at_the_start(tmp_path, monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(lock.os, "open", refuse)
    with pytest.raises(MedviewError, match="Permission denied") as refused:
        Workspace(tmp_path)
    assert "--workspace" in refused.value.hint


def test_a_second_window_takes_nothing_from_the_first(desk, painting, chest_folder):
    """While another program tries the same workspace, I paint, and it is kept."""
    for number in range(3):
        with pytest.raises(MedviewError, match="in use by another medview"):
            Workspace(desk.folder)
        painting.stroke((40 + 5 * number, 20), (40 + 5 * number, 40))
        painting.settle()
    mask = painting.mask()
    desk.leave()
    again = desk.start()
    again.open(chest_folder)
    assert np.array_equal(again.mask(), mask)
    assert again.session.history.applied == 4
