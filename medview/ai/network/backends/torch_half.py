"""PyTorch in half precision: bfloat16 on a CPU, float16 on a GPU."""

from __future__ import annotations

from medview.ai.network.backend import Backend, Run, Task


def build(task: Task) -> Run:
    from medview.ai.network.backends._torch import torch_run

    return torch_run(task, half=True)


BACKEND = Backend("torch-half", "PyTorch, half precision", build, ("cpu", "cuda"))
