"""ViewController: how the open volume is looked at: layout, crosshair, cine, display filter."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject

from medview.core.display import Window
from medview.core.planes import Slab
from medview.gui.cine import Cine
from medview.gui.crosshair import Crosshair
from medview.gui.display_smoothing import DisplaySmoothing
from medview.gui.shown_slice import ShownSlice
from medview.gui.slice_view import SliceView
from medview.gui.view_grid import ViewGrid
from medview.gui.workbench import Workbench

_LAYOUT = "view_layout"


class ViewController(QObject):
    """Carries out what menus and keys ask of the views; keeps the layout over sessions."""

    def __init__(self, bench: Workbench, grid: ViewGrid, parent: QObject) -> None:
        super().__init__(parent)
        self._bench = bench
        self._group = bench.views
        self.grid = grid
        self.crosshair = Crosshair(self._group)
        self.cine = Cine(self._group, self)
        self.smoothing = DisplaySmoothing(bench.runner, self._group, self)
        for view in self._group.views:
            self._listen(view)
        self._group.view_added.connect(self._listen)
        grid.layout_changed.connect(self._layout_chosen)
        grid.choose(str(bench.session.settings.get(_LAYOUT, "one")))

    @property
    def active(self) -> SliceView:
        return self._group.active

    def show_volume(self) -> None:
        """Another volume is open, or none."""
        self.cine.volume_changed()
        session = self._bench.session
        self._group.set_volume(session.volume)
        self._group.set_labels(session.labelmap)
        self.crosshair.reset()
        self.smoothing.volume_changed()

    def _listen(self, view: SliceView) -> None:
        view.pointed.connect(lambda voxel: self._point(voxel, view))

    def _point(self, voxel: Any, view: SliceView) -> None:
        if voxel is not None:
            self.crosshair.move_to(voxel, view)

    def _layout_chosen(self, layout_id: str) -> None:
        self._bench.session.settings.set(_LAYOUT, layout_id)
        several = len(self.grid.layouts[layout_id].places) > 1
        self.crosshair.set_visible(several)

    # ---- what actions ask for

    def choose_layout(self, layout_id: str) -> None:
        self.grid.choose(layout_id)

    def toggle_crosshair(self) -> None:
        self.crosshair.set_visible(not self.crosshair.is_visible)

    def set_window(self, which: str | Window) -> None:
        """A preset, "auto", or the file's first ("file") or second ("file-2") window."""
        view = self.active
        if isinstance(which, Window):
            view.set_window(which)
        elif which == "auto":
            view.set_window(view.automatic_window())
        else:
            view.set_window(view.default_window(0 if which == "file" else 1))

    def set_slab(self, slab: Slab) -> None:
        """The thickness that all views show."""
        for view in self._group.views:
            view.set_slab(slab)

    def for_all(self, method: str) -> None:
        """Call a method without arguments on every view."""
        for view in self._group.views:
            getattr(view, method)()

    def shown(self) -> list[ShownSlice]:
        """The views that are seen now."""
        return [view for view in self._group.views if view.isVisible()]
