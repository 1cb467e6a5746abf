"""TrainingResult: the child's last event, checked and put into words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from medview.gui.words import sentences, tr
from medview.session.advice import LEAVE_ONE_OUT, LEFT_ONE_OUT

BETTER_BY = 0.005  # AI.md: the gate's step in Dice
_CASE = re.compile(r"case (\d+) \((\w+)\)")


@dataclass(frozen=True)
class ComparedRow:
    """One held-out case (or the mean) and one label: Dice of both models, None = nothing there."""

    case: str
    label: str
    current: float | None
    candidate: float | None
    key: str = ""  # the case as the child named it
    is_seen: bool = False  # the base was trained on this patient: shown, and not counted
    figures: Mapping[str, tuple[float | None, float | None]] = field(default_factory=dict)

    @property
    def difference(self) -> float | None:
        if self.current is None or self.candidate is None:
            return None
        return self.candidate - self.current

    @property
    def verdict(self) -> str:
        """``better``, ``worse`` or ``same``, for colour and for readers who see none."""
        difference = self.difference
        if difference is None or abs(difference) < BETTER_BY:
            return "same"
        return "better" if difference > 0 else "worse"


@dataclass(frozen=True)
class TrainingResult:
    """Candidate, what it was made from, the comparison and the advice.

    ``is_new``: a model for another task, which has nothing to be compared with.
    ``left_one_out``: how many patients were measured by versions that had not seen them; 0 where
    patients were held out.
    """

    candidate: str
    base: str
    rows: tuple[ComparedRow, ...]
    advice: str
    gates: tuple[str, ...]
    is_recommended: bool = False  # every gate passed; the choice stays the person's
    wrong_pixels: tuple[float, float] | None = None  # per held-out slice: current, candidate
    left_out: tuple[str, ...] = ()  # damaged slices, by case and number
    is_new: bool = False
    left_one_out: int = 0

    @property
    def name_and_version(self) -> tuple[str, str]:
        name, _, version = self.candidate.partition("@")
        return name, version

    @classmethod
    def of(cls, event: Mapping[str, Any]) -> TrainingResult:
        """From the "done" event; missing parts stay empty rather than fail."""
        rows = tuple(_row(row) for row in event.get("table") or () if isinstance(row, Mapping))
        gates = event.get("gates") or {}
        return cls(
            str(event.get("candidate", "")),
            str(event.get("base", "")),
            rows,
            _advice(gates, rows),
            tuple(_gate_lines(gates)),
            _all_passed(gates),
            _wrong_pixels(event.get("summary")),
            tuple(map(str, event.get("left_out") or ())),
            bool(event.get("new_task", False)),
            _left_one_out(event),
        )

    @property
    def title(self) -> str:
        if self.is_new:
            return tr("{candidate}, a new model").format(candidate=self.candidate)
        words = tr("{candidate} against {base}")
        return words.format(candidate=self.candidate, base=self.base)

    @property
    def protocol(self) -> str:
        """How it was measured, where that is not on held-out patients; else ""."""
        return tr(LEFT_ONE_OUT).format(count=self.left_one_out) if self.left_one_out else ""

    @property
    def effort(self) -> str:
        """What the candidate would save, in words; "" where nothing is known."""
        if self.wrong_pixels is None:
            return ""
        now, then = self.wrong_pixels
        words = tr("Pixels to correct per slice: {now:.0f} now, {then:.0f} with the candidate")
        said = words.format(now=now, then=then)
        if now > 0 and then < now:
            said += tr(" ({share:.0%} saved)").format(share=1 - then / now)
        return said

    @property
    def damage(self) -> str:
        """Which accepted slices could not be read, in words; "" when all could."""
        if not self.left_out:
            return ""
        words = tr("Damaged and left out of the training: {slices}.")
        return words.format(slices="; ".join(self.left_out))

    def with_titles(self, titles: Mapping[str, str]) -> TrainingResult:
        """Cases named as in the list of earlier cases: ``titles`` by the hash the child knows."""
        rows = tuple(replace(row, case=_named(row.key, titles)) for row in self.rows)
        return replace(self, rows=rows)


def _named(key: str, titles: Mapping[str, str]) -> str:
    """The child's name of a case in the window's language, with the title where it is known."""
    found = _CASE.fullmatch(key)
    if found is None:
        return tr(key)  # the phantoms
    words = tr("case {number}").format(number=found[1])
    title = titles.get(found[2], "")
    return f"{words}: {title}" if title else f"{words} ({found[2]})"


def _left_one_out(event: Mapping[str, Any]) -> int:
    summary = event.get("summary")
    if event.get("protocol") != LEAVE_ONE_OUT or not isinstance(summary, Mapping):
        return 0
    return int(summary.get("patients") or 0)


def _all_passed(gates: Any) -> bool:
    checks = gates.get("checks", ()) if isinstance(gates, Mapping) else ()
    passed = [check.get("passed") for check in checks if isinstance(check, Mapping)]
    return len(passed) > 1 and all(passed)  # held-out cases and the old skill


def _row(row: Mapping[str, Any]) -> ComparedRow:
    key = str(row.get("case", ""))
    return ComparedRow(
        _named(key, {}),
        str(row.get("label", row.get("class", ""))),
        _number(row, "current", "base"),
        _number(row, "candidate"),
        key,
        bool(row.get("seen", False)),
        _both(row.get("figures")),
    )


def _both(figures: Any) -> dict[str, tuple[float | None, float | None]]:
    """Each figure of the current model and of the candidate, by name."""
    if not isinstance(figures, Mapping):
        return {}
    sides = [figures.get(who) or {} for who in ("current", "candidate")]
    names = dict.fromkeys(name for side in sides for name in side)
    return {name: (_number(sides[0], name), _number(sides[1], name)) for name in names}


def _wrong_pixels(summary: Any) -> tuple[float, float] | None:
    found = summary.get("wrong_pixels_per_slice") if isinstance(summary, Mapping) else None
    if not isinstance(found, Mapping):
        return None
    now, then = _number(found, "current"), _number(found, "candidate")
    return None if now is None or then is None else (now, then)


def _number(row: Mapping[str, Any], *names: str) -> float | None:
    for name in names:
        value = row.get(name)
        if isinstance(value, Mapping):
            value = value.get("dice")
        if isinstance(value, int | float):
            return float(value)
    return None


def _advice(gates: Any, rows: tuple[ComparedRow, ...]) -> str:
    if isinstance(gates, Mapping) and gates.get("advice"):
        return sentences(gates.get("sentences"), str(gates["advice"]))
    known = [row.difference for row in rows if row.difference is not None]
    if not known:
        return tr("There was no held-out case to compare on. Nothing is known about the candidate.")
    mean = sum(known) / len(known)
    if mean >= BETTER_BY:
        words = tr("The candidate is better on held-out cases by {mean:.3f} Dice on average.")
        return words.format(mean=mean)
    if mean <= -BETTER_BY:
        words = tr("The candidate is worse on held-out cases by {mean:.3f} Dice on average.")
        return words.format(mean=-mean)
    return tr("The candidate is no better on held-out cases.")


def _gate_lines(gates: Any) -> list[str]:
    items = gates.get("checks", gates) if isinstance(gates, Mapping) else gates
    if isinstance(items, Mapping):
        items = [
            {"name": name, **(gate if isinstance(gate, Mapping) else {"passed": gate})}
            for name, gate in items.items()
            if name != "advice"
        ]
    lines = []
    for gate in items or ():
        if not isinstance(gate, Mapping) or not isinstance(gate.get("passed"), bool):
            continue
        words = gate.get("text") or str(gate.get("name", "")).replace("_", " ")
        words = sentences(gate.get("sentences"), words)
        lines.append(f"{'✓' if gate['passed'] else '✗'} {words}")
    return lines
