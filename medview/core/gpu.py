"""Whether this computer has a GPU, told without PyTorch, which takes a second to import."""

from __future__ import annotations

import sys
from ctypes.util import find_library
from pathlib import Path

_DRIVERS = ("/proc/driver/nvidia/gpus/*", "/dev/dxg")  # Linux, and Linux in Windows


def has_gpu() -> bool:
    """True where an NVIDIA driver with a card is installed; PyTorch may still not fit it."""
    if sys.platform == "win32":
        return find_library("nvcuda") is not None
    return any(any(Path("/").glob(place.lstrip("/"))) for place in _DRIVERS)
