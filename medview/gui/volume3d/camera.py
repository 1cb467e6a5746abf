"""Camera: from where the 3D view looks at the patient; parallel projection, no Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from medview.core.geometry import Floats

# rows: to the screen's right, up, toward the viewer. From the front, as one meets a patient.
FRONT = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]])
_RADIANS = 0.01  # a drag of one pixel turns so far
_ASIDE = (35.0, 18.0)  # pixels of a drag, so that planes are not seen edge-on
_CLOSE_UP = 1.2  # a body does not fill the ball around its box
_SMALLEST, _LARGEST = 0.2, 20.0


@dataclass(frozen=True, eq=False)
class Camera:
    """``axes`` (3 x 3) has the screen's right, up and toward-the-viewer as rows, in LPS.

    ``centre`` (LPS mm) is in the middle of the view, a ball of ``radius_mm`` around it fits;
    ``pan`` moves the picture, in parts of the view's smaller side.
    """

    centre: Floats
    radius_mm: float
    axes: Floats
    zoom: float = 1.0
    pan: tuple[float, float] = (0.0, 0.0)

    @classmethod
    def around(cls, points_mm: ArrayLike) -> Camera:
        """From the front, a little from above and the side, on points (n, 3) in LPS mm."""
        points = np.asarray(points_mm, dtype=np.float64).reshape(-1, 3)
        low, high = points.min(axis=0), points.max(axis=0)
        radius = max(float(np.linalg.norm(high - low)) / 2.0, 1.0)
        return cls((low + high) / 2.0, radius, FRONT.copy(), _CLOSE_UP).turned(*_ASIDE)

    def turned(self, across: float, down: float) -> Camera:
        """The body follows a drag of so many pixels to the right and down."""
        about_up, about_right = across * _RADIANS, down * _RADIANS
        c, s = np.cos(about_up), np.sin(about_up)
        first = np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])
        c, s = np.cos(about_right), np.sin(about_right)
        second = np.array([[1, 0, 0], [0, c, -s], [0, s, c]])
        u, _, v = np.linalg.svd(second @ first @ self.axes)  # keeps rounding from shearing it
        return replace(self, axes=u @ v)

    def zoomed(self, factor: float) -> Camera:
        """Nearer (over 1) or farther."""
        return replace(self, zoom=min(max(self.zoom * factor, _SMALLEST), _LARGEST))

    def moved(self, across: float, down: float) -> Camera:
        """The picture pushed by parts of the view's smaller side."""
        return replace(self, pan=(self.pan[0] + across, self.pan[1] + down))

    @property
    def light(self) -> Floats:
        """Where the light is: over the viewer's left shoulder (unit LPS vector)."""
        direction = self.axes.T @ np.array([-0.35, 0.45, 1.0])
        unit: Floats = direction / np.linalg.norm(direction)
        return unit

    def pixels_per_mm(self, width: float, height: float) -> float:
        """How large a millimetre is on a view of this size."""
        return self.zoom * min(width, height) / (2.0 * self.radius_mm)

    def project(self, points_mm: ArrayLike, width: float, height: float) -> NDArray[Any]:
        """LPS mm (n, 3) to (pixels to the right, pixels down, mm toward the viewer)."""
        seen = (np.asarray(points_mm, dtype=np.float64) - self.centre) @ self.axes.T
        scale, side = self.pixels_per_mm(width, height), min(width, height)
        seen[:, 0] = width / 2.0 + self.pan[0] * side + seen[:, 0] * scale
        seen[:, 1] = height / 2.0 + self.pan[1] * side - seen[:, 1] * scale
        return seen

    def matrix(self, width: float, height: float) -> NDArray[np.float32]:
        """4 x 4 from LPS mm to OpenGL's clip space."""
        scale, side = self.pixels_per_mm(width, height), min(width, height)
        shrink = np.array([2 * scale / width, 2 * scale / height, -1.0 / (4 * self.radius_mm)])
        whole = np.eye(4)
        whole[:3, :3] = self.axes * shrink[:, None]
        whole[:3, 3] = -whole[:3, :3] @ self.centre
        whole[0, 3] += 2 * self.pan[0] * side / width
        whole[1, 3] -= 2 * self.pan[1] * side / height
        return whole.astype(np.float32)
