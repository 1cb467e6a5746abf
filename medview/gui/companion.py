"""Companion: a second series beside the open one or over it, linked by position in the patient."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from PySide6.QtCore import QObject, Signal

from medview.core.color_maps import NAMES
from medview.core.errors import MedviewError
from medview.gui.crosshair import Crosshair
from medview.gui.job_runner import RunningJob
from medview.gui.slice_cell import SliceCell
from medview.gui.slice_view import SliceView
from medview.gui.view_grid import ViewGrid, ViewLayout
from medview.gui.words import tr
from medview.gui.workbench import Workbench
from medview.session.fusing import Fused, fuse_job, share_space

BESIDE = ViewLayout(
    "beside",
    "Side by Side",
    "Another series beside the open one (right click in the list of series)",
    (("main", (0, 0, 1, 1)), ("companion", (0, 1, 1, 1))),
)


@dataclass(frozen=True)
class FusionOptions:
    """How a second volume is painted over the first."""

    opacity: float = field(
        default=0.5, metadata={"label": "Opacity", "maximum": 1.0, "step": 0.1, "unit": ""}
    )
    colors: Literal["grey", "inferno", "viridis", "cividis", "hot iron"] = field(
        default="hot iron", metadata={"label": "Colours", "choices": NAMES}
    )
    low: float = field(default=0.0, metadata={"label": "From", "minimum": -1e9, "maximum": 1e9})
    high: float = field(default=1.0, metadata={"label": "To", "minimum": -1e9, "maximum": 1e9})


class Companion(QObject):
    """Loads the second series and keeps its slice at the crosshair's place."""

    fused_changed = Signal(object, object)  # Fused or None, FusionOptions
    fusion_made = Signal()  # another volume lies over the open one now
    layout_wanted = Signal(str)

    def __init__(self, bench: Workbench, grid: ViewGrid, crosshair: Crosshair) -> None:
        super().__init__(grid)
        self._bench = bench
        self._grid = grid
        self._crosshair = crosshair
        self._view: SliceView | None = None
        self._loading: RunningJob | None = None
        self._moving = False
        self.fused: Fused | None = None
        self.options = FusionOptions()
        grid.add_layout(BESIDE)
        grid.offer("companion", lambda: SliceCell(self.view))
        crosshair.moved.connect(self._follow)

    @property
    def view(self) -> SliceView:
        """The view of the second series, empty until one is there."""
        if self._view is None:
            self._view = SliceView()
            self._view.setAccessibleName(tr("Companion view"))
            self._view.drags = self._bench.view.drags
            self._view.slice_changed.connect(self._lead)
        return self._view

    @property
    def is_linked(self) -> bool:
        """Whether both series share a frame of reference."""
        main = self._bench.view.volume
        other = None if self._view is None else self._view.volume
        return main is not None and other is not None and share_space(main, other)

    def clear(self) -> None:
        """Another volume is open: what was over it or linked to it is not any more."""
        if self._loading is not None:
            self._loading.drop()
        if self.fused is not None:
            self.fused = None
            self.fused_changed.emit(None, self.options)
        self._follow()

    # ---- beside

    def open_beside(self, entry: Any, volume_index: int = 0) -> None:
        """Load a series into the second view; the open one stays."""
        self.layout_wanted.emit("beside")
        self._load(entry, volume_index, self._show, self._part)

    def _part(self, item: Any) -> None:
        if hasattr(item, "volume"):
            self.view.set_volume(item.volume)
        elif hasattr(item, "index"):
            self.view.slice_ready(item.index)

    def _show(self, volume: Any) -> None:
        shown = self.view.volume
        if shown is None or shown.voxels is not volume.voxels:
            self.view.set_volume(volume)
        self.view.refresh()
        if not self.is_linked:
            self._bench.messages.show_note(
                tr(
                    "{name} is not linked: it does not share a frame of reference with "
                    "the open series."
                ).format(name=volume.name)
            )
        self._follow()

    def _follow(self) -> None:
        """Turn the second view to the slice nearest to the crosshair."""
        position = self._crosshair.position_mm
        view = self._view
        if self._moving or view is None or view.volume is None or view.planes is None:
            return
        if position is None or not self.is_linked:
            return
        plane = view.planes.from_volume(view.volume.geometry.to_voxel(position))
        self._moving = True
        try:
            view.set_slice(round(float(plane[0])))
        finally:
            self._moving = False

    def _lead(self, index: int) -> None:
        """The second view was turned: the crosshair goes to the same place."""
        view, main = self._view, self._bench.view.volume
        position = self._crosshair.position_mm
        if self._moving or position is None or view is None or view.planes is None or main is None:
            return
        if view.volume is None or not self.is_linked:
            return
        there = view.planes.from_volume(view.volume.geometry.to_voxel(position))
        there[0] = index
        voxel = view.planes.to_volume(there)
        self._moving = True
        try:
            self._crosshair.move_to(main.geometry.to_voxel(view.volume.geometry.to_patient(voxel)))
        finally:
            self._moving = False

    # ---- over

    def fuse(self, entry: Any, volume_index: int = 0) -> None:
        """Lay a series over the open one."""
        self._load(entry, volume_index, self._bring_over, None)

    def _bring_over(self, volume: Any) -> None:
        onto = self._bench.view.volume
        if onto is None:
            return
        try:
            job = fuse_job(volume, onto)
        except MedviewError as error:
            self._bench.messages.show_error(error)
            return
        self._loading = self._bench.runner.start(
            job, on_done=self._fused, on_error=self._bench.messages.show_error
        )

    def _fused(self, fused: Fused) -> None:
        self.fused = fused
        low = fused.window.center - fused.window.width / 2.0
        self.set_options(
            FusionOptions(self.options.opacity, self.options.colors, low, low + fused.window.width)
        )
        self.fusion_made.emit()

    def set_options(self, options: FusionOptions) -> None:
        """Show the fused volume another way."""
        self.options = options
        self.fused_changed.emit(self.fused, options)

    def remove_fusion(self) -> None:
        """The open volume alone again."""
        self.fused = None
        self.fused_changed.emit(None, self.options)

    def _load(self, entry: Any, volume_index: int, done: Any, part: Any) -> None:
        if self._loading is not None:
            self._loading.drop()
        self._loading = self._bench.runner.start(
            self._bench.opening.load_job(entry, volume_index),
            on_item=part,
            on_done=done,
            on_error=self._bench.messages.show_error,
        )
