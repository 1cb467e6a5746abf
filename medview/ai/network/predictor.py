"""Predictor: a loaded model on a device, giving labels slice by slice."""

from __future__ import annotations

import json
import os
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file
from torch import Tensor

from medview.ai.architecture import LEVELS, base_of
from medview.ai.backend_choice import Measurement, choice_key
from medview.ai.card import WEIGHTS, ModelCard, verify
from medview.ai.network.backend import REFERENCE, backend_named, library_versions
from medview.ai.network.engine import Engine
from medview.ai.network.measuring import measure_backends
from medview.ai.network.unet import UNet, build_network
from medview.ai.postprocess import clean
from medview.ai.prediction import PredictedSlice, Prediction, outward
from medview.ai.prediction_cache import PredictionCache
from medview.ai.preprocess import PreparedVolume, may_be_ct
from medview.ai.uncertainty import doubts_of, entropy, probabilities
from medview.core.errors import MedviewError
from medview.core.job import Progress
from medview.core.volume import Volume

_WARM_SHAPE = (208, 240)  # about a thorax at 1.8 mm


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


def fitting_arguments(weights: Path, card: ModelCard, name: str) -> dict[str, Any]:
    """The arguments with which the architecture of ``card`` has the tensors of a weight file.

    The widths are read from the first convolution of each level. MedviewError "bad-model" naming
    the first tensor that does not fit.
    """
    try:
        tensors = load_file(weights)
        levels = [*(f"encoders.{level}" for level in range(LEVELS - 1)), "bottleneck"]
        firsts = [tensors.get(f"{level}.layers.0.weight") for level in levels]
        known = [int(first.shape[0]) for first in firsts if first is not None]
        base = base_of(known) if len(known) == LEVELS else card.arguments.get("base")
        arguments = {**card.arguments, "base": base}
        wanted = build_network(card.architecture, arguments).state_dict()
        _check_tensors(tensors, wanted)
    except Exception as error:
        raise MedviewError(
            f"{name} does not fit {card.architecture} with {card.classes} classes: {error}.",
            hint="Only networks of medview's own architecture can be taken.",
            code="bad-model",
        ) from error
    return arguments


def _check_tensors(tensors: dict[str, Tensor], wanted: dict[str, Tensor]) -> None:
    """ValueError naming the first tensor that is missing, unknown or of another shape."""
    for name in [*wanted, *tensors]:
        there, here = (tuple(t[name].shape) if name in t else None for t in (tensors, wanted))
        if there != here:
            raise ValueError(f"{name} is {there or 'missing'}, not {here or 'known'}")


def _check_channels(card: ModelCard) -> None:
    """ValueError unless the network eats what `PreparedVolume` gives and says what labels name."""
    wanted = {"in_channels": card.input.CHANNELS, "classes": card.classes}
    for name, value in wanted.items():
        if card.arguments.get(name) != value:
            raise ValueError(f"{name} must be {value}, not {card.arguments.get(name)!r}")


