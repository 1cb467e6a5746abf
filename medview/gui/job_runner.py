"""JobRunner: the single crossing between worker threads and Qt."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Literal

from PySide6.QtCore import QObject, Qt, QThread, Signal

from medview.core.errors import Cancelled, MedviewError
from medview.core.job import Job, Progress, seconds_left

log = logging.getLogger(__name__)

State = Literal["waiting", "running", "done", "failed", "cancelled"]

_IO_THREADS = 2
_TURN_SECONDS = 0.008  # longest stretch of callbacks in one event-loop turn; the rest waits a turn


@dataclass(frozen=True)
class ProgressReport:
    """How far a job is: ``fraction`` 0..1, a text, and seconds still to go (None: too early)."""

    fraction: float
    text: str
    seconds_left: float | None


@dataclass(frozen=True)
class Callbacks:
    """What the main thread does with a job's news; each may be absent."""

    item: Callable[[Any], None] | None = None
    done: Callable[[Any], None] | None = None
    error: Callable[[Exception], None] | None = None
    cancelled: Callable[[], None] | None = None
    progress: Callable[[ProgressReport], None] | None = None


@dataclass(eq=False)
class RunningJob:
    """A job that was started. Only the main thread reads and changes it, but for ``progress``."""

    job: Job
    callbacks: Callbacks
    progress: Progress = field(init=False)
    state: State = "waiting"
    report: ProgressReport = ProgressReport(0.0, "", None)
    is_stale: bool = False
    result: Any = None

    @property
    def is_active(self) -> bool:
        return self.state in ("waiting", "running")

    def cancel(self) -> None:
        """Ask the work to stop; ``on_cancelled`` follows when it has (unless it just ended)."""
        self.progress.cancel()

    def drop(self) -> None:
        """Stop the work and deliver nothing of it any more: its result would be stale."""
        self.is_stale = True
        self.progress.cancel()


