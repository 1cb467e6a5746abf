"""Generated slices are an experiment: off unless asked for, repeatable, and only where labelled."""

from __future__ import annotations

import pytest
import torch
from small_models import COARSE, phantom, phantom_volume

from medview.ai.training.augment import Augmenter, AugmentOptions
from medview.ai.training.augment.generated import Painter, fit_painter
from medview.ai.training.make_model import new_network
from medview.ai.training.samples import UNSURE, samples_of
from medview.ai.training.trainer import FitOptions, fit
from medview.cli import make_parser
from medview.session.retrain_request import RetrainRequest
from medview.session.train_request import TrainRequest

CLASSES, SIZE = 4, (64, 64)


@pytest.fixture(scope="module")
def samples():
    return samples_of(
        phantom_volume(), phantom().labels, COARSE, classes=CLASSES, patient="P", slices=[5, 6, 7]
    )


def painted(samples, **options):
    return fit_painter(samples, CLASSES, SIZE, AugmentOptions(), **{"steps": 3, **options})


def labels_of(n=3):
    labels = torch.zeros(n, *SIZE, dtype=torch.long)
    labels[:, 20:40, 10:28], labels[:, 20:40, 36:54], labels[:, 0] = 1, 2, UNSURE
    return labels


def test_a_label_map_becomes_a_slice_with_its_neighbours():
    torch.manual_seed(0)
    painter = Painter(CLASSES)
    one, other = painter(labels_of()), painter(labels_of())
    assert one.shape == (3, 3, *SIZE)
    assert one.abs().max() <= 1.0
    assert not torch.equal(one, other), "the noise is new each time"
    told = painter.told(labels_of())
    assert told.sum(1)[:, 1:].eq(1).all()
    assert not told[:, :, 0].any(), "what is unsure is no class"


def test_the_same_seed_gives_the_same_painter(samples):
    first, again, other = painted(samples), painted(samples), painted(samples, seed=1)
    weights = [next(one.parameters()) for one in (first, again, other)]
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])
    assert not first.training
    assert not any(one.requires_grad for one in first.parameters())


def test_it_learns_what_is_air_and_what_is_tissue(samples):
    painter = painted(samples, steps=60)
    torch.manual_seed(0)
    seen = torch.from_numpy(samples[1].labels[:80, :80].astype("int64"))[None]
    slice_ = painter(seen)[:, 1]
    lung, near = (seen == 1) | (seen == 2), seen == 0
    assert slice_[lung].mean() < slice_[near & (slice_ > -0.9)].mean()


def test_learning_can_be_stopped(samples):
    def stop():
        raise InterruptedError

    with pytest.raises(InterruptedError):
        painted(samples, check=stop)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_only_the_share_is_painted_and_labels_and_position_stay(share):
    torch.manual_seed(0)
    still = {name: 0.0 for name in vars(AugmentOptions()) if name not in ("swap", "fill", "unit")}
    options = AugmentOptions(**{**still, "generated": share})
    images = torch.rand(3, 4, *SIZE) - 0.5
    changed, named = Augmenter(options, Painter(CLASSES))(images, labels_of())
    plain, also = Augmenter(options)(images, labels_of())
    assert torch.equal(named, also)
    assert torch.equal(changed[:, 3], plain[:, 3])
    assert ((changed[:, :3] - plain[:, :3]).abs().amax((1, 2, 3)) > 0.01).all() == bool(share)


def test_a_fit_uses_the_painter_and_is_the_same_without_one(samples):
    def fitted(share, painter):
        options = FitOptions(
            steps=2, batch=2, size=SIZE, precision="fp32", augment=AugmentOptions(generated=share)
        )
        network = new_network("unet-2.5d", {"in_channels": 4, "classes": CLASSES, "base": 4}, 1)
        losses = []
        fit(
            network,
            samples,
            CLASSES,
            options,
            lambda step: losses.append(step.loss) or True,
            painter=painter,
        )
        return losses

    painter = painted(samples)
    assert fitted(1.0, painter) == fitted(1.0, painter) != fitted(0.0, None)


def test_it_is_off_and_only_a_word_on_the_command_line_switches_it_on():
    assert AugmentOptions().generated == 0.0
    assert RetrainRequest.generated_share == TrainRequest.generated_share == 0.0
    parser = make_parser()
    assert parser.parse_args(["retrain"]).generated_share == 0.0
    assert parser.parse_args(["train", "m.json", "-o", "x"]).generated_share == 0.0
    assert parser.parse_args(["retrain", "--generated-share", "0.25"]).generated_share == 0.25
    with pytest.raises(SystemExit):
        parser.parse_args(["retrain", "--generated-share", "2"])
