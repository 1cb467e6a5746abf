"""DisplaySmoothing: filters what the views show, in a job per slice; the data never change."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from medview.gui.job_runner import JobRunner, RunningJob
from medview.gui.slice_view import SliceView
from medview.gui.view_group import ViewGroup
from medview.gui.words import tr
from medview.session.smoothing import WORDS, DisplayFilter, smoothing_job

_KEPT_SLICES = 24
_WAIT_MS = 30  # a slice that is only passed is not worth filtering

_Key = tuple[int, int, Any, DisplayFilter]  # view, slice, slab, filter


class DisplaySmoothing(QObject):
    """Shows the slice as it is at once, and filtered as soon as that is ready."""

    changed = Signal(object)  # DisplayFilter

    def __init__(self, runner: JobRunner, group: ViewGroup, parent: QObject) -> None:
        super().__init__(parent)
        self._runner = runner
        self._group = group
        self._filter = DisplayFilter()
        self._done: OrderedDict[_Key, NDArray[Any]] = OrderedDict()
        self._running: dict[SliceView, RunningJob] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_WAIT_MS)
        self._timer.timeout.connect(self._filter_all)
        for view in group.views:
            self._listen(view)
        group.view_added.connect(self._listen)

    @property
    def chosen(self) -> DisplayFilter:
        return self._filter

    def choose(self, chosen: DisplayFilter) -> None:
        """Another filter, or none, for all views."""
        if chosen == self._filter:
            return
        self._filter = chosen
        if chosen.kind == "none":
            self.volume_changed()
            for view in self._group.views:
                view.set_smoothed(0, None)
        else:
            self._filter_all()
        self.changed.emit(chosen)

    def volume_changed(self) -> None:
        """What was filtered belongs to another volume."""
        for running in self._running.values():
            running.drop()
        self._running.clear()
        self._done.clear()
        self._timer.start()

    def _listen(self, view: SliceView) -> None:
        view.slice_changed.connect(lambda _index: self._turned(view))
        view.planes_changed.connect(self._timer.start)

    def _turned(self, view: SliceView) -> None:
        if self._filter.kind == "none":
            return
        known = self._done.get(self._key(view))
        if known is not None:
            view.set_smoothed(view.slice_index, known, _words(self._filter))
        else:
            self._timer.start()

    def _filter_all(self) -> None:
        for view in self._group.views:
            if view.isVisible():
                self._start(view)

    def _start(self, view: SliceView) -> None:
        volume, planes = view.volume, view.planes
        if self._filter.kind == "none" or volume is None or volume.is_color or planes is None:
            return
        key, chosen, index = self._key(view), self._filter, view.slice_index
        known = self._done.get(key)
        if known is not None:
            view.set_smoothed(index, known, _words(chosen))
            return
        if view in self._running:
            self._running[view].drop()
        spacing = planes.geometry.spacing_mm

        def done(values: NDArray[Any]) -> None:
            self._done[key] = values
            while len(self._done) > _KEPT_SLICES:
                self._done.popitem(last=False)
            if self._key(view) == key:
                view.set_smoothed(index, values, _words(chosen))

        job = smoothing_job(view.own_values(), (spacing[1], spacing[2]), chosen)
        self._running[view] = self._runner.start(job, on_done=done)

    def _key(self, view: SliceView) -> _Key:
        return (id(view.planes), view.slice_index, view.slab, self._filter)


def _words(chosen: DisplayFilter) -> str:
    """What the corner says of a filtered picture."""
    return tr("{filter} filter {reach_mm:g} mm, display only").format(
        filter=tr(WORDS[chosen.kind]), reach_mm=chosen.reach_mm
    )
