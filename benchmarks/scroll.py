"""Scrolling: frame time of a wheel notch, 512 x 512 slices in a 1000 x 1000 view, with overlays.

python benchmarks/scroll.py [--json FILE]. The real window on a 300-slice scan, real wheel events,
from the event until the slice is painted and all panels have followed; offscreen raster, so the
flush to a screen is not in it. 200 frames each. Bound: Qt scaling one ready 512 x 512 picture to
1000 x 1000 with the same smoothness. With the crosshair the two other planes stand beside the view
and draw its lines anew in each frame. Where MEDVIEW_NAPARI_PYTHON names a Python that has napari
(and xvfb-run is there), napari turns slices of the same three layers: see napari_peer.py. It draws
by OpenGL, in software on a machine without a graphics card.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import numpy as np
from desk import SIDE, Desk, open_desk
from figures import Figure, main, percentile, timed
from PySide6.QtGui import QColor, QImage, QPainter, QTransform

from medview.gui.render import PlainHeatMap

FRAMES = 200
START = 50


def frames(desk: Desk, *, heat: bool) -> list[float]:
    """Seconds per notch over FRAMES slices, each with a heat map of its own when asked."""
    desk.view.set_slice(desk.phantom.geometry.shape[0] - START)
    desk.settle()
    seconds = []
    for _ in range(FRAMES):
        if heat:
            index = desk.view.slice_index - 1
            inside = (desk.phantom.labels[index] == 1).astype(np.float32)
            desk.view.set_heatmap(PlainHeatMap(index, inside * 0.8, 1))
        before = desk.view.slice_index
        seconds.append(desk.seconds_until_painted(desk.wheel(-1)))
        if desk.view.slice_index != before - 1:
            raise SystemExit("the wheel did not turn one slice")
    desk.view.set_heatmap(None)
    return seconds


def bound() -> float:
    """Median seconds of drawing a ready picture at the view's size."""
    picture = QImage(512, 512, QImage.Format.Format_RGB32)
    picture.fill(QColor(90, 90, 90))
    screen = QImage(SIDE, SIDE, QImage.Format.Format_ARGB32_Premultiplied)

    def draw() -> None:
        painter = QPainter(screen)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setTransform(QTransform.fromScale(SIDE * 0.97 / 512, SIDE * 0.97 / 512))
        painter.drawImage(0, 0, picture)
        painter.end()

    return percentile([timed(draw) for _ in range(100)], 0.5)


def napari() -> list[float]:
    """Seconds per frame of napari, or nothing where it is not installed."""
    python = os.environ.get("MEDVIEW_NAPARI_PYTHON", "")
    if not python:
        return []
    screen = ["xvfb-run", "-a", "-s", "-screen 0 1600x1200x24"]
    peer = Path(__file__).with_name("napari_peer.py")
    environment = {k: v for k, v in os.environ.items() if k != "QT_QPA_PLATFORM"}
    done = subprocess.run(
        [*screen, python, str(peer)], capture_output=True, check=True, env=environment
    )
    seconds: list[float] = json.loads(done.stdout)["seconds"]
    return seconds


def measure() -> list[Figure]:
    with open_desk() as desk:
        if (desk.view.width(), desk.view.height()) != (SIDE, SIDE):
            raise SystemExit(f"the view is {desk.view.size()}")
        frames(desk, heat=False)  # warms caches
        kinds = {"image alone": frames(desk, heat=False)}
        desk.paint_labels()
        kinds["with mask"] = frames(desk, heat=False)
        kinds["with mask and heat map"] = frames(desk, heat=True)
        desk.window.viewer.choose_layout("planes")
        desk.settle()
        kinds["with mask, heat map and crosshair"] = frames(desk, heat=True)
        floor = bound()
    rows = []
    for name, seconds in kinds.items():
        half = percentile(seconds, 0.5) * 1000
        rows.append(Figure(f"{name}, p50", half, "ms", "scaling a picture", floor * 1000))
        rows.append(Figure(f"{name}, p95", percentile(seconds, 0.95) * 1000, "ms"))
    theirs = napari()
    if theirs:
        ours = kinds["with mask and heat map"]
        for part in (0.5, 0.95):
            figure = percentile(ours, part) * 1000, "ms", "napari", percentile(theirs, part) * 1000
            rows.append(Figure(f"three layers, p{part * 100:.0f}", *figure))
    return rows


if __name__ == "__main__":
    main(__doc__ or "", measure)
