"""A series with a damaged and a missing file: I see which, and no number pretends to be whole."""

from __future__ import annotations

import shutil

import pytest

from medview.gui.slice_texts import unreadable_text


@pytest.fixture
def damaged_folder(chest_folder, tmp_path):
    """The chest without its fourth file and with half of its tenth."""
    folder = tmp_path / "CD"
    shutil.copytree(chest_folder, folder)
    paths = sorted(folder.iterdir())
    paths[9].write_bytes(paths[9].read_bytes()[: -96 * 96])
    paths[3].unlink()
    return folder


def test_the_damage_is_seen_said_and_left_out(reader, qtbot, damaged_folder):
    reader.open(damaged_folder)
    window = reader.window
    view, session = window.bench.view, window.bench.session
    qtbot.waitUntil(lambda: bool(session.volume.unreadable), timeout=10_000)
    (lost,) = session.volume.unreadable
    view.set_slice(lost)
    assert unreadable_text(view).startswith("This slice could not be read: the file ends after")
    texts = view.annotations(view.transform)
    assert "slices are missing: no volumes in ml" in texts.bottom_right
    window.reviewer.accept_slice()
    assert "could not be read cannot be accepted" in window.bench.messages.text
    assert session.accepted == frozenset()
    qtbot.waitUntil(
        lambda: "slices are missing" in window.labels.tree.headerItem().toolTip(4), timeout=5000
    )
    rows = range(window.labels.tree.topLevelItemCount())
    assert {window.labels.tree.topLevelItem(row).text(4) for row in rows} == {""}
