"""Lasso: draw around a region and it is painted, or cut, when the button is let go."""

from __future__ import annotations

from medview.edit.contour_tool import ContourOptions
from medview.edit.tools.freehand import Freehand


class Lasso(Freehand):
    """The freehand line, kept at once: letting go is what says so."""

    id = "lasso"
    name = "Lasso"
    shortcut = "L"
    description = "Draw around a region to paint it; with Ctrl or the right button to cut it."
    order = 56

    def __init__(self, options: ContourOptions | None = None) -> None:
        super().__init__(options or ContourOptions(at_once=True))
