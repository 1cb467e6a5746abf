"""A grown head says the old things exactly as before; a thinned network is made of its parts."""

import pytest
import torch

from medview.ai.training.grow import fresh_head, grow_head, thinned
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


def test_a_thinned_network_has_every_second_channel(network):
    thick = new_network("unet-2.5d", {**ARGUMENTS, "base": 8}, 3).eval()
    thin = thinned(thick, (4, 8, 16, 32, 64))
    old, new = thick.state_dict(), thin.state_dict()
    first, deep = "encoders.0.layers.0.weight", "bottleneck.layers.3.weight"
    assert torch.equal(new[first], old[first][::2]), "the inputs stay"
    assert torch.equal(new[deep], old[deep][::2, ::2])
    assert torch.equal(new["head.weight"], 2.0 * old["head.weight"][:, ::2]), "the classes stay"
    assert torch.equal(new["head.bias"], old["head.bias"])
    with torch.no_grad():
        assert thin(torch.randn(1, 4, 32, 48)).shape == (1, 4, 32, 48)


def test_a_network_of_pairs_of_alike_channels_says_the_same_when_thinned():
    """Nothing is lost where every second channel repeats the one before (with groups alike)."""
    thin = new_network("unet-2.5d", {**ARGUMENTS, "base": 32}, 5).eval()
    thick = new_network("unet-2.5d", {**ARGUMENTS, "base": 64}, 5).eval()
    state = {}
    for name, wanted in thick.state_dict().items():
        value = thin.state_dict()[name]
        for axis, (have, want) in enumerate(zip(value.shape, wanted.shape, strict=True)):
            if have != want:
                value = value.repeat_interleave(2, dim=axis)
                value = value / 2 if axis == 1 else value  # twice as many inputs add up
        state[name] = value
    thick.load_state_dict(state)
    x = torch.randn(1, 4, 48, 32)
    with torch.no_grad():
        assert torch.allclose(thinned(thick, thin.widths)(x), thick(x), atol=1e-3)


def test_each_level_may_have_a_width_of_its_own():
    """What stays as wide as it was keeps its channels; three of four are three of every four."""
    thick = new_network("unet-2.5d", {**ARGUMENTS, "base": 16}, 3).eval()
    thin = thinned(thick, (16, 16, 48, 128, 256))
    old, new = thick.state_dict(), thin.state_dict()
    assert torch.equal(new["encoders.0.layers.3.weight"], old["encoders.0.layers.3.weight"])
    assert torch.equal(new["bottleneck.layers.3.weight"], old["bottleneck.layers.3.weight"])
    kept = [channel for channel in range(64) if channel % 4 != 3]
    assert torch.equal(new["encoders.2.layers.4.bias"], old["encoders.2.layers.4.bias"][kept])
    assert torch.equal(new["reducers.3.weight"], 2.0 * old["reducers.3.weight"][:, ::2])
    with torch.no_grad():
        assert thin(torch.randn(1, 4, 32, 48)).shape == (1, 4, 32, 48)


def test_a_network_cannot_be_thinned_to_more_or_to_other_groups(network):
    with pytest.raises(ValueError, match="cannot be thinned to 8, 16"):
        thinned(network, (8, 16, 32, 64, 128))
    with pytest.raises(ValueError, match="integer 4"):
        thinned(network, (3, 6, 12, 24, 48))
