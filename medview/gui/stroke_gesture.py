"""StrokeGesture: one gesture of an editing tool, from press to release."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF
from PySide6.QtGui import QMouseEvent

from medview.edit.tool import Tool, ToolContext

if TYPE_CHECKING:
    from medview.gui.slice_view import SliceView
    from medview.gui.tool_host import ToolHost


class StrokeGesture:
    """The press decides for the whole gesture whether it is inverted."""

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
        self._pointer = host.pointer(view, event)
        self._invert = self._pointer is not None and self._pointer.invert

    def begin(self) -> None:
        """The press itself; MedviewError when the tool refuses it."""
        if self._pointer is not None:
            self._tool.press(self._context, self._pointer)

    def move(self, event: QMouseEvent) -> None:
        self.go_on(self._view, event.position())

    def go_on(self, view: SliceView, position: QPointF) -> None:
        """The mouse is somewhere else, or in another slice."""
        pointer = self._host.pointer_at(view, position, invert=self._invert)
        if self._open and pointer is not None:
            self._host.attempt(self._tool.move, self._context, pointer)

    def release(self, event: QMouseEvent) -> None:
        pointer = self._host.pointer_at(self._view, event.position(), invert=self._invert)
        if self._open and pointer is not None:
            self._open = False
            self._host.ended()
            self._host.attempt(self._tool.release, self._context, pointer)

    def cancel(self) -> None:
        """Nothing of the gesture stays."""
        if self._open:
            self._open = False
            self._host.ended()
            self._tool.cancel(self._context)
