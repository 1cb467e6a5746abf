"""Crosshair: one point of the patient, seen in every view; dragging it turns the others' slices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QLineF, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPen

from medview.core.geometry import Floats
from medview.core.planes import Planes
from medview.gui.crosshair_gestures import CrosshairGesture, TurnGesture
from medview.gui.view_group import ViewGroup
from medview.gui.view_mouse import Gesture
from medview.gui.view_transform import ViewTransform

if TYPE_CHECKING:
    from medview.gui.slice_view import SliceView

# a plane's line in the other views: OHIF's colours (PEERS 4.4), paler for dim rooms
PLANE_COLORS = {
    "axial": QColor(232, 98, 92),
    "sagittal": QColor(232, 206, 92),
    "coronal": QColor(104, 200, 112),
    "oblique": QColor(170, 150, 232),
}
_GAP = 14.0  # screen pixels around the point that stay free
_NEAR = 7.0  # how close to the point or a line the mouse takes it
_ARM = 0.3  # of the view's smaller side: from there on a line is taken to turn it
_HANDLE = 3.5  # radius of the dots that say so, screen pixels


class Crosshair(QObject):
    """A fractional voxel of the open volume; it follows the slices and the slices follow it."""

    moved = Signal()
    switched = Signal(bool)

    def __init__(self, group: ViewGroup) -> None:
        super().__init__(group)
        self._group = group
        self._voxel: Floats | None = None
        self._visible = False
        self._moving = False
        group.add_layer(self)
        group.slice_changed.connect(self._follow)
        group.view_added.connect(self._turn_one)

    @property
    def voxel(self) -> Floats | None:
        """(slice, row, column) of the volume, or None while nothing is open."""
        return self._voxel

    @property
    def position_mm(self) -> Floats | None:
        """The point in LPS mm; None where the volume has no place in the patient."""
        volume = self._group.volume
        if self._voxel is None or volume is None or not volume.geometry.calibrated:
            return None
        return volume.geometry.to_patient(self._voxel)

    @property
    def is_visible(self) -> bool:
        return self._visible

    def set_visible(self, visible: bool) -> None:
        """Show or hide the lines; the views stay linked."""
        if visible != self._visible:
            self._visible = visible
            self._group.update()
            self.switched.emit(visible)

    def reset(self) -> None:
        """The middle of another volume."""
        volume = self._group.volume
        self._voxel = None
        if volume is not None:
            self._voxel = (np.array(volume.geometry.shape) - 1.0) / 2.0
            index = self._group.main.slice_index
            self._voxel[0] = float(index)
        self.moved.emit()

    def move_to(self, voxel: Floats, source: SliceView | None = None) -> None:
        """Go to a voxel, clipped to the volume; every view but ``source`` turns to it."""
        volume = self._group.volume
        if volume is None:
            return
        top = np.array(volume.geometry.shape) - 1.0
        self._voxel = np.clip(np.asarray(voxel, dtype=np.float64), 0.0, top)
        self._moving = True
        try:
            for view in self._group.views:
                if view is not source:
                    self._turn_one(view)
        finally:
            self._moving = False
        self._group.update()
        self.moved.emit()

    def _turn_one(self, view: SliceView) -> None:
        """Turn a view to the plane that holds the point."""
        if view.planes is not None and self._voxel is not None:
            view.set_slice(round(float(view.planes.from_volume(self._voxel)[0])))

    def _follow(self, view: SliceView) -> None:
        """A view went to another plane: the point goes with it, straight across."""
        if self._moving or view.planes is None or self._voxel is None:
            return
        there = view.planes.from_volume(self._voxel)
        there[0] = view.slice_index
        self._voxel = view.planes.to_volume(there)
        if self._visible:
            self._group.update()
        self.moved.emit()

    # ---- a layer of the views

    def draw(self, view: SliceView, painter: QPainter, transform: ViewTransform) -> None:
        """The other views' planes as lines, a gap at the point."""
        point = self._point(view)
        if not self._visible or point is None or len(self._group.views) < 2:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)
        for other in self._group.views:
            if other is view or not other.isVisible() or other.planes is None:
                continue
            direction = self.line(view, other)
            if direction is None:
                continue
            painter.setPen(QPen(plane_color(other), 1.2))
            reach = transform.view.width() + transform.view.height()
            for sign in (-1.0, 1.0):
                painter.drawLine(
                    QLineF(point + direction * (sign * _GAP), point + direction * (sign * reach))
                )
                if self._turns(view, other):
                    painter.setBrush(plane_color(other))
                    arm = point + direction * (sign * (_arm(view) + 3 * _HANDLE))
                    painter.drawEllipse(arm, _HANDLE, _HANDLE)
                    painter.setBrush(Qt.BrushStyle.NoBrush)

    def gesture(self, view: SliceView, event: QMouseEvent) -> Gesture | None:
        """Take the point, or a line, with the left button."""
        point = self._point(view)
        tool = view.edit_mouse is not None and view.edit_mouse.is_active
        if not self._visible or point is None or tool or len(self._group.views) < 2:
            return None
        if event.button() != Qt.MouseButton.LeftButton:
            return None
        away = event.position() - point
        if float(np.hypot(away.x(), away.y())) < 2 * _NEAR:
            return CrosshairGesture(self, view, event, None)
        for other in self._group.views:
            direction = self.line(view, other) if other is not view else None
            if direction is None or not other.isVisible():
                continue
            across = QPointF(-direction.y(), direction.x())
            if abs(away.x() * across.x() + away.y() * across.y()) < _NEAR:
                if self._turns(view, other) and float(np.hypot(away.x(), away.y())) > _arm(view):
                    return TurnGesture(self, view, event)
                return CrosshairGesture(self, view, event, across)
        return None

    def double_click(self, view: SliceView, event: QMouseEvent) -> bool:
        """A double click is never meant for the lines."""
        return False

    def _turns(self, view: SliceView, other: SliceView) -> bool:
        """Whether dragging an arm in ``view`` turns the other's planes: never the stored ones."""
        volume = self._group.volume
        calibrated = volume is not None and volume.geometry.calibrated
        return calibrated and other is not self._group.main and other is not view

    def turn(self, about: SliceView, radians: float) -> None:
        """Turn the planes of the other views, but the stored ones, about a view's normal.

        Positive is clockwise on that view's screen. The point of the crosshair stays.
        """
        volume = self._group.volume
        if volume is None or self._voxel is None or about.planes is None or not about.transform:
            return
        _, down, across = about.transform.screen_axes(about.planes.geometry).T
        turned = rotation(np.cross(across, down), radians)
        held = [float(n) for n in self._voxel]
        self._moving = True
        try:
            for view in self._group.views:
                if not self._turns(about, view) or view.planes is None or not view.transform:
                    continue
                axes = turned @ view.transform.screen_axes(view.planes.geometry)
                planes = Planes.across(volume.geometry, axes, min(volume.geometry.spacing_mm))
                index = round(float(planes.from_volume(self._voxel)[0]))
                view.set_planes(planes, index, held)
        finally:
            self._moving = False
        self._group.update()
        self.moved.emit()

    def straighten(self) -> None:
        """Every view back to the planes of voxels."""
        volume = self._group.volume
        if volume is None or self._voxel is None:
            return
        for view in self._group.views:
            if view is not self._group.main:
                planes = Planes.named(volume.geometry, view.plane)
                view.set_planes(planes, round(float(planes.from_volume(self._voxel)[0])))
        self._group.update()

    def _point(self, view: SliceView) -> QPointF | None:
        if self._voxel is None:
            return None
        place = view.screen_of([float(n) for n in self._voxel])
        return None if place is None else place[0]

    def line(self, view: SliceView, other: SliceView) -> QPointF | None:
        """Unit vector on ``view``'s screen along which the other view's plane cuts it."""
        if view.planes is None or other.planes is None or view.transform is None:
            return None
        cut = np.cross(view.planes.geometry.normal, other.planes.geometry.normal)
        length = float(np.linalg.norm(cut))
        if length < 1e-6:
            return None
        step = view.planes.geometry.inverse[:3, :3] @ (cut / length)
        start, end = view.transform.to_screen(0.0, 0.0), view.transform.to_screen(*step[1:])
        line = end - start
        size = float(np.hypot(line.x(), line.y()))
        return QPointF(line.x() / size, line.y() / size) if size > 1e-9 else None


def rotation(axis: Floats, radians: float) -> Floats:
    """The 3 x 3 rotation about a unit axis (Rodrigues)."""
    x, y, z = axis
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    turned: Floats = np.eye(3) + np.sin(radians) * cross + (1 - np.cos(radians)) * cross @ cross
    return turned


def _arm(view: SliceView) -> float:
    return _ARM * min(view.width(), view.height())


def plane_color(view: SliceView) -> QColor:
    """The colour of a view's plane wherever it is drawn."""
    if view.planes is None:
        return PLANE_COLORS["oblique"]
    return PLANE_COLORS[view.planes.geometry.orientation]
