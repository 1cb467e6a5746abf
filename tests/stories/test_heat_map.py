"""I ask why, and get a heat map that does not promise too much."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

WORDS = "shows what the model used, not the disease"


@pytest.fixture
def segmented(reader, chest_folder):
    """The chest with the model's mask."""
    reader.open(chest_folder)
    reader.segment()
    return reader


def test_the_heat_map_of_a_lung(segmented, chest):
    """It appears on the slice I see, with its words and whether it can be relied on; H hides it."""
    reader = segmented
    plain = reader.view.grab().toImage()
    rows, columns = np.nonzero(chest.labels[8] == 1)
    reader.point_at(float(rows.mean()), float(columns.mean()))
    reader.press("Ctrl+H")
    reader.until(lambda: reader.session.heatmap is not None)
    heatmap = reader.session.heatmap
    assert heatmap.slice_index == 8
    assert heatmap.values.shape == (96, 96)
    assert 0.0 <= heatmap.values.min() < heatmap.values.max() <= 1.0
    assert heatmap.model == "ct-lung@3.0.0"
    assert reader.view.grab().toImage() != plain
    notes = reader.view.annotations(reader.view.transform)
    assert notes.heat_title == "right lung"
    assert notes.heat_reliable == heatmap.reliable  # else a warning stands on the image
    assert WORDS in reader.words() or WORDS.capitalize() in reader.words()
    reader.press("H")
    assert reader.view.annotations(reader.view.transform).heat_title == ""
    reader.press("H")
    reader.wheel(-1)  # it belongs to its slice
    assert reader.view.annotations(reader.view.transform).heat_title == ""
    reader.wheel(1)
    assert reader.view.annotations(reader.view.transform).heat_title == "right lung"
    assert not reader.messages()


def test_a_new_window_offers_the_method_that_was_measured_as_the_best(reader):
    """The card's figures choose, and stay chosen from the first moment on."""
    card = reader.session.registry.active_folder().card
    assert reader.window.overlay.method.currentData() == card.best_heatmap[0]
    assert reader.window.overlay.method.currentData() != "seg_grad_cam", "what it stands at else"


def test_another_label_gives_another_map(segmented):
    """The right lung's map and the left lung's are different pictures."""
    reader = segmented
    maps = []
    for label in ("right lung", "left lung"):
        combo = reader.window.overlay.label
        combo.setCurrentIndex(combo.findText(label))
        reader.session.clear_heatmap()
        reader.click("Make Heat Map")
        reader.until(lambda: reader.session.heatmap is not None)
        maps.append(reader.session.heatmap.values)
    assert np.corrcoef(maps[0].ravel(), maps[1].ravel())[0, 1] < 0.9


def test_a_slice_without_the_label_says_so(segmented):
    """No lung on the lowest slice: a sentence, no empty picture, and the next map works."""
    reader = segmented
    empty = np.flatnonzero(~(reader.mask() == 1).any(axis=(1, 2)))
    assert len(empty), "the phantom has slices without lung"
    reader.go_to(int(empty[0]))
    reader.press("Ctrl+H")
    reader.until(lambda: bool(reader.messages()))
    assert "finds no right lung on this slice" in reader.message
    assert reader.session.heatmap is None
    reader.go_to(8)
    reader.press("Ctrl+H")
    reader.until(lambda: reader.session.heatmap is not None)


def choose(combo, text):
    combo.setCurrentIndex(combo.findText(text))


