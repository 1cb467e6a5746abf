"""ToolHost: from the mouse on the slice to the active editing tool."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from PySide6.QtCore import QObject, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QApplication

from medview.edit.tool import Pointer, Tool, ToolContext, discover_tools
from medview.gui.slice_view import SliceView
from medview.gui.view_group import ViewGroup
from medview.gui.view_mouse import Gesture
from medview.gui.view_transform import ViewTransform

_SIZE = "size_mm"  # the option that keys, the wheel and the cursor's circle know
_SIZE_STEP = 1.15


class ToolHost(QObject):
    """Knows every tool by id, which one is active, and turns mouse events into its gestures.

    Tools whose options are of one class share them: brush and eraser have one size.
    """

    tool_changed = Signal(str)  # id, "" while navigating
    options_changed = Signal(object)  # the active tool's options
    refused = Signal(str)  # why a gesture cannot begin, in words

    def __init__(self, session: Any, views: ViewGroup) -> None:
        super().__init__(views)
        self._session = session
        self._views = views
        self.tools: dict[str, Tool] = {tool.id: tool() for tool in discover_tools()}
        self._active: Tool | None = None
        self._stroke: StrokeGesture | None = None

    @property
    def active(self) -> Tool | None:
        return self._active

    @property
    def is_active(self) -> bool:
        """Whether the mouse edits rather than navigates."""
        return self._active is not None

    def use(self, tool_id: str) -> None:
        """Make a tool the active one; "" navigates. A gesture that is open is cancelled."""
        self.cancel_stroke()
        self._active = self.tools.get(tool_id)
        hides = Qt.CursorShape.BlankCursor if self.size_mm else Qt.CursorShape.CrossCursor
        for view in self._views.views:
            view.setCursor(hides if self._active else Qt.CursorShape.ArrowCursor)
        self._views.update()
        self.tool_changed.emit(tool_id if self._active else "")

    @property
    def size_mm(self) -> float:
        """Diameter of the active tool's tip, 0 when it has none."""
        options = None if self._active is None else self._active.options
        return float(getattr(options, _SIZE, 0.0))

    def resize(self, steps: int) -> None:
        """A larger (or smaller) tip, within the limits the option states."""
        options = None if self._active is None else self._active.options
        if options is None or not hasattr(options, _SIZE):
            return
        limits = next(item.metadata for item in fields(options) if item.name == _SIZE)
        size = round(self.size_mm * _SIZE_STEP**steps, 1)
        if size == self.size_mm:
            size += 0.1 * steps
        size = min(max(size, limits.get("minimum", 0.5)), limits.get("maximum", 100.0))
        self.set_options(replace(options, **{_SIZE: size}))

    def set_options(self, options: Any) -> None:
        """New options for the active tool and those that share its options' class."""
        for tool in self.tools.values():
            if type(tool.options) is type(options):
                tool.options = options
        self._views.update()
        self.options_changed.emit(options)

    # ---- what the slice view asks (EditMouse)

    def gesture(self, view: SliceView, event: QMouseEvent) -> Gesture | None:
        """Begin a stroke with the left or right button."""
        context, tool = self._context(), self._active
        if tool is None or event.button() not in (
            Qt.MouseButton.LeftButton,
            Qt.MouseButton.RightButton,
        ):
            return None
        if view.planes is not None and view.planes.is_resampled:
            self.refused.emit("Paint in a plane of voxels: this one lies between them.")
            return None
        if self._session.editor is not None and self._session.editor.is_open:
            self.refused.emit("One moment: the labels are being written.")
            return None
        if context is None:
            self.refused.emit("Choose or add a label first, then paint.")
            return None
        if context.label_id in context.editor.labelmap.table:
            label = context.editor.labelmap.table[context.label_id]
            if label.locked and not self._erases(event):
                self.refused.emit(f"The label {label.name} is locked.")
                return None
        self._stroke = StrokeGesture(self, view, tool, context, event)
        return self._stroke

    def wheel(self, steps: int) -> None:
        self.resize(steps)

    def draw(self, painter: QPainter, transform: ViewTransform, cursor: QPointF) -> None:
        """The tip's outline under the mouse, in the label's colour; a dashed one erases."""
        if self.size_mm <= 0:
            return
        radius = max(self.size_mm * transform.zoom / 2.0, 1.5)
        keys = QApplication.keyboardModifiers()
        ctrl = bool(keys & Qt.KeyboardModifier.ControlModifier)
        erases = bool(getattr(self._active, "erases", False)) != ctrl
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)
        for color, width in ((QColor(0, 0, 0, 160), 3.0), (self._color(erases=erases), 1.4)):
            pen = QPen(color, width)
            if erases and width < 2:
                pen.setDashPattern([3, 3])
            painter.setPen(pen)
            painter.drawEllipse(cursor, radius, radius)

    # ---- strokes

    def cancel_stroke(self) -> bool:
        """Take back the open gesture; False when there is none."""
        if self._stroke is None:
            return False
        self._stroke.cancel()
        return True

    def pointer(self, view: SliceView, event: QMouseEvent) -> Pointer | None:
        """The event as a tool sees it: a fractional voxel of the volume on the shown plane."""
        voxel, planes = view.voxel_at(event.position()), view.planes
        if voxel is None or planes is None:
            return None
        tool_erases = bool(getattr(self._active, "erases", False))
        axis = 0 if planes.axis is None else planes.axis
        return Pointer(voxel, axis, invert=self._erases(event) != tool_erases)

    def ended(self) -> None:
        """The gesture is over; called by it."""
        self._stroke = None

    def _erases(self, event: QMouseEvent) -> bool:
        """The right button erases with every tool; Ctrl turns paint into erase and back."""
        ctrl = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        right = event.button() == Qt.MouseButton.RightButton
        return (right or bool(getattr(self._active, "erases", False))) != ctrl

    def _context(self) -> ToolContext | None:
        session = self._session
        if session.editor is None or session.volume is None:
            return None
        if session.active_label not in session.editor.labelmap.table:
            return None
        return ToolContext(session.editor, session.volume, session.active_label, session.person)

    def _color(self, *, erases: bool) -> QColor:
        editor = self._session.editor
        if editor is not None and not erases:
            table = editor.labelmap.table
            if self._session.active_label in table:
                return QColor(*table[self._session.active_label].color)
        return QColor(255, 255, 255)


class StrokeGesture:
    """One gesture of a tool, from press to release."""

    def __init__(
        self,
        host: ToolHost,
        view: SliceView,
        tool: Tool,
        context: ToolContext,
        event: QMouseEvent,
    ) -> None:
        self.button = event.button()
        self._host, self._view, self._tool, self._context = host, view, tool, context
        self._open = True
        pointer = host.pointer(view, event)
        self._invert = pointer is not None and pointer.invert  # the press decides for the stroke
        if pointer is not None:
            tool.press(context, pointer)

    def move(self, event: QMouseEvent) -> None:
        pointer = self._host.pointer(self._view, event)
        if self._open and pointer is not None:
            self._tool.move(self._context, replace(pointer, invert=self._invert))

    def release(self, event: QMouseEvent) -> None:
        pointer = self._host.pointer(self._view, event)
        if self._open and pointer is not None:
            self._open = False
            self._host.ended()
            self._tool.release(self._context, replace(pointer, invert=self._invert))

    def cancel(self) -> None:
        """Nothing of the gesture stays."""
        if self._open:
            self._open = False
            self._host.ended()
            self._tool.cancel(self._context)
