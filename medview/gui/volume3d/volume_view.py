"""VolumeView: the labels' surfaces and the shown planes in 3D, turned with the mouse."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from medview.core.geometry import Geometry
from medview.gui.edged_text import INK, draw_text
from medview.gui.view_mouse import WheelSteps
from medview.gui.volume3d.camera import FRONT, Camera
from medview.gui.volume3d.scene import PlaneFrame, Renderer
from medview.gui.words import tr
from medview.session.surfaces import Surface

NOTHING = "No labels to show yet.\nSegment with Ctrl+G, or paint with B."
NO_PLACE = "The files do not say where the voxels lie,\nso there is no shape in 3D."
BUILDING = "making the surfaces …"
HELP = "drag: turn   middle drag: pan   wheel: zoom   Home: from the front"
_STEP = 15.0  # pixels of a drag that an arrow key stands for
_ZOOM = 1.12
_REST_MS = 180  # without a movement, before the finer picture is drawn
_CUBE = 26.0  # half the edge of the orientation cube, screen pixels
_EDGE = 12
# sides of the cube: outward direction (LPS), letter
_SIDES = (
    ((1, 0, 0), "L"), ((-1, 0, 0), "R"), ((0, 1, 0), "P"),
    ((0, -1, 0), "A"), ((0, 0, 1), "H"), ((0, 0, -1), "F"),
)  # fmt: skip
_TURNS = {
    Qt.Key.Key_Left: (-_STEP, 0.0),
    Qt.Key.Key_Right: (_STEP, 0.0),
    Qt.Key.Key_Up: (0.0, -_STEP),
    Qt.Key.Key_Down: (0.0, _STEP),
}
_ZOOMS = {Qt.Key.Key_Plus: _ZOOM, Qt.Key.Key_Equal: _ZOOM, Qt.Key.Key_Minus: 1 / _ZOOM}


def best_renderer() -> Renderer:
    """OpenGL where this machine has it, else drawn in software."""
    from medview.gui.volume3d.gl_renderer import GlRenderer, NoOpenGL
    from medview.gui.volume3d.soft_renderer import SoftRenderer

    try:
        return GlRenderer()
    except NoOpenGL:
        return SoftRenderer()


class VolumeView(QWidget):
    """Paints what it is given; the renderer is made when it is first painted."""

    maximise_wanted = Signal()
    shown = Signal()

    def __init__(self, planes: Callable[[], list[PlaneFrame]]) -> None:
        super().__init__()
        self.setAccessibleName(tr("3D view"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(200, 200)
        self.notice = NOTHING
        self.camera: Camera | None = None
        self.surfaces: list[Surface] = []
        self.renderer: Renderer | None = None
        self._planes = planes
        self._wheel = WheelSteps()
        self._last = QPointF()
        self._rest = QTimer(self)  # running while the camera moves
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self.update)

    def set_geometry(self, geometry: Geometry | None) -> None:
        """Another volume: look at it from the front."""
        self.set_surfaces([], NOTHING)
        self.camera = None
        if geometry is not None and geometry.calibrated:
            corners = np.array(np.meshgrid(*[(-0.5, n - 0.5) for n in geometry.shape]))
            self.camera = Camera.around(geometry.to_patient(corners.reshape(3, -1).T))
        elif geometry is not None:
            self.notice = NO_PLACE
        self.update()

    def set_surfaces(self, surfaces: list[Surface], notice: str = "") -> None:
        """Show other surfaces from where one looks already."""
        self.surfaces, self.notice = surfaces, notice
        if self.renderer is not None:
            self.renderer.set_surfaces(surfaces)
        self.update()

    def say(self, notice: str) -> None:
        """A line over the picture, "" for none."""
        self.notice = notice
        self.update()

    def close_renderer(self) -> None:
        """Give the graphics card's memory back."""
        if self.renderer is not None:
            self.renderer.close()
            self.renderer = None

    # ---- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor(0, 0, 0))
        if self.camera is not None:
            if self.renderer is None:
                self.renderer = best_renderer()
                self.renderer.set_surfaces(self.surfaces)
            ratio = self.devicePixelRatio()
            size = QSize(round(self.width() * ratio), round(self.height() * ratio))
            picture = self.renderer.draw(
                size, self.camera, self._planes(), fine=not self._rest.isActive()
            )
            picture.setDevicePixelRatio(ratio)
            painter.drawImage(0, 0, picture)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._draw_cube(painter, self.camera)
        self._draw_words(painter)
        if self.hasFocus():
            painter.setPen(QPen(self.palette().highlight().color(), 1.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
        painter.end()

    def _draw_words(self, painter: QPainter) -> None:
        whole = QRectF(self.rect()).adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE)
        if self.notice:
            where = Qt.AlignmentFlag.AlignCenter
            if self.surfaces:
                where = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter
            painter.setPen(INK)
            draw_text(painter, whole, tr(self.notice), where)
        if self.renderer is not None and self.renderer.words:
            where = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft
            draw_text(painter, whole, tr(self.renderer.words), where)
        if self.surfaces and self.underMouse() and self.width() > 480:
            where = Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignRight
            draw_text(painter, whole, tr(HELP), where)

    def _draw_cube(self, painter: QPainter, camera: Camera) -> None:
        """A cube in the corner with the patient's letters on the sides that face the viewer."""
        middle = np.array([_EDGE + 1.7 * _CUBE, self.height() - _EDGE - 1.7 * _CUBE])
        for direction, letter in _SIDES:
            out = camera.axes @ np.array(direction, float)
            if out[2] < 0.05:
                continue
            one, two = (axis for axis in np.eye(3) if not axis @ np.abs(direction))
            seen = [camera.axes @ (direction + a * one + b * two) for a, b in _AROUND]
            points = [QPointF(*(middle + _CUBE * np.array([p[0], -p[1]]))) for p in seen]
            shade = int(28 + 44 * out[2])
            painter.setBrush(QColor(shade, shade + 4, shade + 6, 230))
            painter.setPen(QPen(QColor(120, 132, 138), 1.0))
            painter.drawPolygon(QPolygonF(points))
            if out[2] > 0.25:
                at = middle + _CUBE * np.array([out[0], -out[1]])
                box = QRectF(at[0] - _CUBE, at[1] - _CUBE, 2 * _CUBE, 2 * _CUBE)
                draw_text(painter, box, letter, Qt.AlignmentFlag.AlignCenter, _LETTER)

    # ---- mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._last = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        by, self._last = event.position() - self._last, event.position()
        camera, buttons = self.camera, event.buttons()
        if camera is None:
            return
        if buttons & Qt.MouseButton.LeftButton:
            camera = camera.turned(by.x(), by.y())
        elif buttons & Qt.MouseButton.MiddleButton:
            side = min(self.width(), self.height())
            camera = camera.moved(by.x() / side, by.y() / side)
        elif buttons & Qt.MouseButton.RightButton:
            camera = camera.zoomed(1.01 ** (-by.y()))
        self._move(camera)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.maximise_wanted.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        steps = self._wheel.steps(event)
        event.accept()
        if self.camera is not None and steps:
            self._move(self.camera.zoomed(_ZOOM**steps))

    def event(self, event: QEvent) -> bool:
        """Keep the arrow keys, which the slice views have as shortcuts."""
        if event.type() == QEvent.Type.ShortcutOverride:
            key = event.key()  # type: ignore[attr-defined]
            if key in _TURNS or key in _ZOOMS or key == Qt.Key.Key_Home:
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, camera = Qt.Key(event.key()), self.camera
        if camera is None:
            super().keyPressEvent(event)
        elif key in _TURNS:
            self._move(camera.turned(*_TURNS[key]))
        elif key in _ZOOMS:
            self._move(camera.zoomed(_ZOOMS[key]))
        elif key == Qt.Key.Key_Home:
            self._move(replace(camera, axes=FRONT.copy(), pan=(0.0, 0.0)))
        else:
            super().keyPressEvent(event)

    def _move(self, camera: Camera) -> None:
        self.camera = camera
        self._rest.start()
        self.update()

    def enterEvent(self, event: QEvent) -> None:
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self.update()

    def showEvent(self, event: QEvent) -> None:
        self.shown.emit()


_AROUND = ((-1, -1), (-1, 1), (1, 1), (1, -1))
_LETTER = QColor(244, 200, 96)
