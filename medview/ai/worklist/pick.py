"""From scores to a list: one slice per patient and round, every fifth at random."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from medview.ai.worklist.strategy import SliceFacts, strategies

RANDOM_EVERY = 5  # its quality before correction is the honest monitor (AI.md)
RANDOM = "random"
Key = tuple[str, int]  # case and slice


@dataclass(frozen=True)
class Proposal:
    """A slice to correct next, and the strategy that wants it."""

    facts: SliceFacts
    strategy: str


def worklist(
    facts: Sequence[SliceFacts],
    choose: Callable[[], str],
    draw: np.random.Generator,
    length: int = 20,
) -> list[Proposal]:
    """At most ``length`` proposals; ``choose`` names the strategy of each place in turn.

    A patient comes again only when every other patient with slices left had a turn, because more
    patients teach more than more slices of one (arXiv 2412.08081).
    """
    left = {(one.case_key, one.slice_index): one for one in facts}
    turns: dict[str, int] = {one.patient: 0 for one in facts}
    proposals: list[Proposal] = []
    scores: dict[str, dict[Key, float]] = {}
    while left and len(proposals) < length:
        is_fifth = len(proposals) % RANDOM_EVERY == RANDOM_EVERY - 1
        name = RANDOM if is_fifth else choose()
        if not _tells(_scores(name, left, scores, draw)):
            name = RANDOM
        _scores(name, left, scores, draw)
        fewest = min(turns[one.patient] for one in left.values())
        open_now = [key for key, one in left.items() if turns[one.patient] == fewest]
        key = max(open_now, key=lambda one: (scores[name][one], -one[1]))
        chosen = left.pop(key)
        turns[chosen.patient] += 1
        proposals.append(Proposal(chosen, name))
    return proposals


def _scores(
    name: str,
    left: Mapping[Key, SliceFacts],
    known: dict[str, dict[Key, float]],
    draw: np.random.Generator,
) -> dict[Key, float]:
    """A strategy's scores, asked for once per list."""
    if name not in known:
        strategy = strategies()[name]
        known[name] = {key: strategy.score(one, draw) for key, one in left.items()}
    return known[name]


def _tells(scores: Mapping[Key, float]) -> bool:
    """False when all slices are alike to the strategy, as without a version before this one."""
    return len(scores) < 2 or max(scores.values()) > min(scores.values())
