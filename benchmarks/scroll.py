"""Scrolling: frame time of a wheel notch, 512 x 512 slices in a 1000 x 1000 view, with overlays.

python benchmarks/scroll.py [--json FILE]. The real window on a 300-slice scan, real wheel events,
from the event until the slice is painted and all panels have followed; offscreen raster, so the
flush to a screen is not in it. 200 frames each. Bound: Qt scaling one ready 512 x 512 picture to
1000 x 1000 with the same smoothness.
"""

from __future__ import annotations

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


def measure() -> list[Figure]:
    with open_desk() as desk:
        if (desk.view.width(), desk.view.height()) != (SIDE, SIDE):
            raise SystemExit(f"the view is {desk.view.size()}")
        frames(desk, heat=False)  # warms caches
        kinds = {"image alone": frames(desk, heat=False)}
        desk.paint_labels()
        kinds["with mask"] = frames(desk, heat=False)
        kinds["with mask and heat map"] = frames(desk, heat=True)
        floor = bound()
    rows = []
    for name, seconds in kinds.items():
        half = percentile(seconds, 0.5) * 1000
        rows.append(Figure(f"{name}, p50", half, "ms", "scaling a picture", floor * 1000))
        rows.append(Figure(f"{name}, p95", percentile(seconds, 0.95) * 1000, "ms"))
    return rows


if __name__ == "__main__":
    main(__doc__ or "", measure)
