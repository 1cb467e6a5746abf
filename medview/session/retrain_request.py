"""What a retraining is asked for, and the mark by which a run that was killed is known again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path

from medview import __version__
from medview.ai.catalog import ModelFolder
from medview.session.records import ReviewedSlice

_ELSEWHERE = {
    "workspace", "base", "own_models", "device", "seen_patients", "is_fresh", "events",
    "leave_one_out",
}  # fmt: skip


@dataclass(frozen=True)
class RetrainRequest:
    """``budget_s`` ends training by the clock; with ``steps`` it is None.

    ``rehearsal`` is the share of every batch that the old network teaches, on generated phantoms
    or, with ``own_rehearsal``, half of it on the accepted slices themselves. ``anchor`` pulls all
    weights to the old ones, ``fisher`` each by what it matters on the phantoms. ``is_new_task``
    makes a model of other ``labels`` (those the base does not know when empty) on the base's
    features, or ``from_scratch``. ``generated_share`` of the slices are painted anew by a network
    that learns from the accepted ones first, an experiment. ``is_fresh`` starts anew where a run
    was killed; ``events`` is a folder for TensorBoard. ``leave_one_out``: whether patients are left
    out in turn to measure it, "auto" where no held-out patient can tell, "always" or "never".
    """

    workspace: Path
    base: ModelFolder
    own_models: Path
    version: str
    name: str
    budget_s: float | None = 120.0
    steps: int | None = None
    seed: int = 0
    device: str = "auto"
    rehearsal: float = 0.375
    own_rehearsal: bool = False
    new_share: float = 0.75  # of the weights; the rest stays the base's
    learning_rate: float = 3e-4
    batch: int | None = None  # what the recipe says
    accumulate: int = 1
    anchor: float = 0.0
    fisher: float = 0.0
    is_new_task: bool = False
    from_scratch: bool = False
    generated_share: float = 0.0
    labels: tuple[str, ...] = ()
    is_fresh: bool = False
    events: Path | None = None
    leave_one_out: str = "auto"
    seen_patients: tuple[str, ...] = ()  # SHA-256 of the PatientIDs that the base was made from

    @property
    def building(self) -> Path:
        """The folder in which the candidate grows; nobody else looks in there."""
        return self.own_models / ".building" / self.name / self.version

    @property
    def folder(self) -> Path:
        """Where the candidate appears when it is whole."""
        return self.own_models / self.name / self.version


def fingerprint(request: RetrainRequest, train: Iterable[ReviewedSlice]) -> str:
    """SHA-256 of all that the trained weights follow from: base, accepted slices, options."""
    asked = {
        one.name: getattr(request, one.name)
        for one in fields(request)
        if one.name not in _ELSEWHERE
    }
    card = request.base.card
    digest = hashlib.sha256(json.dumps([__version__, card.id, card.sha256, asked]).encode())
    for one in train:
        record = one.record
        for part in (record.image, record.labels, record.label_table_json.encode()):
            digest.update(hashlib.sha256(part).digest())
        digest.update(f"{record.case_key} {record.slice_index} {record.affine_json}".encode())
    return digest.hexdigest()
