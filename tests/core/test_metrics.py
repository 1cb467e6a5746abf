"""Metrics agree with MONAI wherever there is a number, and with the empty-mask rule elsewhere."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from medview.core.geometry import Geometry
from medview.core.metrics import compare_masks, dice, surface_distances

SHAPE = (7, 13, 11)
seeds = st.integers(0, 2**16)
spacings = st.tuples(*[st.sampled_from([0.7, 1.0, 1.5, 2.5, 5.0])] * 3)


def blob(seed: int, shape=SHAPE) -> np.ndarray:
    """Smooth random shapes of any size, some with holes, some at the border."""
    random = np.random.default_rng(seed)
    field = ndimage.gaussian_filter(random.standard_normal(shape), 1.3)
    return field > np.quantile(field, random.uniform(0.4, 0.97))


def one_hot(mask: np.ndarray):
    import torch

    both = np.stack([~mask, mask]).astype(np.float32)
    return torch.from_numpy(both)[None]


@settings(max_examples=25, deadline=None)
@given(seeds, seeds, spacings)
def test_figures_equal_those_of_monai(first, second, spacing):
    from monai.metrics import (
        compute_dice,
        compute_hausdorff_distance,
        compute_surface_dice,
    )

    truth, guess = blob(first), blob(second)
    ours = compare_masks(truth, guess, Geometry.axial(SHAPE, spacing))
    hot_truth, hot_guess = one_hot(truth), one_hot(guess)
    theirs = float(compute_dice(hot_guess, hot_truth, include_background=False))
    assert ours.dice == pytest.approx(theirs, abs=1e-6)
    far = compute_hausdorff_distance(hot_guess, hot_truth, percentile=95, spacing=list(spacing))
    assert ours.hd95_mm == pytest.approx(float(far), abs=1e-4)
    close = compute_surface_dice(
        hot_guess, hot_truth, class_thresholds=[2.0], spacing=list(spacing)
    )
    assert ours.surface_dice_2mm == pytest.approx(float(close), abs=1e-6)


@settings(max_examples=10, deadline=None)
@given(seeds, seeds)
def test_a_single_slice_is_measured_in_its_plane(first, second):
    """In one slice only the outline is surface: the figures are MONAI's of the 2D masks."""
    from monai.metrics import compute_hausdorff_distance

    truth, guess = blob(first)[3], blob(second)[3]
    if not truth.any() or not guess.any():
        return
    ours = compare_masks(truth[None], guess[None], Geometry.axial((1, 13, 11), (5.0, 1.5, 0.8)))
    far = compute_hausdorff_distance(
        one_hot(guess), one_hot(truth), percentile=95, spacing=[1.5, 0.8]
    )
    assert ours.hd95_mm == pytest.approx(float(far), abs=1e-4)


@given(seeds, seeds)
@settings(max_examples=20, deadline=None)
def test_precision_recall_and_dice_fit_together(first, second):
    truth, guess = blob(first), blob(second)
    figures = compare_masks(truth, guess, Geometry.axial(SHAPE))
    both = int((truth & guess).sum())
    assert figures.precision == pytest.approx(both / guess.sum())
    assert figures.recall == pytest.approx(both / truth.sum())
    assert figures.dice == pytest.approx(dice(truth, guess))


def test_the_same_mask_is_perfect():
    truth = blob(3)
    figures = compare_masks(truth, truth.copy(), Geometry.axial(SHAPE, (5.0, 0.7, 0.7)))
    assert figures.to_json() == {
        "dice": 1.0,
        "hd95_mm": 0.0,
        "surface_dice_2mm": 1.0,
        "precision": 1.0,
        "recall": 1.0,
        "volume_error_ml": 0.0,
    }


def test_both_empty_gives_no_numbers():
    nothing = np.zeros(SHAPE, bool)
    figures = compare_masks(nothing, nothing, Geometry.axial(SHAPE))
    assert set(figures.to_json().values()) == {None}
    assert dice(nothing, nothing) is None


@pytest.mark.parametrize("swapped", [False, True])
def test_one_empty_gives_dice_nought_and_no_distances(swapped):
    nothing, something = np.zeros(SHAPE, bool), blob(1)
    truth, guess = (something, nothing) if swapped else (nothing, something)
    figures = compare_masks(truth, guess, Geometry.axial(SHAPE, (2.0, 1.0, 1.0)))
    assert figures.dice == 0.0
    assert figures.hd95_mm is None
    assert figures.surface_dice_2mm is None
    assert (figures.precision, figures.recall) == ((None, 0.0) if swapped else (0.0, None))
    ml = int(something.sum()) * 2.0 / 1000.0
    assert figures.volume_error_ml == pytest.approx(-ml if swapped else ml)


@pytest.mark.parametrize(("axis", "expected"), [(0, 5.0), (1, 1.5), (2, 0.75)])
def test_distances_are_in_millimetres_along_each_axis(axis, expected):
    truth = np.zeros((9, 9, 9), bool)
    truth[4, 4, 4] = True
    guess = np.roll(truth, 1, axis=axis)
    there, back = surface_distances(truth, guess, (5.0, 1.5, 0.75))
    assert there.tolist() == back.tolist() == [expected]


def test_volume_error_is_in_millilitres():
    truth = np.zeros((4, 10, 10), bool)
    guess = truth.copy()
    truth[1:3, 2:7, 2:7] = True  # 50 voxels
    guess[1:3, 2:7, 2:9] = True  # 70 voxels
    figures = compare_masks(truth, guess, Geometry.axial((4, 10, 10), (5.0, 2.0, 2.0)))
    assert figures.volume_error_ml == pytest.approx(20 * 20.0 / 1000.0)


def test_without_millimetres_there_are_no_distances_and_no_volumes():
    truth = np.zeros((3, 20, 20), bool)
    guess = truth.copy()
    truth[1, 5:15, 5:15], guess[1, 6:15, 5:15] = True, True
    for geometry in (Geometry.uncalibrated(truth.shape), Geometry.flat(truth.shape, 0.5, 0.5)):
        found = compare_masks(truth, guess, geometry)
        assert found.dice == pytest.approx(2 * 90 / 190)
        assert (found.precision, found.recall) == (1.0, 0.9)
        assert (found.hd95_mm, found.surface_dice_2mm, found.volume_error_ml) == (None, None, None)
        assert compare_masks(truth, guess & False, geometry).volume_error_ml is None
