"""What the PyTorch backends share: channels-last weights, pinned transfers, autocast."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch

from medview.ai.network.backend import Floats, Run, Task


def torch_run(task: Task, *, half: bool) -> Run:
    """A function over numpy arrays; ``half`` is float16 on a GPU and bfloat16 on a CPU.

    The weights stay float32: autocast converts them for the call, so that heat maps can still
    differentiate through the network.
    """
    device = task.device
    network = task.network.to(device=device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    on_gpu = device.type == "cuda"
    kind = torch.float16 if on_gpu else torch.bfloat16

    def precision() -> AbstractContextManager[Any]:
        return torch.autocast(device.type, kind) if half else nullcontext()

    def run(inputs: Floats) -> Floats:
        batch = torch.from_numpy(inputs)
        if on_gpu:
            batch = batch.pin_memory()
        with torch.inference_mode(), precision():
            moved = batch.to(device, non_blocking=on_gpu, memory_format=torch.channels_last)
            logits = network(moved).float().cpu().contiguous()
        result: Floats = logits.numpy()
        return result

    return run