class JobRunner(QObject):
    """Runs jobs in threads and brings their news to the main thread.

    One persistent thread does all model work (lane "ai"), two read and decode (lane "io").
    Callbacks run in the thread that made the runner, in the order in which the job sent them.
    A `Cancelled` job is silent but for ``on_cancelled``. A `MedviewError`, a bug in the job, and
    an exception of ``on_done`` itself all go to ``on_error``, or to the signal ``failed`` where
    there is none.
    """

    started = Signal(object)  # RunningJob
    progressed = Signal(object)  # RunningJob
    ended = Signal(object)  # RunningJob, after its last callback
    failed = Signal(object, object)  # RunningJob, exception nobody else takes
    _wake = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lanes = {
            "ai": ThreadPoolExecutor(1, thread_name_prefix="medview-ai"),
            "io": ThreadPoolExecutor(_IO_THREADS, thread_name_prefix="medview-io"),
        }
        self._news: deque[Callable[[], None]] = deque()
        self._lock = threading.Lock()
        self._wake_posted = False
        self._active: list[RunningJob] = []
        self._closed = False
        self._wake.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @property
    def active(self) -> tuple[RunningJob, ...]:
        """Jobs that wait or run, oldest first."""
        return tuple(self._active)

    def start(
        self,
        job: Job,
        on_item: Callable[[Any], None] | None = None,
        on_done: Callable[[Any], None] | None = None,
        on_error: Callable[[Exception], None] | None = None,
        on_cancelled: Callable[[], None] | None = None,
        on_progress: Callable[[ProgressReport], None] | None = None,
    ) -> RunningJob:
        """Queue a job on its lane; call from the main thread. Raises RuntimeError when closed."""
        if self._closed:
            raise RuntimeError("the job runner is shut down")
        if QThread.currentThread() is not self.thread():
            raise RuntimeError("jobs are started from the main thread")
        running = RunningJob(job, Callbacks(on_item, on_done, on_error, on_cancelled, on_progress))
        relay = _Relay(running, self)
        running.progress = Progress(relay.report, relay.item)
        self._active.append(running)
        self._lanes[job.lane].submit(self._work, running, relay)
        self.started.emit(running)
        return running

    def cancel_all(self) -> None:
        """Ask every job to stop."""
        for running in self._active:
            running.cancel()

    def shutdown(self) -> None:
        """Stop every job and join all threads; nothing is delivered afterwards."""
        self._closed = True
        for running in self._active:
            running.drop()
        for lane in self._lanes.values():
            lane.shutdown(wait=True, cancel_futures=True)
        with self._lock:
            self._news.clear()
        self._active.clear()

    # ---- worker threads

    def _work(self, running: RunningJob, relay: _Relay) -> None:
        relay.begin()
        try:
            running.progress.check()
            result = running.job.function(running.progress)
        except Cancelled:
            self._post(lambda: self._finish_cancelled(running))
        except MedviewError as error:
            trouble: Exception = error
            self._post(lambda: self._finish_failed(running, trouble))
        except Exception as error:
            log.exception("job %r failed", running.job.name)
            bug: Exception = error
            self._post(lambda: self._finish_failed(running, bug))
        else:
            self._post(lambda: self._finish_done(running, result))

    def _post(self, news: Callable[[], None]) -> None:
        with self._lock:
            if self._closed:
                return
            self._news.append(news)
            if self._wake_posted:
                return
            self._wake_posted = True
        self._wake.emit()

    # ---- main thread

    def _deliver(self) -> None:
        until = time.perf_counter() + _TURN_SECONDS
        while True:
            with self._lock:
                if not self._news:
                    self._wake_posted = False
                    return
                news = self._news.popleft()
            news()
            if time.perf_counter() > until:
                break
        self._wake.emit()  # still posted: the rest comes after the events that wait now

    def _take_report(self, running: RunningJob, report: ProgressReport) -> None:
        if running.is_stale or not running.is_active:
            return
        running.state = "running"
        running.report = report
        if running.callbacks.progress is not None:
            running.callbacks.progress(report)
        self.progressed.emit(running)

    def _take_item(self, running: RunningJob, item: Any) -> None:
        self._call(running, running.callbacks.item, item)

    def _finish_done(self, running: RunningJob, result: Any) -> None:
        running.state, running.result = "done", result
        self._call(running, running.callbacks.done, result)
        self._end(running)

    def _finish_failed(self, running: RunningJob, error: Exception) -> None:
        running.state = "failed"
        if not running.is_stale:
            self._trouble(running, error)
        self._end(running)

    def _finish_cancelled(self, running: RunningJob) -> None:
        running.state = "cancelled"
        self._call(running, running.callbacks.cancelled)
        self._end(running)

    def _end(self, running: RunningJob) -> None:
        if running in self._active:
            self._active.remove(running)
        self.ended.emit(running)

    def _call(self, running: RunningJob, callback: Callable[..., None] | None, *args: Any) -> None:
        """Call back unless stale; what it raises is the job's trouble too."""
        if callback is None or running.is_stale:
            return
        try:
            callback(*args)
        except Exception as error:
            if not isinstance(error, MedviewError):
                log.exception("a callback of job %r failed", running.job.name)
            self._trouble(running, error)

    def _trouble(self, running: RunningJob, error: Exception) -> None:
        if running.callbacks.error is not None:
            running.callbacks.error(error)
        else:
            self.failed.emit(running, error)


class _Relay:
    """A job's own end of the crossing; its methods run in the worker thread.

    Reports are thinned: only the newest one waits, so that a busy job cannot flood the window.
    """

    def __init__(self, running: RunningJob, runner: JobRunner) -> None:
        self._running = running
        self._runner = runner
        self._started = time.monotonic()
        self._latest: ProgressReport | None = None
        self._lock = threading.Lock()

    def begin(self) -> None:
        self._started = time.monotonic()

    def report(self, fraction: float, text: str) -> None:
        report = ProgressReport(fraction, text, seconds_left(self._started, fraction))
        with self._lock:
            waiting, self._latest = self._latest is not None, report
        if not waiting:
            self._runner._post(self._deliver_report)

    def item(self, item: Any) -> None:
        self._runner._post(lambda: self._runner._take_item(self._running, item))

    def _deliver_report(self) -> None:
        with self._lock:
            report, self._latest = self._latest, None
        if report is not None:
            self._runner._take_report(self._running, report)
