"""Three linked planes of 512 x 512 x 400: dragging the crosshair, and a slab of 20 mm.

python benchmarks/planes.py [--json FILE]. The real window in the layout of three equal planes, real
mouse events with the left button on the crosshair's point; a frame is from the event until all
three views are painted, offscreen raster. The slab is the maximum of 20 mm (27 planes) in each of
the three directions, computed alone. Bounds: 30 frames a second, and 30 ms.
"""

from __future__ import annotations

import numpy as np
from desk import Desk, open_desk
from figures import Figure, main, percentile, timed
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QMouseEvent

from medview.core.planes import Planes, Slab

SLICES, MOVES = 400, 120
FRAME_MS, SLAB_MS = 1000 / 30, 30.0
PRESS, MOVE = QMouseEvent.Type.MouseButtonPress, QMouseEvent.Type.MouseMove


def drag(desk: Desk) -> list[float]:
    """Seconds per move of the crosshair in the axial view."""
    crosshair = desk.window.viewer.crosshair
    voxel = [float(n) for n in crosshair.voxel]
    place = desk.view.screen_of(voxel)
    assert place is not None
    desk.seconds_until_painted(desk.mouse(PRESS, place[0]))
    reach = 0.3 * min(desk.view.width(), desk.view.height())
    seconds = []
    for angle in np.linspace(0, 4 * np.pi, MOVES):
        offset = QPointF(reach * np.cos(angle) - reach, reach * np.sin(angle))
        seconds.append(desk.seconds_until_painted(desk.mouse(MOVE, place[0] + offset)))
    desk.seconds_until_painted(desk.mouse(QMouseEvent.Type.MouseButtonRelease, place[0]))
    return seconds


def slabs(planes: Planes, voxels: NDArray[np.int16]) -> list[float]:
    """Seconds per slab of 20 mm, one plane after the other."""
    middle = planes.count // 2
    return [
        timed(lambda index=middle + n: planes.take_slab(voxels, index, Slab(20.0)))  # type: ignore[misc]
        for n in range(40)
    ]


def measure() -> list[Figure]:
    rows = []
    with open_desk(SLICES) as desk:
        desk.paint_labels()
        desk.view.setMinimumSize(240, 240)
        desk.view.setMaximumSize(10_000, 10_000)
        desk.window.viewer.choose_layout("row")
        desk.settle()
        drag(desk)
        seconds = drag(desk)
        for part in (0.5, 0.95):
            value = percentile(seconds, part) * 1000
            rows.append(Figure(f"crosshair move, three planes painted, p{part * 100:.0f}", value,
                               "ms", "30 frames a second", FRAME_MS))  # fmt: skip
        volume = desk.session.volume
        assert volume is not None
        for axis, name in enumerate(("axial", "coronal", "sagittal")):
            planes = Planes.along(volume.geometry, axis)
            seconds = slabs(planes, volume.voxels)
            for part in (0.5, 0.95):
                value = percentile(seconds, part) * 1000
                rows.append(Figure(f"maximum of 20 mm, {name}, p{part * 100:.0f}", value,
                                   "ms", "the aim", SLAB_MS))  # fmt: skip
    return rows


if __name__ == "__main__":
    main(__doc__ or "", measure)
