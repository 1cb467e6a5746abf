"""A fit learns, can be repeated, stops when told, and keeps the averaged twin."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from small_models import COARSE, phantom, phantom_volume

from medview.ai.network.unet import UNet
from medview.ai.training import trainer
from medview.ai.training.augment import AugmentOptions
from medview.ai.training.batches import Batches
from medview.ai.training.make_model import fill_labels, new_network
from medview.ai.training.samples import samples_of
from medview.ai.training.teacher import Teacher
from medview.ai.training.trainer import FitOptions, fit
from medview.core.labels import side_pairs

ARGUMENTS = {"in_channels": 4, "classes": 4, "base": 4}
STILL = AugmentOptions(
    flip=0, rotate_degrees=0, zoom=0, elastic=0, opacity=0, intensity=0, noise=0, kernel=0,
    truncate=0, drop_neighbors=0, drop_position=0,
)  # fmt: skip
QUICK = FitOptions(steps=6, batch=2, size=(64, 64), augment=STILL, learning_rate=3e-3)


@pytest.fixture(autouse=True)
def no_stopwatch(monkeypatch):
    """Which precision is faster here must not decide a test."""
    monkeypatch.setattr(trainer, "measure_bf16", lambda network, device: False)


@pytest.fixture(scope="module")
def samples():
    return samples_of(
        phantom_volume(), phantom().labels, COARSE, classes=4, patient="P", slices=[5, 7]
    )


def run(samples, options=QUICK, teachers=(), on_step=None, **more):
    network = new_network("unet-2.5d", ARGUMENTS, 1)
    losses = []

    def hear(step):
        losses.append(step.loss)
        return True if on_step is None else on_step(step)

    averaged = fit(network, samples, 4, options, hear, teachers, **more)
    return network, averaged, losses


def test_a_tiny_fit_on_two_slices_lowers_the_loss(samples):
    _, averaged, losses = run(samples, replace(QUICK, steps=30))
    assert np.mean(losses[-5:]) < 0.8 * np.mean(losses[:3])
    assert not averaged.training


def test_seeded_training_is_reproducible(samples):
    (_, first, losses), (_, second, again) = run(samples), run(samples)
    assert losses == again
    for a, b in zip(first.parameters(), second.parameters(), strict=True):
        assert torch.equal(a, b)
    _, _, others = run(samples, replace(QUICK, seed=1))
    assert others != losses


def test_a_listener_can_stop_it(samples):
    _, _, losses = run(samples, on_step=lambda step: step.step < 3)
    assert len(losses) == 3


def test_steps_are_counted_down(samples):
    steps = []
    run(samples, on_step=lambda step: steps.append(step) or True)
    assert [step.step for step in steps] == [1, 2, 3, 4, 5, 6]
    assert {step.steps for step in steps} == {6}
    assert steps[-1].seconds_left == 0.0
    assert all(len(step.dice) == 3 for step in steps)


def test_a_time_budget_ends_it_whole(samples):
    options = replace(QUICK, steps=100_000, budget_s=0.6)
    _, _, losses = run(samples, options)
    assert 1 <= len(losses) < 1000


def test_the_first_steps_are_on_wide_pixels_and_without_the_teacher(samples, monkeypatch):
    seen = []
    forward = UNet.forward
    old = new_network("unet-2.5d", ARGUMENTS, 9).requires_grad_(False)

    def noted(network, x):
        seen.append((network is old, *x.shape[2:], len(x)))
        return forward(network, x)

    monkeypatch.setattr(UNet, "forward", noted)
    run(samples, replace(QUICK, steps=4, wide_first=0.5), [Teacher(old, samples, 0.5)])
    own = [(rows, columns, count) for is_old, rows, columns, count in seen if not is_old]
    assert own[:2] == [(32, 32, 2)] * 2, "the whole batch, of wide pixels"
    assert set(own[2:]) == {(64, 64, 1)}
    assert [one for one in seen if one[0]] == [(True, 64, 64, 1)] * 2


def test_time_left_knows_that_wide_pixels_cost_less(samples, monkeypatch):
    monkeypatch.setattr(trainer.time, "monotonic", iter(range(1000)).__next__)
    steps = []
    run(samples, replace(QUICK, steps=4, wide_first=0.5), on_step=lambda s: not steps.append(s))
    assert [step.expected for step in steps] == [4] * 4
    done = [0.25 / 2.5, 0.5 / 2.5, 1.5 / 2.5, 1.0]  # a wide step is a quarter of the work
    each = [step.seconds_left / (1 - d) * d for step, d in zip(steps[:3], done, strict=False)]
    assert each == pytest.approx([1.0, 2.0, 3.0]), "a second a step has gone by"
    assert steps[-1].seconds_left == 0.0


def test_the_average_begins_anew_on_the_models_own_pixels(samples, monkeypatch):
    """Else a long average keeps some of what was learned on other pixels."""
    kept = []
    monkeypatch.setattr(trainer, "_average", lambda mean, network, keep: kept.append(keep))
    run(samples, replace(QUICK, steps=9, wide_first=0.6, average=0.9999))
    assert kept == [(n + 1) / (n + 10) for n in (*range(6), *range(3))]


def test_an_anchor_holds_the_weights_near_the_start(samples):
    start = new_network("unet-2.5d", ARGUMENTS, 1)

    def moved(options):
        network, _, _ = run(samples, options)
        return sum(
            float((a - b).detach().square().sum())
            for a, b in zip(network.parameters(), start.parameters(), strict=True)
        )

    long = replace(QUICK, steps=12)
    assert moved(replace(long, anchor=50.0)) < 0.7 * moved(long)


def test_a_teacher_is_listened_to_and_left_alone(samples):
    old = new_network("unet-2.5d", ARGUMENTS, 8).eval().requires_grad_(False)
    before = [p.clone() for p in old.parameters()]
    _, _, losses = run(samples, teachers=[Teacher(old, samples, 0.5)])
    assert np.isfinite(losses).all()
    assert all(torch.equal(a, b) for a, b in zip(before, old.parameters(), strict=True))
    assert losses != run(samples)[2]


def test_a_teacher_sees_the_slice_as_it_was_and_the_network_a_worse_one(samples, monkeypatch):
    """What is said without noise and disease is to be said with them."""

    class Old(torch.nn.Module):
        seen = ()

        def forward(self, images):
            self.seen += (images,)
            return torch.zeros(len(images), 4, *images.shape[2:])

    old, ruined = Old(), 0.5  # a value that degrading puts everywhere
    monkeypatch.setattr(
        trainer.Augmenter,
        "degraded",
        lambda self, images, labels: (torch.full_like(images, ruined), labels),
    )
    network, seen = new_network("unet-2.5d", ARGUMENTS, 1), []
    network.register_forward_pre_hook(lambda _, given: seen.append(given[0]))
    teachers = [Teacher(old, samples, 0.5)]
    fit(network, samples, 4, QUICK, lambda step: True, teachers)
    assert len(old.seen) == QUICK.steps
    assert not any((images == ruined).all() for images in old.seen)
    assert seen
    assert all((images == ruined).all() for images in seen)


def test_the_average_follows_the_network(samples):
    network, averaged, _ = run(samples)
    for mean, new in zip(averaged.parameters(), network.parameters(), strict=True):
        assert mean.shape == new.shape
        assert not mean.requires_grad
    assert any(
        not torch.equal(a, b)
        for a, b in zip(averaged.parameters(), network.parameters(), strict=True)
    )


def test_batches_are_drawn_by_weight(samples):
    heavy = [replace(samples[0], weight=1.0), replace(samples[1], weight=0.0, merged=(3,))]
    images, labels, merged = Batches(heavy, 4, 0).draw(6, (64, 64))
    assert images.shape == (6, 4, 64, 64)
    assert labels.shape == (6, 64, 64)
    assert not merged.any(), "the second sample is never drawn"
    alone = [replace(heavy[1], weight=1.0)]
    _, _, merged = Batches(alone, 4, 0).draw(2, (64, 64))
    assert merged.tolist() == [[False, False, False, True]] * 2


def test_no_samples_are_an_error():
    with pytest.raises(ValueError, match="no training samples"):
        Batches([], 4, 0)


def test_a_fitted_network_can_be_differentiated_again(samples):
    _, averaged, _ = run(samples)
    averaged.requires_grad_(True)
    averaged(torch.randn(1, 4, 64, 64)).sum().backward()
    assert averaged.head.weight.grad is not None


def test_sides_and_lungs_are_found_by_name():
    from small_models import names_table

    table = names_table("Right Lung", "left lung", "airway", "right kidney")
    assert side_pairs(table) == ((1, 2),)
    assert fill_labels(table) == (1, 2)
    assert side_pairs(names_table("lungs")) == ()


def test_batches_add_up_in_a_step(samples):
    """Two batches of one slice weigh as a batch of two: the step is longer, not the memory."""
    drawn = []

    class Counting(trainer.Batches):
        def draw(self, count, size, is_wide=False):
            drawn.append(count)
            return super().draw(count, size, is_wide)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trainer, "Batches", Counting)
        _, _, losses = run(samples, replace(QUICK, steps=3, batch=1, accumulate=2))
    assert drawn == [1] * 6
    assert len(losses) == 3
