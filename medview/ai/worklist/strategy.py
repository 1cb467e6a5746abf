"""The contract of a worklist strategy, and how the program finds the strategies."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import ClassVar

import numpy as np

from medview.core.discover import classes_of


@dataclass(frozen=True)
class SliceFacts:
    """What is known of a slice that nobody accepted yet; all without its truth.

    ``doubt`` is the mean entropy (0..1) over what the model labelled; ``disagreement`` the part
    (0..1) of what either version labelled on which the version before answers otherwise;
    ``inconsistency`` how little (0..1) the labels look like those of the neighbouring slices;
    ``rarity`` how seldom (0..1) the rarest label found here was accepted so far.
    """

    case_key: str
    patient: str
    slice_index: int
    doubt: float = 0.0
    disagreement: float = 0.0
    inconsistency: float = 0.0
    rarity: float = 0.0
    labels: frozenset[str] = frozenset()


class Strategy:
    """One file in ``ai/worklist/strategies``: a score per slice; the highest comes first."""

    id: ClassVar[str]
    name: ClassVar[str]
    description: ClassVar[str]
    order: ClassVar[int] = 100

    def score(self, facts: SliceFacts, draw: np.random.Generator) -> float:
        """How much a correction of this slice is wanted; any unit."""
        raise NotImplementedError


@cache
def strategies() -> dict[str, Strategy]:
    """Every Strategy in ``medview.ai.worklist.strategies`` by id, in their ``order``."""
    from medview.ai.worklist import strategies as package

    return {one.id: one() for one in classes_of(package, Strategy)}
