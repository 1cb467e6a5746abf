"""Frames at the same position: which belong together (time, echo, b-value, or file order)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import isfinite
from typing import Literal

from medview.dicom.header import FrameRef


@dataclass(frozen=True)
class Phase:
    """Frames with one position each, in falling certainty of how they were told apart."""

    frames: tuple[FrameRef, ...]
    name: str
    told_apart_by: Literal["nothing-repeats", "attribute", "order", "nothing"]


def split_phases(frames: Sequence[FrameRef], places: Sequence[int]) -> list[Phase]:
    """Split frames so that no place occurs twice in a part.

    ``places`` are whole numbers, equal for frames at one position. The strongest attribute that
    separates all repeats wins, then the strongest two together; else the order of acquisition.
    Frames that not even the instance number tells apart are marked "nothing".
    """
    repeats = max(Counter(places).values())
    if repeats == 1:
        return [Phase(tuple(frames), "", "nothing-repeats")]
    phases = [dict(frame.info.phase) for frame in frames]
    names = dict.fromkeys(key for phase in phases for key in phase)
    varying = [name for name in names if len({phase.get(name, "") for phase in phases}) > 1]
    alone = [name for name in varying if name != "direction" or "b-value" not in varying]
    for chosen in (*((name,) for name in alone), *combinations(varying, 2)):
        values = [tuple(phase.get(name, "") for name in chosen) for phase in phases]
        together = set(zip(places, values, strict=True))
        if len(set(values)) == repeats and len(together) == len(frames):
            return _by_value(frames, chosen, values)
    return _by_order(frames, places)


def _by_value(
    frames: Sequence[FrameRef], names: Sequence[str], values: list[tuple[str, ...]]
) -> list[Phase]:
    groups: dict[tuple[str, ...], list[FrameRef]] = defaultdict(list)
    for frame, value in zip(frames, values, strict=True):
        groups[value].append(frame)
    return [
        Phase(tuple(groups[value]), _words(names, value), "attribute")
        for value in sorted(groups, key=lambda value: [_number_first(part) for part in value])
    ]


def _words(names: Sequence[str], values: Sequence[str]) -> str:
    """E.g. "b-value 800", or "b-value 800, direction 0 1 0"."""
    parts = []
    for name, value in zip(names, values, strict=True):
        if not value:
            parts += [] if len(names) > 1 else [f"no {name}"]
            continue
        kind, number, text = _number_first(value)
        is_time = name.endswith(" time") and "echo" not in name  # HHMMSS is no number to round
        parts.append(f"{name} {text if kind or is_time else f'{number:g}'}")
    return ", ".join(parts)


def _number_first(value: str) -> tuple[int, float, str]:
    try:
        number = float(value)
    except ValueError:
        return (1, 0.0, value)
    return (0, number, value) if isfinite(number) else (1, 0.0, value)


def order_key(frame: FrameRef) -> tuple[int, int, int, str]:
    """The order of acquisition as far as the header says it; the path makes it definite."""
    header = frame.header
    return (
        header.acquisition_number or 0,
        header.instance_number or 0,
        frame.frame_number,
        str(header.path),
    )


def _by_order(frames: Sequence[FrameRef], places: Sequence[int]) -> list[Phase]:
    at_place: dict[int, list[FrameRef]] = defaultdict(list)
    for place, frame in sorted(
        zip(places, frames, strict=True), key=lambda item: order_key(item[1])
    ):
        at_place[place].append(frame)
    even = len(at_place) > 1 and len({len(group) for group in at_place.values()}) == 1
    numbered = all(
        len({(f.header.instance_number, f.frame_number) for f in group}) == len(group)
        for group in at_place.values()
    )
    ranks: dict[int, list[FrameRef]] = defaultdict(list)
    for group in at_place.values():
        for rank, frame in enumerate(group):
            ranks[rank].append(frame)
    told: Literal["order", "nothing"] = "order" if even and numbered else "nothing"
    return [Phase(tuple(ranks[rank]), f"phase {rank + 1}", told) for rank in sorted(ranks)]
