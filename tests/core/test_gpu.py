"""Whether there is a GPU agrees with PyTorch, where PyTorch finds one."""

import sys

import torch

from medview.core import gpu


def test_a_gpu_that_pytorch_can_use_is_seen():
    assert gpu.has_gpu() or not torch.cuda.is_available()


def test_a_driver_without_a_card_is_no_gpu(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    cards = tmp_path / "gpus"
    cards.mkdir()
    monkeypatch.setattr(gpu, "_DRIVERS", (f"{cards}/*",))
    assert not gpu.has_gpu()
    (cards / "0000:01:00.0").mkdir()
    assert gpu.has_gpu()
