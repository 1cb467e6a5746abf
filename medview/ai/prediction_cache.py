"""PredictionCache: what a model said of a volume, kept so that asking again is instant."""

from __future__ import annotations

import zlib
from collections import OrderedDict
from dataclasses import dataclass, replace

import numpy as np

from medview.ai.prediction import Prediction

MAXIMUM_BYTES = 64 * 1024**2
Key = tuple[str, ...]


@dataclass(frozen=True, eq=False)
class _Entry:
    packed: bytes
    shape: tuple[int, ...]
    doubts: dict[int, dict[int, float]]
    prediction: Prediction  # with an empty array for its labels


class PredictionCache:
    """Compressed predictions by key, the least used leave when ``maximum_bytes`` are reached.

    The key says all that the result depends on, the case first: content of the volume, weights,
    input and backend, so nothing kept can be stale. In memory alone; for one thread.
    """

    def __init__(self, maximum_bytes: int = MAXIMUM_BYTES) -> None:
        self._maximum = maximum_bytes
        self._entries: OrderedDict[Key, _Entry] = OrderedDict()

    @property
    def bytes(self) -> int:
        return sum(len(entry.packed) for entry in self._entries.values())

    def __len__(self) -> int:
        return len(self._entries)

    def knows(self, case_key: str) -> bool:
        """Whether something of this case is kept; no content needs to be hashed to know that."""
        return any(key[0] == case_key for key in self._entries)

    def keep(self, key: Key, prediction: Prediction, doubts: dict[int, dict[int, float]]) -> None:
        """Remember a whole prediction; ``doubts`` by canonical slice and class. No maps."""
        labels = prediction.labels
        packed = zlib.compress(np.ascontiguousarray(labels).data, 1)
        if len(packed) > self._maximum:
            return
        empty = replace(prediction, labels=np.zeros(0, np.uint8), entropy=None)
        self._entries[key] = _Entry(packed, labels.shape, dict(doubts), empty)
        self._entries.move_to_end(key)
        while self.bytes > self._maximum:
            self._entries.popitem(last=False)

    def find(self, key: Key) -> tuple[Prediction, dict[int, dict[int, float]]] | None:
        """The prediction, with labels of its own, and the doubts; None when it is not here."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        self._entries.move_to_end(key)
        labels = np.frombuffer(zlib.decompress(entry.packed), np.uint8).reshape(entry.shape).copy()
        return replace(entry.prediction, labels=labels), dict(entry.doubts)
