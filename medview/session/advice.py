"""What a comparison says, in plain words: better, no clear difference, forgets the right lung."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from medview.core.bootstrap import FEWEST, paired_interval

MINIMUM_GAIN = 0.005  # of mean Dice on held-out cases (AI.md)
MAXIMUM_DROP = 0.015  # of the Dice of a label, on held-out cases or on the old domain
PHANTOM_CASE = "generated phantoms (old skill)"
HELD_OUT, LEAVE_ONE_OUT = "held-out", "leave-one-patient-out"  # protocols of a comparison
LEFT_ONE_OUT = (
    "Too few patients to hold any out: each of the {count} patients was measured by a version "
    "that had not seen it; the candidate itself was trained on all."
)
WORDS = {
    "held_out": "held-out cases",
    "left_out": "left-out patients",
    "gain": "{where}: Dice {value:+.3f} (wanted {wanted:+.3f} or more),",
    "one_patient": "1 patient: too few for an interval ({fewest} needed)",
    "few_patients": "{patients} patients: too few for an interval ({fewest} needed)",
    "interval": "95 % interval {low:+.3f} to {high:+.3f} over {patients} patients",
    "old_skill": "old skill: Dice {value:+.3f} (allowed {allowed:+.3f})",
    "new": "A new model, with nothing to compare it with: Dice {gain:.3f} on {where}.",
    "all_seen": (
        "Every held-out case was among the base's own training patients, so it proves nothing. "
        "Accept slices of other patients."
    ),
    "none_compared": (
        "No held-out case was compared, so it is not known whether the candidate is better. "
        "Accept slices of a second patient: it will be held out."
    ),
    "better_and_keeps": "The candidate is better on {where} and keeps the old skill.",
    "better": "The candidate is better on {where}.",
    "worse": "The candidate is worse on {where}.",
    "no_difference": "There is no clear difference on {where}.",
    "forgets": "It forgets the {label}.",
    "loses": "It loses some of the old skill.",
    "discard": "Discard it.",
    "only_one_patient": "With one patient, leaving one out in turn is impossible.",
}
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Sentence:
    """One of `WORDS` and what fills its fields; the window translates the words first."""

    name: str
    fields: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return WORDS[self.name].format(**self.fields)

    def to_json(self) -> list[Any]:
        return [WORDS[self.name], dict(self.fields)]


def in_words(sentences: Iterable[Sentence]) -> str:
    """In English, one after the other."""
    return " ".join(map(str, sentences))


def add_advice(advice: dict[str, Any], name: str) -> None:
    """One sentence more under the comparison."""
    more = Sentence(name)
    advice["advice"] += f" {more}"
    advice["sentences"].append(more.to_json())


def summary(table: Iterable[Row], patients: Mapping[str, str]) -> dict[str, Any]:
    """Mean Dice difference over patients, its interval, and the rows that got worse first.

    ``patients`` gives the patient of each held-out case. Rows that the base has seen do not count.
    """
    by_patient: dict[str, list[float]] = {}
    for row in counted(table):
        by_patient.setdefault(patients.get(row["case"], row["case"]), []).append(difference(row))
    means = [float(np.mean(values)) for _, values in sorted(by_patient.items())]
    interval = paired_interval(means)
    return {
        "patients": len(means),
        "difference": float(np.mean(means)) if means else None,
        "interval": None if interval is None else list(interval),
    }


def counted(table: Iterable[Row], *, phantoms: bool = False) -> list[Row]:
    """The rows that prove something: held-out cases that the base never saw, or the phantoms."""
    return [
        row
        for row in table
        if (row["case"] == PHANTOM_CASE) == phantoms
        and row["candidate"] is not None
        and not row.get("seen", False)
    ]


def difference(row: Row) -> float:
    """The candidate's Dice less the current one's; a class that is new starts at 0."""
    return float(row["candidate"] - (row["current"] or 0.0))


def forgotten(table: Iterable[Row]) -> list[str]:
    """The labels that lose more than `MAXIMUM_DROP` on held-out cases or on the phantoms."""
    rows = list(table)
    lost = []
    for phantoms in (False, True):
        by_label: dict[str, list[float]] = {}
        for row in counted(rows, phantoms=phantoms):
            by_label.setdefault(str(row["label"]), []).append(difference(row))
        lost += [name for name, values in by_label.items() if np.mean(values) < -MAXIMUM_DROP]
    return list(dict.fromkeys(lost))


def gates(
    table: Iterable[Row], found: Mapping[str, Any] | None = None, protocol: str = HELD_OUT
) -> dict[str, Any]:
    """The advice: better by 0.005 on held-out cases, no label's Dice down by more than 0.015.

    ``found`` is the table's `summary`; without it every case is its own patient. ``protocol`` says
    whether the cases were held out or left out in turn.
    """
    where = WORDS["held_out" if protocol == HELD_OUT else "left_out"]
    rows = list(table)
    found = summary(rows, {}) if found is None else found
    gain, interval = found["difference"], found["interval"]
    checks = []
    if gain is not None:
        sure = interval is None or interval[0] > 0.0
        figures = {"where": where, "value": gain, "wanted": MINIMUM_GAIN}
        said = [Sentence("gain", figures), _certainty(int(found["patients"]), interval)]
        checks.append(_check("held_out", gain >= MINIMUM_GAIN and sure, gain, said))
    old = [difference(row) for row in counted(rows, phantoms=True)]
    lost = forgotten(rows)
    if old:
        drop = float(np.mean(old))
        said = [Sentence("old_skill", {"value": drop, "allowed": -MAXIMUM_DROP})]
        checks.append(_check("old_skill", drop >= -MAXIMUM_DROP and not lost, drop, said))
    if gain is not None and all(row["current"] is None for row in rows):
        advice = [Sentence("new", {"gain": gain, "where": where})]
    else:
        passed = {str(check["name"]): bool(check["passed"]) for check in checks}
        advice = _advice(gain, interval, passed, lost, rows, where)
    return {
        "advice": in_words(advice),
        "sentences": [one.to_json() for one in advice],
        "checks": checks,
    }


def _check(name: str, passed: bool, value: float, said: list[Sentence]) -> dict[str, Any]:
    return {
        "name": name,
        "passed": passed,
        "value": value,
        "text": in_words(said),
        "sentences": [one.to_json() for one in said],
    }


def _certainty(patients: int, interval: Any) -> Sentence:
    if interval is None:
        name = "one_patient" if patients == 1 else "few_patients"
        return Sentence(name, {"patients": patients, "fewest": FEWEST})
    low, high = interval
    return Sentence("interval", {"low": low, "high": high, "patients": patients})


def _advice(
    gain: float | None,
    interval: Any,
    passed: Mapping[str, bool],
    lost: list[str],
    rows: list[Row],
    where: str,
) -> list[Sentence]:
    if gain is None:
        seen = any(row.get("seen", False) for row in rows)
        return [Sentence("all_seen" if seen else "none_compared")]
    place = {"where": where}
    forgets = [Sentence("forgets", {"label": label}) for label in lost]
    if not forgets and not passed.get("old_skill", True):
        forgets = [Sentence("loses")]
    if passed["held_out"]:
        return (
            [Sentence("better", place), *forgets]
            if forgets
            else [Sentence("better_and_keeps", place)]
        )
    worse = gain <= -MINIMUM_GAIN and (interval is None or interval[1] < 0.0)
    if worse:
        return [Sentence("worse", place), *forgets, Sentence("discard")]
    return [Sentence("no_difference", place), *forgets]
