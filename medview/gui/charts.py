"""Charts: pyqtgraph plots in the window's colours, made when they are first shown."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from medview.gui import theme
from medview.gui.words import tr

COLORS = ("#4fb3bf", "#e0a84f", "#66bb6a", "#c58af9", "#ef6c5e", "#8fa3ad")
_TICKS = 10  # of what is counted, at most
_LEGEND = 0.3  # of the lines' width is free at their right, for the legend


def new_chart(title: str, left: str = "", bottom: str = "") -> Any:
    """An empty plot."""
    import pyqtgraph  # half a second that a start without charts saves

    pyqtgraph.setConfigOptions(
        background=theme.color("base"), foreground=theme.color("muted"), antialias=True
    )
    plot = pyqtgraph.PlotWidget()
    plot.setAccessibleName(tr("Curve of {name}").format(name=title))
    plot.setTitle(title, size="9pt")
    if left:
        plot.setLabel("left", left)
    if bottom:
        plot.setLabel("bottom", bottom)
    for side in ("left", "bottom"):
        plot.getAxis(side).enableAutoSIPrefix(False)  # "x0.001" is for engineers
    plot.showGrid(x=False, y=True, alpha=0.2)
    plot.setMenuEnabled(False)
    plot.hideButtons()
    plot.addLegend(offset=(-8, 8), labelTextSize="8pt")
    return plot


def draw_lines(
    plot: Any,
    lines: Mapping[str, Sequence[tuple[float, float]]],
    ticks: Sequence[str] = (),
    *,
    from_zero: bool = False,
) -> None:
    """One line with points per name, in place of what was there.

    ``ticks`` names x = 0, 1, ...; without, x counts something.
    """
    import pyqtgraph

    plot.clear()
    for (name, points), color in zip(lines.items(), COLORS * len(lines), strict=False):
        plot.plot(
            [x for x, _ in points],
            [y for _, y in points],
            name=name,
            pen=pyqtgraph.mkPen(color, width=2),
            symbol="o",
            symbolSize=6,
            symbolBrush=color,
            symbolPen=None,
        )
    if from_zero:
        highest = max((y for points in lines.values() for _, y in points), default=0.0)
        plot.setYRange(0.0, max(highest, 1e-3) * 1.1)
    places = [x for points in lines.values() for x, _ in points] or [0.0]
    first, last = min(places), max(places)
    span = max(last - first, 1.0)
    plot.setXRange(first - 0.05 * span, last + _LEGEND * span, padding=0.0)
    if ticks:
        plot.getAxis("bottom").setTicks([list(enumerate(ticks))])
    else:
        plot.getAxis("bottom").setTickSpacing(levels=[(math.ceil(span / _TICKS), 0)])


def draw_bars(plot: Any, values: Sequence[float], ticks: Sequence[str], color: int = 0) -> None:
    """One bar per value, in place of what was there."""
    import pyqtgraph

    plot.clear()
    bars = pyqtgraph.BarGraphItem(
        x=list(range(len(values))), height=list(values), width=0.6, brush=COLORS[color], pen=None
    )
    plot.addItem(bars)
    plot.setXRange(-0.8, max(len(values), 3) - 0.2)
    plot.getAxis("bottom").setTicks([list(enumerate(ticks))])
