"""The 3D view's renderers: the same picture with OpenGL (under Xvfb) and without it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import numpy as np
import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor

from medview.core.geometry import Geometry
from medview.gui.picture_feed import pixels
from medview.gui.volume3d.camera import FRONT, Camera
from medview.gui.volume3d.gl_renderer import GlRenderer, NoOpenGL
from medview.gui.volume3d.scene import PlaneFrame
from medview.gui.volume3d.soft_renderer import SoftRenderer
from medview.gui.volume3d.volume_view import NO_PLACE, VolumeView
from medview.session.surfaces import surface_of

SIZE = QSize(200, 160)
PROGRAM = """
import json, sys
import numpy as np
from medview.gui.application import application
application()
from test_volume3d import balls, front, SIZE, measured
from medview.gui.volume3d.gl_renderer import GlRenderer, NoOpenGL
try:
    renderer = GlRenderer()
except NoOpenGL as error:
    print(json.dumps({"none": str(error)}))
    sys.exit()
renderer.set_surfaces(balls())
print(json.dumps(measured(renderer)))
renderer.close()
"""


def balls():
    """A red ball at the patient's right, a green one at the left and farther to the back."""
    geometry = Geometry.axial((60, 60, 60))
    z, y, x = np.mgrid[:60, :60, :60]
    made = []
    for number, (middle, color) in enumerate(
        (((30, 20, 15), (255, 0, 0)), ((30, 40, 45), (0, 255, 0)))
    ):
        away = (z - middle[0]) ** 2 + (y - middle[1]) ** 2 + (x - middle[2]) ** 2
        made.append(surface_of(away < 100, np.zeros(3, int), geometry, number + 1, color))
    return made


def front(axes=FRONT):
    """Parallel projection from the front on the whole cube, 2 pixels a millimetre."""
    return Camera(np.full(3, 29.5), 40.0, np.array(axes))


def measured(renderer) -> dict[str, list[float]]:
    """Where each ball lies (column, row, pixels), from the front and from the patient's left."""
    side = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])
    found = {}
    for name, axes in (("front", FRONT), ("left", side)):
        seen = pixels(renderer.draw(SIZE, front(axes), [])).astype(int)
        for channel, color in enumerate(("red", "green")):
            rows, columns = np.nonzero(seen[..., channel] > seen.max(axis=2) * 0.9 + 1e-9)
            strong = seen[rows, columns, channel] > 40
            rows, columns = rows[strong], columns[strong]
            found[f"{name} {color}"] = [float(columns.mean()), float(rows.mean()), float(len(rows))]
    return found


def expected(middle_mm, axes) -> tuple[float, float]:
    column, row, _ = front(axes).project([middle_mm], SIZE.width(), SIZE.height())[0]
    return column - 0.5, row - 0.5


def check(found) -> None:
    """Places to the pixel; sizes to a tenth: a ball of 10 mm at 2 pixels a millimetre."""
    side = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])
    for name, axes in (("front", FRONT), ("left", side)):
        for color, middle in (("red", (15, 20, 30)), ("green", (45, 40, 30))):
            column, row, count = found[f"{name} {color}"]
            wanted = expected(middle, axes)
            assert (column, row) == pytest.approx(wanted, abs=1.5), (name, color)
            assert count == pytest.approx(np.pi * 20**2, rel=0.12), (name, color)


def test_without_opengl_each_ball_lies_where_it_belongs(qapp):
    renderer = SoftRenderer()
    renderer.set_surfaces(balls())
    check(measured(renderer))


def test_with_opengl_too(qapp):
    xvfb = shutil.which("xvfb-run")
    if xvfb is None or not sys.platform.startswith("linux"):
        pytest.skip("needs xvfb-run")
    environment = {k: v for k, v in os.environ.items() if k != "QT_QPA_PLATFORM"}
    environment["PYTHONPATH"] = os.path.dirname(__file__)  # noqa: PTH120
    done = subprocess.run(
        [xvfb, "-a", "-s", "-screen 0 800x600x24", sys.executable, "-c", PROGRAM],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    if "none" in found:
        pytest.skip(f"no OpenGL under Xvfb: {found['none']}")
    check(found)


def test_the_offscreen_platform_has_no_opengl_and_says_so_quietly(qapp):
    if qapp.platformName() != "offscreen":
        pytest.skip("this display has OpenGL")
    with pytest.raises(NoOpenGL):
        GlRenderer()


def test_planes_are_drawn_in_their_colour(qapp):
    corners = np.array([(0.0, 30, 0), (59, 30, 0), (59, 30, 59), (0, 30, 59)])
    renderer = SoftRenderer()
    seen = pixels(renderer.draw(SIZE, front(), [PlaneFrame(corners, QColor(255, 255, 0))]))
    left, top = (round(n) for n in expected((0, 30, 59), FRONT))
    border = seen[top + 20, left - 2 : left + 3].astype(int)
    assert border[:, 0].max() > 150
    assert border[:, 2].max() < 60
    assert 10 < seen[80, 100, 0] < 60  # translucent between its edges


def test_nothing_in_3d_where_the_place_is_unknown(qapp, qtbot):
    view = VolumeView(list)
    qtbot.addWidget(view)
    view.set_geometry(Geometry.uncalibrated((4, 4, 4)))
    assert view.notice == NO_PLACE
    assert view.camera is None
    view.grab()  # paints the words
    view.set_geometry(None)
    assert view.notice != NO_PLACE


def test_turning_keeps_the_axes_at_right_angles():
    camera = front()
    for _ in range(1000):
        camera = camera.turned(7.0, -3.0)
    assert camera.axes @ camera.axes.T == pytest.approx(np.eye(3), abs=1e-9)
    assert np.linalg.det(camera.axes) == pytest.approx(1.0)


def test_matrix_and_project_agree():
    camera = front().turned(30, 20).zoomed(1.5).moved(0.1, -0.2)
    point = np.array([12.0, 50.0, 33.0])
    clip = camera.matrix(200, 160) @ np.append(point, 1.0)
    column, row, _ = camera.project([point], 200, 160)[0]
    assert (clip[0] + 1) * 100 == pytest.approx(column, abs=0.01)
    assert (1 - clip[1]) * 80 == pytest.approx(row, abs=0.01)
