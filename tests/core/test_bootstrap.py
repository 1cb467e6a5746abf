"""The interval of a mean difference holds what it should, and is absent where it means nothing."""

import numpy as np
import pytest

from medview.core.bootstrap import FEWEST, paired_interval


def test_too_few_patients_have_no_interval():
    assert paired_interval([0.1] * (FEWEST - 1)) is None
    assert paired_interval([0.1] * FEWEST) == (pytest.approx(0.1), pytest.approx(0.1))


def test_the_interval_is_that_of_the_normal_law_for_many():
    values = np.random.default_rng(1).normal(0.02, 0.05, 400)
    low, high = paired_interval(values.tolist())
    half = 1.96 * values.std() / np.sqrt(len(values))
    assert (low, high) == (
        pytest.approx(values.mean() - half, abs=5e-4),
        pytest.approx(values.mean() + half, abs=5e-4),
    )


def test_the_interval_covers_the_truth_as_often_as_it_says():
    draw = np.random.default_rng(2)
    hits = 0
    for _ in range(60):
        low, high = paired_interval(draw.normal(0.0, 1.0, 30).tolist())
        hits += low <= 0.0 <= high
    assert 52 <= hits <= 60
