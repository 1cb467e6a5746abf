"""napari with an image, a mask and a heat map of 512 x 512 slices: seconds per slice turned.

Run by `scroll.py` with another Python that has napari, under a screen (Xvfb will do):
MEDVIEW_NAPARI_PYTHON=/path/to/python python benchmarks/scroll.py. Prints one JSON list. A frame is
from setting the slice to the end of the canvas's drawing, OpenGL finished.
"""

from __future__ import annotations

import json
import sys
import time

import napari  # type: ignore[import-not-found]
import numpy as np
from qtpy.QtWidgets import QApplication  # type: ignore[import-not-found]
from vispy import gloo  # type: ignore[import-not-found]

SLICES, SIDE, FRAMES = 60, 512, 100


def main() -> None:
    random = np.random.default_rng(0)
    image = random.integers(-1000, 1000, (SLICES, SIDE, SIDE)).astype(np.int16)
    rows, columns = np.mgrid[:SIDE, :SIDE]
    disc = (rows - 256) ** 2 + (columns - 150) ** 2 < 100**2
    other = (rows - 256) ** 2 + (columns - 360) ** 2 < 100**2
    labels = np.repeat((disc + 2 * other).astype(np.uint8)[None], SLICES, axis=0)
    heat = np.repeat((disc * 0.8).astype(np.float32)[None], SLICES, axis=0)
    viewer = napari.Viewer(show=True)
    viewer.window.resize(1400, 1150)
    viewer.add_image(image, contrast_limits=(-1000, 1000))
    viewer.add_labels(labels, opacity=0.3)
    viewer.add_image(heat, colormap="inferno", opacity=0.6, blending="translucent")
    canvas = viewer.window._qt_viewer.canvas._scene_canvas
    drawn = []
    canvas.events.draw.connect(lambda _event: drawn.append(1), position="last")
    for _ in range(30):
        QApplication.processEvents()
    seconds = []
    for frame in range(FRAMES):
        before, started = len(drawn), time.perf_counter()
        viewer.dims.set_current_step(0, 5 + frame % (SLICES - 10))
        until = started + 5
        while len(drawn) == before and time.perf_counter() < until:
            QApplication.processEvents()
        gloo.gl.glFinish()
        seconds.append(time.perf_counter() - started)
    size = canvas.size
    json.dump({"seconds": seconds[10:], "canvas": list(size)}, sys.stdout)
    viewer.close()


if __name__ == "__main__":
    main()
