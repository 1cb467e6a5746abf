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
    def wheel(self, steps: int) -> None: ...
    def draw(self, painter: QPainter, transform: ViewTransform, cursor: QPointF) -> None: ...


class ViewLayer(Protocol):
    """Something drawn over the slice that may take the mouse: crosshair, measures.

    ``gesture`` is asked on a press, the topmost layer first; None leaves it to the next.
    """

    def draw(self, view: SliceView, painter: QPainter, transform: ViewTransform) -> None: ...
    def gesture(self, view: SliceView, event: QMouseEvent) -> Gesture | None: ...


class HeatMapLike(Protocol):
    """The part of a heat map that is drawn: values (rows, columns) 0..1 of one slice."""

    @property
    def slice_index(self) -> int: ...
    @property
    def values(self) -> NDArray[np.float32]: ...
    @property
    def label_id(self) -> int: ...
    @property
    def reliable(self) -> bool: ...
