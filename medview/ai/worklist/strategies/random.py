"""Any slice, as likely as any other."""

from __future__ import annotations

import numpy as np

from medview.ai.worklist.strategy import SliceFacts, Strategy


class Random(Strategy):
    """The honest monitor: what comes at random shows how good the model is on average."""

    id = "random"
    name = "Random"
    description = "Any slice; shows how good the model is on average"
    order = 50

    def score(self, facts: SliceFacts, draw: np.random.Generator) -> float:
        return float(draw.random())
