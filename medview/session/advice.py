"""What a comparison says, in plain words: better, no clear difference, forgets the right lung."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
Row = Mapping[str, Any]


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
    where = "held-out cases" if protocol == HELD_OUT else "left-out patients"
    rows = list(table)
    found = summary(rows, {}) if found is None else found
    gain, interval = found["difference"], found["interval"]
    checks = []
    if gain is not None:
        sure = interval is None or interval[0] > 0.0
        checks.append(
            {
                "name": "held_out",
                "passed": gain >= MINIMUM_GAIN and sure,
                "value": gain,
                "text": f"{where}: Dice {gain:+.3f} (wanted {MINIMUM_GAIN:+.3f} or more), "
                + _certainty(int(found["patients"]), interval),
            }
        )
    old = [difference(row) for row in counted(rows, phantoms=True)]
    lost = forgotten(rows)
    if old:
        drop = float(np.mean(old))
        checks.append(
            {
                "name": "old_skill",
                "passed": drop >= -MAXIMUM_DROP and not lost,
                "value": drop,
                "text": f"old skill: Dice {drop:+.3f} (allowed {-MAXIMUM_DROP:+.3f})",
            }
        )
    if gain is not None and all(row["current"] is None for row in rows):
        words = f"A new model, with nothing to compare it with: Dice {gain:.3f} on {where}."
        return {"advice": words, "checks": checks}
    passed = {str(check["name"]): bool(check["passed"]) for check in checks}
    words = _advice(gain, interval, passed, lost, rows).replace("held-out cases", where)
    return {"advice": words, "checks": checks}


def _certainty(patients: int, interval: Any) -> str:
    if interval is None:
        many = "1 patient" if patients == 1 else f"{patients} patients"
        return f"{many}: too few for an interval ({FEWEST} needed)"
    low, high = interval
    return f"95 % interval {low:+.3f} to {high:+.3f} over {patients} patients"


def _advice(
    gain: float | None, interval: Any, passed: Mapping[str, bool], lost: list[str], rows: list[Row]
) -> str:
    if gain is None:
        seen = any(row.get("seen", False) for row in rows)
        return (
            "Every held-out case was among the base's own training patients, so it proves nothing. "
            "Accept slices of other patients."
            if seen
            else "No held-out case was compared, so it is not known whether the candidate is "
            "better. Accept slices of a second patient: it will be held out."
        )
    forgets = f" It forgets the {' and the '.join(lost)}." if lost else ""
    if not forgets and not passed.get("old_skill", True):
        forgets = " It loses some of the old skill."
    if passed["held_out"]:
        if forgets:
            return "The candidate is better on held-out cases." + forgets
        return "The candidate is better on held-out cases and keeps the old skill."
    worse = gain <= -MINIMUM_GAIN and (interval is None or interval[1] < 0.0)
    if worse:
        return "The candidate is worse on held-out cases." + forgets + " Discard it."
    return "There is no clear difference on held-out cases." + forgets
