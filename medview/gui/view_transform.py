"""ViewTransform: how a slice lies on the screen, and back from a pixel to a voxel. No widgets."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from PySide6.QtCore import QPointF, QSizeF
from PySide6.QtGui import QTransform

from medview.core.geometry import Floats, Geometry

_MARGIN = 0.97  # part of the view that a fitted slice fills

# Patient axis (0 x, 1 y, 2 z of LPS) across and down the screen, and whether "plus" lies at the
# right and at the bottom: radiological convention, patient's right at the left of the screen.
_ACROSS_DOWN = {
    2: ((0, True), (1, True)),  # axial: R at the left, A at the top
    1: ((0, True), (2, False)),  # coronal: R at the left, H at the top
    0: ((1, True), (2, False)),  # sagittal: A at the left, H at the top
}


@dataclass(frozen=True)
class Placement:
    """How stored rows and columns are turned for the screen.

    ``transposed``: columns run down the screen. ``flip_across`` and ``flip_down``: the stored
    axis that runs across (down) the screen starts at the right (bottom). ``toward_down`` is +1 or
    -1: the step of the slice index that goes toward feet, back or the patient's left, which is
    what turning the wheel down means.
    """

    transposed: bool = False
    flip_across: bool = False
    flip_down: bool = False
    toward_down: int = 1

    @classmethod
    def of(cls, geometry: Geometry) -> Placement:
        """The radiological placement of a geometry's own plane (nearest axes when oblique)."""
        if not geometry.calibrated:
            return cls()
        d = geometry.directions
        normal = int(np.abs(np.cross(d[:, 2], d[:, 1])).argmax())
        (across, across_plus), (down, down_plus) = _ACROSS_DOWN[normal]
        straight = abs(d[across, 2]) + abs(d[down, 1])
        turned = abs(d[across, 1]) + abs(d[down, 2])
        transposed = bool(turned > straight + 1e-9)
        across_axis, down_axis = (1, 2) if transposed else (2, 1)
        head_or_back = d[normal, 0]
        toward_plus = {2: -1, 1: 1, 0: 1}[normal]  # toward feet, toward back, toward left
        return cls(
            transposed,
            bool((d[across, across_axis] > 0) != across_plus),
            bool((d[down, down_axis] > 0) != down_plus),
            toward_plus if head_or_back > 0 else -toward_plus,
        )

    def flipped(self, *, across: bool) -> Placement:
        """Mirrored left to right, or top to bottom; the letters follow."""
        if across:
            return replace(self, flip_across=not self.flip_across)
        return replace(self, flip_down=not self.flip_down)

    def rotated(self) -> Placement:
        """A quarter turn clockwise: what was at the top is at the right."""
        return replace(
            self,
            transposed=not self.transposed,
            flip_across=not self.flip_down,
            flip_down=self.flip_across,
        )

    def letters(self, geometry: Geometry) -> tuple[str, str, str, str]:
        """Patient letters at the (left, right, top, bottom) of the screen; empty if unknown."""
        if not geometry.calibrated:
            return ("", "", "", "")
        across, down = (1, 2) if self.transposed else (2, 1)
        left, right = geometry.letters(across)
        top, bottom = geometry.letters(down)
        if self.flip_across:
            left, right = right, left
        if self.flip_down:
            top, bottom = bottom, top
        return left, right, top, bottom