def test_maps_on_all_slices_while_i_go_on_reading(segmented):
    """They appear one after the other from the slice I see; scrolling shows each on its slice."""
    reader = segmented
    overlay = reader.window.overlay
    choose(overlay.method, "HiResCAM")
    overlay.everywhere.setChecked(True)
    reader.click("Make Heat Map")
    reader.until(lambda: len(reader.session.heatmaps) >= 2)
    assert min(abs(index - 8) for index in reader.session.heatmaps) == 0
    reader.until(lambda: overlay.heat_button.text() == "Make Heat Map")
    found = sorted(reader.session.heatmaps)
    with_lung = np.flatnonzero((reader.mask() == 1).any(axis=(1, 2)))
    assert len(set(found) & set(with_lung.tolist())) >= 0.9 * len(with_lung)
    for index in (found[0], found[-1]):
        reader.go_to(index)
        assert reader.view.annotations(reader.view.transform).heat_title == "right lung"
    assert not reader.messages()


def test_the_same_button_stops_them(segmented):
    """What is ready stays, nothing more comes, and the button makes maps again."""
    reader = segmented
    overlay = reader.window.overlay
    overlay.everywhere.setChecked(True)
    reader.click("Make Heat Map")
    reader.until(lambda: len(reader.session.heatmaps) >= 1)
    assert overlay.heat_button.text().startswith("Stop")
    overlay.heat_button.click()
    ready = len(reader.session.heatmaps)
    reader.settle()
    assert len(reader.session.heatmaps) <= ready
    assert overlay.heat_button.text() == "Make Heat Map"


def test_i_ask_about_a_region_that_i_painted(segmented):
    """The question is about my brush stroke, even where the model says something else."""
    reader = segmented
    overlay = reader.window.overlay
    choose(overlay.region, "What carries the label now")
    empty = int(np.flatnonzero(~(reader.mask() == 1).any(axis=(1, 2)))[0])
    reader.go_to(empty)
    reader.click("Make Heat Map")
    reader.until(lambda: bool(reader.messages()))
    assert reader.session.heatmap is None
    assert "Brush the region first" in " ".join(reader.words())
    reader.press("B")
    reader.stroke((40, 30), (50, 34))
    assert (reader.slice_mask() == 1).any()
    reader.click("Make Heat Map")
    reader.until(lambda: reader.session.heatmap is not None)
    assert reader.session.heatmap.slice_index == empty


def test_another_method_says_its_name_and_its_layers(segmented):
    """HiResCAM's map is another one; a method without layers offers none."""
    reader = segmented
    overlay = reader.window.overlay
    choose(overlay.method, "Seg-Grad-CAM")
    reader.click("Make Heat Map")
    reader.until(lambda: reader.session.heatmap is not None)
    first = reader.session.heatmap
    choose(overlay.method, "HiResCAM")
    reader.click("Make Heat Map")
    reader.until(lambda: reader.session.heatmap is not first)
    assert (first.method, reader.session.heatmap.method) == ("Seg-Grad-CAM", "HiResCAM")
    assert not np.array_equal(first.values, reader.session.heatmap.values)
    choose(overlay.method, "Occlusion")
    assert not overlay.layer.isEnabled()


def test_where_the_model_is_unsure(segmented):
    """Doubt is a map with its own words, and a list that takes me to the slices."""
    reader = segmented
    overlay = reader.window.overlay
    choose(overlay.method, "Doubt of the model")
    assert not overlay.label.isEnabled()
    reader.click("Make Heat Map")
    reader.until(lambda: reader.session.heatmap is not None)
    values = reader.session.heatmap.values
    assert 0.0 <= values.min() < values.max() <= 1.0
    inside = reader.mask()[8] == 1
    border = inside & ~(np.roll(inside, 3, 0) & np.roll(inside, -3, 0))
    assert values[border].mean() > values[inside & ~border].mean(), "doubt lies on borders"
    assert reader.view.annotations(reader.view.transform).heat_title == "Doubt"
    table = reader.window.doubts.table
    assert table.rowCount() >= 3
    shown = [float(table.item(row, 1).text()) for row in range(table.rowCount())]
    assert shown == sorted(shown, reverse=True)
    wanted = int(table.item(1, 0).text()) - 1
    middle = table.visualItemRect(table.item(1, 0)).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    assert reader.view.slice_index == wanted
