"""SliceView: the widget that shows one slice of a volume with its layers and texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from medview.core.box import Box
from medview.core.display import Window, auto_window
from medview.core.labelmap import LabelMap
from medview.core.labels import LabelTable
from medview.core.volume import Volume
from medview.gui import annotations as notes
from medview.gui import slice_texts as texts
from medview.gui.slice_painter import OverlayStyle, SliceLayers, compose, draw_outlines, outlines
from medview.gui.view_mouse import Gesture, PanGesture, WheelSteps, WindowGesture, ZoomGesture
from medview.gui.view_transform import ViewTransform

if TYPE_CHECKING:
    from medview.gui.view_parts import EditMouse, HeatMapLike

NO_WINDOW = Window(0.5, 1.0)
_VOXELS_SEEN = 12  # screen pixels per voxel from which voxels are shown as they are


class SliceView(QWidget):
    """One slice, radiologically oriented, with mask, preview, heat map and annotations.

    It reads the volume and the label map it was given and changes neither; painting happens once
    per event-loop turn however often `refresh` and the setters are called.
    """

    slice_changed = Signal(int)
    window_changed = Signal(object)  # Window
    style_changed = Signal(object)  # OverlayStyle
    view_changed = Signal()  # zoom or pan
    edit_key = Signal(int)  # a digit pressed while a tool is active

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Slice view")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(240, 240)
        self.edit_mouse: EditMouse | None = None
        self._volume: Volume | None = None
        self._labels: LabelMap | None = None
        self._preview: NDArray[Any] | None = None
        self._preview_table: LabelTable | None = None
        self._heatmap: HeatMapLike | None = None
        self._index = 0
        self._window = NO_WINDOW
        self._inverted = False
        self._style = OverlayStyle()
        self._texts_visible = True
        self._data_range = 1.0
        self._transform: ViewTransform | None = None
        self._gesture: Gesture | None = None
        self._wheel = WheelSteps()
        self._cursor: QPointF | None = None
        self._image: QImage | None = None
        self._borders: list[tuple[QColor, QPainterPath]] = []

    # ---- what is shown

    @property
    def volume(self) -> Volume | None:
        return self._volume

    @property
    def slice_index(self) -> int:
        return self._index

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

    @property
    def data_range(self) -> float:
        """Span of the volume's values, which the window gesture's speed follows."""
        return self._data_range

    def set_volume(self, volume: Volume | None) -> None:
        """Show another volume at its middle slice with its own first window, fitted."""
        self._volume, self._labels, self._preview, self._heatmap = volume, None, None, None
        self._gesture = None
        self._transform = None
        if volume is not None:
            self._index = volume.geometry.shape[0] // 2
            self._transform = ViewTransform.fitted(volume.geometry, QSizeF(self.size()))
            self._inverted = False
            self._window = self.default_window()
            self._measure_range()
        self.refresh()
        self.slice_changed.emit(self._index)
        self.window_changed.emit(self._window)

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
        self._heatmap = heatmap
        self.refresh()

    def set_style(self, style: OverlayStyle) -> None:
        if style != self._style:
            self._style = style
            self.refresh()
            self.style_changed.emit(style)

    def set_slice(self, index: int) -> None:
        """Show slice ``index``, clipped to the volume."""
        if self._volume is None:
            return
        index = min(max(index, 0), self._volume.geometry.shape[0] - 1)
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
        if self._volume is not None:
            self.step_down(self._volume.geometry.shape[0] * (1 if down else -1))

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
        return auto_window(self._volume.voxels[self._index], self._volume.padding)

    def toggle_inverted(self) -> None:
        self._inverted = not self._inverted
        self.refresh()

    def toggle_texts(self) -> None:
        self._texts_visible = not self._texts_visible
        self.update()

    def fit(self) -> None:
        """The whole slice, centred."""
        if self._volume is not None:
            self.set_transform(ViewTransform.fitted(self._volume.geometry, QSizeF(self.size())))

    def set_transform(self, transform: ViewTransform) -> None:
        self._transform = transform
        self.update()
        self.view_changed.emit()

    def slice_ready(self, index: int) -> None:
        """A slice's pixels arrived; the first one shown also sets the automatic window."""
        if index != self._index or self._volume is None:
            return
        if not self._volume.windows:
            self.set_window(self.automatic_window())
        self._measure_range()
        self.refresh()

    def refresh(self, box: Box | None = None) -> None:
        """Paint anew soon; ``box`` may tell that only these voxels of a layer changed."""
        if box is not None and not box.low[0] <= self._index < box.high[0]:
            return
        self._image = None
        self.update()

    def _measure_range(self) -> None:
        if self._volume is None or self._volume.is_color:
            self._data_range = 255.0
            return
        self._data_range = max(self.automatic_window().width, self._window.width)

    # ---- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor(0, 0, 0))
        if self._volume is not None and self._transform is not None:
            self.paint_slice(painter, self._transform)
        painter.end()

    def paint_slice(self, painter: QPainter, transform: ViewTransform) -> None:
        """Draw the slice and everything over it; also what `render_png` calls."""
        if self._image is None:
            self._compose()
        if self._image is None:
            return
        painter.save()
        painter.setRenderHint(
            QPainter.RenderHint.SmoothPixmapTransform, on=transform.magnification < _VOXELS_SEEN
        )
        painter.setTransform(transform.matrix())
        painter.drawImage(0, 0, self._image)
        painter.restore()
        draw_outlines(painter, self._borders, transform.matrix(), self._style.outline_width)
        if self._texts_visible:
            notes.draw_annotations(painter, transform.view, self.annotations(transform))
            if self._volume is not None and self._volume.geometry.calibrated:
                notes.draw_scale_bar(painter, transform)
        if self._cursor is not None and self.edit_mouse is not None and self.edit_mouse.is_active:
            self.edit_mouse.draw(painter, transform, self._cursor)

    def _compose(self) -> None:
        layers = self._layers()
        if layers is None:
            return
        self._image = compose(layers, self._style)
        self._borders = []
        heat_shown = layers.heat is not None and self._style.heatmap_visible
        wanted = self._style.mask_visible and (self._style.outline or heat_shown)
        if layers.mask is not None and wanted:
            self._borders = outlines(layers.mask, layers.table)

    def _layers(self) -> SliceLayers | None:
        volume, index = self._volume, self._index
        if volume is None:
            return None
        heat = self.shown_heatmap
        table = self._labels.table if self._labels is not None else LabelTable()
        return SliceLayers(
            volume.voxels[index],
            self._window,
            self._inverted != volume.inverted,
            None if self._labels is None else self._labels.voxels[index],
            None if self._preview is None else self._preview[index],
            None if heat is None else heat.values,
            table,
            self._preview_table or table,
        )

    @property
    def shown_heatmap(self) -> HeatMapLike | None:
        """The heat map when it belongs to this slice and is switched on."""
        heatmap = self._heatmap
        if heatmap is None or heatmap.slice_index != self._index:
            return None
        return heatmap if self._style.heatmap_visible else None

    def annotations(self, transform: ViewTransform) -> notes.Annotations:
        """The texts for the current state."""
        return texts.annotate(self, transform)

    def cursor_text(self) -> str:
        """Value, label and patient position under the mouse, or "" off the slice."""
        return texts.cursor_text(self)

    # ---- mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._cursor = event.position()
        if self._gesture is None and self._volume is not None:
            self._gesture = self._choose_gesture(event)
        self.update()

    def _choose_gesture(self, event: QMouseEvent) -> Gesture | None:
        editing = self.edit_mouse is not None and self.edit_mouse.is_active
        if event.button() == Qt.MouseButton.MiddleButton:
            return PanGesture(self, event)
        if editing and self.edit_mouse is not None:
            return self.edit_mouse.gesture(event)
        if event.button() == Qt.MouseButton.RightButton:
            return ZoomGesture(self, event)
        if event.button() == Qt.MouseButton.LeftButton:
            return WindowGesture(self, event)
        return None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._cursor = event.position()
        if self._gesture is not None:
            self._gesture.move(event)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        gesture = self._gesture
        if gesture is not None and event.button() == gesture.button:
            self._gesture = None
            gesture.release(event)
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.edit_mouse is not None and self.edit_mouse.is_active:
            self.mousePressEvent(event)  # two quick dabs are two strokes
        elif event.button() == Qt.MouseButton.LeftButton:
            self.fit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        steps = self._wheel.steps(event)
        event.accept()
        if steps == 0 or self._transform is None:
            return
        modifiers = event.modifiers()
        editing = self.edit_mouse is not None and self.edit_mouse.is_active
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            self.set_transform(self._transform.zoomed(1.15**steps, event.position()))
        elif modifiers & Qt.KeyboardModifier.ShiftModifier and editing and self.edit_mouse:
            self.edit_mouse.wheel(steps)
            self.update()
        elif self._gesture is None:  # a stroke belongs to one slice
            self.step_down(-steps)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        digit = event.key() - Qt.Key.Key_0
        if 0 <= digit <= 9 and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.edit_key.emit(digit)
        else:
            super().keyPressEvent(event)
        self.update()  # Ctrl changes the brush's circle

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        super().keyReleaseEvent(event)
        self.update()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._cursor = event.position()
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._cursor = None
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        if self._transform is not None:
            self._transform = self._transform.resized(QSizeF(event.size()))