class Predictor:
    """One model on one device. Use it from one thread (plan caches are per thread).

    ``network`` stays PyTorch, for heat maps, whatever backend gives the logits.
    """

    def __init__(
        self,
        folder: Path,
        device: str = "auto",
        *,
        spare_cores: int = 0,
        backend: str = REFERENCE,
    ) -> None:
        self.folder = folder
        wanted = choose_device(device)
        if wanted.type == "cpu":
            torch.set_num_threads(max(1, (os.cpu_count() or 1) - spare_cores))
        self.card, self._network = load_network(folder)
        self._wanted = backend
        self._engine = Engine(self._network, self.card, wanted, backend_named(backend))

    @property
    def device(self) -> torch.device:
        """Where it runs now: not where it was wanted once a GPU's memory was too small."""
        return self._engine.device

    @property
    def device_text(self) -> str:
        """Device and backend in words for the user."""
        return self._engine.text

    @property
    def backend(self) -> str:
        """The id of the backend in use: PyTorch's where the wanted one is missing or failed."""
        return self._engine.backend.id

    @property
    def notes(self) -> list[str]:
        """Why it does not run as it was wanted, in sentences for the user."""
        return list(self._engine.notes)

    @property
    def network(self) -> UNet:
        return self._network

    @network.setter
    def network(self, network: UNet) -> None:
        self._network = network
        self._engine = Engine(network, self.card, self.device, backend_named(self._wanted))

    def use_backend(self, wanted: str) -> None:
        """Run by another backend from now on; nothing happens when it is the wanted one already."""
        if wanted != self._wanted:
            self._engine = Engine(self._network, self.card, self.device, backend_named(wanted))
            self._wanted = wanted

    @property
    def choice_key(self) -> str:
        """What a measurement of the backends holds for: machine, device, model, versions."""
        device = self.device
        name = torch.cuda.get_device_name(device) if device.type == "cuda" else device.type
        return choice_key(self.card.sha256, name, library_versions())

    def measure_backends(self, progress: Progress, case: Volume | None = None) -> list[Measurement]:
        """Times and Dice against float32 of what can run here, on the phantom and on ``case``."""
        prepared = None
        if case is not None:
            check_input(case, self.card)
            prepared = PreparedVolume(case, self.card.input)
        return measure_backends(
            self._network, self.card, self.device, progress, prepared, self._wanted
        )

    def logits(self, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n, 4, rows, columns) inputs to (n, classes, rows, columns) float32 logits."""
        return self._engine(inputs)

    def warm_up(self) -> None:
        """Run once over nothing, so that the first slice finds everything loaded."""
        self.logits(np.zeros((1, self.card.input.CHANNELS, *_WARM_SHAPE), np.float32))

    def slice_labels(
        self, prepared: PreparedVolume, indices: list[int], *, want_entropy: bool = False
    ) -> tuple[list[NDArray[np.uint8]], list[NDArray[np.float32]], list[dict[int, float]]]:
        """Per index labels uint8 and (when wanted) entropy 0..1, both (canonical rows, columns),
        and the mean entropies by class (see `PredictedSlice`).

        The logits are brought to the image grid before the arg max; outside the grid is background.
        """
        inputs = np.stack([prepared.network_input(index) for index in indices])
        logits = self.logits(inputs)
        labels, entropies, doubts = [], [], []
        for one in logits:
            labels.append(prepared.labels(one))
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
        cache: PredictionCache | None = None,
        cleaned: bool = True,
    ) -> Prediction:
        """Segment a volume, the slice ``first_slice`` of its first axis first, then outwards.

        Hands out a `PredictedSlice` each through ``progress.item``. What the network said is
        ``cleaned`` at the end (`medview.ai.postprocess`). With a ``cache``, what was
        predicted before is handed out from there. Raises Cancelled, and MedviewError when the
        volume is not what the model was made for.
        """
        started = time.perf_counter()
        check_input(volume, self.card)
        prepared = PreparedVolume(volume, self.card.input)
        if want_entropy:
            cache = None  # maps are not kept
        elif cache is not None and cache.knows(volume.case_key):
            kept = cache.find(self._cache_key(volume, cleaned))
            if kept is not None:
                return _handed_out(*kept, prepared, progress, first_slice, started)
        engine, doubt_of = (self._engine, self.backend), {}
        result = np.zeros(volume.geometry.shape, np.uint8)
        unreadable = sorted(volume.unreadable)
        target = prepared.canonical_view(result)
        spread = np.zeros(volume.geometry.shape, np.float32) if want_entropy else None
        order = outward(canonical_index(prepared, first_slice), prepared.slice_count)
        done = 0
        while done < len(order):
            chunk = order[done : done + self._engine.batch]
            progress.report(done / len(order), f"Segmenting, {done} of {len(order)} slices")
            planes, maps, doubts = self.slice_labels(prepared, chunk, want_entropy=want_entropy)
            for index, plane, doubt in zip(chunk, planes, doubts, strict=True):
                target[index] = plane
                if unreadable:  # what was never read cannot be labelled
                    result[unreadable] = 0
                    plane = target[index].copy()
                doubt_of[index] = doubt
                progress.item(PredictedSlice(index, plane, volume_place(prepared, index), doubt))
            if spread is not None:
                for index, one in zip(chunk, maps, strict=True):
                    prepared.canonical_view(spread)[index] = one
            done += len(chunk)
        if cleaned:
            progress.report(0.99, "Cleaning")
            result = clean(
                result,
                self.card.labels,
                volume.geometry.voxel_volume_ml,
                spacing_mm=volume.geometry.spacing_mm,
                given=self.card.cleaning,
                check=progress.check,
            )
        prediction = Prediction(
            result,
            volume.case_key,
            self.card.name,
            self.card.version,
            self.device_text,
            time.perf_counter() - started,
            spread,
            self.backend,
            tuple(self.notes),
        )
        if cache is not None and engine == (self._engine, self.backend):  # not changed on the way
            cache.keep(self._cache_key(volume, cleaned), prediction, doubt_of)
        return prediction

    def _cache_key(self, volume: Volume, cleaned: bool) -> tuple[str, ...]:
        """All that the labels depend on, the case first."""
        spec = json.dumps(self.card.input.to_json(), sort_keys=True)
        lost = repr(sorted(volume.unreadable))
        where = f"{self.backend} {self.device.type}"
        return (
            volume.case_key,
            volume.content_hash,
            lost,
            self.card.id,
            self.card.sha256,
            spec,
            where,
            json.dumps(self.card.cleaning, sort_keys=True) if cleaned else "as it is",
        )


def _handed_out(
    prediction: Prediction,
    doubts: dict[int, dict[int, float]],
    prepared: PreparedVolume,
    progress: Progress,
    first_slice: int | None,
    started: float,
) -> Prediction:
    """A kept prediction, given slice by slice as if it were new."""
    planes = prepared.canonical_view(prediction.labels)
    for index in outward(canonical_index(prepared, first_slice), prepared.slice_count):
        place = volume_place(prepared, index)
        progress.item(PredictedSlice(index, planes[index], place, doubts[index]))
    seconds = time.perf_counter() - started
    return replace(prediction, seconds=seconds, is_kept=True)


def check_input(volume: Volume, card: ModelCard) -> None:
    """MedviewError when the volume's modality or units are not those of the card."""
    if volume.modality and card.input.modality and volume.modality != card.input.modality:
        raise MedviewError(
            f"{card.id} was made for {card.input.modality}, and this series is {volume.modality}.",
            hint="Open a series of that modality.",
            code="wrong-modality",
        )
    if card.input.modality == "CT" and not volume.modality and not may_be_ct(volume.voxels):
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
