"""ViewGrid: places the views: one, three planes, two beside each other; double click maximises."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from medview.gui.slice_cell import SliceCell
from medview.gui.view_group import ViewGroup

Place = tuple[int, int, int, int]  # row, column, rows, columns


@dataclass(frozen=True)
class ViewLayout:
    """A row of the table: which cells lie where."""

    id: str
    text: str
    tip: str
    places: tuple[tuple[str, Place], ...]


LAYOUTS: tuple[ViewLayout, ...] = (
    ViewLayout("one", "One View", "The stored slices alone", (("main", (0, 0, 1, 1)),)),
    ViewLayout(
        "planes",
        "Three Planes",
        "The stored slices large, the two planes across beside them",
        (("main", (0, 0, 2, 2)), ("across-0", (0, 2, 1, 1)), ("across-1", (1, 2, 1, 1))),
    ),
    ViewLayout(
        "row",
        "Three in a Row",
        "Three planes of one size",
        (("main", (0, 0, 1, 1)), ("across-0", (0, 1, 1, 1)), ("across-1", (0, 2, 1, 1))),
    ),
    ViewLayout(
        "four",
        "Planes and 3D",
        "Three planes and the surfaces of the labels in 3D",
        (
            ("main", (0, 0, 1, 1)),
            ("across-0", (0, 1, 1, 1)),
            ("across-1", (1, 0, 1, 1)),
            ("volume3d", (1, 1, 1, 1)),
        ),
    ),
)


class ViewGrid(QWidget):
    """Holds a cell per view; cells are made when a layout first asks for them.

    `offer` adds kinds of cells that are no view of the open volume (3D, another series).
    """

    layout_changed = Signal(str)

    def __init__(self, group: ViewGroup, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.group = group
        self.layouts: dict[str, ViewLayout] = {layout.id: layout for layout in LAYOUTS}
        self.current = "one"
        self._maximised = ""
        self._makers: dict[str, Callable[[], QWidget]] = {
            "across-0": lambda: SliceCell(group.across(0)),
            "across-1": lambda: SliceCell(group.across(1)),
        }
        self.main = SliceCell(group.main)
        self.cells: dict[str, QWidget] = {"main": self.main}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(2)
        group.main.maximise_wanted.connect(lambda: self.toggle_maximised("main"))
        self._arrange()

    def offer(self, name: str, make: Callable[[], QWidget]) -> None:
        """A kind of cell, made when a layout first shows it."""
        self._makers[name] = make

    def add_layout(self, layout: ViewLayout) -> None:
        """Another layout to choose."""
        self.layouts[layout.id] = layout

    def choose(self, layout_id: str) -> None:
        """Arrange the cells of a layout."""
        if layout_id not in self.layouts:
            return
        changed = layout_id != self.current or bool(self._maximised)
        self.current, self._maximised = layout_id, ""
        if changed:
            self._arrange()
            self.layout_changed.emit(layout_id)

    def toggle_maximised(self, name: str) -> None:
        """One cell alone, or all of the layout again."""
        if len(self.layouts[self.current].places) < 2:
            return
        self._maximised = "" if self._maximised else name
        self._arrange()

    @property
    def is_maximised(self) -> bool:
        return bool(self._maximised)

    def shows(self, name: str) -> bool:
        """Whether a cell is in the grid now."""
        return name in dict(self._places())

    def _places(self) -> tuple[tuple[str, Place], ...]:
        if self._maximised:
            return ((self._maximised, (0, 0, 1, 1)),)
        return self.layouts[self.current].places

    def _cell(self, name: str) -> QWidget:
        if name not in self.cells:
            cell = self._makers[name]()
            self.cells[name] = cell
            if isinstance(cell, SliceCell):
                cell.show_planes()
                cell.view.maximise_wanted.connect(lambda: self.toggle_maximised(name))
        return self.cells[name]

    def _arrange(self) -> None:
        for cell in self.cells.values():
            self._grid.removeWidget(cell)
            cell.hide()
        places = self._places()
        for line in range(4):
            self._grid.setRowStretch(line, 0)
            self._grid.setColumnStretch(line, 0)
        for name, (row, column, rows, columns) in places:
            cell = self._cell(name)
            self._grid.addWidget(cell, row, column, rows, columns)
            for line in range(row, row + rows):
                self._grid.setRowStretch(line, 1)
            for line in range(column, column + columns):
                self._grid.setColumnStretch(line, 1)
            cell.show()
