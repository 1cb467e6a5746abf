"""The pull to the old weights is even, or by what each weight matters."""

import pytest
import torch
from small_models import COARSE, phantom, phantom_volume
from test_trainer import ARGUMENTS

from medview.ai.training.anchor import Anchor, fisher_diagonal
from medview.ai.training.make_model import new_network
from medview.ai.training.samples import samples_of


def test_it_grows_with_the_square_of_the_way():
    network = torch.nn.Linear(2, 1)
    even = Anchor(network, 0.5)
    uneven = Anchor(network, 0.5, [torch.tensor([[4.0, 0.0]]), torch.zeros(1)])
    assert float(even(network).detach()) == 0.0
    with torch.no_grad():
        network.weight += torch.tensor([[3.0, 1.0]])
    assert float(even(network).detach()) == pytest.approx(0.5 * 10.0)
    assert float(uneven(network).detach()) == pytest.approx(0.5 * 36.0)


def test_importance_has_a_mean_of_one_and_tells_weights_apart():
    network = new_network("unet-2.5d", ARGUMENTS, 1)
    samples = samples_of(
        phantom_volume(), phantom().labels, COARSE, classes=4, patient="P", slices=[5, 7],
        merged=(3,),
    )  # fmt: skip
    with torch.no_grad():
        network.head.weight[3] = 0.0
        network.head.bias[3] = -50.0  # a class that is never told
    found = fisher_diagonal(network, samples, (64, 64), slices=3)
    assert [one.shape for one in found] == [p.shape for p in network.parameters()]
    flat = torch.cat([one.flatten() for one in found])
    assert float(flat.mean()) == pytest.approx(1.0, rel=1e-3)
    assert (flat >= 0).all()
    head = found[-1]  # its bias
    assert float(head[3]) < 1e-6 * float(head[:3].max())
