"""History: 10,000 strokes on 512 x 512 x 300 voxels, all undone, all done again, opened again.

python benchmarks/history.py [--json FILE]; the variable STROKES changes how many. The real session
on a workspace of its own, 20 mm brush strokes of six moves in all three planes, every tenth a ball.
Memory is what the history keeps and how much the process grew by. The mask's hash must be the first
one after undoing all and the last one after redoing all; otherwise the script fails.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from pathlib import Path

import numpy as np
from figures import Figure, main, percentile

from medview.core.geometry import Geometry
from medview.core.labels import Label, default_color
from medview.core.volume import SourceSeries, Volume
from medview.edit.tool import Pointer, ToolContext
from medview.edit.tools.brush import Brush, BrushOptions
from medview.session.session import Session
from medview.store.workspace import Workspace

SHAPE, SPACING = (300, 512, 512), (1.0, 0.7, 0.7)
STROKES = int(os.environ.get("STROKES", "10000"))


def measure() -> list[Figure]:
    strokes = STROKES
    with tempfile.TemporaryDirectory() as folder, Workspace(Path(folder) / "w") as workspace:
        session = Session(workspace)
        geometry = Geometry.axial(SHAPE, SPACING)
        source = SourceSeries("1.2", "1.2.3.99", patient_id="H1")
        session.open_volume(Volume(np.zeros(SHAPE, np.int16), geometry, "CT", source=source))
        for number in (1, 2, 3):
            if number not in session.labelmap.table:
                session.set_label(Label(number, f"label {number}", default_color(number)))
        session.labelmap.writable()[:] = 0  # its pages count for the label map, not the history
        first, before = state(session), resident_bytes()
        ends = [paint(session, number) for number in range(strokes)]
        session.flush()
        session.history._trim()
        kept = sum(edit.kept_bytes for edit in session.history.edits)
        grown = resident_bytes() - before
        last = state(session)
        undos = [timed(session.undo) for _ in range(strokes)]
        if state(session) != first:
            raise SystemExit("undoing all did not bring the first labels back")
        redos = [timed(session.redo) for _ in range(strokes)]
        if state(session) != last:
            raise SystemExit("redoing all did not bring the last labels back")
        volume = session.volume
        session.close()
        session = Session(workspace)
        opening = timed(lambda: session.open_volume(volume))
        if state(session) != last:
            raise SystemExit("opening the case again did not bring the last labels back")
        session.close()
    return [
        Figure(f"{strokes} strokes, memory of the history", kept / 2**20, "MB"),
        Figure(f"{strokes} strokes, growth of the process", grown / 2**20, "MB"),
        Figure(f"{strokes} strokes, opening the case again", opening * 1000, "ms"),
        Figure("undo, p95", percentile(undos, 0.95) * 1000, "ms"),
        Figure("redo, p95", percentile(redos, 0.95) * 1000, "ms"),
        Figure("end of a stroke, first 500, p95", percentile(ends[:500], 0.95) * 1000, "ms"),
        Figure("end of a stroke, last 500, p95", percentile(ends[-500:], 0.95) * 1000, "ms"),
    ]


def paint(session: Session, number: int) -> float:
    """One stroke; seconds that letting go took."""
    rng = np.random.default_rng(number)
    axis = int(rng.integers(3))
    brush = Brush(BrushOptions(20.0, "sphere" if number % 10 == 0 else "disc"))
    on = ToolContext(session.editor, session.volume, 1 + number % 3)
    start = rng.uniform(0.1, 0.9, 3) * SHAPE
    way = rng.normal(0.0, 12.0, (6, 3)).cumsum(axis=0)
    way[:, axis] = 0.0
    start[axis] = round(start[axis])
    points = [tuple(float(n) for n in start + step) for step in way]
    brush.press(on, Pointer(points[0], axis, number % 7 == 0))
    for point in points[1:]:
        brush.move(on, Pointer(point, axis))
    return timed(lambda: brush.release(on, Pointer(points[-1], axis)))


def timed(action) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def state(session: Session) -> str:
    return hashlib.sha256(session.labelmap.voxels.data).hexdigest()


def resident_bytes() -> int:
    """Memory that the process holds now (Linux)."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096


if __name__ == "__main__":
    main(__doc__ or "", measure)
