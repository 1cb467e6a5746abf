"""Several processes average their gradients and follow the first one's decisions.

That two real processes train together is in tests/commands/test_retrain_command.py.
"""

import torch

from medview.ai.training import workers
from medview.ai.training.workers import Workers, joined


def test_alone_nothing_is_sent():
    with joined("cpu") as alone:
        assert (alone.rank, alone.count, alone.device) == (0, 1, "cpu")
        assert alone.is_first
        assert alone.agree(0.25) == 0.25
        alone.average_gradients(torch.nn.Linear(2, 1))


def test_gradients_become_the_mean(monkeypatch):
    network = torch.nn.Linear(2, 1)
    network(torch.tensor([[1.0, 3.0]])).sum().backward()
    other = torch.tensor([5.0, 5.0, 0.0])  # weight, weight, bias of the other process
    monkeypatch.setattr(workers.distributed, "all_reduce", lambda flat: flat.add_(other))
    Workers(0, 2).average_gradients(network)
    assert network.weight.grad.tolist() == [[3.0, 4.0]]
    assert network.bias.grad.tolist() == [0.5]


def test_the_first_decides(monkeypatch):
    monkeypatch.setattr(workers.distributed, "broadcast", lambda told, source: told.fill_(1.0))
    assert Workers(1, 2).agree(0.0) == 1.0
