"""AttachController: segmentations and structure sets find their series, whichever came first."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QObject

from medview.gui.stepped_commit import SteppedCommit
from medview.gui.words import counted, tr
from medview.gui.workbench import Workbench

LABEL_KINDS = ("seg", "rtstruct")


class AttachController(QObject):
    """Knows the images seen in this session, and the label objects that wait for theirs."""

    def __init__(self, bench: Workbench, parent: QObject) -> None:
        super().__init__(parent)
        self._bench = bench
        self._images: dict[str, Any] = {}
        self._found: list[Any] = []  # of the newest index
        self._waiting: dict[str, Any] = {}  # asked for before their image was open
        self._reading: set[str] = set()
        self._queue: list[tuple[Any, bool]] = []  # being written first
        self._commit = SteppedCommit(bench, self)
        self._commit.ended.connect(self._written)
        self._commit.failed.connect(self._refused)

    def take_index(self, entries: Sequence[Any]) -> None:
        """What an index found: images to attach to, and label objects."""
        self._images.update({entry.key: entry for entry in entries if is_image(entry)})
        self._found = [entry for entry in entries if not is_image(entry)]

    def images_of(self, entries: Sequence[Any]) -> list[Any]:
        """The images among ``entries`` that label objects among them were drawn on."""
        wanted = {
            uid for entry in entries if entry.kind in LABEL_KINDS for uid in references(entry)
        }
        return [entry for entry in entries if is_image(entry) and entry.key in wanted]

    def ask(self, entry: Any) -> Any | None:
        """Attach a label object to the open image; else the image entry that has to open first.

        The object then waits for it, also when its image is still to come.
        """
        series = references(entry)
        volume = self._bench.session.volume
        if volume is not None and (not series or self._series_uid in series):
            self._read(entry)
            return None
        self._waiting[entry.key] = entry
        known = next((self._images[uid] for uid in series if uid in self._images), None)
        if known is not None:
            return known
        what = entry.series_description or entry.modality or tr("These labels")
        if not series:
            text = tr("{what}: open the image first, then the labels over it.").format(what=what)
            del self._waiting[entry.key]  # they do not say which
        else:
            text = tr(
                "{what} belongs to the series {series}, which is not here. "
                "Open that series, and the labels come with it."
            ).format(what=what, series=", ".join(series))
        self._bench.messages.show_note(text, severity="warning")
        return None

    def volume_complete(self) -> None:
        """The image is read: attach what waits for it, and what was found with it."""
        uid = self._series_uid
        waiting = [entry for entry in self._waiting.values() if uid in references(entry)]
        for entry in waiting:
            del self._waiting[entry.key]
            self._read(entry)
        found = [entry for entry in self._found if uid and uid in references(entry)]
        self._found = [entry for entry in self._found if entry not in found]
        found = [entry for entry in found if entry not in waiting]
        files = sum(len(getattr(entry, "headers", ())) for entry in found)
        history = self._bench.session.history
        if files == 1 and not waiting and not history.edits:
            self._read(found[0])
        elif files and not any(edit.origin.kind == "import" for edit in history.edits):
            objects = counted(
                files, "{count} segmentation or structure set", "{count} label objects"
            )
            self._bench.messages.show_note(
                tr(
                    "{objects} of this series found: choose in the series list what to lay over it."
                ).format(objects=objects)
            )

    @property
    def _series_uid(self) -> str:
        source = getattr(self._bench.session.volume, "source", None)
        return source.series_uid if source is not None else ""

    def _read(self, entry: Any) -> None:
        volume = self._bench.session.volume
        if entry.key in self._reading:
            return
        self._reading.add(entry.key)
        self._bench.runner.start(
            self._bench.opening.attach_labels_job(entry, volume),
            on_done=partial(self._done, entry.key, volume),
            on_error=partial(self._failed, entry.key),
            on_cancelled=partial(self._reading.discard, entry.key),
        )

    def _failed(self, key: str, error: Exception) -> None:
        self._reading.discard(key)
        self._bench.messages.show_error(error)

    def _done(self, key: str, volume: Any, read: Sequence[Any]) -> None:
        self._reading.discard(key)
        now = self._bench.session.volume
        if now is None or now.voxels is not volume.voxels:
            return  # the image they were read for was left
        for one in read:
            for message in one.messages:
                self._bench.messages.show_note(message.text, severity=message.severity)
            self._take(one)

    def _take(self, one: Any, replace_existing: bool = False) -> None:
        """Write one file's labels after those that are being written."""
        self._queue.append((one, replace_existing))
        if not self._commit.is_running:
            self._next()

    def _next(self) -> None:
        if self._queue:
            one, replace_existing = self._queue[0]
            session = self._bench.session
            self._commit.start(
                lambda: session.attaching(
                    one.labelmap, one.name, replace_existing=replace_existing, box=one.box
                )
            )

    def _written(self, attached: Any) -> None:
        one, _ = self._queue.pop(0)
        edit, messages = attached.edit, self._bench.messages
        if edit is not None and not edit.box.is_empty:
            self._bench.view.set_slice(edit.slice_index)
        text = tr("Labels of {name} imported as one edit; Undo takes them back.")
        if edit is None:
            text = tr("The labels of {name} are here already.")
        text = text.format(name=one.name)
        if attached.kept_others:
            text += " " + counted(
                attached.kept_others,
                "{count} voxel had another label here and kept it.",
                "{count} voxels had another label here and kept it.",
            )
            replace = partial(self._replace, one, self._bench.session.volume)
            messages.show_note(text, [(tr("Keep"), _nothing), (tr("Replace"), replace)])
        else:
            messages.show_note(text)
        self._next()

    def _refused(self, error: Exception) -> None:
        self._queue.pop(0)
        self._bench.messages.show_error(error)
        self._next()

    def drop(self) -> None:
        """Another case is opened: labels not written yet were for this one."""
        self._queue.clear()
        self._commit.abandon()

    @property
    def is_writing(self) -> bool:
        return self._commit.is_running

    def _replace(self, one: Any, volume: Any) -> None:
        now = self._bench.session.volume
        if now is not None and now.voxels is volume.voxels:
            self._take(one, replace_existing=True)


def is_image(entry: Any) -> bool:
    return bool(getattr(entry, "kind", "image") == "image")


def references(entry: Any) -> tuple[str, ...]:
    """The series UIDs that a label object names; none for files of other formats."""
    found = [uid for header in getattr(entry, "headers", ()) for uid in header.references]
    return tuple(dict.fromkeys(found))


def _nothing() -> None:
    """The answer that leaves everything as it is."""
