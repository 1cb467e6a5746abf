"""The real program for the stories: window, session, workspace, opening, model; offscreen."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QtMsgType
from reader import Reader
from watchdog import Watchdog

from medview.core.phantom import Phantom, PhantomShift, thorax_phantom
from medview.dicom.phantom_series import write_series
from medview.gui import language
from medview.gui.app import LateOpening, begin
from medview.gui.application import application
from medview.gui.main_window import MainWindow
from medview.session.session import Session
from medview.store.workspace import Workspace

CHEST_SHAPE, CHEST_SPACING = (16, 96, 96), (18.75, 4.0, 4.0)
_HARMLESS = "propagateSizeHints"  # Qt's offscreen platform says it of every window
_STAYS = "decoder"  # the decoders' children serve the whole process


@pytest.fixture(scope="session")
def qapp_cls():
    return type(application())


@pytest.fixture(autouse=True)
def nothing_is_left_behind(qtlog):
    """No story leaves a thread behind, and Qt has nothing to complain about."""
    before = set(threading.enumerate())
    yield
    new = [thread for thread in threading.enumerate() if thread not in before]
    left = [thread for thread in new if not thread.name.startswith(_STAYS)]
    for thread in left:
        thread.join(5)
    assert not [thread.name for thread in left if thread.is_alive()]
    trouble = (QtMsgType.QtWarningMsg, QtMsgType.QtCriticalMsg, QtMsgType.QtFatalMsg)
    said = [record.message for record in qtlog.records if record.type in trouble]
    assert not [message for message in said if _HARMLESS not in message]


@pytest.fixture(autouse=True)
def the_window_never_hangs(qapp, request):
    """The longest stretch without the event loop is measured in every story."""
    watchdog = Watchdog()
    yield
    watchdog.end(request.node.name)


class Desk:
    """Starts and ends the program on one workspace, as often as a story needs."""

    backend = "torch"  # so that no story measures backends on its side; "": as it was left

    def __init__(self, folder: Path, qtbot) -> None:
        self.folder = folder
        self._qtbot = qtbot
        self._open: list[tuple[MainWindow, Session, Workspace]] = []

    def start(self) -> Reader:
        """A new window; a person in front of it."""
        workspace = Workspace(self.folder)
        session = Session(workspace)
        if self.backend:
            session.set_backend(self.backend)
        language.install(application(), session.settings.get(language.SETTING, language.SYSTEM))
        window = MainWindow(session, LateOpening())
        self._open.append((window, session, workspace))
        window.show()
        self._qtbot.waitExposed(window)
        begin(window, session)
        return Reader(window, lambda condition, ms: self._qtbot.waitUntil(condition, timeout=ms))

    def leave(self) -> None:
        """Close the program the ordinary way."""
        while self._open:
            window, session, workspace = self._open.pop()
            window.close()
            session.close()
            workspace.close()
            window.deleteLater()


@pytest.fixture
def desk(workspace_folder: Path, qtbot):
    """The program, not started yet."""
    desk = Desk(workspace_folder, qtbot)
    yield desk
    desk.leave()


@pytest.fixture
def reader(desk: Desk) -> Reader:
    """A person at a fresh window."""
    return desk.start()


@pytest.fixture
def window(reader: Reader) -> MainWindow:
    """The real window on a real session and an empty workspace."""
    return reader.window


@pytest.fixture(scope="session")
def chest() -> Phantom:
    """A patient in 16 coarse slices, whole thorax: quick to segment."""
    return thorax_phantom(CHEST_SHAPE, CHEST_SPACING, seed=5)


@pytest.fixture(scope="session")
def chest_folder(chest: Phantom, tmp_path_factory) -> Path:
    """That patient's CT as a folder of DICOM files."""
    folder = tmp_path_factory.mktemp("stick") / "CHEST"
    write_series(chest, folder, patient_id="P5", patient_name="Doe^Jane")
    return folder


@pytest.fixture(scope="session")
def shifted_phantoms() -> tuple[Phantom, Phantom]:
    """Two patients of another scanner, on which the bundled model is bad."""
    shift = PhantomShift("other scanner", hu_gain=0.5, hu_offset=300.0)
    shape, spacing = (72, 192, 192), (4.2, 2.0, 2.0)
    return tuple(thorax_phantom(shape, spacing, seed, shift) for seed in (1, 2))
