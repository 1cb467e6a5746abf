"""3D: surfaces of both lungs of a real chest CT, and frames of turning them.

python benchmarks/surface.py [--json FILE]. `lung_dx_a0001` on the grid of its series with the
lungs of its reference labels; making the surfaces is the whole job from a frozen label map,
median of five after one. Frames are 1000 x 1000 pixels as while dragging, with three planes, from
the new camera to the picture; with OpenGL where there is a display (`xvfb-run -a` on a server is
Mesa's llvmpipe), and by the software renderer that stands in without it.
"""

from __future__ import annotations

import statistics
from functools import partial

import numpy as np
from figures import PROJECT, Figure, main, timed
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor

from medview.core.geometry import Geometry
from medview.core.job import Progress
from medview.core.labelmap import LabelMap
from medview.core.labels import Label, LabelTable, default_color
from medview.core.resample import sample
from medview.formats import nifti
from medview.gui.application import application
from medview.gui.volume3d.camera import Camera
from medview.gui.volume3d.gl_renderer import GlRenderer, NoOpenGL
from medview.gui.volume3d.scene import PlaneFrame, Renderer
from medview.gui.volume3d.soft_renderer import SoftRenderer
from medview.session import opening
from medview.session.surfaces import Surface, make_surfaces

CASE = "lung_dx_a0001"
DATA = PROJECT.parent / "shared" / "data"
SIDE, FRAMES, RUNS = 1000, 60, 5


def lungs() -> LabelMap:
    """Labels 1 and 2 of the reference, by position, on the series' own voxels."""
    path = DATA / "chest_ct" / "volumes" / CASE / "labels.nii.gz"
    series = DATA / "series" / CASE
    if not path.is_file() or not series.is_dir():
        raise SystemExit(f"needs {path} and {series}")
    report = opening.index([series], Progress())
    geometry = opening.load(opening.largest_image(report), Progress()).geometry
    read = nifti.read_labels(path)
    voxels = sample(read.voxels, read.geometry, geometry, nearest=True).astype(np.uint8)
    voxels[voxels > 2] = 0
    table = LabelTable(tuple(Label(n, f"lung {n}", default_color(n)) for n in (1, 2)))
    return LabelMap(geometry, table, voxels)


def planes_of(geometry: Geometry) -> list[PlaneFrame]:
    """The three middle planes."""
    low, high = np.full(3, -0.5), np.array(geometry.shape) - 0.5
    frames = []
    for axis in range(3):
        corners = np.tile((np.array(geometry.shape) - 1) / 2.0, (4, 1))
        one, two = (n for n in range(3) if n != axis)
        corners[:, one] = [low[one], low[one], high[one], high[one]]
        corners[:, two] = [low[two], high[two], high[two], low[two]]
        frames.append(PlaneFrame(geometry.to_patient(corners), QColor("yellow")))
    return frames


def frame_ms(renderer: Renderer, surfaces: list[Surface], geometry: Geometry) -> float:
    """Median milliseconds of a frame while turning."""
    renderer.set_surfaces(surfaces)
    camera = Camera.around(np.concatenate([surface.vertices for surface in surfaces]))
    planes, size, seconds = planes_of(geometry), QSize(SIDE, SIDE), []
    for _ in range(FRAMES):
        camera = camera.turned(6.0, 1.0)
        seconds.append(timed(partial(renderer.draw, size, camera, planes, fine=False)))
    renderer.close()
    return statistics.median(seconds[5:]) * 1000.0


def measure() -> list[Figure]:
    application()
    labels = lungs()
    surfaces = make_surfaces(labels, Progress())
    if len(surfaces) != 2:
        raise SystemExit(f"{len(surfaces)} lungs")
    runs = [timed(lambda: make_surfaces(labels, Progress())) for _ in range(RUNS)]
    faces = sum(len(surface.faces) for surface in surfaces)
    geometry = labels.geometry
    figures = [
        Figure("surfaces of both lungs", statistics.median(runs), "s", "the issue's limit", 2.0)
    ]
    try:
        drawn = frame_ms(GlRenderer(), surfaces, geometry)
        what = f"a turned frame, {faces} faces, OpenGL"
        figures.append(Figure(what, drawn, "ms", "30 frames a second", 1000.0 / 30.0))
    except NoOpenGL:
        print("no OpenGL here: run it under xvfb-run -a")
    drawn = frame_ms(SoftRenderer(), surfaces, geometry)
    what = "a turned frame, software renderer"
    figures.append(Figure(what, drawn, "ms", "30 frames a second", 1000.0 / 30.0))
    return figures


if __name__ == "__main__":
    main(__doc__, measure)
