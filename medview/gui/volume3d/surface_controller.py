"""SurfaceController: keeps the 3D view's surfaces those of the labels, in the background."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, QTimer

from medview.gui.crosshair import plane_color
from medview.gui.job_runner import RunningJob
from medview.gui.slice_view import SliceView
from medview.gui.view_grid import ViewGrid
from medview.gui.volume3d.scene import PlaneFrame, frame_of
from medview.gui.volume3d.volume_view import BUILDING, NOTHING, VolumeView
from medview.gui.workbench import Workbench
from medview.session.surfaces import Surface, surfaces_job

_WAIT_MS = 400  # of quiet after an edit before the surfaces are made anew


class SurfaceController(QObject):
    """Makes surfaces only while the 3D view is seen; what an edit overtook is dropped."""

    def __init__(self, bench: Workbench, grid: ViewGrid) -> None:
        super().__init__(grid)
        self._bench = bench
        self._grid = grid
        self.view: VolumeView | None = None
        self._running: RunningJob | None = None
        self._stale = True
        self._made_of: object = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_WAIT_MS)
        self._timer.timeout.connect(self._make)
        grid.offer("volume3d", self._make_view)
        session = bench.session
        session.volume_changed.connect(self._volume_changed)
        session.labels_changed.connect(self._labels_changed)
        session.table_changed.connect(self._table_changed)
        for view in bench.views.views:
            self._listen(view)
        bench.views.view_added.connect(self._listen)

    @property
    def is_current(self) -> bool:
        """Whether the surfaces shown are those of the labels as they are."""
        return not self._stale and self._running is None

    def close(self) -> None:
        """The window goes: give the graphics card's memory back."""
        self._timer.stop()
        if self.view is not None:
            self.view.close_renderer()

    def _make_view(self) -> VolumeView:
        self.view = VolumeView(self._planes)
        self.view.maximise_wanted.connect(lambda: self._grid.toggle_maximised("volume3d"))
        self.view.shown.connect(self._make_soon)
        self._volume_changed()
        return self.view

    def _listen(self, view: SliceView) -> None:
        view.slice_changed.connect(lambda _index: self._planes_moved())
        view.planes_changed.connect(self._planes_moved)

    def _planes_moved(self) -> None:
        if self.view is not None and self.view.isVisible():
            self.view.update()

    def _planes(self) -> list[PlaneFrame]:
        """The planes that the views beside it show."""
        shown = [view for view in self._bench.views.views if view.isVisible()]
        frames = [frame_of(view, plane_color(view)) for view in shown]
        return [frame for frame in frames if frame is not None]

    # ---- when the labels change

    def _volume_changed(self) -> None:
        volume = self._bench.session.volume
        self._drop()
        self._made_of = None
        if self.view is not None:
            self.view.set_geometry(None if volume is None else volume.geometry)
        self._labels_changed()

    def _labels_changed(self, _box: object = None) -> None:
        self._stale = True
        self._make_soon()

    def _table_changed(self) -> None:
        if self._appearance() != self._made_of:
            self._labels_changed()

    def _make_soon(self) -> None:
        if self._stale and self.view is not None and self.view.isVisible():
            self._timer.start()

    def _appearance(self) -> object:
        labels = self._bench.session.labelmap
        if labels is None:
            return None
        return tuple((label.id, label.color) for label in labels.table if label.visible)

    def _drop(self) -> None:
        self._timer.stop()
        if self._running is not None:
            self._running.drop()
            self._running = None

    def _make(self) -> None:
        self._drop()
        labels, view = self._bench.session.labelmap, self.view
        if view is None or view.camera is None or labels is None:
            return
        self._stale = False
        self._made_of = self._appearance()
        view.say(BUILDING)
        self._running = self._bench.runner.start(
            surfaces_job(labels), on_done=self._show, on_error=self._failed
        )  # of the live labels: what a change overtakes is not shown, so nothing has to be copied

    def _show(self, surfaces: list[Surface]) -> None:
        self._running = None
        if self.view is not None and not self._stale:
            self.view.set_surfaces(surfaces, "" if surfaces else NOTHING)

    def _failed(self, error: Any) -> None:
        self._running = None
        if self._stale:
            return  # the labels changed under it; it is made anew
        if self.view is not None:
            self.view.say("")
        self._bench.messages.show_error(error)
