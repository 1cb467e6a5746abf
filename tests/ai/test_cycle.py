"""A cycle begins on pixels twice as wide: fewer of them, the same picture."""

from itertools import pairwise

import numpy as np
import pytest

from medview.ai.training.cycle import Phase, expected_steps, phase_at, wide_size, widened, work
from medview.ai.training.samples import UNSURE, Sample

SIZE = (208, 240)


def test_wide_pixels_first_then_the_models_own_at_half_the_rate():
    assert [phase_at(done, 0.5).is_wide for done in (0.0, 0.49, 0.5, 0.99)] == [1, 1, 0, 0]
    assert phase_at(0.25, 0.5).along == pytest.approx(0.5)
    assert phase_at(0.75, 0.5).along == pytest.approx(0.5)
    assert phase_at(0.0, 0.0) == Phase(False, 0.0, 1.0), "without wide pixels one cycle"
    highest = [max(phase_at(at + d / 100, 0.5).rate(0.05) for d in range(50)) for at in (0.0, 0.5)]
    assert highest == pytest.approx([1.0, 0.5], rel=0.01)


def test_the_rate_rises_and_falls_to_a_hundredth():
    rates = [phase_at(done / 1000, 0.0).rate(0.05) for done in range(1000)]
    assert rates[0] == 0.01
    assert rates[-1] == pytest.approx(0.01, abs=1e-4)
    top = int(np.argmax(rates))
    assert top == 50
    assert rates[top] == pytest.approx(1.0)
    assert all(a <= b for a, b in pairwise(rates[: top + 1]))
    assert all(a >= b for a, b in pairwise(rates[top:]))


def test_windows_of_wide_pixels_cover_as_much():
    assert wide_size(SIZE) == (112, 128)
    assert wide_size((64, 64)) == (32, 32)
    assert wide_size((16, 16)) == (16, 16), "what a network of five levels can take"


def test_time_left_counts_pixels():
    share = 112 * 128 / (208 * 240)
    assert work(10, 100, 0.0, SIZE) == 10
    assert work(50, 100, 0.5, SIZE) == pytest.approx(50 * share)
    assert work(100, 100, 0.5, SIZE) == pytest.approx(50 * share + 50)


def test_steps_to_come_when_the_time_ends_it():
    share = 112 * 128 / (208 * 240)
    assert expected_steps(30, 0, 0.3, 0.0, SIZE) == 100
    assert expected_steps(100, 0, 0.25, 0.5, SIZE) == round(400 * (0.5 + 0.5 * share))
    assert expected_steps(230, 200, 0.75, 0.5, SIZE) == 260
    assert expected_steps(260, 200, 1.0, 0.5, SIZE) == 260


def sample(labels, stack=None):
    labels = np.asarray(labels, np.uint8)
    stack = np.zeros((4, *labels.shape), np.float16) if stack is None else stack
    return Sample(stack, labels, "P", (3,), 0.5)


def test_a_wide_pixel_is_the_mean_of_four_and_what_most_of_them_are():
    stack = np.arange(4 * 2 * 4, dtype=np.float16).reshape(4, 2, 4)
    wide = widened(sample([[1, 1, 0, 2], [2, 0, 0, 0]], stack))
    assert wide.labels.tolist() == [[1, 0]], "one of four is not enough"
    assert wide.stack[0].tolist() == [[2.5, 4.5]]
    assert wide.stack.dtype == np.float16
    assert wide.labels.dtype == np.uint8
    assert (wide.patient, wide.merged, wide.weight) == ("P", (3,), 0.5)


def test_labels_that_nobody_knows_stay_so():
    assert widened(sample([[UNSURE, UNSURE], [0, 0]])).labels.tolist() == [[UNSURE]]
    assert widened(sample([[2, 1], [1, UNSURE]])).labels.tolist() == [[1]]


def test_an_odd_row_is_left_out():
    assert widened(sample(np.ones((5, 7)))).labels.tolist() == [[1, 1, 1]] * 2
