"""Rare labels first: what was accepted least so far."""

from __future__ import annotations

import numpy as np

from medview.ai.worklist.strategy import SliceFacts, Strategy


class RareClass(Strategy):
    """Evens out the labels of the training set."""

    id = "rare_class"
    name = "Rare label"
    description = "Slices with a label of which little was accepted so far"
    order = 40

    def score(self, facts: SliceFacts, draw: np.random.Generator) -> float:
        return facts.rarity
