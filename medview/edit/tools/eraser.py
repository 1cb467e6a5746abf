"""Eraser: the brush's twin that removes labels."""

from __future__ import annotations

from medview.edit.tools.brush import Brush


class Eraser(Brush):
    """Erases every unlocked label under the tip; paints while inverted."""

    id = "eraser"
    name = "Eraser"
    shortcut = "E"
    description = "Erase unlocked labels under the tip. Hold Ctrl to paint."
    order = 20
    erases = True
