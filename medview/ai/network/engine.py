"""Engine: a network on a device through a backend, with a way down when memory runs out."""

from __future__ import annotations

import logging

import numpy as np
import torch

from medview.ai.card import ModelCard
from medview.ai.network.backend import REFERENCE, Backend, Floats, Task, backend_named
from medview.ai.network.unet import UNet
from medview.core.errors import MedviewError

_GPU_BATCH = 16
_HALF = "torch-half"

logger = logging.getLogger(__name__)


def device_text(device: torch.device) -> str:
    """The device in words for the user."""
    if device.type == "cuda":
        return f"CUDA ({torch.cuda.get_device_name(device)})"
    count = torch.get_num_threads()
    return f"CPU ({count} thread{'s' if count > 1 else ''})"


class Engine:
    """Called with inputs (n, channels, H, W) it gives logits (n, classes, H, W), float32.

    A backend that is missing or fails gives way to PyTorch. When memory runs out: smaller batches,
    then half precision, then the CPU, each for good. ``text`` says what is used, ``notes`` why.
    """

    def __init__(
        self, network: UNet, card: ModelCard, device: torch.device, wanted: Backend
    ) -> None:
        self._network, self._card = network, card
        self.device = device
        self.notes: list[str] = []
        self._size = _GPU_BATCH if device.type == "cuda" else 1
        self._full_size = self._size
        missing = wanted.missing(device.type)
        if missing:
            self._say(missing)
            wanted = backend_named(REFERENCE)
        try:
            self._take(wanted)
        except Exception as error:
            if wanted.id == REFERENCE:
                raise
            self._give_up(wanted, error)

    @property
    def batch(self) -> int:
        """How many slices are best given at once: 16 on a GPU, 1 on a CPU."""
        return self._size

    @property
    def text(self) -> str:
        """Device, backend and what was made smaller, in words for the user."""
        parts = [device_text(self.device), self.backend.title]
        if self._size < self._full_size:
            parts.append(f"batches of {self._size}")
        return ", ".join(parts)

    def __call__(self, inputs: Floats) -> Floats:
        done: list[Floats] = []
        at = 0
        while at < len(inputs):
            size = self._size
            logits = self._try(inputs[at : at + size])
            if logits is not None:
                done.append(logits)
                at += size
        return done[0] if len(done) == 1 else np.concatenate(done)

    def _try(self, inputs: Floats) -> Floats | None:
        """Logits, or None after a step down; the failed call's tensors are free by then."""
        backend = self.backend
        try:
            return self._run(inputs)
        except Exception as error:  # a backend may raise anything of its own
            if not is_out_of_memory(error):
                if backend.id in (REFERENCE, _HALF):
                    raise
                self._give_up(backend, error)
                return None
        self._step_down()
        return None

    def _step_down(self) -> None:
        if self.device.type == "cuda":
            torch.cuda.empty_cache()
        if self._size > 1:
            self._size //= 2
        elif self.backend.id != _HALF and not backend_named(_HALF).missing(self.device.type):
            self._say(f"The memory of {device_text(self.device)} was too small for full precision.")
            self._take(backend_named(_HALF))
        elif self.device.type != "cpu":
            self._say(f"The memory of {device_text(self.device)} was too small.")
            self.device = torch.device("cpu")
            self._size = self._full_size = 1
            self._take(backend_named(REFERENCE))
        else:
            raise MedviewError(
                "The memory is too small to run this model.",
                hint="Close other programs, or choose a smaller model.",
                code="out-of-memory",
            )

    def _give_up(self, backend: Backend, error: Exception) -> None:
        logger.warning("backend %s failed: %s", backend.id, error)
        reason = str(error).strip().splitlines()
        self._say(f"{backend.title} failed ({reason[-1] if reason else type(error).__name__}).")
        self._take(backend_named(REFERENCE))

    def _take(self, backend: Backend) -> None:
        task = Task(self._network, self._card, self.device, torch.get_num_threads())
        self._run = backend.build(task)
        self.backend = backend

    def _say(self, note: str) -> None:
        self.notes.append(note)


def is_out_of_memory(error: BaseException) -> bool:
    """PyTorch's own allocator on a CPU raises a plain RuntimeError."""
    known = (torch.OutOfMemoryError, MemoryError)
    words = ("can't allocate memory", "not enough memory")
    return isinstance(error, known) or any(word in str(error) for word in words)
