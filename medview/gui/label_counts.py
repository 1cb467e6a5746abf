"""LabelCounts: voxels per label, kept up to date in small parts so that the window stays free."""

from __future__ import annotations

import time

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from medview.core.box import Box
from medview.core.labelmap import LabelMap

_TURN_SECONDS = 0.008
_PATIENCE_MS = 60  # after the last change
_SOON = 8  # slices that are counted in a turn or two


class LabelCounts(QObject):
    """Counts slice by slice in idle turns; a changed box costs only its own slices."""

    changed = Signal()
    outdated = Signal()  # more changed than is counted at once: what is shown is no longer right

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._labels: LabelMap | None = None
        self._by_slice: dict[int, NDArray[np.int64]] = {}
        self._waiting: set[int] = set()
        self._labelled: set[int] = set()
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._count_some)

    def watch(self, labels: LabelMap | None) -> None:
        """Count another label map from scratch."""
        self._labels = labels
        self._by_slice.clear()
        self._labelled = set()
        self._waiting = set()
        self._wait_for(range(0 if labels is None else labels.geometry.shape[0]))
        self._timer.start(0)

    def recount(self, box: Box) -> None:
        """These voxels changed."""
        self._wait_for(range(box.low[0], box.high[0]))
        self._timer.start(_PATIENCE_MS)  # a stroke is painted first

    def _wait_for(self, slices: range) -> None:
        was_near = self.is_near
        self._waiting.update(slices)
        if was_near and not self.is_near:
            self.outdated.emit()

    @property
    def is_exact(self) -> bool:
        """Whether every slice has been counted since its last change."""
        return not self._waiting

    @property
    def is_near(self) -> bool:
        """Whether no more slices wait than a stroke touches, which is soon over."""
        return len(self._waiting) <= _SOON

    def voxels(self, label_id: int) -> int:
        """Voxels of a label, as far as counted."""
        return sum(
            int(counts[label_id]) for counts in self._by_slice.values() if label_id < counts.size
        )

    def slices(self, label_id: int) -> int:
        """Slices in which a label has voxels, as far as counted."""
        return sum(
            label_id < counts.size and bool(counts[label_id]) for counts in self._by_slice.values()
        )

    def slices_with_labels(self) -> frozenset[int]:
        """Slices where anything is labelled, as far as counted."""
        return frozenset(self._labelled)

    def _count_some(self) -> None:
        self._timer.setInterval(0)
        until = time.perf_counter() + _TURN_SECONDS
        while self._waiting and self._labels is not None and time.perf_counter() < until:
            index = self._waiting.pop()
            counts = np.bincount(self._labels.voxels[index].ravel())
            self._by_slice[index] = counts
            (self._labelled.add if counts[1:].any() else self._labelled.discard)(index)
        if not self._waiting or self._labels is None:
            self._timer.stop()
            self.changed.emit()
