"""Watchdog: how long the main thread was away from its event loop at a stretch, per story."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

from PySide6.QtCore import QAbstractEventDispatcher, QObject

GROSS_HANG_SECONDS = 2.0
REPORT = "MEDVIEW_STORY_BLOCKS"  # a file that gets one JSON line per story


class Watchdog(QObject):
    """Times each turn of the event loop: from waking to the next waiting."""

    def __init__(self) -> None:
        super().__init__()
        self.worst = 0.0
        self._woken: float | None = None
        self._dispatcher = QAbstractEventDispatcher.instance()
        self._dispatcher.awake.connect(self._wake)
        self._dispatcher.aboutToBlock.connect(self._rest)

    def _wake(self) -> None:
        self._woken = time.perf_counter()

    def _rest(self) -> None:
        if self._woken is not None:
            self.worst = max(self.worst, time.perf_counter() - self._woken)
            self._woken = None

    def end(self, story: str) -> None:
        """Stop, report where asked to, and fail on a gross hang."""
        self._dispatcher.awake.disconnect(self._wake)
        self._dispatcher.aboutToBlock.disconnect(self._rest)
        report = os.environ.get(REPORT)
        if report:
            with Path(report).open("a", encoding="utf-8") as file:
                file.write(json.dumps({"story": story, "worst_ms": self.worst * 1000}) + "\n")
        assert self.worst < GROSS_HANG_SECONDS, f"the window hung for {self.worst:.1f} s"
