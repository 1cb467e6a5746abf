"""Change first: where the newest version answers otherwise than the one before."""

from __future__ import annotations

import numpy as np

from medview.ai.worklist.strategy import SliceFacts, Strategy


class Disagreement(Strategy):
    """Query by committee of two versions (Seung et al. 1992)."""

    id = "disagreement"
    name = "Disagreement"
    description = "Slices that the version before labelled otherwise"
    order = 20

    def score(self, facts: SliceFacts, draw: np.random.Generator) -> float:
        return facts.disagreement
