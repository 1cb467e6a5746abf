"""PictureController: what the views show, on the clipboard, as PNG, and as a film of the slices."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QPoint
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter
from PySide6.QtWidgets import QFileDialog, QWidget

from medview.core.atomic import write_bytes
from medview.core.errors import MedviewError
from medview.core.job import Job
from medview.gui.picture_feed import PictureFeed
from medview.gui.render import png_bytes
from medview.gui.slice_cell import SliceCell
from medview.gui.slice_view import SliceView
from medview.gui.view_grid import ViewGrid
from medview.gui.volume3d.volume_view import VolumeView
from medview.gui.words import tr
from medview.gui.workbench import Workbench
from medview.session.movie import MovieKind, movie_job, need

_FOLDER = "picture_folder"
_RATE = 15.0  # slices a second where the file says none
_LONGEST = 720  # pixels of a film's longer side
# kind: (title, name filter, suffix)
_FILES = {
    "png": ("Save Picture", "PNG picture (*.png)", ".png"),
    "gif": ("Save Film", "Animated GIF (*.gif)", ".gif"),
    "mp4": ("Save Film", "MP4 film (*.mp4)", ".mp4"),
    "pdf": ("Save Report", "PDF (*.pdf)", ".pdf"),
}


class PictureController(QObject):
    """Pictures leave without the patient's name unless ``with_names`` is chosen."""

    def __init__(self, bench: Workbench, grid: ViewGrid, window: QWidget) -> None:
        super().__init__(window)
        self._bench = bench
        self._grid = grid
        self._window = window
        self.with_names = False  # each start begins without

    def copy(self) -> None:
        """The active view on the clipboard."""
        if self._bench.view.volume is not None:
            QGuiApplication.clipboard().setImage(self._active())
            self._bench.messages.show_note(tr("The picture is on the clipboard."))

    def save(self, which: str, path: Path | None = None) -> None:
        """The active view ("view") or all ("all") as PNG; asks where when ``path`` is None."""
        image = self._active() if which == "view" else self._all()
        name = f"slice-{self._bench.views.active.slice_index + 1}"
        target = path or self.ask("png", name if which == "view" else "views")
        if target is not None:
            job = Job(tr("Save picture"), lambda _progress: write_bytes(target, png_bytes(image)))
            self._bench.runner.start(
                job,
                on_done=lambda _result: self._bench.messages.show_note(
                    tr("Picture: {target}").format(target=target)
                ),
                on_error=self._bench.messages.show_error,
            )

    def save_movie(self, kind: MovieKind, path: Path | None = None) -> None:
        """Every slice of the active view, from the first to the last."""
        view = self._bench.views.active
        volume, planes = view.volume, view.planes
        if volume is None or planes is None:
            return
        try:
            need(kind)
        except MedviewError as error:
            self._bench.messages.show_error(error)
            return
        target = path or self.ask(kind, "slices")
        if target is None:
            return
        rate = 1000.0 / volume.frame_time_ms if volume.frame_time_ms else _RATE
        ratio = min(1.0, _LONGEST / max(view.width(), view.height()))
        feed = PictureFeed(view, range(planes.count), ratio, names=self.with_names)
        running = self._bench.runner.start(
            movie_job(feed.frames(), planes.count, target, kind, rate),
            on_done=lambda _result: self._bench.messages.show_note(
                tr("Film: {target}").format(target=target)
            ),
            on_error=self._bench.messages.show_error,
            on_cancelled=lambda: self._bench.messages.show_note(tr("No film was written.")),
        )
        self.end_with(running, feed)

    def end_with(self, running: object, feed: PictureFeed) -> None:
        """Stop the feed when its job ends, or the job's wait when it is cancelled."""

        def stop(ended: object) -> None:
            if ended is running:
                self._bench.runner.ended.disconnect(stop)
                feed.stop()

        self._bench.runner.ended.connect(stop)

    def ask(self, kind: str, name: str) -> Path | None:
        """Where to write; the name offered says nothing of the patient."""
        title, filters, suffix = _FILES[kind]
        settings = self._bench.session.settings
        folder = settings.get(_FOLDER, "") or str(Path.home())
        start = str(Path(folder) / f"{name}{suffix}")
        chosen, _ = QFileDialog.getSaveFileName(self._window, tr(title), start, tr(filters))
        if not chosen:
            return None
        path = Path(chosen)
        settings.set(_FOLDER, str(path.parent))
        return path if path.suffix.lower() == suffix else path.with_name(path.name + suffix)

    # ---- drawing

    def _active(self) -> QImage:
        view = self._bench.views.active
        return view.picture(names=self.with_names, ratio=view.devicePixelRatio())

    def _all(self) -> QImage:
        """Every visible view in its place, without sliders."""
        ratio = self._grid.devicePixelRatio()
        whole = QImage(self._grid.size() * ratio, QImage.Format.Format_RGB32)
        whole.setDevicePixelRatio(ratio)
        whole.fill(QColor(0, 0, 0))
        painter = QPainter(whole)
        for cell in self._grid.cells.values():
            if cell.isVisible():
                shown, image = self._picture_of(cell, ratio)
                painter.drawImage(shown.mapTo(self._grid, QPoint(0, 0)), image)
        painter.end()
        return whole

    def _picture_of(self, cell: QWidget, ratio: float) -> tuple[QWidget, QImage]:
        view: QWidget = cell.view if isinstance(cell, SliceCell) else cell
        if isinstance(view, SliceView):
            image = view.picture(names=self.with_names, ratio=ratio)
            image.setDevicePixelRatio(ratio)
            return view, image
        if isinstance(view, VolumeView):
            return view, view.grab().toImage()
        return view, QImage()
