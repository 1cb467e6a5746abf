"""Jumps first: where a slice's labels do not fit those of its neighbours."""

from __future__ import annotations

import numpy as np

from medview.ai.worklist.strategy import SliceFacts, Strategy


class Inconsistency(Strategy):
    """Anatomy is smooth from slice to slice; a model's mistakes are often not."""

    id = "inconsistency"
    name = "Neighbours"
    description = "Slices whose labels do not look like those beside them"
    order = 30

    def score(self, facts: SliceFacts, draw: np.random.Generator) -> float:
        return facts.inconsistency
