"""Worklist: which slices to correct next, and what the corrections teach about choosing them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from psygnal import Signal

from medview.ai.worklist.bandit import Bandit
from medview.ai.worklist.pick import Proposal, worklist
from medview.ai.worklist.strategy import SliceFacts, strategies
from medview.core.job import Job
from medview.core.volume import Volume
from medview.edit.edit import Edit
from medview.session.models import Models
from medview.session.saver import Saver
from medview.session.slice_facts import Kept, facts_job
from medview.store.workspace import Workspace

LEARNED = "learned"  # the choice "learn from me": the bandit takes turns with the strategies
_NOTE = "worklist bandit"
_SHORTEST = 1.0  # seconds that a look at a slice takes at least


@dataclass
class Underway:
    """The proposal being worked on: pixels changed by hand on it, and seconds of editing."""

    proposal: Proposal
    pixels: int = 0
    seconds: float = 0.0


class Worklist:
    """Proposals of the last asking, and the bandit, whose state is kept in the workspace.

    A proposal is rewarded when its slice is accepted: pixels that tools changed on it since it
    was begun, per second of editing; nothing changed is a reward of 0.
    """

    changed = Signal()

    def __init__(self, workspace: Workspace, saver: Saver, models: Models) -> None:
        self._workspace, self._saver, self._models = workspace, saver, models
        self._kept: Kept = {}
        self._draw = np.random.default_rng()
        self.bandit = Bandit.from_text(strategies(), workspace.note(_NOTE))
        self.proposals: tuple[Proposal, ...] = ()
        self.underway: Underway | None = None

    def job(self, volume: Volume | None) -> Job:
        """Look at all cases with the active model; the result goes to `propose`."""
        return facts_job(self._workspace, self._models, volume, self._kept)

    def propose(self, facts: list[SliceFacts], choice: str, length: int = 20) -> None:
        """Fill `proposals` by one strategy's id, or by `LEARNED`."""

        def choose() -> str:
            return self.bandit.choose(self._draw) if choice == LEARNED else choice

        self.proposals = tuple(worklist(facts, choose, self._draw, length))
        self.changed.emit()

    def begin(self, proposal: Proposal) -> None:
        """A person goes to a proposed slice."""
        self.underway = Underway(proposal)

    def edited(self, case_key: str, edit: Edit, seconds: float) -> None:
        """A tool's edit, and the seconds of editing that it took."""
        now = self.underway
        if now is None or now.proposal.facts.case_key != case_key:
            return
        index = now.proposal.facts.slice_index
        if edit.slice_index != index or not edit.box.low[0] <= index < edit.box.high[0]:
            return
        plane = index - edit.box.low[0]
        now.pixels += int((edit.before.array()[plane] != edit.after.array()[plane]).sum())
        now.seconds += seconds

    def accepted(self, case_key: str, slices: frozenset[int]) -> None:
        """Slices were accepted: what was proposed of them is done, and rewarded."""
        now = self.underway
        if now is not None and _is_in(now.proposal, case_key, slices):
            self.bandit.reward(now.proposal.strategy, now.pixels / max(now.seconds, _SHORTEST))
            self._keep(case_key)
            self.underway = None
        left = tuple(one for one in self.proposals if not _is_in(one, case_key, slices))
        if left != self.proposals or now is not self.underway:
            self.proposals = left
            self.changed.emit()

    def reset(self) -> None:
        """Forget what was learned."""
        self.bandit.reset()
        self._keep("")
        self.changed.emit()

    def _keep(self, case_key: str) -> None:
        self._saver.note(case_key, _NOTE, self.bandit.to_text())


def _is_in(proposal: Proposal, case_key: str, slices: frozenset[int]) -> bool:
    return proposal.facts.case_key == case_key and proposal.facts.slice_index in slices
