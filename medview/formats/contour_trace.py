"""Pixels to polygons: outlines along the pixels' edges, holes joined to them by a keyhole."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Vertex = tuple[int, int]  # (row, column) of a pixel's upper left corner
Loop = list[Vertex]

_INSET = 0.001  # pixels

_RIGHT, _DOWN, _LEFT, _UP = (0, 1), (1, 0), (0, -1), (-1, 0)
_TURNS_RIGHT = {_RIGHT: _DOWN, _DOWN: _LEFT, _LEFT: _UP, _UP: _RIGHT}


def trace(mask: NDArray[np.bool_]) -> list[NDArray[np.float64]]:
    """The outlines of a mask (rows, columns), each (n, 2): row, column, centres at whole numbers.

    One simple polygon per region of pixels that share edges, clockwise as seen on the screen;
    regions that touch at a corner stay apart. A hole is reached by a channel of no width along a
    pixel edge: the keyhole of PS3.3 C.8.8.6.3, which every reader of CLOSED_PLANAR understands,
    also one that does not subtract inner contours. Lines keep half a pixel from all centres, so
    rounding in a file moves no pixel; they run a thousandth of a pixel inside the edge, so that a
    reader that rounds to whole pixels (rt-utils) rounds to the region's own.
    """
    inside = np.pad(mask, 1)
    outer: list[Loop] = []
    holes: list[Loop] = []
    for loop in _loops(inside):
        (outer if _is_clockwise(loop) else holes).append(loop)
    for hole in sorted(holes, key=min_column):
        _join(outer, hole, inside)
    # 1 for the padding, a half from corner to centre
    return [np.array(_corners(loop), dtype=np.float64) - 1.5 for loop in outer]


def min_column(loop: Loop) -> tuple[int, int]:
    """(column, row) of the leftmost vertex, the upper one of several."""
    return min((column, row) for row, column in loop)


def _loops(inside: NDArray[np.bool_]) -> list[Loop]:
    """Closed walks along pixel edges in unit steps, the inside on the right hand."""
    leaving: dict[Vertex, list[Vertex]] = {}
    before_row, before_column = inside[:-1, :], inside[:, :-1]
    below, right = inside[1:, :], inside[:, 1:]
    for where, (at_row, at_column), step in (
        (below & ~before_row, (1, 0), _RIGHT),  # upper edges
        (before_row & ~below, (1, 1), _LEFT),  # lower edges
        (right & ~before_column, (1, 1), _UP),  # left edges
        (before_column & ~right, (0, 1), _DOWN),  # right edges
    ):
        for row, column in np.argwhere(where).tolist():
            leaving.setdefault((row + at_row, column + at_column), []).append(step)
    loops = []
    while leaving:
        start = next(iter(leaving))
        loops.append(_walk(leaving, start))
    return loops


def _walk(leaving: dict[Vertex, list[Vertex]], start: Vertex) -> Loop:
    """Take the edges of one loop out of ``leaving``."""
    loop: Loop = []
    at, step = start, leaving[start][0]
    while True:
        choices = leaving[at]
        # where pixels touch at a corner, stay with one's own
        step = _TURNS_RIGHT[step] if len(choices) > 1 and loop else choices[0]
        choices.remove(step)
        if not choices:
            del leaving[at]
        loop.append(at)
        at = (at[0] + step[0], at[1] + step[1])
        if at == start and _closes(leaving, at, step, loop):
            return loop


def _closes(leaving: dict[Vertex, list[Vertex]], at: Vertex, step: Vertex, loop: Loop) -> bool:
    """Is the walk back where it began, and not only passing through the same corner?"""
    first = (loop[1][0] - loop[0][0], loop[1][1] - loop[0][1])
    return at not in leaving or first == _TURNS_RIGHT[step]


def _is_clockwise(loop: Loop) -> bool:
    corners = np.array(loop)
    rows, columns = corners[:, 0], corners[:, 1]
    return bool(np.sum(columns * np.roll(rows, -1) - np.roll(columns, -1) * rows) > 0)


def _join(outer: list[Loop], hole: Loop, inside: NDArray[np.bool_]) -> None:
    """Splice a hole into the outline to the left of its leftmost corner.

    Between the two lies the region itself: what is met first is its outline, or another of its
    holes, which begins further left and so is part of the outline already.
    """
    column, row = min_column(hole)
    there = column
    while inside[row - 1, there - 1] and inside[row, there - 1]:
        there -= 1
    bridge = (row, there)
    number = next(n for n, loop in enumerate(outer) if bridge in loop)
    place = outer[number].index(bridge) + 1
    first = hole.index((row, column))
    channel = [*hole[first:], *hole[:first], (row, column), bridge]
    outer[number][place:place] = channel


def _corners(loop: Loop) -> list[tuple[float, float]]:
    """The vertices where the direction changes, moved inside by `_INSET`."""
    corners = []
    for index, (row, column) in enumerate(loop):
        before, after = loop[index - 1], loop[(index + 1) % len(loop)]
        came = _direction(before, (row, column))
        goes = _direction((row, column), after)
        if came != goes:
            down = _TURNS_RIGHT[came][0] + _TURNS_RIGHT[goes][0]
            right = _TURNS_RIGHT[came][1] + _TURNS_RIGHT[goes][1]
            corners.append((row + down * _INSET, column + right * _INSET))
    return corners


def _direction(start: Vertex, end: Vertex) -> Vertex:
    return _sign(end[0] - start[0]), _sign(end[1] - start[1])


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)
