"""Several processes that train one network: ``torchrun`` starts them, this joins them.

Gradients are averaged once per step by hand, not by DistributedDataParallel: a step has two forward
passes (labels and rehearsal) and may have several backward ones, and the networks are small.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import torch
from torch import distributed, nn

_PATIENCE = timedelta(minutes=10)


@dataclass(frozen=True)
class Workers:
    """``rank`` 0 reports, writes and decides; alone it is the only one of ``count`` 1."""

    rank: int = 0
    count: int = 1
    device: str = "cpu"

    @property
    def is_first(self) -> bool:
        return self.rank == 0

    def agree(self, value: float) -> float:
        """The first worker's value, for all."""
        if self.count == 1:
            return value
        told = torch.tensor([value], dtype=torch.float64, device=self.device)
        distributed.broadcast(told, 0)
        return float(told.item())

    def average_gradients(self, network: nn.Module) -> None:
        """The mean over the workers of every gradient, in one message."""
        if self.count == 1:
            return
        gradients = [p.grad for p in network.parameters() if p.grad is not None]
        flat = torch.cat([one.flatten() for one in gradients])
        distributed.all_reduce(flat)
        flat /= self.count
        at = 0
        for one in gradients:
            one.copy_(flat[at : at + one.numel()].view_as(one))
            at += one.numel()


@contextmanager
def joined(device: str) -> Iterator[Workers]:
    """This process among those that ``torchrun`` started (WORLD_SIZE, RANK, LOCAL_RANK).

    On CUDA each takes the GPU of its LOCAL_RANK.
    """
    count = int(os.environ.get("WORLD_SIZE", "1"))
    if count == 1:
        yield Workers(device=device)
        return
    if device.startswith("cuda"):
        device = f"cuda:{os.environ.get('LOCAL_RANK', '0')}"
        torch.cuda.set_device(device)
    backend = "nccl" if device.startswith("cuda") else "gloo"
    distributed.init_process_group(backend, timeout=_PATIENCE)
    try:
        yield Workers(distributed.get_rank(), count, device)
    finally:
        distributed.destroy_process_group()
