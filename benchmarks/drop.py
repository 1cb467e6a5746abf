"""From the drop to the first slice on the screen: 300 and 2,000 slices of 512 x 512.

python benchmarks/drop.py [--json FILE]. The real window, offscreen, files in the page cache; from
the drop event to the end of the paint that shows the middle slice's pixels, and until the window
answers that the series is complete. Each run opens a series of its own in a window that is warm.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # before Qt is imported

from figures import Figure, main
from PySide6.QtCore import QEventLoop, QMimeData, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication
from scans import large_phantom

from medview.dicom.phantom_series import write_series
from medview.gui.app import LateOpening, begin
from medview.gui.application import application
from medview.gui.main_window import MainWindow
from medview.session.session import Session
from medview.store.workspace import Workspace

RUNS, BOUND_MS = 3, 150.0


def shown_series(window: MainWindow) -> str:
    """The UID of the open series; notes on quality make its volume another object later."""
    volume = window.bench.session.volume
    return "" if volume is None or volume.source is None else volume.source.series_uid


def drop(window: MainWindow, folder: Path) -> tuple[float, float]:
    """Milliseconds from the drop to the first slice painted, and to the whole series."""
    before = shown_series(window)
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(folder))])
    place, copy = QPointF(200, 200), Qt.DropAction.CopyAction
    hand = (mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(window, QDragEnterEvent(place.toPoint(), copy, *hand))
    started = time.perf_counter()
    QApplication.sendEvent(window, QDropEvent(place, copy, *hand))
    first = 0.0
    clock = QTimer()  # wakes the loop, which otherwise sleeps as it does for a person
    clock.start(2)
    while True:
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        volume = window.bench.session.volume
        if shown_series(window) == before or volume is None or volume.ready is None:
            continue
        if not first and volume.ready[window.bench.view.slice_index]:
            window.bench.view.repaint()
            first = (time.perf_counter() - started) * 1000
        if first and volume.is_complete:
            return first, (time.perf_counter() - started) * 1000


def measure() -> list[Figure]:
    application()
    rows = []
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for slices in (300, 2000):
            phantom = large_phantom(slices)
            for run in range(RUNS):
                write_series(
                    phantom, folder / f"{slices}-{run}", patient_id=f"P{run}", series_number=run
                )
                if slices > 300:
                    break
        with Workspace(folder / "workspace") as workspace:
            session = Session(workspace)
            window = MainWindow(session, LateOpening())
            window.resize(1480, 940)
            window.show()
            begin(window, session)
            until = time.monotonic() + 20
            while window.bench.runner.active and time.monotonic() < until:
                QApplication.processEvents()
            for slices in (300, 2000):
                found = [drop(window, one) for one in sorted(folder.glob(f"{slices}-*"))]
                first = statistics.median(one[0] for one in found)
                whole = statistics.median(one[1] for one in found)
                rows.append(Figure(f"{slices} slices, drop to first slice on the screen", first,
                                   "ms", "the aim", BOUND_MS))  # fmt: skip
                rows.append(Figure(f"{slices} slices, drop to complete", whole, "ms"))
            window.shutdown()
            session.close()
    return rows


if __name__ == "__main__":
    main(__doc__ or "", measure)
