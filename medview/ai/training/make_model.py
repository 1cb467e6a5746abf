"""From labelled cases to a model folder: weights, card and metrics."""

from __future__ import annotations

import json
import platform
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save
from torch import nn

from medview.ai.card import CARD, METRICS, WEIGHTS, ModelCard, file_sha256
from medview.ai.network.unet import UNet, build_network
from medview.core.atomic import atomic_path
from medview.core.labels import LabelTable

LICENSE_NAME = "LICENSE"


FROM_SCRATCH_RATE = 1e-2  # learning rate for a network that knows nothing; see `new_network`
FROM_SCRATCH_WIDE = 0.65  # share of its steps on wide pixels; benchmarks/cross_validation.py
THINNED_RATE = 5e-3  # for one that starts from every n-th channel of its teacher


def new_network(architecture: str, arguments: dict[str, Any], seed: int) -> UNet:
    """A freshly initialised network; the same for the same seed.

    Weights after He et al. 2015 ("Delving deep into rectifiers"); benchmarks/first_steps.py shows
    how much sooner labels are told apart with them and `FROM_SCRATCH_RATE`.
    """
    torch.manual_seed(seed)
    network = build_network(architecture, arguments)
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, a=0.01)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
    return network


def fill_labels(labels: LabelTable) -> tuple[int, ...]:
    """Labels inside which opacities are pasted: the lungs."""
    return tuple(label.id for label in labels if "lung" in label.name.lower())


def hardware(device: str) -> str:
    """The machine in words, for the card."""
    if device.startswith("cuda"):
        return f"CUDA, {torch.cuda.get_device_name(device)}"
    return f"CPU, {torch.get_num_threads()} threads, {platform.machine()}"


def save_weights(network: nn.Module, folder: Path, card: ModelCard) -> ModelCard:
    """Write weights and card (atomically, the card last); the card with the weights' sha256."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {
        name: value.detach().to("cpu", torch.float32).contiguous()
        for name, value in network.state_dict().items()
    }
    with atomic_path(folder / WEIGHTS) as temporary:
        # by our hand: safetensors' own writer hides that the disk is full in an error of its own
        Path(temporary).write_bytes(save(tensors, metadata={"format": "pt"}))
    created = datetime.now(UTC).isoformat(timespec="seconds")
    card = replace(card, sha256=file_sha256(folder / WEIGHTS), created=card.created or created)
    write_card(folder, card)
    return card


def write_card(folder: Path, card: ModelCard) -> None:
    write_json(folder / CARD, card.to_json())


def write_metrics(folder: Path, metrics: dict[str, Any]) -> None:
    write_json(folder / METRICS, metrics)


def write_json(path: Path, data: dict[str, Any]) -> None:
    """Readable JSON, atomically."""
    with atomic_path(path) as temporary:
        Path(temporary).write_text(
            json.dumps(data, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
        )


def options_json(options: Any) -> dict[str, Any]:
    """A dataclass of options for the card's training part."""
    data: dict[str, Any] = json.loads(json.dumps(asdict(options)))
    return data
