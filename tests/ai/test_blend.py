"""Blending goes from the old weights to the new ones and touches neither."""

import torch

from medview.ai.network.unet import UNet
from medview.ai.training.blend import blend


def test_the_share_says_how_far_the_weights_move():
    torch.manual_seed(0)
    old, new = UNet(4, 3, 4), UNet(4, 3, 4)
    before = old.head.weight.detach().clone()
    mixed = blend(old, new, 0.75)
    assert torch.allclose(mixed.head.weight, 0.25 * old.head.weight + 0.75 * new.head.weight)
    assert torch.equal(old.head.weight, before)
    assert torch.equal(blend(old, new, 0.0).head.weight, old.head.weight)
