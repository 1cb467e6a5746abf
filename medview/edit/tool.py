"""The contract of an editing tool, and how the program finds the tools."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from medview.core.discover import classes_of
from medview.core.job import Progress
from medview.core.volume import Volume
from medview.edit.draft import Draft, Proposal
from medview.edit.mask_editor import MaskEditor
from medview.edit.tips import Oblique, Plane


@dataclass(frozen=True)
class Pointer:
    """Where the mouse is: fractional voxel index (slice, row, column), and the plane shown.

    ``plane_axis`` is the voxel axis that points out of the plane (0: the stored slices).
    ``invert`` is True while the user holds the key (or the right button) that inverts the tool,
    ``extend`` while Shift is held. ``reach_mm`` is how far from a handle still takes it, ``clicks``
    2 for the second press of a double click. ``oblique`` is the plane where it lies between voxels.
    """

    position: tuple[float, float, float]
    plane_axis: int = 0
    invert: bool = False
    extend: bool = False
    clicks: int = 1
    reach_mm: float = 2.0
    oblique: Oblique | None = None

    @property
    def plane(self) -> Plane:
        return self.plane_axis if self.oblique is None else self.oblique

    @property
    def plane_index(self) -> int:
        """Which plane of ``plane_axis`` is shown."""
        return round(self.position[self.plane_axis])


Work = Callable[[Progress], Any]
Done = Callable[[Any], None]


def work_at_once(name: str, work: Work, done: Done) -> None:
    """Without a window there is nothing to wait for."""
    done(work(Progress()))


@dataclass(frozen=True)
class ToolContext:
    """What a tool works on; ``label_id`` is the active label, ``window`` the shown range of values.

    ``run(name, work, done)`` does slow work elsewhere and hands its result to ``done`` in the
    thread of the editor, but only if no label changed meanwhile. ``work`` is a plain function of
    a `Progress`; it may read the volume, and the label voxels by a copy of its own.
    """

    editor: MaskEditor
    volume: Volume
    label_id: int
    person: str = ""
    window: tuple[float, float] | None = None
    run: Callable[[str, Work, Done], None] = work_at_once


class Tool:
    """A gesture: press, any number of moves, release (or cancel). One file in ``edit/tools``.

    ``options`` is a dataclass whose fields carry ``metadata`` (label, unit, minimum, maximum,
    step) from which the window makes the form. A tool that paints keeps no state between gestures
    but options. One that proposes keeps its ``draft`` (frozen, made anew with every change) until
    `keep` or `drop`; the window asks for those by Enter and Esc alone.
    """

    id: ClassVar[str]
    name: ClassVar[str]
    shortcut: ClassVar[str]
    description: ClassVar[str]
    order: ClassVar[int] = 100
    erases: ClassVar[bool] = False
    scrolls: ClassVar[bool] = False  # whether a gesture may go on in another slice
    in_oblique: ClassVar[bool] = False  # works in planes between voxels, too
    changes_any: ClassVar[bool] = False  # other labels too, whatever the overwrite policy

    def __init__(self, options: Any = None) -> None:
        self.options = options
        self.draft: Draft | None = None

    @property
    def keeps_at_once(self) -> bool:
        """Whether letting the button go keeps the draft; else Enter does."""
        return bool(getattr(self.options, "at_once", False))

    def press(self, context: ToolContext, pointer: Pointer) -> None:
        raise NotImplementedError

    def move(self, context: ToolContext, pointer: Pointer) -> None:
        raise NotImplementedError

    def release(self, context: ToolContext, pointer: Pointer) -> None:
        raise NotImplementedError

    def hover(self, context: ToolContext, pointer: Pointer) -> None:
        """The mouse moved without a button."""

    def step_back(self, context: ToolContext) -> None:
        """Backspace: take the last part of the draft away."""

    def cancel(self, context: ToolContext) -> None:
        """Esc during the gesture: nothing of it stays."""
        context.editor.abort()

    def options_changed(self, context: ToolContext) -> None:
        """Other options while a draft is shown."""

    def keep(self, context: ToolContext) -> Proposal | None:
        """Enter: what is to be written; the draft is gone afterwards."""
        proposal = None if self.draft is None else self.draft.proposal
        self.drop()
        return proposal

    def drop(self) -> None:
        """Esc: the draft is gone."""
        self.draft = None


def discover_tools() -> list[type[Tool]]:
    """Every Tool class in ``medview.edit.tools``, by ``order``."""
    from medview.edit import tools

    return classes_of(tools, Tool)
