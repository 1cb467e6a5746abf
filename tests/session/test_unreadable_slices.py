"""A slice that could not be read is not labelled by a model, not accepted, not trained on."""

from dataclasses import replace

import numpy as np
import pytest
from small_models import paint_box, phantom_volume

from medview.core.errors import MedviewError
from medview.core.job import Progress

LOST = {4: "the file is cut short", 7: "damaged"}


@pytest.fixture
def opened(desk):
    return desk.open(replace(phantom_volume(), unreadable=LOST))


def test_a_prediction_leaves_it_as_it_was(opened):
    paint_box(opened.editor, (4, 10, 10), (5, 12, 12), 1)
    before = opened.labelmap.voxels[4].copy()
    items = []
    result = opened.prediction_job(5, "cpu").function(Progress(on_item=items.append))
    for item in items:
        opened.on_predicted_slice(item)
    assert not opened.preview.labels[list(LOST)].any()
    assert result.labels.any()
    assert not result.labels[list(LOST)].any()
    opened.finish_prediction(result)
    assert np.array_equal(opened.labelmap.voxels[4], before)
    assert not opened.labelmap.voxels[7].any()


def test_a_cancelled_prediction_leaves_it_too(opened):
    items = []
    opened.prediction_job(5, "cpu").function(Progress(on_item=items.append))
    for item in items:
        opened.on_predicted_slice(item)
    opened.finish_prediction(None)
    assert not opened.labelmap.voxels[list(LOST)].any()


def test_it_is_refused_with_words(opened):
    with pytest.raises(MedviewError, match="could not be read cannot be accepted: 5 ") as refused:
        opened.accept_slices([3, 4])
    assert refused.value.code == "slice-unreadable"
    assert opened.accepted == frozenset()


def test_accepting_the_case_accepts_the_others(opened):
    opened.accept_slices(None)
    assert opened.accepted == set(range(12)) - set(LOST)


def test_what_reading_to_the_end_found_reaches_the_open_volume(desk):
    volume = phantom_volume()
    session = desk.open(volume)
    session.complete_volume(replace(volume, unreadable=LOST))
    assert session.volume.unreadable == LOST
    assert session.volume.source == volume.source
    session.complete_volume(phantom_volume(1))
    assert session.volume.voxels is volume.voxels, "another volume is not this one"


def test_a_heat_map_of_it_is_refused_with_words(opened):
    with pytest.raises(MedviewError, match="Slice 5 could not be read") as caught:
        opened.heatmap_job(4, 1)
    assert caught.value.code == "slice-unreadable"