@dataclass(frozen=True)
class ViewTransform:
    """Image pixels (column + 0.5, row + 0.5 at a voxel's centre) to screen pixels.

    ``zoom`` is screen pixels per mm (per voxel when uncalibrated); ``pan`` shifts the slice's
    centre from the view's centre, in screen pixels.
    """

    rows: int
    columns: int
    row_spacing: float
    column_spacing: float
    view: QSizeF
    placement: Placement = Placement()
    zoom: float = 1.0
    pan: QPointF = field(default_factory=QPointF)

    @classmethod
    def fitted(cls, geometry: Geometry, view: QSizeF, *, turned: bool = True) -> ViewTransform:
        """The whole slice, centred; ``turned`` False where rows already run down the screen."""
        _, rows, columns = geometry.shape
        _, row_spacing, column_spacing = geometry.spacing_mm
        placement = Placement.of(geometry)
        if not turned:
            placement = Placement(toward_down=placement.toward_down)
        transform = cls(rows, columns, row_spacing, column_spacing, view, placement)
        return replace(transform, zoom=transform.fit_zoom)

    def screen_axes(self, geometry: Geometry) -> Floats:
        """Unit LPS vectors (columns): out of the plane, down the screen, across the screen."""
        d = geometry.directions
        down, across = (d[:, 2], d[:, 1]) if self.placement.transposed else (d[:, 1], d[:, 2])
        down = -down if self.placement.flip_down else down
        across = -across if self.placement.flip_across else across
        return np.stack([np.cross(across, down), down, across], axis=1)

    @property
    def extent(self) -> tuple[float, float]:
        """Size of the slice (across, down) the screen in mm."""
        width, height = self.columns * self.column_spacing, self.rows * self.row_spacing
        return (height, width) if self.placement.transposed else (width, height)

    @property
    def fit_zoom(self) -> float:
        """The zoom at which the whole slice is seen."""
        width, height = self.extent
        ratio = min(self.view.width() / width, self.view.height() / height)
        return _MARGIN * max(ratio, 1e-6)

    @property
    def is_fitted(self) -> bool:
        return abs(self.zoom - self.fit_zoom) < 1e-9 and self.pan.isNull()

    @property
    def magnification(self) -> float:
        """Screen pixels per voxel, of the finer spacing."""
        return self.zoom * min(self.row_spacing, self.column_spacing)

    def matrix(self) -> QTransform:
        """The Qt transform from image to screen pixels."""
        centre = QTransform.fromTranslate(-self.columns / 2.0, -self.rows / 2.0)
        millimetres = QTransform.fromScale(self.column_spacing, self.row_spacing)
        turn = QTransform(0, 1, 1, 0, 0, 0) if self.placement.transposed else QTransform()
        flip = QTransform.fromScale(
            -1.0 if self.placement.flip_across else 1.0, -1.0 if self.placement.flip_down else 1.0
        )
        scale = QTransform.fromScale(self.zoom, self.zoom)
        shift = QTransform.fromTranslate(
            self.view.width() / 2.0 + self.pan.x(), self.view.height() / 2.0 + self.pan.y()
        )
        return centre * millimetres * turn * flip * scale * shift

    def to_voxel(self, screen: QPointF) -> tuple[float, float]:
        """Screen pixel to (row, column); whole numbers are voxel centres."""
        inverse, _ = self.matrix().inverted()
        point = inverse.map(screen)
        return point.y() - 0.5, point.x() - 0.5

    def to_screen(self, row: float, column: float) -> QPointF:
        """Voxel (row, column) to the screen pixel of its centre."""
        return self.matrix().map(QPointF(column + 0.5, row + 0.5))

    def contains(self, row: float, column: float) -> bool:
        """Whether the point lies on the slice."""
        return -0.5 <= row < self.rows - 0.5 and -0.5 <= column < self.columns - 0.5

    def zoomed(self, factor: float, anchor: QPointF) -> ViewTransform:
        """Zoomed by a factor, within limits, with the point under ``anchor`` held in place."""
        zoom = min(max(self.zoom * factor, self.fit_zoom / 8.0), self.fit_zoom * 64.0)
        real = zoom / self.zoom
        middle = QPointF(self.view.width() / 2.0, self.view.height() / 2.0)
        away = anchor - middle - self.pan
        return replace(self, zoom=zoom, pan=self.pan + away * (1.0 - real))

    def panned(self, by: QPointF) -> ViewTransform:
        """Moved by screen pixels; the slice's middle is kept within the view."""
        pan = self.pan + by
        reach_x = (self.view.width() + self.extent[0] * self.zoom) / 2.0 * 0.9
        reach_y = (self.view.height() + self.extent[1] * self.zoom) / 2.0 * 0.9
        return replace(
            self,
            pan=QPointF(min(max(pan.x(), -reach_x), reach_x), min(max(pan.y(), -reach_y), reach_y)),
        )

    def resized(self, view: QSizeF) -> ViewTransform:
        """For another view size: stays fitted when it was, else keeps zoom and pan."""
        fitted = self.is_fitted
        resized = replace(self, view=view)
        return replace(resized, zoom=resized.fit_zoom) if fitted else resized
