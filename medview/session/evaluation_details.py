"""What a report says beyond Dice: confusion, label probabilities, groups of like cases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from medview.ai.preprocess import PreparedVolume
from medview.ai.probability import ProbabilityCounts
from medview.ai.uncertainty import probabilities
from medview.core.labelmap import LabelMap
from medview.core.volume import Volume

if TYPE_CHECKING:
    from medview.ai.network.predictor import Predictor

_THIN_MM, _THICK_MM = 1.5, 3.0
BACKGROUND = "background"


class Details:
    """Gathered case by case. ``predictor`` gives probabilities; without it there are none;
    another may take its place between two cases.

    ``confusion`` (truth name, guess name) -> voxels; ``probability`` by label name; ``groups``
    kind -> value -> names of cases.
    """

    def __init__(
        self, predictor: Predictor | None = None, new_ids: Mapping[int, int] | None = None
    ) -> None:
        self.predictor = predictor
        self._new_ids = new_ids or {}
        self.confusion: dict[tuple[str, str], int] = {}
        self.probability: dict[str, ProbabilityCounts] = {}
        self.groups: dict[str, dict[str, list[str]]] = {}

    def add_case(self, case: str, truth: LabelMap, guess: LabelMap, image: Volume | None) -> None:
        """One case, both masks on one grid under the same ids (as `evaluate` compares them)."""
        names = {label.id: label.name for label in truth.table}
        names |= {label.id: label.name for label in guess.table}
        self.add_labels(truth.voxels, guess.voxels, names)
        for kind, value in facts_of(image, truth).items():
            self.groups.setdefault(kind, {}).setdefault(value, []).append(case)
        on_image = image is not None and image.geometry.is_close(truth.geometry)
        if self.predictor is None or image is None or not on_image:
            return
        prepared = PreparedVolume(image, self.predictor.card.input)
        drawn = prepared.canonical_view(truth.voxels)
        for index in range(prepared.slice_count):
            if drawn[index].any():  # air above and below would drown every figure
                self.add_probabilities(drawn[index], self._maps(prepared, index), names)

    def add_labels(
        self, truth: NDArray[Any], guess: NDArray[Any], names: Mapping[int, str]
    ) -> None:
        """Which label was taken for which."""
        pairs = truth.astype(np.int64) * 65536 + guess
        values, counts = np.unique(pairs, return_counts=True)
        for value, count in zip(values.tolist(), counts.tolist(), strict=True):
            key = (_name(names, value // 65536), _name(names, value % 65536))
            if key[0] or key[1]:
                self.confusion[key] = self.confusion.get(key, 0) + count

    def add_probabilities(
        self,
        truth: NDArray[Any],
        maps: Mapping[int, NDArray[np.float32]],
        names: Mapping[int, str],
        counted: NDArray[np.bool_] | None = None,
    ) -> None:
        """One slice: probability by label id, (rows, columns) as ``truth``."""
        inside = np.ones(truth.shape, bool) if counted is None else counted
        for label_id, p in maps.items():
            if label_id:
                counts = self.probability.setdefault(_name(names, label_id), ProbabilityCounts())
                counts.add(p[inside], truth[inside] == label_id)

    def add_slice(
        self,
        prepared: PreparedVolume,
        index: int,
        truth: NDArray[Any],
        guess: NDArray[Any],
        counted: NDArray[np.bool_],
    ) -> None:
        """One accepted slice of the model's own classes; ``counted`` leaves unsure pixels out."""
        assert self.predictor is not None
        names = {label.id: label.name for label in self.predictor.card.labels}
        self.add_labels(truth[counted], guess[counted], names)
        self.add_probabilities(truth, self._maps(prepared, index), names, counted)

    def _maps(self, prepared: PreparedVolume, index: int) -> dict[int, NDArray[np.float32]]:
        """Label id -> probability on a canonical slice; joined labels are added up."""
        assert self.predictor is not None
        card = self.predictor.card
        logits = self.predictor.logits(prepared.network_input(index)[None])[0]
        full = prepared.upsample(probabilities(logits, card.temperatures))
        rows, columns = prepared.covered()
        maps: dict[int, NDArray[np.float32]] = {}
        for label in card.labels:
            target = self._new_ids.get(label.id, label.id)
            plane = np.zeros(full.shape[1:], np.float32)
            plane[rows, columns] = full[label.id, rows, columns]
            maps[target] = np.clip(maps.get(target, 0.0) + plane, 0.0, 1.0)
        return maps


def _name(names: Mapping[int, str], label_id: int) -> str:
    return BACKGROUND if label_id == 0 else names.get(label_id, f"label {label_id}")


def facts_of(image: Volume | None, truth: LabelMap) -> dict[str, str]:
    """What the case can be grouped by: slice distance, and scanner and kernel where files say."""
    distance = truth.geometry.spacing_mm[0] if truth.geometry.calibrated else None
    found = {} if distance is None else {"slice distance": distance_group(distance)}
    for kind in ("scanner", "kernel"):
        value = image.facts.get(kind, "") if image is not None else ""
        if value:
            found[kind] = value
    return found


def distance_group(mm: float) -> str:
    """Thin, medium or thick slices, in words."""
    if mm <= _THIN_MM:
        return f"up to {_THIN_MM:g} mm"
    return f"up to {_THICK_MM:g} mm" if mm <= _THICK_MM else f"over {_THICK_MM:g} mm"
