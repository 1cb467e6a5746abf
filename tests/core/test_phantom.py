"""The phantom: a believable chest, the same for the same seed, another patient for another."""

import time

import numpy as np
import pytest

from medview.core.phantom import (
    AIRWAY,
    LEFT_LUNG,
    RIGHT_LUNG,
    PhantomShift,
    phantom_table,
    thorax_phantom,
)

SHAPE, SPACING = (30, 96, 96), (10.0, 4.0, 4.0)


@pytest.fixture(scope="module")
def phantom():
    return thorax_phantom(SHAPE, SPACING, seed=3)


def test_types_and_geometry(phantom):
    assert phantom.voxels.dtype == np.int16
    assert phantom.labels.dtype == np.uint8
    assert phantom.voxels.shape == phantom.labels.shape == phantom.geometry.shape == SHAPE
    assert phantom.geometry.orientation == "axial"
    assert phantom.geometry.spacing_mm == pytest.approx(SPACING)
    assert [label.id for label in phantom_table()] == [RIGHT_LUNG, LEFT_LUNG, AIRWAY]


def test_tissues_have_their_hounsfield_units(phantom):
    lungs = phantom.voxels[(phantom.labels == RIGHT_LUNG) | (phantom.labels == LEFT_LUNG)]
    assert -900 < np.median(lungs) < -780
    assert np.mean(lungs > -300) > 0.005, "vessels run through the lungs"
    assert np.median(phantom.voxels[phantom.labels == AIRWAY]) < -700
    body = phantom.voxels[(phantom.labels == 0) & (phantom.voxels > -250)]
    histogram = np.histogram(body, bins=(-140, -60, 0, 90, 400, 3071))[0] / body.size
    assert histogram[0] > 0.08, "fat"
    assert histogram[2] > 0.3, "soft tissue"
    assert histogram[4] > 0.005, "cortical bone"


def test_right_lung_is_at_low_columns_and_lungs_are_natural_size(phantom):
    middle = {
        label: np.argwhere(phantom.labels == label).mean(axis=0)
        for label in (RIGHT_LUNG, LEFT_LUNG, AIRWAY)
    }
    assert middle[RIGHT_LUNG][2] < middle[AIRWAY][2] < middle[LEFT_LUNG][2]
    assert middle[AIRWAY][0] > middle[RIGHT_LUNG][0], "the trachea comes from above"
    for label in (RIGHT_LUNG, LEFT_LUNG):
        millilitres = np.count_nonzero(phantom.labels == label) * phantom.geometry.voxel_volume_ml
        assert 1000 < millilitres < 4000


def test_airway_divides_into_two(phantom):
    from scipy import ndimage

    fine = thorax_phantom((60, 128, 128), (5.0, 3.0, 3.0), seed=0).labels == AIRWAY
    assert ndimage.label(fine, np.ones((3, 3, 3)))[1] == 1
    parts = [ndimage.label(plane)[1] for plane in fine if plane.any()]
    assert parts[-1] == 1
    assert 2 in parts[: len(parts) // 2]


def test_same_seed_same_voxels_other_seed_other_patient(phantom):
    again = thorax_phantom(SHAPE, SPACING, seed=3)
    other = thorax_phantom(SHAPE, SPACING, seed=4)
    assert np.array_equal(again.voxels, phantom.voxels)
    assert np.array_equal(again.labels, phantom.labels)
    overlap = np.count_nonzero((other.labels > 0) & (phantom.labels > 0))
    total = np.count_nonzero(other.labels) + np.count_nonzero(phantom.labels)
    assert 2 * overlap / total < 0.95


def test_shift_changes_looks_and_keeps_labels(phantom):
    shift = PhantomShift("dense", hu_offset=40, noise_hu=30, lung_opacity=0.4, seed=1)
    shifted = thorax_phantom(SHAPE, SPACING, seed=3, shift=shift)
    assert np.array_equal(shifted.labels, phantom.labels)
    lungs = (phantom.labels == RIGHT_LUNG) | (phantom.labels == LEFT_LUNG)
    dense = np.mean(shifted.voxels[lungs] > -300) - np.mean(phantom.voxels[lungs] > -300)
    assert 0.3 < dense < 0.5
    background = phantom.voxels[phantom.labels == 0].mean()
    assert shifted.voxels[phantom.labels == 0].mean() - background == pytest.approx(40, abs=8)


def test_gain_scales_values():
    shift = PhantomShift(hu_gain=0.8)
    plain = thorax_phantom((8, 64, 64), (30.0, 6.0, 6.0))
    scaled = thorax_phantom((8, 64, 64), (30.0, 6.0, 6.0), shift=shift)
    soft = (plain.voxels > -900) & (plain.voxels < 900)
    assert np.allclose(scaled.voxels[soft], plain.voxels[soft] * 0.8, atol=1)


def test_opacity_outside_0_to_1_is_refused():
    with pytest.raises(ValueError, match="lung_opacity"):
        PhantomShift(lung_opacity=1.5)


def test_small_fields_hold_a_whole_chest():
    small = thorax_phantom((16, 64, 64), (2.0, 1.5, 1.5), seed=0)
    assert set(np.unique(small.labels)) == {0, 1, 2, 3}


def test_is_quick():
    started = time.process_time()
    thorax_phantom()
    assert time.process_time() - started < 6.0  # under 3 s on a free machine
