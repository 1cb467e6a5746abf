"""SliceView: the widget that shows one slice of a volume with its layers and texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from medview.core.labels import LabelTable
from medview.core.planes import PlaneName
from medview.core.volume import Volume
from medview.gui import annotations as notes
from medview.gui import slice_texts as texts
from medview.gui.outlines import draw_outlines, outlines
from medview.gui.shown_slice import ShownSlice
from medview.gui.slice_painter import FusionLayer, SliceLayers, compose
from medview.gui.view_mouse import (
    DEFAULT_DRAGS,
    DRAGS,
    Gesture,
    PanGesture,
    RegionGesture,
    WheelSteps,
)
from medview.gui.view_transform import ViewTransform
from medview.gui.words import tr

if TYPE_CHECKING:
    from medview.gui.view_parts import EditMouse, ViewLayer

_VOXELS_SEEN = 12  # screen pixels per voxel from which voxels are shown as they are


class SliceView(ShownSlice):
    """One slice, radiologically oriented, with mask, preview, heat map and annotations.

    It reads the volume and the label map it was given and changes neither; painting happens once
    per event-loop turn however often `refresh` and the setters are called.
    """

    edit_key = Signal(int)  # a digit pressed while a tool is active
    used = Signal()  # pressed, turned by the wheel or given the focus
    maximise_wanted = Signal()
    pointed = Signal(object)  # voxel under the mouse while Shift is held without a button

    def __init__(self, parent: QWidget | None = None, plane: PlaneName = "native") -> None:
        super().__init__(parent, plane)
        self.setAccessibleName(
            tr("Slice view") if plane == "native" else tr("{plane} view").format(plane=tr(plane))
        )
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(240, 240)
        self.edit_mouse: EditMouse | None = None
        self.layers: list[ViewLayer] = []
        self.drags = dict(DEFAULT_DRAGS)  # in view mode; all views of a window share one table
        self._gesture: Gesture | None = None
        self._wheel = WheelSteps()
        self._painted: QImage | None = None  # what the last painting showed, and how
        self._painted_as: tuple[object, ...] = ()
        self._copy: QPixmap | None = None
        self.region: QRectF | None = None  # a rectangle that is being dragged

    def set_volume(self, volume: Volume | None) -> None:
        """Show another volume at its middle slice with its own first window, fitted."""
        self._gesture = None
        super().set_volume(volume)

    # ---- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor(0, 0, 0))
        if self._volume is not None and self._transform is not None:
            self._paint_picture_or_copy(painter, self._transform)
            self._paint_over(painter, self._transform)
        painter.end()

    def paint_slice(self, painter: QPainter, transform: ViewTransform) -> None:
        """Draw the slice and everything over it; also what `render_png` calls."""
        self._paint_picture(painter, transform)
        self._paint_over(painter, transform)

    def _paint_picture_or_copy(self, painter: QPainter, transform: ViewTransform) -> None:
        """The picture, from a copy where only something over it moved: a line, a tip, a text.

        The copy is made when a picture is painted a second time: scrolling never needs it.
        """
        if self._image is None:
            self._compose()
        now = (transform, self._style.outline_width, self.devicePixelRatio())
        if self._image is not self._painted or now != self._painted_as:
            self._painted, self._painted_as, self._copy = self._image, now, None
            self._paint_picture(painter, transform)
            return
        if self._copy is None:
            self._copy = QPixmap(self.size() * self.devicePixelRatio())
            self._copy.setDevicePixelRatio(self.devicePixelRatio())
            self._copy.fill(QColor(0, 0, 0))
            inner = QPainter(self._copy)
            self._paint_picture(inner, transform)
            inner.end()
        painter.drawPixmap(0, 0, self._copy)

    def _paint_picture(self, painter: QPainter, transform: ViewTransform) -> None:
        """The slice with its masks and their borders."""
        if self._image is None:
            self._compose()
        if self._image is None:
            return
        painter.save()
        painter.setRenderHint(
            QPainter.RenderHint.SmoothPixmapTransform, on=transform.magnification < _VOXELS_SEEN
        )
        painter.setTransform(transform.matrix(), combine=True)
        painter.drawImage(0, 0, self._image)
        painter.restore()
        draw_outlines(painter, self._borders, transform.matrix(), self._style.outline_width)

    def _paint_over(self, painter: QPainter, transform: ViewTransform) -> None:
        """Everything that is not the picture itself."""
        mark = texts.unreadable_text(self)
        if mark:
            notes.draw_mark(painter, transform, mark)
        if self._texts_visible:
            notes.draw_annotations(painter, transform.view, self.annotations(transform))
            if texts.has_scale(self):
                notes.draw_scale_bar(painter, transform)
        for layer in self.layers:
            layer.draw(self, painter, transform)
        if self.region is not None:
            painter.setPen(QPen(QColor(79, 179, 191), 1.2, Qt.PenStyle.DashLine))
            painter.drawRect(self.region)
        if self._cursor is not None and self.edit_mouse is not None and self.edit_mouse.is_active:
            self.edit_mouse.draw(painter, transform, self._cursor)

    def picture(
        self, index: int | None = None, *, names: bool = False, ratio: float = 1.0
    ) -> QImage:
        """What the view shows, or would show of slice ``index``, without the mouse.

        ``ratio`` pixels per pixel of the view; ``names`` leaves patient and study in the corners.
        """
        image = QImage(self.size() * ratio, QImage.Format.Format_RGB32)
        image.fill(QColor(0, 0, 0))
        kept = (self._index, self._cursor, self.names_visible, self._image, self._borders)
        self._cursor, self.names_visible = None, names
        if index is not None and index != self._index:
            self._index, self._image = index, None
        painter = QPainter(image)
        painter.scale(ratio, ratio)
        painter.setFont(self.font())
        try:
            if self._transform is not None:
                self.paint_slice(painter, self._transform)
        finally:
            painter.end()
            self._index, self._cursor, self.names_visible, self._image, self._borders = kept
        return image

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
        volume, planes, index = self._volume, self._planes, self._index
        if volume is None or planes is None:
            return None
        smoothed = self._smoothed
        values = smoothed[1] if smoothed and smoothed[0] == index else self.own_values()
        labels = None if self._labels is None else self._labels.voxels
        heat = self.shown_heatmap
        table = self._labels.table if self._labels is not None else LabelTable()
        return SliceLayers(
            values,
            self._window,
            self._inverted != volume.inverted,
            None if labels is None else planes.take(labels, index, nearest=True),
            None if self._preview is None else planes.take(self._preview, index, nearest=True),
            None if heat is None else heat.values,
            table,
            self._preview_table or table,
            volume.overlays.get(index) if planes.axis == 0 else None,
            self.colors,
            self._fusion_layer(),
        )

    def _fusion_layer(self) -> FusionLayer | None:
        fusion, planes = self.fusion, self._planes
        if fusion is None or planes is None:
            return None
        values = planes.take_slab(fusion.values, self._index, self._slab)
        return FusionLayer(values, fusion.window, fusion.colors, fusion.opacity)

    def annotations(self, transform: ViewTransform) -> notes.Annotations:
        """The texts for the current state."""
        return texts.annotate(self, transform)

    def cursor_text(self) -> str:
        """Value, label and patient position under the mouse, or "" off the slice."""
        return texts.cursor_text(self)

    # ---- mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._cursor = event.position()
        self.used.emit()
        if self._gesture is None and self._volume is not None:
            self._gesture = self._choose_gesture(event)
        self.update()

    def _choose_gesture(self, event: QMouseEvent) -> Gesture | None:
        editing = self.edit_mouse is not None and self.edit_mouse.is_active
        if editing and event.button() == Qt.MouseButton.MiddleButton:
            return PanGesture(self, event)
        for layer in reversed(self.layers):
            gesture = layer.gesture(self, event)
            if gesture is not None:
                return gesture
        if editing and self.edit_mouse is not None:
            return self.edit_mouse.gesture(self, event)
        region = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if region and event.button() == Qt.MouseButton.RightButton:
            return RegionGesture(self, event, self.zoom_to)
        if region and event.button() == Qt.MouseButton.LeftButton:
            return RegionGesture(self, event, self._window_region)
        kind = self.drags.get(event.button())
        return DRAGS[kind][1](self, event) if kind else None

    def _window_region(self, region: QRectF) -> None:
        window = self.window_of(region)
        if window is not None:
            self.set_window(window)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._cursor = event.position()
        if self._gesture is not None:
            self._gesture.move(event)
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier and not event.buttons():
            self.pointed.emit(self.voxel_at(event.position()))
        elif self.edit_mouse is not None and self.edit_mouse.is_active:
            self.edit_mouse.hover(self, event)
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
            if not any(layer.double_click(self, event) for layer in reversed(self.layers)):
                self.maximise_wanted.emit()
            self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        steps = self._wheel.steps(event)
        event.accept()
        self.used.emit()
        if steps == 0 or self._transform is None:
            return
        modifiers = event.modifiers()
        editing = self.edit_mouse is not None and self.edit_mouse.is_active
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            self.set_transform(self._transform.zoomed(1.15**steps, event.position()))
        elif modifiers & Qt.KeyboardModifier.ShiftModifier and editing and self.edit_mouse:
            self.edit_mouse.wheel(steps)
            self.update()
        elif self._gesture is None:
            self.step_down(-steps)
        elif editing and self.edit_mouse and self.edit_mouse.scrolls:
            self.step_down(-steps)
            self.edit_mouse.scrolled(self, event.position())

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
