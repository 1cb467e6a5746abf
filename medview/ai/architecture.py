"""What a card says of a network's shape. No heavy import, so that reading a card is quick."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

LEVELS = 5
_BASE, _WIDTH = (4, 64), (4, 1024)  # channels of the finest level when doubled, and of any level


def widths_of(base: Any) -> tuple[int, ...]:
    """Channels of the levels, the finest first: those given, or ``base`` doubled at each level.

    ValueError for anything else than an integer or five.
    """
    if isinstance(base, list | tuple):
        widths, (low, high) = tuple(base), _WIDTH
        if len(widths) != LEVELS:
            raise ValueError(f"base must be one integer or {LEVELS}, not {len(widths)}")
    else:
        widths, (low, high) = (base,), _BASE
    for width in widths:
        if type(width) is not int or not low <= width <= high:
            raise ValueError(f"base must be an integer {low}..{high}, not {width!r}")
        if width % groups_of(width):
            raise ValueError(f"{width} channels are not {groups_of(width)} equal groups")
    return widths if len(widths) == LEVELS else tuple(base * 2**level for level in range(LEVELS))


def base_of(widths: Sequence[int]) -> int | list[int]:
    """The shortest that `widths_of` reads as these."""
    doubled = [widths[0] * 2**level for level in range(LEVELS)]
    return widths[0] if list(widths) == doubled else list(widths)


def groups_of(channels: int) -> int:
    """Groups of a GroupNorm over so many channels."""
    return max(1, min(8, channels // 4))
