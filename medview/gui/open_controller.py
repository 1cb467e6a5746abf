"""OpenController: from paths to a volume on the screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from medview.core.job import Job, Progress
from medview.core.volume import Message
from medview.gui.attach_controller import LABEL_KINDS, AttachController, is_image
from medview.gui.job_runner import RunningJob
from medview.gui.panels.series_panel import SeriesPanel
from medview.gui.words import counted, tr
from medview.gui.workbench import Workbench

_FILES_NAMED = 3


class OpenController(QObject):
    """Indexes, fills the list, loads; a newer request drops an older one."""

    volume_opened = Signal()
    volume_read = Signal(object)  # the open volume, complete now
    plans_known = Signal(object, object)  # an entry and the volumes it holds
    report_changed = Signal()

    def __init__(self, bench: Workbench, panel: SeriesPanel, parent: QObject) -> None:
        super().__init__(parent)
        self._bench = bench
        self._panel = panel
        self._indexing: RunningJob | None = None
        self._loading: RunningJob | None = None
        self._looks: list[RunningJob] = []
        self._attacher = AttachController(bench, self)
        self._open: tuple[str, int] | None = None
        self._list_is_old = False
        self._told: tuple[Message, ...] = ()  # warnings of the open volume that were shown
        self.skipped: Sequence[Any] = ()
        panel.series_chosen.connect(self.open_entry)
        panel.case_chosen.connect(self._open_case)

    def open_paths(self, paths: Sequence[Path]) -> None:
        """Index files, folders and archives, then open the largest image series."""
        if not paths:
            return
        if self._indexing is not None:
            self._indexing.drop()
        self._list_is_old = True
        self._panel.show_skipped(0)
        self._bench.messages.clear_notes()
        self.skipped = ()
        self._remember(paths)
        self._indexing = self._bench.runner.start(
            self._bench.opening.index_job(list(paths)),
            on_item=self._put,
            on_done=lambda report: self._indexed(report, paths),
            on_error=self._bench.messages.show_error,
        )

    def open_entry(self, entry: Any, volume_index: int = 0) -> None:
        """Load a volume of a series (or a volume file) in place of what is open."""
        if getattr(entry, "kind", "image") in LABEL_KINDS:
            self.attach_labels(entry)
            return
        if (entry.key, volume_index) == self._open and self._bench.view.volume is not None:
            self._panel.mark_open(entry.key)
            return
        self._bench.messages.clear_notes()
        self._load(entry, volume_index)

    @property
    def is_attaching(self) -> bool:
        """Whether labels of a file are being written."""
        return self._attacher.is_writing

    @property
    def open_key(self) -> tuple[str, int] | None:
        """The open series' key and which of its volumes; None while nothing is open."""
        return self._open

    def show_read(self, entry: Any, volume_index: int, volume: Any) -> None:
        """Show a volume of a series that was read before."""
        if self._loading is not None:
            self._loading.drop()
        self._open = (entry.key, volume_index)
        self._panel.mark_open(entry.key)
        self.open_volume(volume)

    def entry(self, key: str) -> Any:
        """The series of the list with this key, or None."""
        return next((one for one in self._panel.entries() if one.key == key), None)

    def open_neighbour(self, step: int) -> None:
        """The image series that many places further down the list."""
        images = [one for one in self._panel.entries() if getattr(one, "kind", "image") == "image"]
        keys = [one.key for one in images]
        if self._open is not None and self._open[0] in keys:
            wanted = keys.index(self._open[0]) + step
            if 0 <= wanted < len(images):
                self.open_entry(images[wanted])

    def _load(self, entry: Any, volume_index: int = 0) -> None:
        if self._loading is not None:
            self._loading.drop()
        self._open = (entry.key, volume_index)
        self._panel.mark_open(entry.key)
        self._loading = self._bench.runner.start(
            self._bench.opening.load_job(entry, volume_index),
            on_item=self._take_part,
            on_done=self._loaded,
            on_error=self._load_failed,
            on_cancelled=self._load_cancelled,
        )

    def open_volume(self, volume: Any) -> None:
        """Show a volume that is in memory: the first part of a load, or the demo."""
        self._attacher.drop()
        note = self._bench.session.open_volume(volume)
        self._told = ()
        if volume.is_complete:  # else reading may find more
            self._tell(volume)
        text = getattr(note, "text", "")
        if text:
            self._bench.messages.show_note(text)
        self.volume_opened.emit()

    def open_demo(self) -> None:
        """Write the generated phantom as a real series, then open it like any other."""
        folder = self._bench.session.workspace.folder
        self._bench.runner.start(
            Job(tr("Making the demo"), lambda _progress: self._bench.opening.demo_folder(folder)),
            on_done=lambda folder: self.open_paths([folder]),
            on_error=self._bench.messages.show_error,
        )

    def attach_labels(self, entry: Any) -> None:
        """Put a SEG, an RTSTRUCT or a mask file over its image, which opens first if it must."""
        image = self._attacher.ask(entry)
        if image is not None:
            self._panel.put(image)
            self.open_entry(image)

    # ---- index

    def _put(self, entry: Any) -> None:
        """Into the list; the first series found ends the list of what was opened before."""
        if self._list_is_old:
            self._list_is_old = False
            self._drop_looks()
            self._panel.clear()
        self._panel.put(entry)

    def _indexed(self, report: Any, paths: Sequence[Path]) -> None:
        for entry in report.series:
            self._put(entry)
        self.skipped = report.skipped
        self._panel.show_skipped(len(report.skipped))
        self.report_changed.emit()
        self._warn(report.messages)
        images = [entry for entry in report.series if is_image(entry)]
        self._attacher.take_index(report.series)
        if images:
            self._open_largest(self._attacher.images_of(report.series) or images)
            self._look_closer(images)
            return
        labels = [entry for entry in report.series if entry.kind in LABEL_KINDS]
        for entry in labels:
            self.attach_labels(entry)
        if labels:
            return
        where = (
            paths[0].name
            if len(paths) == 1
            else counted(len(paths), "{count} path", "{count} paths")
        )
        self._bench.messages.show_note(
            tr("No image series was found in {where}.{skipped}").format(
                where=where, skipped=_why(report.skipped)
            ),
            severity="warning",
        )

    def _open_largest(self, images: Sequence[Any]) -> None:
        """The image with most voxels, unless it is open already."""
        largest = max(images, key=_voxels)
        if (largest.key, 0) == self._open and self._bench.view.volume is not None:
            self._panel.mark_open(largest.key)
        else:
            self._load(largest)

    def _look_closer(self, entries: Sequence[Any]) -> None:
        """Thumbnails, and the volumes of series that hold several."""
        for entry in entries:
            if hasattr(entry, "headers"):
                self._looks.append(
                    self._bench.runner.start(
                        self._split_job(entry),
                        on_done=partial(self._take_plans, entry),
                        on_error=lambda _error: None,  # opening the series will tell
                    )
                )
            self._looks.append(
                self._bench.runner.start(
                    self._bench.opening.thumbnail_job(entry),
                    on_done=partial(self._panel.set_thumbnail, entry.key),
                    on_error=lambda _error: None,  # the list stays usable without a picture
                )
            )

    def _take_plans(self, entry: Any, plans: Sequence[Any]) -> None:
        self._panel.put_volumes(entry.key, plans)
        self.plans_known.emit(entry, plans)

    def _split_job(self, entry: Any) -> Job:
        opening = self._bench.opening

        def work(_progress: Progress) -> Any:
            return opening.split_volumes(entry)

        return Job(tr("Sorting slices"), work)

    def _drop_looks(self) -> None:
        for running in self._looks:
            running.drop()
        self._looks.clear()

    # ---- load

    def _take_part(self, item: Any) -> None:
        if hasattr(item, "volume"):
            self.open_volume(item.volume)
        elif hasattr(item, "index"):
            self._bench.views.slice_ready(item.index)

    def _loaded(self, volume: Any) -> None:
        shown = self._bench.session.volume
        if shown is None or shown.voxels is not volume.voxels:
            self.open_volume(volume)
        self._complete(volume)
        self._tell(volume)
        self.volume_read.emit(volume)
        self._attacher.volume_complete()
        self._bench.runner.start(
            self._bench.opening.quality_job(volume),
            on_done=lambda notes: self._complete(
                replace(volume, messages=(*volume.messages, *notes))
            ),
            on_error=lambda _error: None,  # notes that nobody waits for
        )

    def _complete(self, volume: Any) -> None:
        """The open volume with all that is known of it by now; of another, nothing."""
        shown = self._bench.session.volume
        if shown is not None and shown.voxels is volume.voxels:
            self._bench.session.complete_volume(volume)
            self._bench.views.complete_volume(self._bench.session.volume)

    def _tell(self, volume: Any) -> None:
        """The warnings of a volume, each once."""
        self._warn([message for message in volume.messages if message not in self._told])
        self._told = tuple(volume.messages)

    def _warn(self, messages: Sequence[Message]) -> None:
        for message in messages:
            if message.severity == "warning":
                self._bench.messages.show_note(_with_files(message), severity="warning")

    def _load_failed(self, error: Exception) -> None:
        self._open = None
        self._bench.messages.show_error(error)

    def _load_cancelled(self) -> None:
        self._open = None
        self._bench.messages.show_note(tr("Reading was cancelled: some slices are missing."))

    def _open_case(self, record: Any) -> None:
        paths = [Path(path) for path in record.paths]
        there = [path for path in paths if path.exists()]
        if there:
            self.open_paths(there)
            return
        self._bench.messages.show_note(
            tr(
                "The images of {case} are not where they were. "
                "Open the folder where they are now; your work comes back with them."
            ).format(case=record.title or tr("this case")),
            severity="warning",
        )

    def _remember(self, paths: Sequence[Path]) -> None:
        for path in paths:
            self._bench.session.settings.add_recent_path(path)
        self.report_changed.emit()


def _with_files(message: Message) -> str:
    """A message's words and the files it is about, unless the words name one."""
    if not message.files or any(name in message.text for name in message.files):
        return message.text
    more = len(message.files) - _FILES_NAMED
    names = ", ".join(message.files[:_FILES_NAMED])
    if more > 0:
        names = tr("{names} and {more} more").format(names=names, more=more)
    return f"{message.text} ({names})"


def _why(skipped: Sequence[Any]) -> str:
    """Why nothing could be opened: the reason of the one file, else how many there were."""
    if len(skipped) == 1:
        reason = str(skipped[0].reason).rstrip(".")
        return f" {reason[:1].upper()}{reason[1:]}."
    if not skipped:
        return ""
    return " " + counted(len(skipped), "{count} file skipped.", "{count} files skipped.")


def _voxels(entry: Any) -> int:
    slices, rows, columns = entry.size
    return int(slices) * int(rows) * int(columns)
