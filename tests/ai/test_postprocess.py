"""Small islands go, the largest part of a label always stays."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from medview.ai.postprocess import remove_islands

SHAPE = (6, 20, 20)


def test_islands_under_the_limit_go():
    labels = np.zeros(SHAPE, np.uint8)
    labels[1:5, 2:10, 2:10] = 1  # 256 voxels
    labels[1, 15, 15] = 1
    labels[3, 17:19, 2:4] = 2  # the only part of its label
    cleaned = remove_islands(labels, 0.1)  # 0.3 ml = 3 voxels
    assert cleaned[1, 15, 15] == 0
    assert (cleaned == 1).sum() == 256
    assert (cleaned == 2).sum() == 4
    assert labels[1, 15, 15] == 1, "the input is left alone"


def test_the_largest_part_stays_however_small():
    labels = np.zeros(SHAPE, np.uint8)
    labels[0, 0, 0] = labels[3, 10, 10] = labels[3, 10, 11] = 3
    cleaned = remove_islands(labels, 0.01)
    assert np.argwhere(cleaned).tolist() == [[3, 10, 10], [3, 10, 11]]


def test_voxels_that_touch_at_a_corner_are_one_part():
    labels = np.zeros(SHAPE, np.uint8)
    for step in range(5):
        labels[step, step, step] = 1
    assert np.array_equal(remove_islands(labels, 0.01), labels)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 9999), st.floats(0.001, 1.0))
def test_nothing_is_added_and_no_label_vanishes(seed, ml):
    random = np.random.default_rng(seed)
    labels = (random.random(SHAPE) < 0.2) * random.integers(0, 4, SHAPE)
    labels = labels.astype(np.uint8)
    cleaned = remove_islands(labels, ml)
    assert ((cleaned == labels) | (cleaned == 0)).all()
    assert set(np.unique(cleaned)) == set(np.unique(labels)) | {0}
