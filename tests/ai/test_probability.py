"""Curves from counts agree with scikit-learn-like sums over every voxel."""

import numpy as np
import pytest

from medview.ai.probability import ProbabilityCounts
from medview.ai.uncertainty import calibration_error


@pytest.fixture
def sample():
    draw = np.random.default_rng(0)
    truth = draw.random(4000) < 0.3
    p = np.clip(draw.normal(np.where(truth, 0.65, 0.35), 0.2), 0.0, 1.0)
    return p, truth


def counted(p, truth):
    counts = ProbabilityCounts()
    half = len(p) // 2
    counts.add(p[:half].reshape(2, -1), truth[:half].reshape(2, -1))
    counts.add(p[half:], truth[half:])
    return counts


def test_the_area_is_the_chance_to_rank_a_pair_rightly(sample):
    """Mann and Whitney 1947."""
    p, truth = sample
    pairs = p[truth][:, None] - p[~truth][None]
    expected = (pairs > 0).mean() + (pairs == 0).mean() / 2
    assert counted(p, truth).area_under_roc() == pytest.approx(expected, abs=1e-3)


def test_average_precision_is_the_sum_over_every_threshold(sample):
    p, truth = sample
    order = np.argsort(-p, kind="stable")
    right = np.cumsum(truth[order])
    precision = right / np.arange(1, len(p) + 1)
    expected = float((precision * truth[order]).sum() / truth.sum())
    assert counted(p, truth).average_precision() == pytest.approx(expected, abs=5e-3)


def test_calibration_is_the_uncertainty_rooms(sample):
    p, truth = sample
    assert counted(p, truth).calibration_error() == pytest.approx(calibration_error(p, truth))


def test_a_perfect_answer_and_a_label_that_is_nowhere():
    truth = np.array([True, False, True, False])
    counts = counted(truth.astype(float), truth)
    assert counts.to_json() == {"auc": 1.0, "average_precision": 1.0, "ece": 0.0}
    assert counts.reliability() == [(0.0, 0.0), (1.0, 1.0)]
    nowhere = counted(np.zeros(4), np.zeros(4, bool))
    assert not nowhere.is_measurable
    assert nowhere.to_json()["auc"] is None
    assert nowhere.roc() == nowhere.precision_recall() == []


def test_curves_rise_and_end_at_one(sample):
    counts = counted(*sample)
    for curve in (counts.roc(), counts.precision_recall()):
        across = [x for x, _ in curve]
        assert across == sorted(across)
        assert across[-1] == 1.0
