"""Cine: plays the slices of the active view, at the rate of the file or a chosen one."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from medview.gui.view_group import ViewGroup
from medview.gui.words import tr

_DEFAULT_RATE = 15.0  # slices a second where the file says none
_SLOWEST, _FASTEST = 0.5, 60.0
_FASTER = 1.25


class Cine(QObject):
    """Turns slices by the clock: a view that paints too slowly skips slices, not seconds."""

    changed = Signal()  # started, stopped, another rate or direction

    def __init__(self, group: ViewGroup, parent: QObject) -> None:
        super().__init__(parent)
        self._group = group
        self._rate: float | None = None
        self._direction = 1
        self._started = 0.0
        self._first = 0
        self._shown = 0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    @property
    def is_playing(self) -> bool:
        return self._timer.isActive()

    @property
    def rate(self) -> float:
        """Slices a second: the chosen rate, else the file's, else 15."""
        volume = self._group.volume
        if self._rate is not None:
            return self._rate
        if volume is not None and volume.frame_time_ms:
            return min(max(1000.0 / volume.frame_time_ms, _SLOWEST), _FASTEST)
        return _DEFAULT_RATE

    @property
    def words(self) -> str:
        """What is said while it plays."""
        if not self.is_playing:
            return ""
        forward = tr("playing {rate:.3g} slices a second, forward")
        backward = tr("playing {rate:.3g} slices a second, backward")
        return (forward if self._direction > 0 else backward).format(rate=self.rate)

    def toggle(self) -> None:
        """Play, or stop where it is."""
        if self.is_playing:
            self.stop()
        elif self._group.volume is not None:
            self._begin()
            self.changed.emit()

    def stop(self) -> None:
        if self.is_playing:
            self._timer.stop()
            self.changed.emit()

    def volume_changed(self) -> None:
        """Another volume has a rate of its own."""
        self.stop()
        self._rate, self._direction = None, 1

    def change_rate(self, steps: int) -> None:
        """Faster (positive) or slower by steps of a quarter."""
        self._rate = min(max(self.rate * _FASTER**steps, _SLOWEST), _FASTEST)
        if self.is_playing:
            self._begin()
        self.changed.emit()

    def turn(self) -> None:
        """Play the other way."""
        self._direction = -self._direction
        if self.is_playing:
            self._begin()
        self.changed.emit()

    def _begin(self) -> None:
        self._started = time.monotonic()
        self._first = self._shown = self._group.active.slice_index
        self._timer.start(max(round(1000.0 / self.rate / 2.0), 4))

    def _tick(self) -> None:
        view = self._group.active
        if view.planes is None:
            self.stop()
            return
        if view.slice_index != self._shown:  # the person turned the wheel: go on from there
            self._begin()
            return
        passed = int((time.monotonic() - self._started) * self.rate) * self._direction
        self._shown = (self._first + passed) % view.planes.count
        view.set_slice(self._shown)
