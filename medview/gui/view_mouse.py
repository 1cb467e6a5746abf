"""Mouse gestures of the slice view: window, pan and zoom by dragging, steps by the wheel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent

if TYPE_CHECKING:
    from medview.gui.slice_view import SliceView

_DRAG_FOR_RANGE = 500.0  # pixels that move the window by the whole range of the data
_DRAG_FOR_SLICE = 8.0  # pixels that turn one slice
_WHEEL_NOTCH = 120  # Qt: eighths of a degree in one notch of an ordinary wheel


class Gesture(Protocol):
    """A drag from press to release of one button."""

    button: Qt.MouseButton

    def move(self, event: QMouseEvent) -> None: ...
    def release(self, event: QMouseEvent) -> None: ...


class _Drag:
    """What all drags share: the view, the button and where the mouse was."""

    def __init__(self, view: SliceView, event: QMouseEvent) -> None:
        self.view = view
        self.button = event.button()
        self.start = self.last = event.position()

    def move(self, event: QMouseEvent) -> None:
        """What the drag does; each kind says it."""

    def release(self, event: QMouseEvent) -> None:
        """Nothing is left to do."""


class WindowGesture(_Drag):
    """Right = wider, up = brighter; with Shift five times finer."""

    def move(self, event: QMouseEvent) -> None:
        by, self.last = event.position() - self.last, event.position()
        volume = self.view.volume
        if volume is None or volume.is_color:
            return
        fine = 0.2 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1.0
        unit = self.view.data_range / _DRAG_FOR_RANGE * fine
        window = self.view.window_level
        smallest = min(1.0, self.view.data_range / 1000.0)
        self.view.set_window(
            replace(
                window,
                center=window.center + by.y() * unit,
                width=max(window.width + by.x() * unit, smallest),
                name="",
            )
        )


class PanGesture(_Drag):
    """The image follows the mouse."""

    def move(self, event: QMouseEvent) -> None:
        by, self.last = event.position() - self.last, event.position()
        if self.view.transform is not None:
            self.view.set_transform(self.view.transform.panned(by))


class ZoomGesture(_Drag):
    """Up = nearer, around the point where the drag began."""

    def move(self, event: QMouseEvent) -> None:
        by, self.last = event.position() - self.last, event.position()
        if self.view.transform is not None:
            factor = 1.01 ** (-by.y())
            self.view.set_transform(self.view.transform.zoomed(factor, self.start))


class ScrollGesture(_Drag):
    """Through the slices, down as the wheel turns down."""

    def move(self, event: QMouseEvent) -> None:
        steps = int((event.position().y() - self.last.y()) / _DRAG_FOR_SLICE)
        if steps:
            self.last.setY(self.last.y() + steps * _DRAG_FOR_SLICE)
            self.view.step_down(steps)


# kind of drag: its words, its gesture
DRAGS: dict[str, tuple[str, type[_Drag]]] = {
    "window": ("Window", WindowGesture),
    "pan": ("Pan", PanGesture),
    "zoom": ("Zoom", ZoomGesture),
    "scroll": ("Slices", ScrollGesture),
}
DEFAULT_DRAGS = {
    Qt.MouseButton.LeftButton: "window",
    Qt.MouseButton.MiddleButton: "pan",
    Qt.MouseButton.RightButton: "zoom",
}


class RegionGesture(_Drag):
    """A rectangle that is drawn while dragging and handed over when let go."""

    def __init__(self, view: SliceView, event: QMouseEvent, take: Callable[[QRectF], None]) -> None:
        super().__init__(view, event)
        self._take = take
        view.region = QRectF(self.start, self.start)

    def move(self, event: QMouseEvent) -> None:
        self.view.region = QRectF(self.start, event.position()).normalized()

    def release(self, event: QMouseEvent) -> None:
        region, self.view.region = self.view.region, None
        if region is not None:
            self._take(region)


class WheelSteps:
    """Whole notches out of wheel events; touch pads send small parts that add up."""

    def __init__(self) -> None:
        self._rest = 0

    def steps(self, event: QWheelEvent) -> int:
        """Notches since the last call, positive away from the user."""
        delta = event.angleDelta()
        turned = delta.y() if delta.y() else delta.x()  # with Alt or Shift some systems turn it
        if turned * self._rest < 0:
            self._rest = 0
        self._rest += turned
        steps = int(self._rest / _WHEEL_NOTCH)
        self._rest -= steps * _WHEEL_NOTCH
        return steps
