"""Job and Progress: work as a plain function that reports, streams results and can be cancelled."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from medview.core.errors import Cancelled

Lane = Literal["ai", "io"]


class Progress:
    """Given to a job's function; every call raises `Cancelled` once `cancel` was called.

    ``on_report(fraction, text)`` and ``on_item(item)`` are called in the job's own thread;
    ``fraction`` is 0..1. The defaults do nothing, so a job also runs without a listener.
    """

    def __init__(
        self,
        on_report: Callable[[float, str], None] | None = None,
        on_item: Callable[[Any], None] | None = None,
    ) -> None:
        self._on_report = on_report
        self._on_item = on_item
        self._cancelled = threading.Event()
        self._started = time.monotonic()

    def report(self, fraction: float, text: str = "") -> None:
        """Say how far the work is (0..1); raises `Cancelled`."""
        self.check()
        if self._on_report is not None:
            self._on_report(min(max(fraction, 0.0), 1.0), text)

    def item(self, item: object) -> None:
        """Hand out a partial result (a finished slice, an indexed series); raises `Cancelled`."""
        self.check()
        if self._on_item is not None:
            self._on_item(item)

    def check(self) -> None:
        """Raise `Cancelled` when the user cancelled."""
        if self._cancelled.is_set():
            raise Cancelled

    def cancel(self) -> None:
        """Ask the work to stop at its next call of this object; callable from any thread."""
        self._cancelled.set()

    def quiet(self) -> Progress:
        """The same cancelling, without a listener: for a part of a job that reports by itself."""
        part = Progress()
        part._cancelled = self._cancelled
        return part

    @property
    def is_cancelled(self) -> bool:
        return self._cancelled.is_set()


def seconds_left(started: float, fraction: float) -> float | None:
    """Seconds still to go for work begun at ``time.monotonic() == started``; None too early."""
    elapsed = time.monotonic() - started
    if fraction < 0.02 or elapsed < 0.5:
        return None
    return elapsed * (1.0 - fraction) / fraction


@dataclass(frozen=True)
class Job:
    """Named work: ``function(progress)`` returns the result; it never sees widgets or the session.

    ``lane`` "ai" runs on the one persistent model thread, "io" on the reading pool.
    """

    name: str
    function: Callable[[Progress], Any]
    lane: Lane = "io"
