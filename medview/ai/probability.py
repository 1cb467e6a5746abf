"""ROC, precision and recall, and calibration of a label's probability, from counts in bins.

Millions of voxels become two histograms, so that any number of cases fits in memory. Curves are
exact at the bins' edges (Fawcett 2006; Davis and Goadrich 2006; Naeini et al. 2015).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

_BINS = 1000
_CALIBRATION_BINS = 15  # as `medview.ai.uncertainty`

Curve = list[tuple[float, float]]


class ProbabilityCounts:
    """How often each probability was said where the label is, and where it is not."""

    def __init__(self) -> None:
        self._there = np.zeros(_BINS, np.int64)
        self._not_there = np.zeros(_BINS, np.int64)
        self._said = np.zeros(_CALIBRATION_BINS)
        self._counts = np.zeros(_CALIBRATION_BINS, np.int64)
        self._true = np.zeros(_CALIBRATION_BINS, np.int64)

    def add(self, p: NDArray[np.floating], is_label: NDArray[np.bool_]) -> None:
        """Probabilities 0..1 and truth of the same shape."""
        flat, truth = p.ravel(), is_label.ravel()
        bins = np.minimum((flat * _BINS).astype(np.int64), _BINS - 1)
        self._there += np.bincount(bins[truth], minlength=_BINS)
        self._not_there += np.bincount(bins[~truth], minlength=_BINS)
        coarse = np.minimum((flat * _CALIBRATION_BINS).astype(np.int64), _CALIBRATION_BINS - 1)
        self._counts += np.bincount(coarse, minlength=_CALIBRATION_BINS)
        self._said += np.bincount(coarse, weights=flat, minlength=_CALIBRATION_BINS)
        self._true += np.bincount(coarse[truth], minlength=_CALIBRATION_BINS)

    @property
    def is_measurable(self) -> bool:
        """Whether the label was there somewhere, and not everywhere."""
        return bool(self._there.any() and self._not_there.any())

    def _from_the_top(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Voxels that are called the label, right and wrong, as the threshold falls."""
        return np.cumsum(self._there[::-1]), np.cumsum(self._not_there[::-1])

    def roc(self) -> Curve:
        """(false positive rate, true positive rate), rising; [] where it is not measurable."""
        if not self.is_measurable:
            return []
        right, wrong = self._from_the_top()
        return [(0.0, 0.0), *_points(wrong / wrong[-1], right / right[-1])]

    def precision_recall(self) -> Curve:
        """(recall, precision), recall rising; [] where it is not measurable."""
        if not self.is_measurable:
            return []
        right, wrong = self._from_the_top()
        called = right + wrong > 0
        return _points(right[called] / right[-1], right[called] / (right[called] + wrong[called]))

    def area_under_roc(self) -> float | None:
        """By the trapezoid rule."""
        curve = self.roc()
        return None if not curve else float(np.trapezoid(*_columns(curve)[::-1]))

    def average_precision(self) -> float | None:
        """Precision weighted by the steps in recall."""
        curve = self.precision_recall()
        if not curve:
            return None
        recall, precision = _columns(curve)
        return float((np.diff(recall, prepend=0.0) * precision).sum())

    def reliability(self) -> Curve:
        """(mean probability, how often it was true) of each bin that holds voxels."""
        held = self._counts > 0
        said, true = self._said[held] / self._counts[held], self._true[held] / self._counts[held]
        return _points(said, true)

    def calibration_error(self) -> float | None:
        """Expected calibration error over 15 bins, weighted by size."""
        total = int(self._counts.sum())
        return float(np.abs(self._said - self._true).sum() / total) if total else None

    def to_json(self) -> Mapping[str, float | None]:
        return {
            "auc": self.area_under_roc(),
            "average_precision": self.average_precision(),
            "ece": self.calibration_error(),
        }


def _points(first: NDArray[np.floating], second: NDArray[np.floating]) -> Curve:
    return [(float(x), float(y)) for x, y in zip(first, second, strict=True)]


def _columns(curve: Curve) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    both = np.array(curve, float)
    return both[:, 0], both[:, 1]
