"""How sure a model is: calibrated probabilities, entropy, doubt per slice and per label."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
BINS = 15


def probabilities(logits: Floats, temperatures: Sequence[float] | None = None) -> Floats:
    """Softmax over axis 0 of logits (classes, ...), each class's divided by its temperature.

    Guo et al. 2017, "On calibration of modern neural networks" (vector scaling without bias).
    """
    if temperatures is not None:
        shape = (-1,) + (1,) * (logits.ndim - 1)
        logits = logits / np.asarray(temperatures, np.float32).reshape(shape)
    weights = np.exp(logits - logits.max(axis=0, keepdims=True))
    result: Floats = (weights / weights.sum(axis=0, keepdims=True)).astype(np.float32)
    return result


def entropy(p: Floats) -> Floats:
    """Entropy of probabilities over axis 0, divided by log(classes), so 0..1."""
    spread: Floats = -(p * np.log(np.maximum(p, 1e-12))).sum(axis=0)
    scaled: Floats = (spread / np.log(len(p))).astype(np.float32)
    return scaled


def doubts_of(spread: Floats, labels: NDArray[np.integer], classes: int) -> dict[int, float]:
    """Mean entropy over the pixels of each label that is there; key 0 over all labels together.

    Divided by the labelled area, so that large structures are not the doubtful ones (AI.md).
    """
    inside = labels > 0
    if not inside.any():
        return {0: 0.0}
    counts = np.bincount(labels[inside], minlength=classes)
    sums = np.bincount(labels[inside], weights=spread[inside], minlength=classes)
    found = {int(n): float(sums[n] / counts[n]) for n in np.flatnonzero(counts)}
    return {0: float(spread[inside].mean()), **found}


def calibration_error(p: Floats, is_class: NDArray[np.bool_]) -> float:
    """Expected calibration error of one class: ``p`` its probability, ``is_class`` the truth.

    Over 15 equal bins of p, weighted by size (Naeini et al. 2015).
    """
    bins = np.minimum((p * BINS).astype(int), BINS - 1)
    counts = np.bincount(bins, minlength=BINS)
    said = np.bincount(bins, weights=p, minlength=BINS)
    true = np.bincount(bins, weights=is_class.astype(np.float64), minlength=BINS)
    return float(np.abs(said - true).sum() / max(1, counts.sum()))


def fit_temperatures(logits: Floats, truth: NDArray[np.integer]) -> tuple[float, ...]:
    """Temperatures by class that minimise the negative log likelihood of ``truth`` (n,).

    ``logits`` (classes, n). Searched without gradients: there are as many numbers as classes.
    """
    from scipy.optimize import minimize

    def loss(logarithms: NDArray[np.float64]) -> float:
        p = probabilities(logits, np.exp(logarithms).tolist())
        picked = p[truth, np.arange(len(truth))]
        return float(-np.log(np.maximum(picked, 1e-9)).mean())

    found = minimize(loss, np.zeros(len(logits)), method="Nelder-Mead", options={"maxiter": 400})
    return tuple(float(np.clip(np.exp(value), 0.05, 20.0)) for value in found.x)
