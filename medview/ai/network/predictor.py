"""Predictor: a loaded model on a device, giving labels slice by slice."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file
from torch import Tensor

from medview.ai.card import WEIGHTS, ModelCard, verify
from medview.ai.network.unet import UNet, build_network
from medview.ai.postprocess import clean
from medview.ai.prediction import PredictedSlice, Prediction, outward
from medview.ai.preprocess import PreparedVolume
from medview.ai.uncertainty import doubts_of, entropy, probabilities
from medview.core.errors import MedviewError
from medview.core.job import Progress
from medview.core.volume import Volume

_GPU_BATCH = 16
_NO_AIR_HU = -500  # a CT of the body has air or lung below it


def choose_device(wanted: str = "auto") -> torch.device:
    """ "auto" is CUDA when it works, else the CPU. MedviewError when a wanted GPU is not there."""
    if wanted == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    device = torch.device(wanted)
    if device.type == "cuda" and not torch.cuda.is_available():
        raise MedviewError(
            "No CUDA device can be used here.",
            hint="Choose the CPU, or install a torch build that fits the graphics driver.",
            code="no-cuda",
        )
    return device


def device_text(device: torch.device) -> str:
    """The device in words for the user."""
    if device.type == "cuda":
        return f"CUDA ({torch.cuda.get_device_name(device)})"
    count = torch.get_num_threads()
    return f"CPU ({count} thread{'s' if count > 1 else ''})"


def load_network(folder: Path) -> tuple[ModelCard, UNet]:
    """The verified card and the network with its weights, on the CPU, in evaluation mode.

    Loaded outside any inference mode, so that heat maps can differentiate through it. MedviewError
    "bad-model" for a file that is not what the card says: other tensors, shapes or not finite.
    """
    card = verify(folder)
    try:
        _check_channels(card)
        network = build_network(card.architecture, card.arguments)
        weights = load_file(folder / WEIGHTS)
        network.load_state_dict(weights, strict=True)
    except Exception as error:
        raise MedviewError(
            f"{folder / WEIGHTS} does not fit its card: {error}",
            hint="Import the model again, or roll back.",
            code="bad-model",
        ) from error
    if not all(bool(torch.isfinite(p).all()) for p in network.parameters()):
        raise MedviewError(
            f"{folder / WEIGHTS} holds numbers that are not finite.", code="bad-model"
        )
    return card, network.eval()


def _check_channels(card: ModelCard) -> None:
    """ValueError unless the network eats what `PreparedVolume` gives and says what labels name."""
    wanted = {"in_channels": card.input.CHANNELS, "classes": card.classes}
    for name, value in wanted.items():
        if card.arguments.get(name) != value:
            raise ValueError(f"{name} must be {value}, not {card.arguments.get(name)!r}")


class Predictor:
    """One model on one device. Use it from one thread (plan caches are per thread)."""

    def __init__(self, folder: Path, device: str = "auto", *, spare_cores: int = 0) -> None:
        self.folder = folder
        self.device = choose_device(device)
        if self.device.type == "cpu":
            torch.set_num_threads(max(1, (os.cpu_count() or 1) - spare_cores))
        self.card, self.network = load_network(folder)
        self.network.to(self.device)
        self.device_text = device_text(self.device)

    def logits(self, inputs: NDArray[np.float32]) -> Tensor:
        """(n, 4, rows, columns) inputs to (n, classes, rows, columns) float32 logits on the CPU.

        On a GPU that runs out of memory: halves the batch, and at last uses the CPU for good,
        which `device_text` then says.
        """
        batch = torch.from_numpy(inputs)
        try:
            with torch.inference_mode():
                return self.network(batch.to(self.device)).float().cpu()
        except torch.OutOfMemoryError:
            torch.cuda.empty_cache()
            if len(inputs) > 1:
                half = len(inputs) // 2
                return torch.cat([self.logits(inputs[:half]), self.logits(inputs[half:])])
            if self.device.type == "cpu":
                raise
            self.device = torch.device("cpu")
            self.network.to(self.device)
            self.device_text = device_text(self.device) + ", the GPU's memory was too small"
            return self.logits(inputs)

    def slice_labels(
        self, prepared: PreparedVolume, indices: list[int], *, want_entropy: bool = False
    ) -> tuple[list[NDArray[np.uint8]], list[NDArray[np.float32]], list[dict[int, float]]]:
        """Per index labels uint8 and (when wanted) entropy 0..1, both (canonical rows, columns),
        and the mean entropies by class (see `PredictedSlice`).

        The logits are brought to the image grid before the arg max; outside the grid is background.
        """
        inputs = np.stack([prepared.network_input(index) for index in indices])
        logits = self.logits(inputs).numpy()
        rows, columns = prepared.covered()
        labels, entropies, doubts = [], [], []
        for one in logits:
            full = prepared.upsample(one)
            plane = np.zeros(full.shape[1:], np.uint8)
            plane[rows, columns] = full[:, rows, columns].argmax(axis=0)
            labels.append(plane)
            spread = entropy(probabilities(one, self.card.temperatures))
            doubts.append(doubts_of(spread, one.argmax(axis=0), self.card.classes))
            if want_entropy:
                entropies.append(prepared.upsample(spread[None])[0])
        return labels, entropies, doubts

    def predict(
        self,
        volume: Volume,
        progress: Progress,
        first_slice: int | None = None,
        *,
        want_entropy: bool = False,
    ) -> Prediction:
        """Segment a volume, the slice ``first_slice`` of its first axis first, then outwards.

        Hands out a `PredictedSlice` each through ``progress.item``. Raises Cancelled, and
        MedviewError when the volume is not what the model was made for.
        """
        started = time.perf_counter()
        check_input(volume, self.card)
        prepared = PreparedVolume(volume, self.card.input)
        result = np.zeros(volume.geometry.shape, np.uint8)
        unreadable = sorted(volume.unreadable)
        target = prepared.canonical_view(result)
        spread = np.zeros(volume.geometry.shape, np.float32) if want_entropy else None
        order = outward(canonical_index(prepared, first_slice), prepared.slice_count)
        size = _GPU_BATCH if self.device.type == "cuda" else 1
        for done in range(0, len(order), size):
            chunk = order[done : done + size]
            progress.report(done / len(order), f"Segmenting, {done} of {len(order)} slices")
            planes, maps, doubts = self.slice_labels(prepared, chunk, want_entropy=want_entropy)
            for index, plane, doubt in zip(chunk, planes, doubts, strict=True):
                target[index] = plane
                if unreadable:  # what was never read cannot be labelled
                    result[unreadable] = 0
                    plane = target[index].copy()
                progress.item(PredictedSlice(index, plane, volume_place(prepared, index), doubt))
            if spread is not None:
                for index, one in zip(chunk, maps, strict=True):
                    prepared.canonical_view(spread)[index] = one
        progress.report(0.99, "Cleaning")
        result = clean(result, self.card.labels, volume.geometry.voxel_volume_ml)
        return Prediction(
            result,
            volume.case_key,
            self.card.name,
            self.card.version,
            self.device_text,
            time.perf_counter() - started,
            spread,
        )


def check_input(volume: Volume, card: ModelCard) -> None:
    """MedviewError when the volume's modality or units are not those of the card."""
    if volume.modality and card.input.modality and volume.modality != card.input.modality:
        raise MedviewError(
            f"{card.id} was made for {card.input.modality}, and this series is {volume.modality}.",
            hint="Open a series of that modality.",
            code="wrong-modality",
        )
    if card.input.modality == "CT" and not volume.modality and volume.voxels.min() > _NO_AIR_HU:
        raise MedviewError(
            "This image does not say its modality, and its values hold no air as a CT in HU would.",
            hint=f"{card.id} was made for CT in Hounsfield units.",
            code="wrong-modality",
        )
    if not volume.is_complete:
        raise MedviewError(
            "The series is still being read.", hint="Wait until it is whole.", code="not-ready"
        )


def canonical_index(prepared: PreparedVolume, slice_index: int | None) -> int:
    """The canonical slice to begin with: the stored slice where that is axial, else the middle."""
    if slice_index is None or prepared.permutation[0] != 0:
        return prepared.slice_count // 2
    return prepared.slice_count - 1 - slice_index if prepared.flips[0] else slice_index


def volume_place(prepared: PreparedVolume, index: int) -> tuple[int, int]:
    """(voxel axis, index along it) of a canonical slice in the volume."""
    place = prepared.slice_count - 1 - index if prepared.flips[0] else index
    return prepared.permutation[0], place
