"""A grown head says the old things exactly as before, and nothing new yet."""

import pytest
import torch

from medview.ai.training.grow import fresh_head, grow_head
from medview.ai.training.make_model import new_network

ARGUMENTS = {"in_channels": 4, "classes": 4, "base": 4}


@pytest.fixture
def network():
    return new_network("unet-2.5d", ARGUMENTS, 3).eval()


def test_old_logits_are_unchanged(network):
    x = torch.randn(2, 4, 32, 48)
    grown = grow_head(network, 6)
    with torch.no_grad():
        old, new = network(x), grown(x)
    assert new.shape == (2, 6, 32, 48)
    assert torch.equal(new[:, :4], old)


def test_new_classes_win_nowhere_before_training(network):
    with torch.no_grad():
        logits = grow_head(network, 7)(torch.randn(2, 4, 32, 32))
    assert (logits.argmax(1) < 4).all()
    assert torch.allclose(logits[:, 4:], logits[:, :1].expand(-1, 3, -1, -1) - 4.0, atol=1e-5)


def test_the_old_network_is_left_alone(network):
    before = {name: value.clone() for name, value in network.state_dict().items()}
    grown = grow_head(network, 5)
    with torch.no_grad():
        for parameter in grown.parameters():
            parameter.add_(1.0)
    assert all(torch.equal(before[name], value) for name, value in network.state_dict().items())
    assert network.head.out_channels == 4


def test_the_same_number_is_a_copy(network):
    grown = grow_head(network, 4)
    assert grown is not network
    assert torch.equal(grown.head.weight, network.head.weight)


def test_classes_cannot_be_lost(network):
    with pytest.raises(ValueError, match="cannot lose"):
        grow_head(network, 3)


def test_a_fresh_head_keeps_the_features_and_can_be_made_again(network):
    fresh, again = (fresh_head(network, 3, seed=7) for _ in range(2))
    old, new = network.state_dict(), fresh.state_dict()
    assert fresh.head.out_channels == 3
    assert all(torch.equal(old[name], new[name]) for name in old if not name.startswith("head"))
    assert torch.equal(fresh.head.weight, again.head.weight)
    assert not torch.equal(fresh.head.weight, network.head.weight[:3])
