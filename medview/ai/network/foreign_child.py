"""The child process that opens a foreign PyTorch file: tensors in, safetensors out, no code run.

Started as ``medview --read-weights SOURCE TARGET``. PyTorch's restricted reader (weights_only)
builds tensors and plain containers alone; what else it may do to a process stays in this one.
Exit status 0 with TARGET written, or 3 with the reason as the only line on standard error.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

_LARGEST_BYTES = 2 * 1024**3
_NESTS = ("state_dict", "model_state_dict", "model", "network", "net")
_PREFIXES = ("module.", "_orig_mod.", "model.", "network.", "net.")


def main(source: str, target: str) -> int:
    _limit_memory()
    try:
        _convert(source, target)
    except (ValueError, OSError, RuntimeError, MemoryError) as error:
        sys.stderr.write(" ".join(str(error).split())[:500] + "\n")
        return 3
    return 0


def _convert(source: str, target: str) -> None:
    import torch
    from safetensors.torch import save_file

    try:
        found = torch.load(source, map_location="cpu", weights_only=True)
    except Exception as error:
        kind = type(error).__name__
        raise ValueError(f"it is no file of weights alone ({kind})") from error
    tensors = _tensors(found)
    for name, value in tensors.items():
        if not value.is_floating_point() or value.layout != torch.strided:
            raise ValueError(f"{name} holds no plain floating-point numbers")
        if not bool(torch.isfinite(value).all()):
            raise ValueError(f"{name} holds numbers that are not finite")
    plain = {name: value.detach().to(torch.float32).clone() for name, value in tensors.items()}
    save_file({name: value.contiguous() for name, value in plain.items()}, target)


def _tensors(found: Any) -> dict[str, Any]:
    """The state dictionary, also from inside a checkpoint, without wrappers' prefixes."""
    import torch

    for name in _NESTS:
        if isinstance(found, Mapping) and isinstance(found.get(name), Mapping):
            found = found[name]
            break
    if not isinstance(found, Mapping) or not found:
        raise ValueError("it holds no dictionary of weights")
    for name, value in found.items():
        if not isinstance(name, str) or not isinstance(value, torch.Tensor):
            raise ValueError(f"it holds {str(name)[:80]}, which is no tensor")  # noqa: TRY004
    if sum(value.numel() for value in found.values()) * 4 > _LARGEST_BYTES:
        raise ValueError("it is too large for a model")
    for prefix in _PREFIXES:
        if all(name.startswith(prefix) for name in found):
            found = {name.removeprefix(prefix): value for name, value in found.items()}
    return dict(found)


def _limit_memory() -> None:
    """A file that unpacks to more than a model fails here; not known on Windows."""
    try:
        import resource
    except ImportError:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    wanted = 4 * _LARGEST_BYTES
    resource.setrlimit(resource.RLIMIT_DATA, (wanted if hard < 0 else min(wanted, hard), hard))
