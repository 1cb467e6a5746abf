"""Small islands go, the largest part of a label always stays."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from medview.ai.postprocess import (
    Cleaning,
    clean,
    fill_holes,
    give_strays_to_their_side,
    remove_islands,
)
from medview.core.labels import Label, LabelTable, default_color, side_pairs

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


def named(*names):
    return LabelTable(tuple(Label(n, name, default_color(n)) for n, name in enumerate(names, 1)))


LUNGS = named("right lung", "left lung", "airway")


def test_a_stray_piece_inside_the_other_lung_changes_sides():
    labels = np.zeros(SHAPE, np.uint8)
    labels[:, 2:18, 1:9] = 1
    labels[:, 2:18, 11:19] = 2
    labels[2:4, 5:7, 14:16] = 1  # a right piece in the left lung
    cleaned = give_strays_to_their_side(labels, 1, 2)
    assert (cleaned[:, 2:18, 11:19] == 2).all()
    assert (cleaned[:, 2:18, 1:9] == 1).all()


def test_a_lung_is_no_stray_even_when_the_lungs_touch():
    labels = np.zeros(SHAPE, np.uint8)
    labels[:, 2:18, 1:10] = 1
    labels[:, 2:18, 10:19] = 2
    assert np.array_equal(give_strays_to_their_side(labels, 1, 2), labels)


def test_a_small_enclosed_hole_is_filled_and_a_cavity_stays():
    labels = np.zeros((12, 30, 30), np.uint8)
    labels[1:11, 2:28, 2:28] = 1
    labels[5, 5, 5] = 0
    labels[3:9, 12:24, 12:24] = 0  # 864 voxels of 0.01 ml
    labels[4, 26, 26] = 3  # an airway in the lung is no hole
    cleaned = fill_holes(labels, 0.01)
    assert cleaned[5, 5, 5] == 1
    assert not cleaned[3:9, 12:24, 12:24].any()
    assert cleaned[4, 26, 26] == 3


def test_a_hole_in_a_single_slice_is_filled_too():
    """In 3D a single slice encloses nothing, so vessels stayed holes in it."""
    labels = np.zeros((1, 30, 30), np.uint8)
    labels[0, 2:28, 2:28] = 1
    labels[0, 10:13, 10:13] = 0  # 0.9 ml
    labels[0, 18:24, 18:24] = 0  # 3.6 ml: a cavity
    labels[0, 5, 5] = 3
    for turned in (labels, labels.reshape(30, 1, 30), labels.reshape(30, 30, 1)):
        filled = fill_holes(turned, 0.1).reshape(30, 30)
        assert (filled[10:13, 10:13] == 1).all()
        assert (filled[18:24, 18:24] == 0).all()
        assert filled[5, 5] == 3, "labelled already"


def test_a_nodule_is_no_island():
    """Small parts are what such a label is made of, and "lung nodule" is no lung."""
    labels = np.zeros(SHAPE, np.uint8)
    labels[1:5, 2:12, 2:12] = 1
    labels[1:4, 15, 15] = 1  # 0.003 ml
    for name in ("lung nodule", "bone", "lymph node left lung"):
        assert np.array_equal(clean(labels, named(name), 0.001), labels)
    for name in ("left lung", "Right Lung", "lungs"):
        assert clean(labels, named(name), 0.001)[1, 15, 15] == 0


def test_other_labels_are_cleaned_as_their_card_says():
    labels = np.zeros(SHAPE, np.uint8)
    labels[1:5, 2:12, 2:12] = 1
    labels[2, 5, 5] = 0  # a hole
    labels[1:4, 15, 15] = 1
    labels[5, 18, 18] = 1
    given = {"bone": {"island_ml": 0.002, "hole_ml": 0.0}}
    cleaned = clean(labels, named("bone"), 0.001, given=given)
    assert cleaned[5, 18, 18] == 0, "one voxel of 0.001 ml"
    assert cleaned[2, 15, 15] == 1
    assert cleaned[2, 5, 5] == 0, "a hole may be marrow"
    given = {"bone": {"island_ml": 0.0, "hole_ml": 2.0}}
    cleaned = clean(labels, named("bone"), 0.001, given=given)
    assert (cleaned[5, 18, 18], cleaned[2, 5, 5]) == (1, 1)


def test_bowel_gas_far_from_the_trachea_is_no_airway():
    labels = np.zeros((40, 30, 30), np.uint8)
    labels[20:40, 10:14, 10:14] = 3  # 320 voxels
    labels[0:2, 20:23, 20:23] = 3  # 18 voxels, 72 mm below
    labels[17:19, 10:14, 10:13] = 3  # 24 voxels, broken off 4 mm below
    labels[0:2, 2:5, 2:5] = 1
    cleaned = clean(labels, LUNGS, 0.1, spacing_mm=(4.0, 5.0, 5.0))
    assert not cleaned[0:2, 20:23, 20:23].any()
    assert cleaned[17:19, 10:14, 10:13].all()
    assert (cleaned == 1).sum() == 18, "a lung's parts may lie apart"
    far = Cleaning(distant=False)
    assert clean(labels, LUNGS, 0.1, far, spacing_mm=(4.0, 5.0, 5.0))[0:2, 20:23, 20:23].all()


def test_two_bronchi_of_a_scan_that_begins_below_the_carina_both_stay():
    labels = np.zeros((10, 30, 30), np.uint8)
    labels[:, 10:14, 2:5] = 3
    labels[:, 10:13, 20:22] = 3  # half as large, 60 mm away
    assert np.array_equal(clean(labels, LUNGS, 0.1, spacing_mm=(4.0, 4.0, 4.0)), labels)


def test_every_step_can_be_switched_off():
    random = np.random.default_rng(1)
    labels = random.integers(0, 4, SHAPE).astype(np.uint8)
    off = Cleaning(sides=False, distant=False, islands=False, holes=False)
    assert np.array_equal(clean(labels, LUNGS, 0.01, off), labels)
    assert not np.array_equal(clean(labels, LUNGS, 0.01), labels)


def test_only_labels_named_for_two_sides_are_a_pair():
    assert side_pairs(LUNGS) == ((1, 2),)
    assert side_pairs(named("right lung", "liver")) == ()


def test_more_parts_than_two_bytes_can_number():
    """Seventy thousand single voxels and one organ: the organ stays, the dust goes."""
    labels = np.zeros((84, 84, 84), np.uint8)
    labels[::2, ::2, ::2] = 1
    labels[:, :, 80:] = 0
    labels[:, :, 81:] = 1
    assert (labels[:, :, :80] == 1).sum() > 70_000
    cleaned = remove_islands(labels, 1e-4)
    assert (cleaned[:, :, 81:] == 1).all()
    assert not cleaned[:, :, :80].any()
