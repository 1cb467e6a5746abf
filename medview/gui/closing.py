"""Closing while a training runs: asked, and the window may wait in the taskbar until it is done."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QMainWindow, QMessageBox, QPushButton

from medview.gui.training_process import TrainingProcess
from medview.gui.words import tr


class Closing(QObject):
    """Decides whether the window may close now.

    "Keep Training" leaves the window minimised; it closes by itself when the training ends, unless
    somebody brings it back. The candidate is found under Model > Models at the next start.
    """

    def __init__(self, window: QMainWindow, process: TrainingProcess) -> None:
        super().__init__(window)
        self._window = window
        self._process = process
        self.box: QMessageBox | None = None
        self.is_waiting = False
        self._agreed = False
        process.ended.connect(self._training_ended)
        window.installEventFilter(self)

    def may_close(self) -> bool:
        """True when nothing trains or the person said Stop; else the question is asked."""
        if self._agreed or not self._process.is_running:
            return True
        if self.box is None:
            self._ask()
        return False

    def _ask(self) -> None:
        box = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle("medview")
        box.setText(tr("A model is being trained."))
        box.setInformativeText(
            tr(
                "Keep Training minimises the window, which closes when the training is done; the "
                "candidate waits under Model > Models. Stop gives the training up."
            )
        )
        keep = box.addButton(tr("Keep Training"), QMessageBox.ButtonRole.AcceptRole)
        stop = box.addButton(tr("Stop Training"), QMessageBox.ButtonRole.DestructiveRole)
        back = box.addButton(tr("Back"), QMessageBox.ButtonRole.RejectRole)
        box.setEscapeButton(back)
        box.setDefaultButton(keep)
        box.finished.connect(lambda _result: self._answered(box, keep, stop))
        self.box = box
        box.open()

    def _answered(self, box: QMessageBox, keep: QPushButton, stop: QPushButton) -> None:
        clicked = box.clickedButton()
        self.box = None
        box.deleteLater()
        if clicked is stop:
            self._agreed = True
            self._window.close()
        elif clicked is keep and not self._process.is_running:
            self._window.close()  # it ended while the question stood
        elif clicked is keep:
            self.is_waiting = True
            self._window.showMinimized()

    def _training_ended(self) -> None:
        if self.is_waiting:
            self._window.close()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A window that somebody brings back stays."""
        if event.type() == QEvent.Type.WindowStateChange and not self._window.isMinimized():
            self.is_waiting = False
        return super().eventFilter(watched, event)
