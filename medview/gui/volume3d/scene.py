"""Scene: what the 3D view draws, and what a renderer of it must do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage

from medview.core.geometry import Floats
from medview.gui.slice_view import SliceView
from medview.gui.volume3d.camera import Camera
from medview.session.surfaces import Surface

AMBIENT = 0.28  # light on a surface edge-on to it; the rest comes from `Camera.light`
PLANE_FILL = 0.10  # opacity of a plane between its edges


@dataclass(frozen=True, eq=False)
class PlaneFrame:
    """The edge of a shown plane: corners (4, 3) in LPS mm, in the colour of its line."""

    corners: Floats
    color: QColor


class Renderer(Protocol):
    """Draws surfaces and planes on black; ``fine`` False may be coarser, for a moving camera."""

    words: str  # said on the picture, "" for nothing

    def set_surfaces(self, surfaces: list[Surface]) -> None: ...
    def draw(
        self, size: QSize, camera: Camera, planes: list[PlaneFrame], *, fine: bool = True
    ) -> QImage: ...
    def close(self) -> None: ...


def frame_of(view: SliceView, color: QColor) -> PlaneFrame | None:
    """The plane that a view shows, None without one."""
    planes = view.planes
    if planes is None:
        return None
    _, rows, columns = planes.geometry.shape
    low, bottom, right = -0.5, rows - 0.5, columns - 0.5
    index = view.slice_index
    corners = [(index, low, low), (index, low, right), (index, bottom, right), (index, bottom, low)]
    return PlaneFrame(planes.geometry.to_patient(np.array(corners)), color)
