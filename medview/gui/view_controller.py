"""ViewController: how the open volume is looked at: layout, crosshair, cine, display filter."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject

from medview.core.display import Window
from medview.gui.cine import Cine
from medview.gui.companion import Companion, FusionOptions
from medview.gui.crosshair import Crosshair
from medview.gui.display_smoothing import DisplaySmoothing
from medview.gui.panels.view_panel import LookOptions, ViewPanel
from medview.gui.shown_slice import Fusion
from medview.gui.slice_view import SliceView
from medview.gui.view_grid import ViewGrid
from medview.gui.volume3d.surface_controller import SurfaceController
from medview.gui.window_presets import WindowPresets
from medview.gui.words import tr
from medview.gui.workbench import Workbench
from medview.session.fusing import Fused
from medview.session.smoothing import DisplayFilter

_LAYOUT = "view_layout"


class ViewController(QObject):
    """Carries out what menus and keys ask of the views; keeps the layout over sessions."""

    def __init__(self, bench: Workbench, grid: ViewGrid, panel: ViewPanel, parent: QObject) -> None:
        super().__init__(parent)
        self._bench = bench
        self._group = bench.views
        self.grid = grid
        self._panel = panel
        self.names_visible = True  # each start begins with them
        self._presets = WindowPresets(bench.session.settings)
        self.crosshair = Crosshair(self._group)
        self.cine = Cine(self._group, self)
        self.companion = Companion(bench, grid, self.crosshair)
        self.companion.fused_changed.connect(self._show_fused)
        self.companion.layout_wanted.connect(self.choose_layout)
        self.smoothing = DisplaySmoothing(bench.runner, self._group, self)
        self.surfaces = SurfaceController(bench, grid)
        for view in self._group.views:
            self._listen(view)
        self._group.view_added.connect(self._listen)
        self._group.main.window_changed.connect(panel.show_window)
        panel.window_edited.connect(self._group.main.set_window)
        panel.look_edited.connect(self._set_look)
        panel.preset_wanted.connect(self._keep_preset)
        panel.preset_unwanted.connect(self._forget_preset)
        self.smoothing.changed.connect(self._show_filter)
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
        self.companion.clear()
        self.smoothing.volume_changed()
        self._show_presets()

    # ---- window and look

    def _show_presets(self) -> None:
        volume = self._group.volume
        if volume is None:
            self._panel.show_choices((), ())
        else:
            own = self._presets.own(volume.modality)
            self._panel.show_choices(self._presets.choices(volume), own)
        self._panel.show_window(self._group.main.window_level)

    def _keep_preset(self, name: str) -> None:
        volume = self._group.volume
        if volume is not None:
            self._presets.add(volume.modality, self._group.main.window_level, name)
            self._group.main.set_window(replace(self._group.main.window_level, name=name))
            self._show_presets()

    def _forget_preset(self, name: str) -> None:
        volume = self._group.volume
        if volume is not None:
            self._presets.remove(volume.modality, name)
            self._show_presets()

    def _set_look(self, options: LookOptions) -> None:
        for view in self._group.views:
            self._apply_look(view, options)
        self.smoothing.choose(options.display_filter)

    def _show_fused(self, fused: Fused | None, options: FusionOptions) -> None:
        shown = None
        if fused is not None and options.high > options.low:
            low, high = options.low, options.high
            window = Window((low + high) / 2.0, high - low, "", "LINEAR_EXACT")
            words = tr("fused with {name}").format(name=fused.name)
            shown = Fusion(
                fused.values, window, options.colors, options.opacity, words, fused.units
            )
        for view in self._group.views:
            view.set_fusion(shown)

    def _apply_look(self, view: SliceView, options: LookOptions) -> None:
        view.set_slab(options.slab)
        view.set_colors(options.colors)

    def _show_filter(self, chosen: DisplayFilter) -> None:
        options = replace(self._panel.options, filter=chosen.kind, reach_mm=chosen.reach_mm)
        self._panel.show_look(options)

    def _listen(self, view: SliceView) -> None:
        view.pointed.connect(lambda voxel: self._point(voxel, view))
        self._apply_look(view, self._panel.options)
        view.set_names_visible(visible=self.names_visible)

    def _point(self, voxel: Any, view: SliceView) -> None:
        if voxel is not None:
            self.crosshair.move_to(voxel, view)

    def _layout_chosen(self, layout_id: str) -> None:
        self._bench.session.settings.set(_LAYOUT, layout_id)
        several = len(self.grid.layouts[layout_id].places) > 1
        self.crosshair.set_visible(several)

    # ---- what actions ask for

    def toggle_names(self) -> None:
        """Patient, number and dates off the screen, or back."""
        self.names_visible = not self.names_visible
        for view in (*self._group.views, self.companion.view):
            view.set_names_visible(visible=self.names_visible)

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

    def for_all(self, method: str) -> None:
        """Call a method without arguments on every view."""
        for view in self._group.views:
            getattr(view, method)()
