"""Rare labels are drawn more often, and only as much as they are rare."""

from dataclasses import replace

import numpy as np
import pytest

from medview.ai.training.batches import Batches, rare_more_often
from medview.ai.training.samples import UNSURE, Sample


def slices(*labels):
    made = []
    for number in labels:
        plane = np.zeros((32, 32), np.uint8)
        plane[8:24] = number
        made.append(Sample(np.zeros((4, 32, 32), np.float16), plane, "P"))
    return made


def test_a_slice_with_a_rare_label_is_drawn_more_often():
    samples = rare_more_often(slices(*[1] * 9, 2))
    assert [sample.weight for sample in samples[:9]] == [1.0] * 9
    assert samples[9].weight == pytest.approx(np.sqrt(0.5 / 0.1))
    _, labels, _ = Batches(samples, 3, 0).draw(4000, (32, 32))
    rare = float((labels == 2).flatten(1).any(1).float().mean())
    assert rare == pytest.approx(samples[9].weight / (9 + samples[9].weight), abs=0.02)
    assert rare > 1.5 * 0.1


def test_what_is_not_rare_stays_as_it_was():
    even = slices(1, 2, 1, 2)
    assert [one.weight for one in rare_more_often(even)] == [1.0] * 4
    assert [one.weight for one in rare_more_often(slices(0, UNSURE, 0))] == [1.0] * 3
    light = [replace(one, weight=0.25) for one in slices(1)]
    assert rare_more_often(light)[0].weight == 0.25


def test_a_generator_goes_on_where_it_stood():
    first, second = (Batches(slices(1, 2, 3), 4, seed) for seed in (1, 2))
    first.draw(3, (32, 32))
    second.state = first.state
    assert np.array_equal(first.draw(9, (32, 32))[1], second.draw(9, (32, 32))[1])
