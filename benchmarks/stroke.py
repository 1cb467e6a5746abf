"""Painting: from a mouse move of the 20 mm brush to the repaint, on 512 x 512 x 400 voxels.

python benchmarks/stroke.py [--json FILE]. The real window, real mouse events, 20 strokes of 30
moves over a labelled slice; every stroke ends in an edit that goes to the workspace. Offscreen
raster. Bound: the same moves without a tool pressed, which only repaint the brush's circle. The
sphere, the threshold and the adaptive brush make five strokes each.
"""

from __future__ import annotations

import numpy as np
from desk import SIDE, Desk, open_desk
from figures import Figure, main, percentile
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QMouseEvent

from medview.edit.tools.adaptive_brush import AdaptiveOptions
from medview.edit.tools.brush import BrushOptions
from medview.edit.tools.threshold_brush import ThresholdOptions

SLICES, STROKES, MOVES = 400, 20, 30
PRESS, MOVE, RELEASE = (
    QMouseEvent.Type.MouseButtonPress,
    QMouseEvent.Type.MouseMove,
    QMouseEvent.Type.MouseButtonRelease,
)


def path_of(stroke: int) -> list[QPointF]:
    """A wavy line across the view."""
    across = np.linspace(0.2, 0.8, MOVES) * SIDE
    down = (0.25 + 0.5 * stroke / STROKES) * SIDE + 30 * np.sin(across / 60)
    return [QPointF(float(x), float(y)) for x, y in zip(across, down, strict=True)]


def hover(desk: Desk, at: QPointF) -> QMouseEvent:
    event = desk.mouse(MOVE, at)
    return QMouseEvent(
        MOVE,
        at,
        event.globalPosition(),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
    )


def measure() -> list[Figure]:
    moves: list[float] = []
    releases: list[float] = []
    hovers: list[float] = []
    with open_desk(SLICES) as desk:
        desk.paint_labels()
        desk.window.tools.use("brush")
        desk.window.tools.set_options(BrushOptions(size_mm=20.0))
        desk.session.set_active_label(2)
        desk.settle()
        for stroke in range(STROKES):
            points = path_of(stroke)
            hovers += [desk.seconds_until_painted(hover(desk, at)) for at in points]
            desk.seconds_until_painted(desk.mouse(PRESS, points[0]))
            moves += [desk.seconds_until_painted(desk.mouse(MOVE, at)) for at in points[1:]]
            releases.append(desk.seconds_until_painted(desk.mouse(RELEASE, points[-1])))
        desk.session.flush()
        done = len(desk.session.history.edits) if desk.session.history else 0
        if done != STROKES + 1:
            raise SystemExit(f"{done} edits were made, not {STROKES + 1}")
        others = [
            Figure(
                f"{name} move to repaint, p95", percentile(stroked(desk, *tool), 0.95) * 1000, "ms"
            )
            for name, *tool in (
                ("sphere brush", "brush", BrushOptions(20.0, "sphere")),
                ("threshold brush", "threshold-brush", ThresholdOptions(20.0)),
                ("adaptive brush", "adaptive-brush", AdaptiveOptions(20.0)),
            )
        ]
    bound = percentile(hovers, 0.5) * 1000
    return [
        Figure(
            "brush move to repaint, p50",
            percentile(moves, 0.5) * 1000,
            "ms",
            "moving the brush's circle",
            bound,
        ),
        Figure("brush move to repaint, p95", percentile(moves, 0.95) * 1000, "ms"),
        Figure("end of a stroke, p95", percentile(releases, 0.95) * 1000, "ms"),
        *others,
    ]


def stroked(desk: Desk, tool_id: str, options: object) -> list[float]:
    """Seconds of each move of five strokes with a tool, in another label than before."""
    desk.window.tools.use(tool_id)
    desk.window.tools.set_options(options)
    desk.session.set_active_label(1 if desk.session.active_label == 3 else 3)
    desk.settle()
    moves: list[float] = []
    for stroke in range(0, STROKES, STROKES // 5):
        points = path_of(stroke)
        desk.seconds_until_painted(desk.mouse(PRESS, points[0]))
        moves += [desk.seconds_until_painted(desk.mouse(MOVE, at)) for at in points[1:]]
        desk.seconds_until_painted(desk.mouse(RELEASE, points[-1]))
    return moves


if __name__ == "__main__":
    main(__doc__ or "", measure)
