"""Does the model save work? Minutes and gestures per case, over time and by model version."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from medview.core.atomic import atomic_path
from medview.store.versions import Work
from medview.store.workspace import Workspace

_HEADS = ("case", "first_day", "model", "minutes", "gestures", "accepted_slices")


@dataclass(frozen=True)
class CaseEffort:
    """Editing of one case with the labels of one model. ``case`` is a hash; "" = from scratch.

    ``accepted_slices`` of the whole case, whatever model they came from.
    """

    case: str
    first_day: str
    model: str
    minutes: float
    gestures: int
    accepted_slices: int


@dataclass(frozen=True)
class ModelEffort:
    """The mean over the cases that were corrected with one model."""

    model: str
    cases: int
    minutes: float
    gestures: float


def case_efforts(workspace: Workspace) -> list[CaseEffort]:
    """One row per case and model, the oldest first."""
    rows = workspace.work()
    accepted = {key: len(workspace.reviewed_slices(key)) for key in {one.case_key for one in rows}}
    return by_case(rows, accepted)


def by_case(rows: Iterable[Work], accepted: Mapping[str, int]) -> list[CaseEffort]:
    """Days joined; ``rows`` come the oldest first."""
    joined: dict[tuple[str, str], CaseEffort] = {}
    for one in rows:
        key = (one.case_key, one.model)
        known = joined.get(key)
        name = hashlib.sha256(one.case_key.encode()).hexdigest()[:8]
        joined[key] = CaseEffort(
            name,
            known.first_day if known and known.first_day else one.day,
            one.model,
            (known.minutes if known else 0.0) + one.seconds / 60.0,
            (known.gestures if known else 0) + one.gestures,
            accepted.get(one.case_key, 0),
        )
    return sorted(joined.values(), key=lambda one: one.first_day)


def by_model(cases: Iterable[CaseEffort]) -> list[ModelEffort]:
    """Means per model, in the order in which the models were first corrected."""
    groups: dict[str, list[CaseEffort]] = {}
    for one in cases:
        groups.setdefault(one.model, []).append(one)
    return [
        ModelEffort(
            model,
            len(rows),
            sum(one.minutes for one in rows) / len(rows),
            sum(one.gestures for one in rows) / len(rows),
        )
        for model, rows in groups.items()
    ]


def to_csv(cases: Iterable[CaseEffort]) -> str:
    """A table for spreadsheets; it says nothing of the patients."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_HEADS)
    for one in cases:
        minutes = f"{one.minutes:.3f}"
        writer.writerow(
            (one.case, one.first_day, one.model, minutes, one.gestures, one.accepted_slices)
        )
    return text.getvalue()


def write_csv(cases: Iterable[CaseEffort], path: Path) -> None:
    """As `to_csv`, into a file that appears whole. MedviewError "write-failed"."""
    with atomic_path(path) as temporary:
        Path(temporary).write_text(to_csv(cases), encoding="utf-8", newline="")
