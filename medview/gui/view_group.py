"""ViewGroup: the views of one volume, kept in step: what one shows, all show from their side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from medview.core.box import Box
from medview.core.labelmap import LabelMap
from medview.core.labels import LabelTable
from medview.core.planes import PlaneName
from medview.core.volume import Volume
from medview.gui.slice_view import SliceView
from medview.gui.view_parts import EditMouse, HeatMapLike, ViewLayer

_NAMES: tuple[PlaneName, ...] = ("axial", "coronal", "sagittal")


class ViewGroup(QObject):
    """The main view shows the stored slices; the others, made when wanted, the planes across.

    Window, overlay style and layers are common to all; zoom and slice are each view's own.
    """

    view_added = Signal(object)  # SliceView
    slice_changed = Signal(object)  # the view that turned to another plane

    def __init__(self, main: SliceView) -> None:
        super().__init__(main)
        self.main = main
        self.views: list[SliceView] = []
        self._active = main
        self._layers: list[ViewLayer] = []
        self._following = False
        self._add(main)

    @property
    def active(self) -> SliceView:
        """The view that was used last: keys and menus mean it."""
        return self._active

    @property
    def volume(self) -> Volume | None:
        return self.main.volume

    def across(self, number: int) -> SliceView:
        """The first (0) or second (1) view across the main one's planes."""
        while len(self.views) < number + 2:
            view = SliceView(plane="coronal")
            view.edit_mouse = self.main.edit_mouse
            view.drags = self.main.drags
            view.setCursor(self.main.cursor())
            view.layers = self._layers
            self._add(view)
            self._bring_up(view)
            self.view_added.emit(view)
        return self.views[number + 1]

    def add_layer(self, layer: ViewLayer) -> None:
        """Draw something over every view; the last added is topmost."""
        self._layers.append(layer)
        for view in self.views:
            view.layers = self._layers
        self.update()

    def set_edit_mouse(self, mouse: EditMouse) -> None:
        """The editing tools work in every view."""
        for view in self.views:
            view.edit_mouse = mouse

    # ---- what all show

    def set_volume(self, volume: Volume | None) -> None:
        """Another volume, each view at its middle."""
        self._following = True
        try:
            for view in self.views:
                view.plane = self._plane_of(view, volume)
                view.set_volume(volume)
                view.set_window(self.main.window_level)
        finally:
            self._following = False

    def complete_volume(self, volume: Volume) -> None:
        """The open volume, read to its end."""
        for view in self.views:
            view.complete_volume(volume)

    def set_labels(self, labels: LabelMap | None) -> None:
        for view in self.views:
            view.set_labels(labels)

    def set_preview(self, labels: NDArray[Any] | None, table: LabelTable | None = None) -> None:
        for view in self.views:
            view.set_preview(labels, table)

    def set_heatmaps(self, heatmaps: Mapping[int, HeatMapLike]) -> None:
        for view in self.views:
            view.set_heatmaps(heatmaps)

    def slice_ready(self, index: int) -> None:
        for view in self.views:
            view.slice_ready(index)

    def refresh(self, box: Box | None = None) -> None:
        for view in self.views:
            view.refresh(box)

    def update(self) -> None:
        """Draw what lies over the slices anew."""
        for view in self.views:
            view.update()

    # ---- keeping in step

    def _add(self, view: SliceView) -> None:
        self.views.append(view)
        view.window_changed.connect(lambda window: self._follow(view, "set_window", window))
        view.style_changed.connect(lambda style: self._follow(view, "set_style", style))
        view.used.connect(lambda: self._use(view))
        view.slice_changed.connect(lambda _index: self._turned(view))

    def _bring_up(self, view: SliceView) -> None:
        """Show in a new view what the others show already."""
        main = self.main
        view.plane = self._plane_of(view, main.volume)
        view.set_style(main.style_of_overlay)
        self._following = True
        try:
            view.set_volume(main.volume)
        finally:
            self._following = False
        view.set_window(main.window_level)
        view.set_labels(main.labels)
        view.set_preview(main.preview, main.preview_table)
        view.set_fusion(main.fusion)

    def _plane_of(self, view: SliceView, volume: Volume | None) -> PlaneName:
        """The stored slices for the main view, the other two patient planes for the others."""
        if view is self.main or volume is None:
            return "native" if view is self.main else view.plane
        own = volume.geometry.canonical_axes()[0].index(0)
        others = [name for n, name in enumerate(_NAMES) if n != own]
        return others[self.views.index(view) - 1]

    def _follow(self, source: SliceView, setter: str, value: object) -> None:
        if self._following:
            return
        self._following = True
        try:
            for view in self.views:
                if view is not source:
                    getattr(view, setter)(value)
        finally:
            self._following = False

    def _use(self, view: SliceView) -> None:
        self._active = view

    def _turned(self, view: SliceView) -> None:
        if not self._following:
            self.slice_changed.emit(view)
