"""Rows of the table of actions: what a row says, and the rows made from what the program finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from medview.core.display import CT_PRESETS, Window
from medview.edit.operation import discover_operations
from medview.edit.tool import discover_tools
from medview.gui.language import LANGUAGES, action_id
from medview.gui.view_grid import LAYOUTS
from medview.gui.words import tr
from medview.measure.kind import kinds
from medview.session.smoothing import WORDS

# Names of states an action may need; the window answers each with yes or no.
Needs = Literal[
    "nothing", "volume", "navigating", "labels", "undo", "redo", "model", "trainable", "busy",
    "heatmap", "accepted", "measures",
]  # fmt: skip


@dataclass(frozen=True)
class ActionSpec:
    """One row: ``callback`` names a method of the object given to `build`.

    ``argument`` is passed to it when not None; a checkable action passes its state. ``in_view``
    shortcuts work while the slice view has the focus only, so that lists and buttons keep their
    own arrow keys and space bar.
    """

    id: str
    text: str
    menu: str
    callback: str
    shortcuts: tuple[str, ...] = ()
    needs: Needs = "nothing"
    tip: str = ""
    argument: object = None
    checkable: bool = False
    toolbar: bool = False
    in_view: bool = False
    separator: bool = False  # a line above it

    @property
    def name(self) -> str:
        """The text in the window's language, without the dots of a dialog."""
        return tr(self.text.rstrip("…"))

    @property
    def place(self) -> str:
        """The menu in the window's language, ``View > Layout``."""
        return " > ".join(tr(part) for part in self.menu.split("/"))

    @property
    def shown_tip(self) -> str:
        """What it does, in the window's language; its name where the table says nothing."""
        if isinstance(self.argument, Window):
            return tr("Width {width:g}, level {level:g}").format(
                width=self.argument.width, level=self.argument.center
            )
        return tr(self.tip) or self.name


def presets() -> tuple[ActionSpec, ...]:
    """One row per window of grey values."""
    own = (
        ActionSpec("window-auto", "Automatic", "View/Window", "preset", ("0",), "navigating",
                   "Window from the values of this slice", argument="auto"),
        ActionSpec("window-file", "From the file", "View/Window", "preset", ("1",), "navigating",
                   "The window that the DICOM file asks for", argument="file"),
        ActionSpec("window-file-2", "Second from the file", "View/Window", "preset", ("2",),
                   "navigating", "The file's second window", argument="file-2"),
    )  # fmt: skip
    ct = tuple(
        ActionSpec(f"window-{window.name.lower()}", window.name, "View/Window", "preset", (digit,),
                   "navigating", argument=window, separator=number == 0)
        for number, (digit, window) in enumerate(CT_PRESETS)
    )  # fmt: skip
    return own + ct


def tools() -> tuple[ActionSpec, ...]:
    """One row per editing tool that the program finds: a tool is one file, here too."""
    return tuple(
        ActionSpec(tool.id, tool.name, "Tools", "use_tool", (tool.shortcut,), "labels",
                   tool.description, argument=tool.id, checkable=True, toolbar=tool.order <= 20)
        for tool in discover_tools()
    )  # fmt: skip


def operations() -> tuple[ActionSpec, ...]:
    """One row per operation that the program finds."""
    return tuple(
        ActionSpec(f"operation-{one.id}", f"{one.name}…", "Edit/Operations", "use_operation", (),
                   "labels", one.description, argument=one.id)
        for one in discover_operations()
    )  # fmt: skip


def measures() -> tuple[ActionSpec, ...]:
    """One row per kind of measure that the program finds, and what is done with them."""
    rows = tuple(
        ActionSpec(f"measure-{kind.id}", kind.name, "Measure", "measure", (kind.shortcut,),
                   "volume", kind.description, argument=kind.id, checkable=True,
                   toolbar=kind.order == 10)
        for kind in kinds().values()
    )  # fmt: skip
    return (
        *rows,
        ActionSpec("delete-measure", "Delete Measure", "Measure", "delete_measure", ("Del",),
                   "volume", "Remove the chosen measure", in_view=True, separator=True),
        ActionSpec("measures-csv", "Measures as CSV…", "Measure", "export_measures", (),
                   "measures", "All measures as a table, without the patient's name",
                   argument="csv", separator=True),
        ActionSpec("measures-sr", "Measures as DICOM SR…", "Measure", "export_measures", (),
                   "measures", "All measures as a DICOM structured report (TID 1500)",
                   argument="sr"),
    )  # fmt: skip


def layouts() -> tuple[ActionSpec, ...]:
    """One row per layout of the views."""
    return tuple(
        ActionSpec(f"layout-{layout.id}", layout.text, "View/Layout", "choose_layout",
                   (f"F{number}",), "volume", layout.tip, argument=layout.id)
        for number, layout in enumerate(LAYOUTS, start=2)
    )  # fmt: skip


def languages() -> tuple[ActionSpec, ...]:
    """One row per language; their names stand in the language itself."""
    return tuple(
        ActionSpec(action_id(code), name, "View/Language", "choose_language", (),
                   "nothing", "Takes effect when medview starts again", argument=code,
                   checkable=True)
        for code, name in LANGUAGES
    )  # fmt: skip


def filters() -> tuple[ActionSpec, ...]:
    """One row per display filter."""
    return tuple(
        ActionSpec(f"smooth-{kind}", words[0].upper() + words[1:], "View/Display Filter", "smooth",
                   (), "volume", "A display filter is for the eye only: the data stay as they are",
                   argument=kind)
        for kind, words in WORDS.items()
    )  # fmt: skip
