"""The real window on a large scan, offscreen, driven by real events; for scroll and stroke."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # before Qt is imported

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication
from scans import large_phantom, volume_of

from medview.core.box import Box
from medview.core.phantom import Phantom
from medview.edit.edit import Origin
from medview.gui.app import LateOpening
from medview.gui.application import application
from medview.gui.main_window import MainWindow
from medview.session.session import Session
from medview.store.workspace import Workspace

SIDE = 1000  # pixels of the slice view


class Desk:
    """The window, its slice view of SIDE x SIDE pixels, and the phantom shown."""

    def __init__(self, session: Session, window: MainWindow, phantom: Phantom) -> None:
        self.session, self.window, self.phantom = session, window, phantom
        self.view = window.bench.view
        self._paints = _Paints(self.view)

    def settle(self) -> None:
        """Let everything that is queued happen."""
        for _ in range(20):
            QApplication.processEvents()

    def paint_labels(self) -> None:
        """All labels of the phantom, as a model would write them."""
        editor = self.session.editor
        assert editor is not None
        editor.begin("Segment", Origin("model", "phantom", "1"), 0)
        editor.write(Box.whole(self.phantom.geometry.shape), self.phantom.labels)
        editor.commit()
        self.session.flush()
        self.settle()

    def seconds_until_painted(self, event: QEvent) -> float:
        """From the event to the end of the paint that it caused; panels follow inside as well."""
        paints, started = self._paints.count, time.perf_counter()
        QApplication.sendEvent(self.view, event)
        QApplication.processEvents()
        seconds = time.perf_counter() - started
        if self._paints.count == paints:
            raise SystemExit("the event was not followed by a paint")
        return seconds

    def wheel(self, steps: int) -> QWheelEvent:
        """The wheel turned by whole notches over the middle of the view."""
        middle = QPointF(SIDE / 2, SIDE / 2)
        return QWheelEvent(
            middle,
            QPointF(self.view.mapToGlobal(middle.toPoint())),
            QPoint(),
            QPoint(0, 120 * steps),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )

    def mouse(self, kind: QMouseEvent.Type, at: QPointF) -> QMouseEvent:
        """A left-button event at a place in the view."""
        buttons = Qt.MouseButton.NoButton
        button = Qt.MouseButton.LeftButton
        if kind != QMouseEvent.Type.MouseButtonRelease:
            buttons = Qt.MouseButton.LeftButton
        if kind == QMouseEvent.Type.MouseMove:
            button = Qt.MouseButton.NoButton
        globally = QPointF(self.view.mapToGlobal(at.toPoint()))
        return QMouseEvent(kind, at, globally, button, buttons, Qt.KeyboardModifier.NoModifier)


class _Paints(QObject):
    """Counts how often a widget is painted."""

    def __init__(self, widget: QObject) -> None:
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.Paint
        return super().eventFilter(watched, event)


@contextmanager
def open_desk(slices: int = 300) -> Iterator[Desk]:
    """The window with the large phantom open, in a workspace of its own."""
    application()
    phantom = large_phantom(slices)
    with tempfile.TemporaryDirectory() as folder, Workspace(Path(folder) / "w") as workspace:
        session = Session(workspace)
        session.set_backend("torch")  # no measuring beside the figures
        window = MainWindow(session, LateOpening())
        desk = Desk(session, window, phantom)
        desk.view.setFixedSize(SIDE, SIDE)
        window.show()
        window.opener.open_volume(volume_of(phantom))
        desk.settle()
        try:
            yield desk
        finally:
            window.shutdown()
            window.close()
            session.close()
