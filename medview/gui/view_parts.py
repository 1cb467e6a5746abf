"""What the slice view asks of its surroundings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QMouseEvent, QPainter

from medview.gui.view_mouse import Gesture
from medview.gui.view_transform import ViewTransform

if TYPE_CHECKING:
    from medview.gui.slice_view import SliceView


class EditMouse(Protocol):
    """The edit mode's tool: it makes gestures and draws its tip."""

    @property
    def is_active(self) -> bool: ...
    def gesture(self, view: SliceView, event: QMouseEvent) -> Gesture | None: ...
    def hover(self, view: SliceView, event: QMouseEvent) -> None: ...
    def wheel(self, steps: int) -> None: ...
    @property
    def scrolls(self) -> bool: ...
    def scrolled(self, view: SliceView, position: QPointF) -> None: ...
    def draw(self, painter: QPainter, transform: ViewTransform, cursor: QPointF) -> None: ...


class ViewLayer(Protocol):
    """Something drawn over the slice that may take the mouse: crosshair, measures.

    ``gesture`` is asked on a press, the topmost layer first; None leaves it to the next.
    ``double_click`` says whether a double click was meant for the layer.
    """

    def draw(self, view: SliceView, painter: QPainter, transform: ViewTransform) -> None: ...
    def gesture(self, view: SliceView, event: QMouseEvent) -> Gesture | None: ...
    def double_click(self, view: SliceView, event: QMouseEvent) -> bool: ...


class HeatMapLike(Protocol):
    """The part of a heat map that is drawn: values (rows, columns) 0..1 of one slice."""

    @property
    def slice_index(self) -> int: ...
    @property
    def values(self) -> NDArray[np.float32]: ...
    @property
    def label_id(self) -> int: ...
    @property
    def method(self) -> str: ...
    @property
    def reliable(self) -> bool: ...
