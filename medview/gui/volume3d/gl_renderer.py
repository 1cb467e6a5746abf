"""GlRenderer: surfaces by OpenGL into an off-screen frame, read back as a picture.

Qt's own OpenGL classes are enough, and a frame of its own leaves the window's raster drawing as
it is: a QOpenGLWidget would make Qt create the whole window anew when the 3D view first opens.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QSize
from PySide6.QtGui import (
    QGuiApplication,
    QImage,
    QMatrix4x4,
    QOffscreenSurface,
    QOpenGLContext,
    QVector3D,
    QVector4D,
)
from PySide6.QtOpenGL import (
    QOpenGLBuffer,
    QOpenGLFramebufferObject,
    QOpenGLFramebufferObjectFormat,
    QOpenGLShader,
    QOpenGLShaderProgram,
    QOpenGLVertexArrayObject,
)
from shiboken6 import VoidPtr

from medview.gui.volume3d.camera import Camera
from medview.gui.volume3d.scene import AMBIENT, PLANE_FILL, PlaneFrame
from medview.session.surfaces import Surface

_VERTEX = """
attribute highp vec3 place;
attribute mediump vec3 normal;
uniform highp mat4 matrix;
uniform mediump vec3 lamp;
varying mediump float light;
void main() {
    gl_Position = matrix * vec4(place, 1.0);
    light = abs(dot(normal, lamp));
}
"""
_FRAGMENT = f"""
uniform mediump vec4 color;
uniform mediump float flatness;
varying mediump float light;
void main() {{
    mediump float shade = mix({AMBIENT} + {1 - AMBIENT} * light, 1.0, flatness);
    gl_FragColor = vec4(color.rgb * shade * color.a, color.a);
}}
"""
_UNIFORMS = ("matrix", "lamp", "color", "flatness")
_NO_GL = ("offscreen", "minimal")  # platforms that have none and say so only in a message
# numbers of the OpenGL registry
_COLOR, _DEPTH, _DEPTH_TEST, _BLEND = 0x4000, 0x0100, 0x0B71, 0x0BE2
_TRIANGLES, _LINE_LOOP, _FAN, _FLOAT, _UNSIGNED_INT = 0x0004, 0x0002, 0x0006, 0x1406, 0x1405
_ONE, _ONE_MINUS_ALPHA = 1, 0x0303
_SAMPLES = 4  # for smooth edges while the camera rests; software OpenGL takes four times as long


class NoOpenGL(Exception):
    """This machine draws without OpenGL."""


class _Mesh:
    """A surface on the graphics card."""

    def __init__(self, surface: Surface, program: QOpenGLShaderProgram) -> None:
        red, green, blue = (part / 255.0 for part in surface.color)
        self.color = QVector4D(red, green, blue, 1.0)
        self.count = int(surface.faces.size)
        self.array = QOpenGLVertexArrayObject()
        self.array.create()
        self.array.bind()
        corners = np.hstack([surface.vertices, surface.normals]).astype(np.float32)
        self.vertices = _buffer(QOpenGLBuffer.Type.VertexBuffer, corners.tobytes())
        _point_to(program, "place", 0)
        _point_to(program, "normal", 12)
        self.faces = _buffer(QOpenGLBuffer.Type.IndexBuffer, surface.faces.tobytes())
        self.array.release()

    def destroy(self) -> None:
        self.array.destroy()
        self.vertices.destroy()
        self.faces.destroy()


class GlRenderer:
    """A renderer with an OpenGL context of its own; raises NoOpenGL where there is none."""

    words = ""

    def __init__(self) -> None:
        if QGuiApplication.platformName() in _NO_GL:
            raise NoOpenGL(QGuiApplication.platformName())
        self._context = QOpenGLContext()
        self._surface = QOffscreenSurface()
        if not self._context.create():
            raise NoOpenGL("no context")
        self._surface.setFormat(self._context.format())
        self._surface.create()
        if not self._context.makeCurrent(self._surface):
            raise NoOpenGL("no surface")
        self._gl = self._context.functions()
        self._program = self._build()
        self._at = {name: self._program.uniformLocation(name) for name in _UNIFORMS}
        self._meshes: list[_Mesh] = []
        self._frame: QOpenGLFramebufferObject | None = None
        self._samples = 0
        self._plane_array = QOpenGLVertexArrayObject()
        self._plane_array.create()
        self._plane_buffer = QOpenGLBuffer(QOpenGLBuffer.Type.VertexBuffer)
        self._plane_buffer.create()
        self._context.doneCurrent()

    def _build(self) -> QOpenGLShaderProgram:
        program = QOpenGLShaderProgram()
        program.addShaderFromSourceCode(QOpenGLShader.ShaderTypeBit.Vertex, _VERTEX)
        program.addShaderFromSourceCode(QOpenGLShader.ShaderTypeBit.Fragment, _FRAGMENT)
        if not program.link():
            raise NoOpenGL(program.log())
        return program

    def set_surfaces(self, surfaces: list[Surface]) -> None:
        """Bring meshes to the graphics card in place of those there."""
        self._context.makeCurrent(self._surface)
        for mesh in self._meshes:
            mesh.destroy()
        self._program.bind()
        self._meshes = [_Mesh(surface, self._program) for surface in surfaces]
        self._context.doneCurrent()

    def draw(
        self, size: QSize, camera: Camera, planes: list[PlaneFrame], *, fine: bool = True
    ) -> QImage:
        """One frame of ``size`` device pixels."""
        self._context.makeCurrent(self._surface)
        frame = self._frame_of(size, _SAMPLES if fine else 0)
        frame.bind()
        gl, program = self._gl, self._program
        gl.glViewport(0, 0, size.width(), size.height())
        gl.glClearColor(0.0, 0.0, 0.0, 1.0)
        gl.glClear(_COLOR | _DEPTH)
        gl.glEnable(_DEPTH_TEST)
        gl.glDisable(_BLEND)
        program.bind()
        matrix = camera.matrix(size.width(), size.height())
        program.setUniformValue(self._at["matrix"], QMatrix4x4(matrix.ravel().tolist()))
        program.setUniformValue(self._at["lamp"], QVector3D(*(float(n) for n in camera.light)))
        program.setUniformValue1f(self._at["flatness"], 0.0)
        for mesh in self._meshes:
            program.setUniformValue(self._at["color"], mesh.color)
            mesh.array.bind()
            gl.glDrawElements(_TRIANGLES, mesh.count, _UNSIGNED_INT, VoidPtr(0))  # type: ignore[arg-type]
            mesh.array.release()
        self._draw_planes(planes)
        program.release()
        picture = frame.toImage().convertToFormat(QImage.Format.Format_RGB32)
        frame.release()
        self._context.doneCurrent()
        return picture

    def _draw_planes(self, planes: list[PlaneFrame]) -> None:
        gl, program = self._gl, self._program
        gl.glEnable(_BLEND)
        gl.glBlendFunc(_ONE, _ONE_MINUS_ALPHA)
        program.setUniformValue1f(self._at["flatness"], 1.0)
        self._plane_array.bind()
        self._plane_buffer.bind()
        for plane in planes:
            corners = np.zeros((4, 6), np.float32)
            corners[:, :3] = plane.corners
            data = corners.tobytes()
            self._plane_buffer.allocate(data, len(data))
            _point_to(program, "place", 0)
            _point_to(program, "normal", 12)
            rgb = (plane.color.redF(), plane.color.greenF(), plane.color.blueF())
            program.setUniformValue(self._at["color"], QVector4D(*rgb, 1.0))
            gl.glDrawArrays(_LINE_LOOP, 0, 4)
            gl.glDepthMask(0)
            program.setUniformValue(self._at["color"], QVector4D(*rgb, PLANE_FILL))
            gl.glDrawArrays(_FAN, 0, 4)
            gl.glDepthMask(1)
        self._plane_buffer.release()
        self._plane_array.release()

    def _frame_of(self, size: QSize, samples: int) -> QOpenGLFramebufferObject:
        frame = self._frame
        if frame is None or frame.size() != size or self._samples != samples:
            form = QOpenGLFramebufferObjectFormat()
            form.setAttachment(QOpenGLFramebufferObject.Attachment.Depth)
            form.setSamples(samples)
            frame = self._frame = QOpenGLFramebufferObject(size, form)
            self._samples = samples
        return frame

    def close(self) -> None:
        """Give everything on the graphics card back while the context is current."""
        self._context.makeCurrent(self._surface)
        for mesh in self._meshes:
            mesh.destroy()
        self._meshes, self._frame = [], None
        self._plane_array.destroy()
        self._plane_buffer.destroy()
        self._program.removeAllShaders()
        self._context.doneCurrent()


def _buffer(kind: QOpenGLBuffer.Type, data: bytes) -> QOpenGLBuffer:
    made = QOpenGLBuffer(kind)
    made.create()
    made.bind()
    made.allocate(data, len(data))
    return made


def _point_to(program: QOpenGLShaderProgram, name: str, offset: int) -> None:
    """Three floats of each corner's six, from the bound buffer."""
    place = program.attributeLocation(name)
    program.enableAttributeArray(place)
    program.setAttributeBuffer(place, _FLOAT, offset, 3, 24)
