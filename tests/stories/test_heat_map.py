"""I ask why, and get a heat map that does not promise too much."""

from __future__ import annotations

import numpy as np
import pytest

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
    assert heatmap.model == "ct-lung@1.0.0"
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
