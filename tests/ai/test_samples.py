"""Samples: one slice on the network grid each, weighted by case, cropped with its sides known."""

import numpy as np
import pytest
from small_models import COARSE, phantom, phantom_volume

from medview.ai.preprocess import PreparedVolume
from medview.ai.training.samples import (
    UNSURE,
    Sample,
    crop,
    downsample_labels,
    samples_of,
    window_of,
)


def samples(**options):
    return samples_of(
        phantom_volume(), phantom().labels, COARSE, classes=4, patient="P0", **options
    )


def test_every_slice_is_a_sample_of_the_network_input():
    made = samples()
    prepared = PreparedVolume(phantom_volume(), COARSE)
    assert len(made) == 12
    assert np.allclose(made[5].stack, prepared.network_input(5), atol=1e-3)
    assert made[5].stack.dtype == np.float16
    assert made[5].labels.shape == prepared.grid.shape
    assert all(sample.weight == pytest.approx(1 / np.sqrt(12)) for sample in made)


def test_slices_can_be_chosen_and_carry_what_is_not_labelled():
    made = samples(slices=[3, 7], merged=(3,))
    assert len(made) == 2
    assert made[0].merged == (3,)
    assert made[0].weight == pytest.approx(1 / np.sqrt(2))


def test_the_sides_stay_where_they_are():
    made = samples()[6]
    columns = np.arange(made.labels.shape[1])
    assert columns[(made.labels == 1).any(0)].mean() < columns[(made.labels == 2).any(0)].mean()


def test_unsure_voxels_stay_unsure():
    labels = phantom().labels.copy()
    labels[6, 20:40, 20:40] = UNSURE
    made = samples_of(phantom_volume(), labels, COARSE, classes=4, patient="P", slices=[6])
    assert (made[0].labels == UNSURE).sum() > 50


def test_a_pixel_is_foreground_where_labels_cover_half_of_it():
    prepared = PreparedVolume(phantom_volume(), COARSE)
    labels = np.zeros((64, 64), np.uint8)
    assert not downsample_labels(labels, prepared, [1, 2, 3]).any()
    labels[:] = 2
    small = downsample_labels(labels, prepared, [1, 2, 3])
    assert set(np.unique(small)) <= {0, 2}
    assert (small == 2).mean() > 0.5


@pytest.mark.parametrize("size", [(48, 64), (208, 240)])
def test_a_crop_pads_with_air_and_keeps_pixels_and_labels_together(size):
    sample = samples()[6]
    generator = np.random.default_rng(1)
    for _ in range(5):
        stack, labels = crop(sample, size, generator)
        assert stack.shape == (4, *size)
        assert labels.shape == size
        assert labels.dtype == np.int64
        lungs = (labels == 1) | (labels == 2)
        assert stack[1][lungs].mean() < stack[1].max()
        if size == (208, 240):
            assert (stack[:3, 0, 0] == -1.0).all()
            assert (labels > 0).sum() == (sample.labels > 0).sum()
            whole = (sample.stack[1].astype(np.float32) + 1.0).sum()
            assert (stack[1] + 1.0).sum() == pytest.approx(whole, rel=1e-3)


def test_a_crop_has_the_position_in_its_own_middle():
    sample = samples()[6]
    stack, _ = crop(sample, (64, 96), np.random.default_rng(0))
    step = COARSE.spacing_mm / 200.0
    assert stack[3, 0, 0] == pytest.approx(-(96 - 1) / 2 * step, rel=1e-2)
    assert np.allclose(stack[3], stack[3, :1])
    assert np.allclose(np.diff(stack[3, 0]), step, rtol=1e-2)


@pytest.mark.parametrize(
    ("shapes", "window"),
    [
        ([(48, 64)] * 3, (48, 64)),
        ([(48, 64), (96, 80), (96, 80)], (96, 80)),
        ([(48, 64), (96, 80)], (96, 80)),
        ([(288, 304)] * 2, (208, 240)),
        ([(48, 304)], (48, 240)),
    ],
)
def test_a_new_network_learns_windows_of_the_size_that_it_will_see(shapes, window):
    made = [Sample(np.zeros((4, *one)), np.zeros(one, np.uint8), "p") for one in shapes]
    assert window_of(made, (208, 240)) == window


def test_a_sample_is_frozen():
    with pytest.raises(AttributeError):
        Sample(np.zeros(1), np.zeros(1), "p").weight = 2.0
