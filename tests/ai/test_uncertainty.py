"""Probabilities are honest after a temperature, and doubt is where the answer is open."""

import numpy as np
import pytest

from medview.ai.uncertainty import (
    calibration_error,
    doubts_of,
    entropy,
    fit_temperatures,
    probabilities,
)


def test_entropy_is_nought_when_sure_and_one_when_open():
    sure = np.array([[60.0], [0.0], [0.0]], np.float32)
    assert entropy(probabilities(sure))[0] == pytest.approx(0.0, abs=1e-5)
    assert entropy(probabilities(np.zeros((3, 1), np.float32)))[0] == pytest.approx(1.0)


def test_a_temperature_softens_its_class_and_keeps_the_sum():
    logits = np.random.default_rng(0).normal(size=(4, 50)).astype(np.float32) * 4
    p = probabilities(logits, (2.0, 2.0, 2.0, 2.0))
    assert np.allclose(p.sum(axis=0), 1.0, atol=1e-5)
    assert (p.max(axis=0) <= probabilities(logits).max(axis=0) + 1e-6).all()
    assert np.array_equal(p.argmax(axis=0), logits.argmax(axis=0))


def test_doubt_does_not_grow_with_size():
    spread = np.full((10, 10), 0.2, np.float32)
    labels = np.zeros((10, 10), int)
    labels[:2, :2] = 1
    labels[4:, :] = 2
    spread[:2, :2] = 0.6
    found = doubts_of(spread, labels, 4)
    assert found[1] == pytest.approx(0.6)
    assert found[2] == pytest.approx(0.2)
    assert 3 not in found
    assert found[0] == pytest.approx((4 * 0.6 + 60 * 0.2) / 64)
    assert doubts_of(spread, np.zeros((10, 10), int), 4) == {0: 0.0}


def test_an_overconfident_model_is_found_out_and_mended():
    random = np.random.default_rng(1)
    honest = random.normal(size=(3, 6000)).astype(np.float32) * 2
    p = probabilities(honest)
    truth = np.array([random.choice(3, p=column / column.sum()) for column in p.T.astype(float)])
    loud = honest * 3.0  # says 99 % where it knows 80 %
    before = calibration_error(probabilities(loud)[1], truth == 1)
    temperatures = fit_temperatures(loud, truth)
    after = calibration_error(probabilities(loud, temperatures)[1], truth == 1)
    assert before > 0.08
    assert after < 0.03
    assert all(2.0 < value < 4.5 for value in temperatures)
