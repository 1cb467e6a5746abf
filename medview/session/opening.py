"""Jobs that read: from paths to series, from a series to a volume, DICOM and volume files alike."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medview.core.box import Box
from medview.core.display import CT_PRESETS, auto_window, to_grey
from medview.core.errors import MedviewError
from medview.core.job import Job, Progress
from medview.core.labelmap import LabelMap
from medview.core.quality import check_quality
from medview.core.volume import Message, Volume
from medview.dicom.archive import is_zip, unpack
from medview.dicom.index import IndexReport, SeriesEntry, index_paths, is_zip_name
from medview.dicom.loader import VolumeStarted, load_volume, thumbnail
from medview.dicom.series import VolumePlan, split_volumes
from medview.dicom.walk import Skipped, find_files
from medview.formats.registry import format_of_suffix
from medview.session.attaching import content_box

THUMBNAIL = 96


@dataclass(frozen=True)
class VolumeFile:
    """A NIfTI, NRRD or other single-file image in the series list; fields as in `SeriesEntry`."""

    path: Path
    size: tuple[int, int, int]
    kind: str = "image"
    modality: str = ""
    patient_name: str = ""
    patient_id: str = ""
    study_uid: str = ""
    study_description: str = "Files"
    study_date: str = ""
    series_number: int | None = None

    @property
    def key(self) -> str:
        return str(self.path)

    @property
    def series_description(self) -> str:
        return self.path.name


Entry = SeriesEntry | VolumeFile


@dataclass(frozen=True)
class OpenReport:
    """All that was found: ``series`` (DICOM and files), what was skipped and why, messages."""

    series: list[Entry]
    skipped: list[Skipped]
    messages: list[Message]


def index_job(paths: Sequence[Path]) -> Job:
    """Find what can be opened; items are entries as they are found, the result an OpenReport."""
    return Job("Looking for images", lambda progress: index(paths, progress))


def index(paths: Sequence[Path], progress: Progress) -> OpenReport:
    """As `index_job`, at once. MedviewError for a path that does not exist."""
    for path in paths:
        if not path.exists():
            raise MedviewError(f"{path} does not exist.", hint="Check the name.", code="no-path")
    files = volume_files(paths, progress)
    entries: list[Entry] = []
    skipped: list[Skipped] = []
    for path in sorted(files):
        progress.check()
        try:
            entry = _volume_entry(path)
        except MedviewError as error:
            skipped.append(Skipped(path, error.code, error.message))
            continue
        except OSError as error:  # the medium was removed
            skipped.append(Skipped(path, "unreadable", error.strerror or "cannot be read"))
            continue
        entries.append(entry)
        progress.item(entry)
    rest = [path for path in paths if path not in files]
    report = IndexReport([], [], []) if not rest else index_paths(rest, progress, files)
    return OpenReport([*entries, *report.series], [*skipped, *report.skipped], report.messages)


def volume_files(paths: Sequence[Path], progress: Progress | None = None) -> set[Path]:
    """The files below ``paths`` whose name says that they are no DICOM but a format we read.

    Zip archives are unpacked, once, into a temporary folder (but none within another); what is
    wrong with one is said by `index_paths`.
    """
    found, folders = set(), []
    for path in (item.path for item in find_files(paths)):
        with suppress(MedviewError, OSError):
            if is_zip_name(path) and is_zip(path):
                folders.append(unpack(path, progress or Progress())[0])
            elif _is_volume_file(path):
                found.add(path)
    unpacked = (item.path for item in find_files(folders))
    return found | {path for path in unpacked if _is_volume_file(path)}


def _is_volume_file(path: Path) -> bool:
    known = format_of_suffix(path)
    return known is not None and known.read_volume is not None and path.is_file()


def _volume_entry(path: Path) -> VolumeFile:
    from medview.formats.registry import looks_like_labels, read_volume

    volume = read_volume(path)
    kind = "seg" if looks_like_labels(path, volume) else "image"
    return VolumeFile(path, volume.geometry.shape, kind, volume.modality)


def plan_of(entry: SeriesEntry, volume_index: int = 0) -> VolumePlan:
    """One volume of a series; MedviewError when it has none that can be shown."""
    plans = split_volumes(entry)
    if not 0 <= volume_index < len(plans):
        raise MedviewError(
            f"The series has {len(plans)} volumes, not a number {volume_index}.",
            hint="Volumes are counted from 0.",
            code="no-such-volume",
        )
    return plans[volume_index]


def load(entry: Entry, progress: Progress, volume_index: int = 0) -> Volume:
    """Read a whole volume; items are `VolumeStarted` and `SliceReady`."""
    if isinstance(entry, SeriesEntry):
        return load_volume(plan_of(entry, volume_index), progress)
    from medview.formats.registry import read_volume

    progress.report(0.0, f"Reading {entry.path.name}")
    volume = read_volume(entry.path)
    _ = volume.case_key  # hashes the voxels: here, not on the main thread
    progress.item(VolumeStarted(volume))
    return volume


def load_job(entry: Entry, volume_index: int = 0) -> Job:
    name = entry.series_description or entry.modality or "series"
    return Job(f"Reading {name}", lambda progress: load(entry, progress, volume_index))


def quality_job(volume: Volume) -> Job:
    """Notes on the pixels of a loaded volume: noise, metal, a cut body and the like."""
    return Job("Checking the quality", lambda progress: check_quality(volume, progress))


def thumbnail_job(entry: Entry) -> Job:
    """A small grey picture of the middle slice, (rows, columns) uint8."""

    def function(progress: Progress) -> NDArray[np.uint8]:
        if isinstance(entry, SeriesEntry):
            return thumbnail(plan_of(entry), THUMBNAIL)
        from medview.formats.registry import read_volume

        volume = read_volume(entry.path)
        middle = volume.voxels[volume.voxels.shape[0] // 2]
        step = max(1, max(middle.shape) // THUMBNAIL)
        small = middle[::step, ::step]
        return to_grey(small, CT_PRESETS[1][1] if volume.modality == "CT" else auto_window(small))

    return Job("Thumbnail", function)


@dataclass(frozen=True, eq=False)
class ReadLabels:
    """Labels of one file: ``name`` is what the object calls itself; what reading it found."""

    labelmap: LabelMap
    name: str
    messages: tuple[Message, ...] = ()
    box: Box | None = None  # of what is labelled


def attach_labels_job(entry: Any, volume: Volume | None = None) -> Job:
    """Read the labels of a SEG or RTSTRUCT series or a mask file (an entry or a path).

    The result is a list of `ReadLabels`, one for each file of the series. ``volume`` is the image
    they belong to; without it they keep a grid of their own.
    """

    def function(progress: Progress) -> list[ReadLabels]:
        from medview.formats.registry import format_for

        read = []
        for path in label_paths(entry):
            progress.report(0.0, f"Reading labels from {path.name}")
            known = format_for(path)
            if known.read_labels is None:
                raise MedviewError(f"{path} holds no labels.", code="no-labels")
            messages: list[Message] = []
            labelmap = known.read_labels(path, volume, messages=messages)
            name = getattr(entry, "series_description", "") or path.name
            read.append(ReadLabels(labelmap, name, tuple(messages), content_box(labelmap)))
        return read

    return Job("Reading labels", function)


def label_paths(entry: Any) -> list[Path]:
    """The files of a mask entry."""
    if isinstance(entry, Path):
        return [entry]
    if isinstance(entry, VolumeFile):
        return [entry.path]
    return [header.path for header in entry.headers]


def largest_image(report: OpenReport, series_uid: str | None = None) -> Entry:
    """The image to open: the one asked for by UID, else the one with most voxels."""
    images = [entry for entry in report.series if entry.kind == "image"]
    if series_uid is not None:
        images = [entry for entry in images if entry.key == series_uid]
    if not images:
        reasons = "; ".join(f"{one.path.name}: {one.reason}" for one in report.skipped[:3])
        raise MedviewError(
            "No image series was found." if series_uid is None else f"No series {series_uid}.",
            hint=reasons,
            code="no-image",
        )
    return max(images, key=lambda entry: int(np.prod(entry.size)))


def demo_folder(folder: Path) -> Path:
    """Write the thorax phantom as a DICOM series below ``folder``, once; the series' folder."""
    from medview.core.atomic import atomic_folder
    from medview.core.phantom import thorax_phantom
    from medview.dicom.phantom_series import write_series

    target = folder / "demo-thorax"
    if not any(target.glob("*.dcm")):
        with atomic_folder(target) as building:  # half a series would be opened for ever
            name = "Phantom^Thorax"
            write_series(thorax_phantom(), building, patient_id="DEMO", patient_name=name)
    return target


def tags_job(path: Path, frame_number: int) -> Job:
    """The attributes of a DICOM file, as `dicom.tags.read_tags` gives them."""

    def function(_progress: Progress) -> Any:
        from medview.dicom.tags import read_tags

        return read_tags(path, frame_number)

    return Job("Reading tags", function)
