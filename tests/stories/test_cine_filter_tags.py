"""I play the slices, smooth the noise for my eyes, and read the tags behind the picture."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from reader import CTRL


def test_c_plays_the_slices_and_stops(reader, chest_folder):
    reader.open(chest_folder)
    reader.press("C")
    start = reader.view.slice_index
    seen = {start}

    def moved():
        seen.add(reader.view.slice_index)
        return len(seen) > 5

    reader.until(moved, 20)
    assert reader.window.viewer.cine.is_playing
    rate = reader.window.viewer.cine.rate
    reader.press(".")
    assert reader.window.viewer.cine.rate > rate
    reader.press("C")
    assert not reader.window.viewer.cine.is_playing


def test_a_filter_is_for_the_eye_only_and_says_so(reader, chest_folder, chest):
    reader.open(chest_folder)
    before = reader.color(48, 48)
    own = reader.view.own_values().copy()
    reader.choose("View > Display Filter > Median")
    reader.until(lambda: bool(reader.view.smoothing_words), 20)
    assert "median filter 2 mm, display only" in reader.corner_texts()
    np.testing.assert_array_equal(reader.view.own_values(), own)
    np.testing.assert_array_equal(reader.session.volume.voxels, chest.voxels)
    reader.point_at(48, 48)
    assert reader.view.cursor_text().startswith(f"{own[48, 48]} HU")  # the data's own value
    reader.wheel(-1)
    reader.until(lambda: bool(reader.view.smoothing_words), 20)
    reader.wheel(1)
    reader.choose("View > Display Filter > Median")
    assert not reader.view.smoothing_words
    reader.point_at(0, 0)
    assert reader.color(48, 48) == before


def test_the_tags_of_the_visible_slice_with_search_and_copy(reader, chest_folder):
    reader.open(chest_folder)
    reader.press("Ctrl+I")
    tags = reader.window.tags
    reader.until(lambda: tags.tree.topLevelItemCount() > 10, 10)
    QTest.keyClicks(tags.search, "patient's name")
    shown = [item for item in tags.items() if not item.isHidden()]
    assert [item.text(3) for item in shown] == ["Doe^Jane"]
    shown[0].setSelected(True)
    tags.copy_lines()
    assert QGuiApplication.clipboard().text() == "(0010,0010)\tPatient's Name\tPN\tDoe^Jane"
    QTest.keyClick(tags.search, "A", CTRL)
    QTest.keyClicks(tags.search, "image position")
    place = [item.text(3) for item in tags.items() if not item.isHidden()]
    reader.wheel(-1)
    reader.until(
        lambda: [i.text(3) for i in tags.items() if not i.isHidden()] not in (place, []), 10
    )
