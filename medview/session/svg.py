"""Charts as SVG text, for reports that are one file: curves, dots, and coloured tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

COLORS = ("#1f7681", "#b8741a", "#3d8b40", "#7a4fb5", "#c0392b", "#5b6f7a")
_WIDTH, _HEIGHT, _LEFT, _TOP, _RIGHT, _BOTTOM = 380, 300, 52, 28, 12, 44


def curves(
    title: str,
    lines: Mapping[str, Sequence[tuple[float, float]]],
    across: str,
    up: str,
    *,
    diagonal: bool = False,
) -> str:
    """Lines in the unit square with a legend."""
    parts = [_frame(title, across, up)]
    if diagonal:
        parts.append(f'<line {_ends((0, 0), (1, 1))} stroke="#999" stroke-dasharray="4 4"/>')
    for number, (name, points) in enumerate(lines.items()):
        color = COLORS[number % len(COLORS)]
        shown = _thinned(points)
        path = " ".join(f"{_x(x):.1f},{_y(y):.1f}" for x, y in shown)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="2"/>')
        at = _HEIGHT - _BOTTOM - 10 - 15 * (len(lines) - 1 - number)
        parts.append(
            f'<rect x="{_WIDTH - 150}" y="{at - 8}" width="12" height="3" fill="{color}"/>'
        )
        parts.append(f'<text x="{_WIDTH - 133}" y="{at - 3}">{escape(name)}</text>')
    return _whole(parts)


def dots(title: str, groups: Mapping[str, Sequence[float]], up: str) -> str:
    """Every value 0..1 as a dot above its group's name, and a bar at the mean."""
    parts = [_frame(title, "", up, ticks_across=False)]
    step = (_WIDTH - _LEFT - _RIGHT) / max(len(groups), 1)
    for number, (name, values) in enumerate(groups.items()):
        color = COLORS[number % len(COLORS)]
        middle = _LEFT + (number + 0.5) * step
        for n, value in enumerate(values):
            x = middle + ((n * 7919) % 21 - 10)  # side by side rather than on one another
            parts.append(f'<circle cx="{x:.1f}" cy="{_y(value):.1f}" r="3.5" fill="{color}" '
                         'fill-opacity="0.6"/>')  # fmt: skip
        if values:
            y = _y(sum(values) / len(values))
            parts.append(f'<line x1="{middle - 16:.1f}" x2="{middle + 16:.1f}" y1="{y:.1f}" '
                         f'y2="{y:.1f}" stroke="#222" stroke-width="2"/>')  # fmt: skip
        parts.append(f'<text x="{middle:.1f}" y="{_HEIGHT - _BOTTOM + 16}" text-anchor="middle">'
                     f"{escape(name)}</text>")  # fmt: skip
    return _whole(parts)


def _frame(title: str, across: str, up: str, *, ticks_across: bool = True) -> str:
    middle = _LEFT + (_WIDTH - _LEFT - _RIGHT) / 2
    parts = [
        f'<text x="{middle}" y="16" text-anchor="middle" font-weight="bold">{escape(title)}</text>',
        f'<text x="{middle}" y="{_HEIGHT - 8}" text-anchor="middle">{escape(across)}</text>',
        f'<text transform="translate(13 {(_HEIGHT - _BOTTOM + _TOP) / 2}) rotate(-90)" '
        f'text-anchor="middle">{escape(up)}</text>',
    ]
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        parts.append(f'<line {_ends((0, tick), (1, tick))} stroke="#ddd"/>')
        parts.append(
            f'<text x="{_LEFT - 5}" y="{_y(tick) + 4:.1f}" text-anchor="end">{tick:g}</text>'
        )
        if ticks_across:
            parts.append(f'<text x="{_x(tick):.1f}" y="{_HEIGHT - _BOTTOM + 16}" '
                         f'text-anchor="middle">{tick:g}</text>')  # fmt: skip
    return "".join(parts)


def _whole(parts: Sequence[str]) -> str:
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}" '
        f'xmlns="http://www.w3.org/2000/svg" font-family="sans-serif" font-size="11">'
        f"{''.join(parts)}</svg>"
    )


def _x(value: float) -> float:
    return _LEFT + min(max(value, 0.0), 1.0) * (_WIDTH - _LEFT - _RIGHT)


def _y(value: float) -> float:
    return _HEIGHT - _BOTTOM - min(max(value, 0.0), 1.0) * (_HEIGHT - _BOTTOM - _TOP)


def _ends(first: tuple[float, float], last: tuple[float, float]) -> str:
    return (
        f'x1="{_x(first[0]):.1f}" y1="{_y(first[1]):.1f}" '
        f'x2="{_x(last[0]):.1f}" y2="{_y(last[1]):.1f}"'
    )


def _thinned(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Without points that lie within half a pixel of the one before."""
    shown: list[tuple[float, float]] = []
    for point in points:
        far = not shown or abs(_x(point[0]) - _x(shown[-1][0])) + abs(
            _y(point[1]) - _y(shown[-1][1])
        ) > 0.5  # fmt: skip
        if far:
            shown.append(point)
    return shown + list(points[-1:])
