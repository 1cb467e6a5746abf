"""PyTorch in float32: always there, and what the others are measured against."""

from __future__ import annotations

from medview.ai.network.backend import REFERENCE, Backend, Run, Task


def build(task: Task) -> Run:
    from medview.ai.network.backends._torch import torch_run

    return torch_run(task, half=False)


BACKEND = Backend(REFERENCE, "PyTorch", build, ("cpu", "cuda"))
