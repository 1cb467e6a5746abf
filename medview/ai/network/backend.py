"""What a backend is, and which there are: one file each in `medview.ai.network.backends`.

A backend runs a network: logits for numpy inputs, by whatever library it is made of. No heavy
import here, so that a list of backends is quick to make.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from medview.ai.network import backends
from medview.core.errors import MedviewError

if TYPE_CHECKING:
    import torch

    from medview.ai.card import ModelCard
    from medview.ai.network.unet import UNet

Floats = NDArray[np.float32]
Run = Callable[[Floats], Floats]
AUTO = "auto"
REFERENCE = "torch"  # always there; the others are measured against it


@dataclass(frozen=True)
class Task:
    """What to run, and on what: ``threads`` are those of the CPU."""

    network: UNet
    card: ModelCard
    device: torch.device
    threads: int


@dataclass(frozen=True)
class Backend:
    """``build`` makes a function from inputs (n, channels, H, W) to logits (n, classes, H, W).

    Both float32; H and W are multiples of 16 that may change from call to call. ``packages`` are
    the libraries it needs besides PyTorch, ``devices`` the kinds it runs on ("cpu", "cuda").
    One that is not ``automatic`` runs when a person asks for it, and is never chosen by itself.
    """

    id: str
    title: str
    build: Callable[[Task], Run]
    devices: tuple[str, ...] = ("cpu",)
    packages: tuple[str, ...] = ()
    automatic: bool = True

    def missing(self, device_kind: str = "cpu") -> str:
        """Why it cannot run here, "" when it can."""
        if device_kind not in self.devices:
            return f"{self.title} does not run on {device_kind.upper()}."
        absent = [name for name in self.packages if importlib.util.find_spec(name) is None]
        if absent:
            return f"{self.title} needs {', '.join(absent)} (pip install medview[fast])."
        return ""


@lru_cache(maxsize=1)
def discover_backends() -> dict[str, Backend]:
    """Every backend by id, the reference first; each file there has a ``BACKEND``."""
    found = {}
    for module in pkgutil.iter_modules(backends.__path__):
        if not module.name.startswith("_"):
            loaded = importlib.import_module(f"{backends.__name__}.{module.name}")
            found[loaded.BACKEND.id] = loaded.BACKEND
    return dict(sorted(found.items(), key=lambda item: (item[0] != REFERENCE, item[0])))


def backend_named(wanted: str) -> Backend:
    """The backend of that id; MedviewError "no-such-backend"."""
    known = discover_backends()
    if wanted not in known:
        raise MedviewError(
            f"There is no backend {wanted}.",
            hint=f"Known: {AUTO}, {', '.join(known)}.",
            code="no-such-backend",
        )
    return known[wanted]


def library_versions() -> dict[str, str]:
    """The versions of PyTorch and of every library that a backend here is made of."""
    names = {"torch"}.union(*(backend.packages for backend in discover_backends().values()))
    versions = {}
    for name in sorted(names):
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return versions
