"""Index: which series lie in these files and folders. Reads headers only."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydicom.config import IGNORE, settings

from medview.core.errors import Cancelled, MedviewError
from medview.core.job import Progress
from medview.core.volume import Message
from medview.dicom import decode_pool
from medview.dicom.archive import is_zip, unpack
from medview.dicom.codecs import is_native
from medview.dicom.header import Kind, SliceHeader
from medview.dicom.header_scan import NotDicomError
from medview.dicom.read_header import read_header
from medview.dicom.walk import FoundFile, Skipped, are_gone, find_files

# a value out of its standard's bounds is our reader's business; pydicom's warnings quote it
settings.reading_validation_mode = IGNORE

_EMIT_SECONDS = 0.25


@dataclass(frozen=True)
class SeriesEntry:
    """One series: its files' headers and what a list shows. ``size`` is (slices, rows, columns)
    of all its frames together, before it is split into volumes."""

    study_uid: str
    series_uid: str
    kind: Kind
    modality: str
    patient_id: str
    patient_name: str
    study_description: str
    study_date: str
    series_description: str
    series_number: int | None
    size: tuple[int, int, int]
    headers: tuple[SliceHeader, ...] = field(repr=False)

    @property
    def key(self) -> str:
        """The series UID; the folder's name for files that have none."""
        return self.series_uid or f"no-uid:{self.headers[0].path.parent}"


@dataclass(frozen=True)
class IndexReport:
    """What an index pass found. ``skipped`` names every file that was left out, and why."""

    series: list[SeriesEntry]
    skipped: list[Skipped]
    messages: list[Message]


def index_paths(
    paths: Sequence[Path], progress: Progress, leave_out: Container[Path] = ()
) -> IndexReport:
    """Read the headers of all DICOM files in ``paths`` (files, folders, a DICOMDIR, zip archives)
    but those to ``leave_out``, of which nothing is said.

    Emits ``progress.item(SeriesEntry)`` when a series is new or has grown. A file's trouble never
    ends the pass. Raises MedviewError ("not-found") when a path does not exist, `Cancelled`.
    """
    files, skipped = _list_files(paths, progress)
    files = [found for found in files if found.path not in leave_out]
    skipped = [one for one in skipped if one.path not in leave_out]
    collector = _Collector(progress)
    for number, found in enumerate(files):
        if number % 16 == 0:
            progress.report(number / len(files), f"Reading headers: {number} of {len(files)}")
        outcome = _read(found)
        if isinstance(outcome, Skipped):
            skipped.append(outcome)
        elif duplicate := collector.add(outcome):
            skipped.append(duplicate)
    collector.emit_dirty()
    progress.report(1.0, f"{len(files)} files")
    messages = _messages(skipped)
    if any(one.code == "unreadable" for one in skipped) and are_gone(paths):
        text = "The disc, drive or network folder was removed while it was read."
        messages.insert(0, Message("medium-gone", text))
    return IndexReport(collector.entries(), skipped, messages)


def _list_files(paths: Sequence[Path], progress: Progress) -> tuple[list[FoundFile], list[Skipped]]:
    files: list[FoundFile] = []
    skipped: list[Skipped] = []
    for item in find_files(paths):
        progress.check()
        if isinstance(item, Skipped):
            skipped.append(item)
        elif is_zip_name(item.path) and is_zip(item.path):
            try:
                folder, left_out = unpack(item.path, progress)
            except MedviewError as error:
                skipped.append(Skipped(item.path, error.code, error.message))
                continue
            except OSError as error:
                skipped.append(_unreadable(item.path, error))
                continue
            skipped += left_out
            for member in find_files([folder]):
                (files if isinstance(member, FoundFile) else skipped).append(member)  # type: ignore[arg-type]
        else:
            files.append(item)
    return files, skipped


def is_zip_name(path: Path) -> bool:
    return path.suffix.lower() == ".zip"


def _read(found: FoundFile) -> SliceHeader | Skipped:
    try:
        return read_header(found.path, found.size)
    except NotDicomError:
        return Skipped(found.path, "not-dicom", "not a DICOM file")
    except MedviewError as error:
        return Skipped(found.path, error.code, error.message)
    except OSError as error:
        return _unreadable(found.path, error)
    except (KeyboardInterrupt, SystemExit, Cancelled):
        raise
    except BaseException as error:  # noqa: BLE001 - damaged headers raise all kinds of things
        return Skipped(found.path, "unreadable", f"the header is damaged ({type(error).__name__})")


