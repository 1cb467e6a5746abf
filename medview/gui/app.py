"""The window's start: painted first, then everything that is slow."""

from __future__ import annotations

import importlib
import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QMessageBox

from medview.core.errors import MedviewError
from medview.core.job import Job, Progress
from medview.gui import language
from medview.gui.application import application, require_display
from medview.gui.main_window import MainWindow
from medview.gui.words import tr
from medview.session.session import Session
from medview.store.workspace import Workspace

log = logging.getLogger(__name__)

_OPENING = "medview.session.opening"
# What opening, oblique planes, live wire, surfaces and most operations import at their first use:
# on the main thread that would be felt as a standstill of up to 0.4 s.
_NEEDED_SOON = (_OPENING, "scipy.ndimage", "scipy.sparse.csgraph")
_SWITCH_SECONDS = 0.001  # imports in threads hold Python's lock: the window gets it back sooner


class LateOpening:
    """`medview.session.opening`, imported at its first use: pydicom is slow to load.

    A job that is asked for before that imports it in its own thread.
    """

    def __getattr__(self, name: str) -> Any:
        loaded = getattr(sys.modules.get(_OPENING), name, None)
        if loaded is not None:
            return loaded
        if not name.endswith("_job"):
            return getattr(importlib.import_module(_OPENING), name)

        def late_job(*arguments: Any) -> Job:
            def work(progress: Progress) -> Any:
                make_job = getattr(importlib.import_module(_OPENING), name)
                return make_job(*arguments).function(progress)

            return Job(tr("Getting ready"), work)

        return late_job


class _AfterFirstPaint(QObject):
    """Calls back once, in the turn after the window was painted for the first time."""

    def __init__(self, window: MainWindow, callback: Any) -> None:
        super().__init__(window)
        self._callback = callback
        self._done = False
        window.centre.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and not self._done:
            self._done = True
            QTimer.singleShot(0, self, self._callback)
        return super().eventFilter(watched, event)


def run(paths: Sequence[Path], *, workspace_folder: Path, demo: bool = False) -> int:
    """Open the window on a workspace and stay until it closes; the exit status.

    MedviewError when there is no display or the workspace is in use.
    """
    require_display()
    created = application()
    try:
        opened = Workspace(workspace_folder)
    except MedviewError as error:
        if not sys.stderr.isatty() and created.platformName() != "offscreen":
            show_refusal(str(error))  # started from an icon: nobody reads standard error
        raise
    with opened as workspace:
        session = Session(workspace)
        language.install(created, session.settings.get(language.SETTING, language.SYSTEM))
        window = MainWindow(session, LateOpening())
        _report_bugs(window)
        _AfterFirstPaint(window, lambda: begin(window, session, list(paths), demo=demo))
        window.show()
        try:
            status = created.exec()
        finally:
            window.shutdown()
            session.close()
            sys.excepthook = sys.__excepthook__
    return int(status)


def begin(
    window: MainWindow, session: Session, paths: Sequence[Path] = (), *, demo: bool = False
) -> None:
    """What waits for the first paint: pydicom, torch on the AI thread, the paths given."""
    sys.setswitchinterval(_SWITCH_SECONDS)
    window.bench.runner.start(Job(tr("Getting ready"), _import_soon))
    try:
        window.bench.runner.start(session.warm_up_job(), on_error=window.warm_up_failed)
    except MedviewError as error:  # no model can be read
        window.warm_up_failed(error)
    if demo:
        window.open_demo()
    elif paths:
        window.opener.open_paths(list(paths))


def _import_soon(progress: Progress) -> None:
    for name in _NEEDED_SOON:
        progress.check()
        importlib.import_module(name)


def show_refusal(text: str) -> None:
    """Why the window cannot open, in a box of its own, as plain text."""
    box = QMessageBox(QMessageBox.Icon.Warning, "medview", text)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.exec()


def _report_bugs(window: MainWindow) -> None:
    """A bug in a slot is a message and a line in the log; the window stays."""

    def report(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if not issubclass(kind, Exception):
            sys.__excepthook__(kind, error, trace)
            return
        if not isinstance(error, MedviewError):
            log.error("unexpected exception", exc_info=(kind, error, trace))
        window.bench.messages.show_error(error)  # type: ignore[arg-type]

    sys.excepthook = report
