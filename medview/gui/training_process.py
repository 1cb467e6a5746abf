"""TrainingProcess: the training child, its news as JSON lines, and its end."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, QTimer, Signal

from medview.gui.words import tr

log = logging.getLogger(__name__)

_KILL_AFTER_MS = 10_000
_TAIL = 2000  # characters of the child's own words that are kept for an error


class TrainingProcess(QObject):
    """Runs one child. It dies alone: out of memory and CUDA faults stay on its side.

    ``progress`` and ``done`` carry the event's dictionary; ``failed`` says why in words;
    ``ended`` comes last, always, once.
    """

    progress = Signal(dict)
    done = Signal(dict)
    failed = Signal(str)
    stopped = Signal()
    ended = Signal()

    def __init__(self, parent: QObject | None = None, kill_after_ms: int = _KILL_AFTER_MS) -> None:
        super().__init__(parent)
        self._process = QProcess(self)
        self._process.readyReadStandardOutput.connect(self._read)
        self._process.readyReadStandardError.connect(self._read_errors)
        self._process.finished.connect(self._finished)
        self._process.errorOccurred.connect(self._error)
        self._rest = b""
        self._errors = ""
        self._trouble = ""
        self._has_result = False
        self._stopping = False
        self._over = True
        self._kill = QTimer(self)
        self._kill.setSingleShot(True)
        self._kill.setInterval(kill_after_ms)
        self._kill.timeout.connect(self._process.kill)

    @property
    def is_running(self) -> bool:
        return not self._over

    def start(self, command: Sequence[str]) -> None:
        """Start ``command`` (program and arguments); RuntimeError while one runs."""
        if self.is_running:
            raise RuntimeError("a training is running")
        self._rest, self._errors, self._trouble = b"", "", ""
        self._has_result = self._stopping = self._over = False
        environment = QProcessEnvironment.systemEnvironment()
        environment.insert("PYTHONUNBUFFERED", "1")  # curves are drawn while it runs
        self._process.setProcessEnvironment(environment)
        self._process.start(command[0], list(command[1:]))

    def stop(self) -> None:
        """Ask the child to end; it is killed when it does not within ten seconds."""
        if self.is_running and not self._stopping:
            self._stopping = True
            self._process.write(b"stop\n")
            self._kill.start()

    def shutdown(self) -> None:
        """End the child now and wait for it; the window is closing."""
        if self._process.state() == QProcess.ProcessState.NotRunning:
            return
        self._stopping = True
        self._process.write(b"stop\n")
        self._process.closeWriteChannel()
        if not self._process.waitForFinished(1500):
            self._process.kill()
            self._process.waitForFinished(3000)

    def _read(self) -> None:
        self._rest += bytes(self._process.readAllStandardOutput().data())
        *lines, self._rest = self._rest.split(b"\n")
        for line in lines:
            self._take(line)

    def _take(self, line: bytes) -> None:
        text = line.decode("utf-8", "replace").strip()
        if not text:
            return
        try:
            event: Any = json.loads(text)
        except ValueError:
            log.info("the training child said something that is no event")
            return
        kind = event.get("event") if isinstance(event, dict) else None
        if kind == "progress":
            self.progress.emit(event)
        elif kind == "done":
            self._has_result = True
            self.done.emit(event)
        elif kind == "error":
            self._trouble = str(event.get("message", ""))

    def _read_errors(self) -> None:
        said = bytes(self._process.readAllStandardError().data()).decode("utf-8", "replace")
        self._errors = (self._errors + said)[-_TAIL:]

    def _finished(self, code: int, status: QProcess.ExitStatus) -> None:
        self._read()
        self._read_errors()
        if self._rest:
            self._take(self._rest)
            self._rest = b""
        if not self._has_result:
            if self._stopping:
                self.stopped.emit()
            else:
                self.failed.emit(self._reason(code, status))
        self._end()

    def _error(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self.failed.emit(
                tr("Training could not start: {reason}.").format(reason=self._process.errorString())
            )
            self._end()

    def _reason(self, code: int, status: QProcess.ExitStatus) -> str:
        if self._trouble:
            return self._trouble
        lines = [line.strip() for line in self._errors.splitlines() if line.strip()]
        if status == QProcess.ExitStatus.CrashExit:
            return tr(
                "Training ended abruptly (out of memory?). The models are as they were. "
                "Retraining goes on where it was."
            )
        last = lines[-1] if lines else f"exit status {code}"
        return tr("Training failed: {reason}").format(reason=last)

    def _end(self) -> None:
        if not self._over:
            self._over = True
            self._kill.stop()
            self.ended.emit()
