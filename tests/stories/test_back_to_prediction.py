"""I went wrong in one place: there, and only there, the model's labels come back."""

from __future__ import annotations

import numpy as np
import pytest


@pytest.fixture
def spoilt(reader, chest_folder):
    """Predicted, then painted over in two places of the shown slice; and the prediction."""
    reader.open(chest_folder)
    reader.segment()
    predicted = reader.mask()
    reader.press("B")
    reader.press("3")
    for row in (8, 86):
        reader.stroke((row, 30), (row, 60))
    reader.settle()
    assert (reader.mask() != predicted)[reader.view.slice_index, 8].any()
    return reader, predicted


def test_in_the_region_that_i_draw_around(spoilt):
    reader, predicted = spoilt
    wrong = reader.mask()
    reader.press("Shift+L")
    reader.stroke((2, 20), (2, 70), (16, 70), (16, 20), (3, 20))
    reader.settle()
    reader.until(lambda: reader.session.history.applied == 4, 10)
    index = reader.view.slice_index
    assert np.array_equal(reader.mask()[index, :17], predicted[index, :17])
    assert np.array_equal(reader.mask()[index, 17:], wrong[index, 17:])
    assert "Prediction back for labels" in reader.session.history.undo_name
    reader.press("Ctrl+Z")
    assert np.array_equal(reader.mask(), wrong)


def test_in_the_spot_that_i_click(spoilt):
    reader, predicted = spoilt
    reader.press("Shift+L")
    reader.stroke((86, 45))
    reader.settle()
    reader.until(lambda: reader.session.history.applied == 4, 10)
    index = reader.view.slice_index
    assert np.array_equal(reader.mask()[index, 40:], predicted[index, 40:])
    assert (reader.mask() != predicted)[index, :20].any()


def test_without_a_prediction_it_is_said(reader, chest_folder):
    reader.open(chest_folder)
    reader.press("Shift+L")
    reader.stroke((2, 20), (2, 70), (16, 70))
    assert "Press Segment first" in reader.window.status.currentMessage()
    assert reader.session.history.applied == 0
