"""Paired bootstrap: how sure a mean difference is, over patients (Efron and Tibshirani 1993)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

FEWEST = 5  # with fewer pairs, resampling them says nothing about others
_DRAWS = 10_000


def paired_interval(
    differences: Sequence[float], *, share: float = 0.95, seed: int = 0
) -> tuple[float, float] | None:
    """The interval that holds ``share`` of the resampled means; None for fewer than `FEWEST`.

    ``differences`` has one number per patient, because slices of one patient are not independent.
    The same numbers give the same interval.
    """
    values = np.asarray(differences, float)
    if len(values) < FEWEST:
        return None
    draws = np.random.default_rng(seed).integers(0, len(values), (_DRAWS, len(values)))
    outside = (1.0 - share) / 2.0
    low, high = np.quantile(values[draws].mean(axis=1), (outside, 1.0 - outside))
    return float(low), float(high)
