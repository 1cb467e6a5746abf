"""SoftRenderer: surfaces without OpenGL: shaded points, the nearest wins. Coarse, but it turns."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from medview.gui.volume3d.camera import Camera
from medview.gui.volume3d.scene import AMBIENT, PLANE_FILL, PlaneFrame
from medview.session.surfaces import Surface

_CLOSE, _CLOSE_MOVING = 1.0, 1.7  # edges of the mesh in a pixel of the small picture


class SoftRenderer:
    """Every vertex and the middle of every face is a point of a small picture, drawn larger."""

    words = "coarse: this machine has no OpenGL"

    def __init__(self) -> None:
        self._points = np.zeros((0, 3))
        self._normals = np.zeros((0, 3))
        self._colors = np.zeros((0, 3))
        self._corners = 0  # how many of them are vertices: they come first
        self._edge_mm = 1.0

    def set_surfaces(self, surfaces: list[Surface]) -> None:
        """Keep the points of meshes in place of those there."""
        none = np.zeros((0, 3), np.float32)
        points, normals, colors = [none], [none], [none]
        for values, kept in (("vertices", points), ("normals", normals)):
            kept += [getattr(surface, values) for surface in surfaces]
            kept += [getattr(surface, values)[surface.faces].mean(axis=1) for surface in surfaces]
        for part in ("vertices", "faces"):
            for surface in surfaces:
                shape = (len(getattr(surface, part)), 3)
                colors.append(np.broadcast_to(np.array(surface.color, np.float32), shape))
        self._points = np.concatenate(points)
        self._normals = np.concatenate(normals)
        self._colors = np.concatenate(colors)
        self._corners = sum(len(surface.vertices) for surface in surfaces)
        self._edge_mm = max((surface.edge_mm for surface in surfaces), default=1.0)

    def draw(
        self, size: QSize, camera: Camera, planes: list[PlaneFrame], *, fine: bool = True
    ) -> QImage:
        """One frame of ``size`` device pixels; planes are lines over the surfaces."""
        width, height = size.width(), size.height()
        close = _CLOSE if fine else _CLOSE_MOVING
        step = max(self._edge_mm * camera.pixels_per_mm(width, height) * close, 1.0)
        columns, rows = max(round(width / step), 1), max(round(height / step), 1)
        seen = camera.project(self._points[: None if fine else self._corners], width, height)
        column = np.floor(seen[:, 0] * columns / width).astype(int)
        row = np.floor(seen[:, 1] * rows / height).astype(int)
        inside = (column >= 0) & (column < columns) & (row >= 0) & (row < rows)
        order = np.flatnonzero(inside)
        order = order[np.argsort(seen[order, 2], kind="stable")]  # the nearest is written last
        light = AMBIENT + (1 - AMBIENT) * np.abs(self._normals[order] @ camera.light)
        small = np.zeros((rows, columns, 3), np.uint8)
        small[row[order], column[order]] = self._colors[order] * light[:, None]
        picture = QImage(small.data, columns, rows, 3 * columns, QImage.Format.Format_RGB888)
        large = picture.scaled(
            size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
        ).convertToFormat(QImage.Format.Format_RGB32)
        self._draw_planes(large, camera, planes)
        return large

    def _draw_planes(self, onto: QImage, camera: Camera, planes: list[PlaneFrame]) -> None:
        painter = QPainter(onto)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for plane in planes:
            corners = camera.project(plane.corners, onto.width(), onto.height())
            fill = QColor(plane.color)
            fill.setAlphaF(PLANE_FILL)
            painter.setPen(QPen(plane.color, 1.2))
            painter.setBrush(fill)
            painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y, _ in corners]))
        painter.end()

    def close(self) -> None:
        """Nothing is held."""