def _unreadable(path: Path, error: OSError) -> Skipped:
    return Skipped(path, "unreadable", f"cannot be read ({error.strerror or 'no reason given'})")


def _is_compressed(header: SliceHeader) -> bool:
    return header.pixel is not None and not is_native(header.pixel.transfer_syntax)


class _Collector:
    """Headers grouped into series as they come."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._groups: dict[tuple[str, Kind], list[SliceHeader]] = {}
        self._instances: dict[str, Path] = {}
        self._dirty: set[tuple[str, Kind]] = set()
        self._emitted = time.monotonic()
        self._needs_decoders = False

    def add(self, header: SliceHeader) -> Skipped | None:
        """Take a header in, or say that the same instance is there already."""
        uid = header.sop_instance_uid
        if uid and (first := self._instances.get(uid)) is not None:
            if self._is_copy(first, header):
                return Skipped(header.path, "duplicate-instance", f"a copy of {first.name}")
        elif uid:
            self._instances[uid] = header.path
        if not self._needs_decoders and _is_compressed(header):
            self._needs_decoders = True
            decode_pool.warm_up()  # they start while the rest is indexed
        key = (header.series_uid or f"no-uid:{header.path.parent}", header.kind)
        self._groups.setdefault(key, []).append(header)
        self._dirty.add(key)
        if time.monotonic() - self._emitted > _EMIT_SECONDS:
            self.emit_dirty()
        return None

    def _is_copy(self, first: Path, header: SliceHeader) -> bool:
        """The same instance with the same place: two files may share a UID by mistake."""
        group = self._groups.get((header.series_uid or f"no-uid:{header.path.parent}", header.kind))
        return any(other.path == first and _same_object(other, header) for other in group or ())

    def emit_dirty(self) -> None:
        for key in sorted(self._dirty):
            self._progress.item(_entry(self._groups[key], key[1]))
        self._dirty.clear()
        self._emitted = time.monotonic()

    def entries(self) -> list[SeriesEntry]:
        """All series, by study, number and description."""
        found = [_entry(group, kind) for (_, kind), group in self._groups.items()]
        return sorted(
            found,
            key=lambda e: (e.study_date, e.study_uid, e.series_number or 0, e.series_uid, e.kind),
        )


def _same_object(one: SliceHeader, other: SliceHeader) -> bool:
    """Alike in all that would tell two objects apart but their pixels and encoding."""
    matrices = [
        (header.pixel.rows, header.pixel.columns, header.pixel.samples) if header.pixel else None
        for header in (one, other)
    ]
    return (
        one.frames == other.frames
        and one.sop_class_uid == other.sop_class_uid
        and matrices[0] == matrices[1]
    )


def _entry(headers: list[SliceHeader], kind: Kind) -> SeriesEntry:
    first = headers[0]
    matrices = Counter(
        (header.pixel.rows, header.pixel.columns) for header in headers if header.pixel is not None
    )
    rows, columns = matrices.most_common(1)[0][0] if matrices else (0, 0)
    frames = sum(len(header.frames) for header in headers) if matrices else len(headers)
    return SeriesEntry(
        study_uid=first.study_uid,
        series_uid=first.series_uid,
        kind=kind,
        modality=first.modality,
        patient_id=first.patient_id,
        patient_name=first.patient_name,
        study_description=first.study_description,
        study_date=first.study_date,
        series_description=first.series_description,
        series_number=first.series_number,
        size=(frames, rows, columns),
        headers=tuple(headers),
    )


_EXPECTED = ("not-dicom", "dicomdir", "not-a-file", "link-outside")


def _messages(skipped: list[Skipped]) -> list[Message]:
    """One message per reason for skipping; other files among the images are no warning."""
    messages = []
    for code in sorted({item.code for item in skipped}):
        items = [item for item in skipped if item.code == code]
        messages.append(
            Message(
                f"skipped-{code}",
                f"{len(items)} file(s) skipped: {items[0].reason}",
                "note" if code in _EXPECTED else "warning",
                tuple(item.path.name for item in items[:20]),
            )
        )
    return messages
