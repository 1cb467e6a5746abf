"""The contract of an editing tool, and how the program finds the tools."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass
from typing import Any, ClassVar

from medview.core.volume import Volume
from medview.edit.mask_editor import MaskEditor


@dataclass(frozen=True)
class Pointer:
    """Where the mouse is: fractional voxel index (slice, row, column), and the plane shown.

    ``plane_axis`` is the voxel axis that points out of the plane (0: the stored slices).
    ``invert`` is True while the user holds the key (or the right button) that inverts the tool.
    """

    position: tuple[float, float, float]
    plane_axis: int = 0
    invert: bool = False


@dataclass(frozen=True)
class ToolContext:
    """What a tool works on; ``label_id`` is the active label."""

    editor: MaskEditor
    volume: Volume
    label_id: int
    person: str = ""


class Tool:
    """A gesture: press, any number of moves, release (or cancel). One file in ``edit/tools``.

    ``options`` is a dataclass whose fields carry ``metadata`` (label, unit, minimum, maximum,
    step) from which the window makes the form. Tools keep no state between gestures but options.
    """

    id: ClassVar[str]
    name: ClassVar[str]
    shortcut: ClassVar[str]
    description: ClassVar[str]
    order: ClassVar[int] = 100

    def __init__(self, options: Any = None) -> None:
        self.options = options

    def press(self, context: ToolContext, pointer: Pointer) -> None:
        raise NotImplementedError

    def move(self, context: ToolContext, pointer: Pointer) -> None:
        raise NotImplementedError

    def release(self, context: ToolContext, pointer: Pointer) -> None:
        raise NotImplementedError

    def cancel(self, context: ToolContext) -> None:
        """Esc during the gesture: nothing of it stays."""
        context.editor.abort()


def discover_tools() -> list[type[Tool]]:
    """Every Tool class in ``medview.edit.tools``, by ``order``."""
    from medview.edit import tools

    found: set[type[Tool]] = set()
    for module in pkgutil.iter_modules(tools.__path__):
        loaded = importlib.import_module(f"{tools.__name__}.{module.name}")
        for value in vars(loaded).values():
            if isinstance(value, type) and issubclass(value, Tool) and hasattr(value, "id"):
                found.add(value)
    return sorted(found, key=lambda tool: (tool.order, tool.id))
