"""From the press of Segment to the visible slice on the screen, and from Cancel to its end.

python benchmarks/first_slice.py [--json FILE]. The real window (offscreen) on a phantom of 300
slices of 512 x 512, the model warm; the backend is the fastest found by the program's own
measuring. Medians of nine presses. Again: the whole case once more, out of the cache, from the
press to the end of the job (40 slices).
"""

from __future__ import annotations

import statistics
import time

from desk import Desk, open_desk
from figures import Figure, main
from PySide6.QtWidgets import QApplication

PRESSES = 9


def until(condition, seconds: float = 300.0) -> float:
    """Seconds until the condition holds, with the event loop running."""
    started = time.perf_counter()
    while not condition():
        QApplication.processEvents()
        if time.perf_counter() - started > seconds:
            raise SystemExit("it took too long")
    return time.perf_counter() - started


def press_and_cancel(desk: Desk) -> tuple[float, float]:
    """Seconds to the visible slice, painted; and from Cancel until the window is free again."""
    window, session = desk.window, desk.session
    visible = desk.view.slice_index
    paints = desk._paints.count
    window.modeller.segment()
    first = until(lambda: session.preview is not None and session.preview.done[visible])
    before = desk._paints.count
    first += until(lambda: desk._paints.count > max(before, paints))
    until(lambda: session.preview.done.sum() > 4)
    window.modeller.cancel()
    cancelled = until(lambda: not window.modeller.is_predicting)
    session.drop_prediction()
    desk.settle()
    return first, cancelled


def warm(desk: Desk) -> None:
    desk.window.bench.runner.start(desk.session.warm_up_job())
    until(lambda: not desk.window.bench.runner.active)


def measure() -> list[Figure]:
    with open_desk(300) as desk:
        desk.session.set_backend("auto")
        warm(desk)
        desk.window.backends.measure()
        until(lambda: not desk.window.backends.is_measuring)
        press_and_cancel(desk)
        times = [press_and_cancel(desk) for _ in range(PRESSES)]
        used = desk.session._jobs._loaded[1].device_text
    with open_desk(40) as desk:
        warm(desk)
        spans = []
        for _ in range(2):
            started = time.perf_counter()
            desk.window.modeller.segment()
            until(lambda: not desk.window.modeller.is_predicting)
            spans.append(1000 * (time.perf_counter() - started))
            desk.window.backends.give_way()
    first, cancelled = (1000 * statistics.median(values) for values in zip(*times, strict=True))
    worst = 1000 * max(value for _, value in times)
    return [
        Figure(f"press to visible slice ({used})", first, "ms", "the aim", 150.0),
        Figure("cancel to free window", cancelled, "ms", "the aim", 200.0),
        Figure(f"cancel to free window, worst of {PRESSES}", worst, "ms", "the aim", 200.0),
        Figure("the same case again, 40 slices", spans[1], "ms", "the first time", spans[0]),
    ]


if __name__ == "__main__":
    main(__doc__ or "", measure)
