"""ShownSlice: what a view shows of a volume: which plane, window, layers, zoom. No drawing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSizeF, Signal
from PySide6.QtGui import QColor, QImage, QPainterPath
from PySide6.QtWidgets import QWidget

from medview.core.box import Box
from medview.core.color_maps import GREY
from medview.core.display import Window, auto_window
from medview.core.labelmap import LabelMap
from medview.core.labels import LabelTable
from medview.core.planes import PlaneName, Planes, Slab
from medview.core.volume import Volume
from medview.gui.slice_painter import OverlayStyle
from medview.gui.view_transform import Placement, ViewTransform

if TYPE_CHECKING:
    from medview.gui.view_parts import HeatMapLike

NO_WINDOW = Window(0.5, 1.0)


@dataclass(frozen=True, eq=False)
class Fusion:
    """A second volume's values on the shown volume's grid, and how they are painted."""

    values: NDArray[Any]
    window: Window
    colors: str
    opacity: float
    words: str
    units: str = ""


class ShownSlice(QWidget):
    """The state of a slice view and everything that changes it.

    ``plane`` says which planes of the volume are shown; slices are counted along them.
    """

    planes_changed = Signal()
    slice_changed = Signal(int)
    window_changed = Signal(object)  # Window
    style_changed = Signal(object)  # OverlayStyle
    view_changed = Signal()  # zoom or pan

    def __init__(self, parent: QWidget | None = None, plane: PlaneName = "native") -> None:
        super().__init__(parent)
        self.plane = plane
        self._planes: Planes | None = None
        self._slab = Slab()
        self._smoothed: tuple[int, NDArray[Any], str] | None = None
        self._volume: Volume | None = None
        self._labels: LabelMap | None = None
        self._preview: NDArray[Any] | None = None
        self._preview_table: LabelTable | None = None
        self._heatmaps: Mapping[int, HeatMapLike] = {}
        self._index = 0
        self._window = NO_WINDOW
        self._inverted = False
        self._colors = GREY
        self._fusion: Fusion | None = None
        self._style = OverlayStyle()
        self._texts_visible = True
        self.names_visible = True  # patient, number and dates in the corners
        self._data_range = 1.0
        self._transform: ViewTransform | None = None
        self._cursor: QPointF | None = None
        self._image: QImage | None = None
        self._borders: list[tuple[QColor, QPainterPath]] = []

    # ---- what is shown

    @property
    def volume(self) -> Volume | None:
        return self._volume

    @property
    def slice_index(self) -> int:
        """Which of the planes is shown; for the native ones the volume's slice."""
        return self._index

    @property
    def planes(self) -> Planes | None:
        return self._planes

    @property
    def slab(self) -> Slab:
        return self._slab

    @property
    def window_level(self) -> Window:
        return self._window

    @property
    def labels(self) -> LabelMap | None:
        return self._labels

    @property
    def preview(self) -> NDArray[Any] | None:
        return self._preview

    @property
    def shown_heatmap(self) -> HeatMapLike | None:
        """The heat map when it belongs to this slice and is switched on."""
        if self._planes is None or self._planes.axis != 0 or not self._style.heatmap_visible:
            return None
        return self._heatmaps.get(self._index)

    @property
    def preview_table(self) -> LabelTable | None:
        return self._preview_table

    @property
    def style_of_overlay(self) -> OverlayStyle:
        return self._style

    @property
    def transform(self) -> ViewTransform | None:
        return self._transform

    @property
    def cursor_voxel(self) -> tuple[float, float] | None:
        """(row, column) under the mouse, None when it is not over the slice."""
        if self._transform is None or self._cursor is None:
            return None
        row, column = self._transform.to_voxel(self._cursor)
        return (row, column) if self._transform.contains(row, column) else None

    def voxel_at(self, screen: QPointF) -> tuple[float, float, float] | None:
        """The fractional voxel (slice, row, column) of the volume under a point of the view."""
        if self._transform is None or self._planes is None:
            return None
        voxel = self._planes.to_volume((self._index, *self._transform.to_voxel(screen)))
        return (float(voxel[0]), float(voxel[1]), float(voxel[2]))

    def screen_of(self, voxel: Sequence[float]) -> tuple[QPointF, float] | None:
        """Where a voxel of the volume lies on the screen, and how many planes before this one."""
        if self._transform is None or self._planes is None:
            return None
        plane, row, column = (float(n) for n in self._planes.from_volume(voxel))
        return self._transform.to_screen(row, column), plane - self._index

    @property
    def data_range(self) -> float:
        """Span of the volume's values, which the window gesture's speed follows."""
        return self._data_range

    def set_volume(self, volume: Volume | None) -> None:
        """Show another volume at its middle slice with its own first window, fitted."""
        self._volume, self._labels, self._preview, self._heatmaps = volume, None, None, {}
        self._transform = self._planes = self._smoothed = self._fusion = None
        if volume is not None:
            self._planes = Planes.named(volume.geometry, self.plane)
            self._index = self._planes.count // 2
            self._transform = self._fitted()
            self._inverted = False
            self._window = self.default_window()
            self._measure_range()
        self.refresh()
        self.planes_changed.emit()
        self.slice_changed.emit(self._index)
        self.window_changed.emit(self._window)

    def complete_volume(self, volume: Volume) -> None:
        """The same voxels with what is known of them now that all are read."""
        self._volume = volume
        self.refresh()

    def set_planes(self, planes: Planes, index: int, held: Sequence[float] | None = None) -> None:
        """Show plane ``index`` of other planes of the same volume (oblique ones).

        With a voxel ``held`` zoom and place on the screen stay: that point does not move.
        """
        if self._volume is None:
            return
        before = None if held is None or self._transform is None else self.screen_of(held)
        zoom = None if self._transform is None else self._transform.zoom
        self._planes, self._index = planes, min(max(index, 0), planes.count - 1)
        self._smoothed = None
        self._transform = self._fitted()
        if before is not None and zoom is not None and held is not None:
            self._transform = replace(self._transform, zoom=zoom)
            after = self.screen_of(held)
            if after is not None:
                self._transform = self._transform.panned(before[0] - after[0])
        self.refresh()
        self.planes_changed.emit()
        self.slice_changed.emit(self._index)

    def _fitted(self) -> ViewTransform:
        assert self._planes is not None
        size = QSizeF(self.size())
        return ViewTransform.fitted(
            self._planes.geometry, size, turned=self._planes.axis is not None
        )

    def set_slab(self, slab: Slab) -> None:
        """Show several planes projected into one."""
        if slab != self._slab:
            self._slab, self._smoothed = slab, None
            self.refresh()

    def set_smoothed(self, index: int, values: NDArray[Any] | None, words: str = "") -> None:
        """Show filtered values instead of plane ``index``'s own (None: no longer), and say so."""
        self._smoothed = None if values is None else (index, values, words)
        self.refresh()

    @property
    def smoothing_words(self) -> str:
        """What was done to the shown slice for the eye, "" for nothing."""
        shown = self._smoothed
        return shown[2] if shown is not None and shown[0] == self._index else ""

    def set_labels(self, labels: LabelMap | None) -> None:
        """The label map painted over the image; it must have the volume's shape."""
        self._labels = labels
        self.refresh()

    def set_preview(self, labels: NDArray[Any] | None, table: LabelTable | None = None) -> None:
        """Label ids (slice, row, column) of a running prediction and what they mean there."""
        self._preview = labels
        self._preview_table = table
        self.refresh()

    def set_heatmap(self, heatmap: HeatMapLike | None) -> None:
        """One map on its slice, or none."""
        self.set_heatmaps({} if heatmap is None else {heatmap.slice_index: heatmap})

    def set_heatmaps(self, heatmaps: Mapping[int, HeatMapLike]) -> None:
        """Maps by slice of the volume's first axis."""
        self._heatmaps = heatmaps
        self.refresh()

    def set_style(self, style: OverlayStyle) -> None:
        if style != self._style:
            self._style = style
            self.refresh()
            self.style_changed.emit(style)

    def set_slice(self, index: int) -> None:
        """Show slice ``index``, clipped to the volume."""
        if self._planes is None:
            return
        index = min(max(index, 0), self._planes.count - 1)
        if index != self._index:
            self._index = index
            self.refresh()
            self.slice_changed.emit(index)

    def step_down(self, steps: int) -> None:
        """Go ``steps`` slices the way the wheel turns down: toward feet, back or left."""
        if self._transform is not None:
            self.set_slice(self._index + steps * self._transform.placement.toward_down)

    def go_to_end(self, *, down: bool) -> None:
        """The last slice upward or downward."""
        if self._planes is not None:
            self.step_down(self._planes.count * (1 if down else -1))

    def set_window(self, window: Window) -> None:
        if window != self._window:
            self._window = window
            self.refresh()
            self.window_changed.emit(window)

    def default_window(self, number: int = 0) -> Window:
        """The file's window ``number``, or one from the shown slice's values."""
        if self._volume is None:
            return NO_WINDOW
        windows = self._volume.windows
        return windows[number] if number < len(windows) else self.automatic_window()

    def automatic_window(self) -> Window:
        """The window from the shown slice's own values."""
        if self._volume is None or self._volume.is_color:
            return NO_WINDOW
        return auto_window(self.own_values(), self._volume.padding)

    def own_values(self) -> NDArray[Any]:
        """The values of the shown plane or slab (rows, columns[, 3]), without a display filter."""
        assert self._volume is not None
        assert self._planes is not None
        return self._planes.take_slab(self._volume.voxels, self._index, self._slab)

    @property
    def colors(self) -> str:
        """The colour map of grey values."""
        return self._colors

    def set_colors(self, name: str) -> None:
        """Colour grey values by a map of `core.color_maps`."""
        if name != self._colors:
            self._colors = name
            self.refresh()

    @property
    def fusion(self) -> Fusion | None:
        return self._fusion

    def set_fusion(self, fusion: Fusion | None) -> None:
        """Paint a second volume over the shown one."""
        self._fusion = fusion
        self.refresh()

    def toggle_inverted(self) -> None:
        self._inverted = not self._inverted
        self.refresh()

    def toggle_texts(self) -> None:
        self._texts_visible = not self._texts_visible
        self.update()

    def set_names_visible(self, *, visible: bool) -> None:
        """Show or hide who the patient is and when the study was."""
        self.names_visible = visible
        self.update()

    def fit(self) -> None:
        """The whole slice, centred."""
        if self._planes is not None:
            self.set_transform(self._fitted())

    def show_pixels(self) -> None:
        """One screen pixel per voxel of the finer spacing, centred."""
        if self._transform is not None:
            zoom = self._transform.zoom / self._transform.magnification
            self.set_transform(replace(self._transform, zoom=zoom, pan=QPointF()))

    def zoom_to(self, region: QRectF) -> None:
        """Fill the view with a rectangle of it."""
        if self._transform is None or region.width() < 4 or region.height() < 4:
            return
        factor = min(self.width() / region.width(), self.height() / region.height())
        middle = QPointF(self.width() / 2.0, self.height() / 2.0)
        moved = self._transform.panned(middle - region.center())
        self.set_transform(moved.zoomed(factor, middle))

    def place(self, placement: Placement) -> None:
        """Turn or mirror the picture, fitted anew."""
        if self._transform is not None:
            turned = replace(self._transform, placement=placement, pan=QPointF())
            self.set_transform(replace(turned, zoom=turned.fit_zoom))

    def window_of(self, region: QRectF) -> Window | None:
        """The window of the values within a rectangle of the view; None for too few of them."""
        if self._transform is None or self._volume is None or self._volume.is_color:
            return None
        corners = [self._transform.to_voxel(p) for p in (region.topLeft(), region.bottomRight())]
        (row, column), (last_row, last_column) = corners
        rows, columns = sorted((row, last_row)), sorted((column, last_column))
        values = self.own_values()[
            max(round(rows[0]), 0) : max(round(rows[1]) + 1, 0),
            max(round(columns[0]), 0) : max(round(columns[1]) + 1, 0),
        ]
        if values.size < 4:
            return None
        found = auto_window(values, self._volume.padding)
        return replace(found, name="region")

    def set_transform(self, transform: ViewTransform) -> None:
        self._transform = transform
        self.update()
        self.view_changed.emit()

    def slice_ready(self, index: int) -> None:
        """A slice's pixels arrived; the first one shown also sets the automatic window."""
        if self._volume is None or self._planes is None:
            return
        if self._planes.axis != 0:
            self.refresh()  # every slice is a line of this plane
            return
        if index != self._index:
            return
        if not self._volume.windows:
            self.set_window(self.automatic_window())
        self._measure_range()
        self.refresh()

    def refresh(self, box: Box | None = None) -> None:
        """Paint anew soon; ``box`` may tell that only these voxels of a layer changed."""
        if box is not None and self._planes is not None:
            low, high = self._planes.span(box)
            if not low <= self._index < high:
                return
        self._image = None
        self.update()

    def _measure_range(self) -> None:
        if self._volume is None or self._volume.is_color:
            self._data_range = 255.0
            return
        self._data_range = max(self.automatic_window().width, self._window.width)
