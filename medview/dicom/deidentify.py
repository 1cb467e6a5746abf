"""De-identifies files: PS3.15 Annex E, Basic Application Level Confidentiality Profile."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydicom import dcmread
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    MediaStorageDirectoryStorage,
)

from medview.core.atomic import atomic_folder
from medview.core.errors import Cancelled, MedviewError
from medview.core.job import Progress
from medview.dicom.archive import is_zip, unpack
from medview.dicom.deidentify_dataset import Dates, deidentify
from medview.dicom.deidentify_key import Pseudonyms
from medview.dicom.header_scan import NotDicomError
from medview.dicom.read_header import read_header
from medview.dicom.walk import FoundFile, Skipped, find_files

_IMPLEMENTATION_UID = "2.25.262620911700907506295629125486817817974"  # of medview's writer
_SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"
_ULTRASOUND = ("1.2.840.10008.5.1.4.1.1.3.1", "1.2.840.10008.5.1.4.1.1.6.")
_VOICE = "1.2.840.10008.5.1.4.1.1.9.4.1"
_PHOTOGRAPH = "1.2.840.10008.5.1.4.1.1.77."
_OFTEN_WRITTEN_ON = ("OT", "ES", "XC", "GM", "DG", "HC", "SM")


@dataclass
class Result:
    """What happened to each file. ``scrubbed``: attributes outside the table that held the
    patient's identifiers and were replaced, and how often."""

    written: int = 0
    skipped: list[Skipped] = field(default_factory=list)
    blocked: list[Skipped] = field(default_factory=list)
    scrubbed: Counter[str] = field(default_factory=Counter)


def deidentify_files(
    paths: Sequence[Path],
    output: Path,
    pseudonyms: Pseudonyms,
    progress: Progress,
    *,
    dates: Dates = "empty",
    allow_burned_in: bool = False,
) -> Result:
    """Write de-identified copies of all DICOM files in ``paths`` (files, folders, zip archives).

    ``output`` is a new or empty folder; it appears when everything is written, with
    ST_00001/SE_00001/IM_00001.dcm in the order in which the files are found. Pixel data is copied
    byte for byte. Of files that share a SOP Instance UID the first is written. A file with trouble
    is skipped or blocked, never half cleaned. Nothing appears when nothing could be written.
    Raises MedviewError ("not-found", "folder-not-empty", "write-failed") and `Cancelled`.
    """
    result = Result()
    files = _list_files(paths, result, progress)
    names = _Names()
    with atomic_folder(output) as folder:
        for number, found in enumerate(files):
            progress.report(number / len(files), f"De-identifying: {number} of {len(files)}")
            try:
                dataset = _read(found)
                blocked = None if allow_burned_in else why_blocked(dataset)
                if blocked is not None:
                    result.blocked.append(Skipped(found.path, *blocked))
                    continue
                scrubbed = deidentify(dataset, pseudonyms, dates)
                _write(dataset, folder / names.next(dataset))
            except (KeyboardInterrupt, SystemExit, Cancelled, _WriteError):
                raise
            except Exception as error:  # noqa: BLE001 - damaged files raise all kinds of things
                result.skipped.append(_skipped(found.path, error))
            else:
                result.written += 1
                result.scrubbed.update(scrubbed)
    if not result.written:
        output.rmdir()
    return result


def why_blocked(dataset: FileDataset) -> tuple[str, str] | None:
    """The code and reason for pixels that may show who the patient is; None for others.

    The header's own NO is believed except for ultrasound and secondary captures, where it is
    often set without a look at the picture.
    """
    sop_class, modality = str(dataset.get("SOPClassUID", "")), str(dataset.get("Modality", ""))
    stated = str(dataset.get("BurnedInAnnotation", "")).strip().upper()
    kinds = [str(kind).upper() for kind in _values(dataset.get("ImageType"))]
    if stated == "YES":
        return "burned-in", "the header says that text is burned into the picture"
    if sop_class.startswith(_SECONDARY_CAPTURE):
        return "secondary-capture", "a secondary capture: the picture may show names"
    if sop_class.startswith(_ULTRASOUND) or modality in ("US", "IVUS"):
        return "ultrasound", "an ultrasound: the picture often shows names"
    if any(tag >> 24 == 0x60 and _is_in_pixels(dataset, tag) for tag in dataset.keys()):  # noqa: SIM118
        return "overlay-in-pixels", "an overlay is kept in the pixels' upper bits"
    doubtful = modality in _OFTEN_WRITTEN_ON or sop_class.startswith(_PHOTOGRAPH)
    if any("SCREEN" in kind or kind == "LABEL" for kind in kinds):
        return "screen-save", "a picture of a screen or a label: it may show names"
    if doubtful and stated != "NO":
        return "unknown-burned-in", f"modality {modality}: nothing says that no text is burned in"
    return None


def _values(value: Any) -> list[Any]:
    if value is None:
        return []
    return [value] if isinstance(value, str) else list(value)


def _is_in_pixels(dataset: FileDataset, tag: int) -> bool:
    """An overlay's Rows without Overlay Data of its own: PS3.5 8.1.2, retired."""
    return tag & 0xFFFF == 0x0010 and ((tag & 0xFFFF0000) | 0x3000) not in dataset


def _list_files(paths: Sequence[Path], result: Result, progress: Progress) -> list[FoundFile]:
    files: list[FoundFile] = []
    for item in find_files(paths):
        progress.check()
        if isinstance(item, Skipped):
            result.skipped.append(item)
        elif item.path.suffix.lower() == ".zip" and is_zip(item.path):
            try:
                folder, left_out = unpack(item.path, progress)
            except MedviewError as error:
                result.skipped.append(Skipped(item.path, error.code, error.message))
                continue
            result.skipped += left_out
            for member in find_files([folder]):
                if isinstance(member, FoundFile):
                    files.append(member)
                else:
                    result.skipped.append(member)
        else:
            files.append(item)
    return files


def _read(found: FoundFile) -> FileDataset:
    """The whole file; NotDicomError or MedviewError for what cannot be de-identified."""
    read_header(found.path, found.size)  # our limits, before pydicom's parser
    dataset = dcmread(found.path, force=True)
    sop_class = str(dataset.get("SOPClassUID", "") or "")
    if "DirectoryRecordSequence" in dataset or sop_class == MediaStorageDirectoryStorage:
        raise MedviewError("a DICOMDIR names patients and paths; make a new one", code="dicomdir")
    if not sop_class or not dataset.get("SOPInstanceUID"):
        raise MedviewError("it does not say which object it is", code="no-uid")
    if "EncapsulatedDocument" in dataset:
        raise MedviewError("a document inside DICOM cannot be cleaned", code="document")
    if sop_class.startswith(_VOICE):
        raise MedviewError("a voice recording cannot be cleaned", code="voice")
    return dataset


def _skipped(path: Path, error: Exception) -> Skipped:
    if isinstance(error, NotDicomError):
        return Skipped(path, "not-dicom", "not a DICOM file")
    if isinstance(error, MedviewError):
        return Skipped(path, error.code, error.message)
    return Skipped(path, "unreadable", f"the file is damaged ({type(error).__name__})")


class _WriteError(OSError):
    """The disk refused a copy: the end of the run, unlike a file that cannot be read."""


class _Names:
    """Numbers studies, series and images; refuses an instance that was written already."""

    def __init__(self) -> None:
        self._studies: dict[str, int] = {}
        self._series: dict[tuple[str, str], list[int]] = {}
        self._instances: set[str] = set()

    def next(self, dataset: FileDataset) -> str:
        uid = str(dataset.SOPInstanceUID)
        if uid in self._instances:
            raise MedviewError(
                "another file with its SOP Instance UID was written", code="duplicate-instance"
            )
        self._instances.add(uid)
        study = str(dataset.get("StudyInstanceUID", ""))
        series = (study, str(dataset.get("SeriesInstanceUID", "")))
        study_number = self._studies.setdefault(study, len(self._studies) + 1)
        if series not in self._series:
            siblings = sum(1 for other, _ in self._series if other == study)
            self._series[series] = [siblings + 1, 0]
        numbers = self._series[series]
        numbers[1] += 1
        return f"ST_{study_number:05d}/SE_{numbers[0]:05d}/IM_{numbers[1]:05d}.dcm"


def _write(dataset: FileDataset, path: Path) -> None:
    """A Part 10 file in the syntax it had: empty preamble, and file meta of our own making."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    meta.TransferSyntaxUID = _transfer_syntax(dataset)
    meta.ImplementationClassUID = _IMPLEMENTATION_UID
    meta.ImplementationVersionName = "MEDVIEW"
    if not meta.TransferSyntaxUID.is_implicit_VR and _lacks_vr(dataset):
        for _ in dataset.iterall():  # gives each element the VR of the dictionary
            pass
    dataset.preamble = bytes(128)
    dataset.file_meta = meta
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        dataset.save_as(path, enforce_file_format=True)
    except OSError as error:
        raise _WriteError(error.errno, error.strerror) from error
    except Exception:
        path.unlink(missing_ok=True)
        raise


def _lacks_vr(dataset: FileDataset) -> bool:
    """Implicit VR although the file says explicit: pydicom reads it, and cannot write it."""
    return any(dataset.get_item(tag).VR is None for tag in list(dataset.keys()))


def _transfer_syntax(dataset: FileDataset) -> str:
    stated = getattr(dataset, "file_meta", FileMetaDataset()).get("TransferSyntaxUID")
    implicit, little = dataset.original_encoding
    if stated and (stated == DeflatedExplicitVRLittleEndian or stated.is_compressed):
        return str(stated)
    if implicit:
        return str(ImplicitVRLittleEndian)
    return str(ExplicitVRLittleEndian if little else ExplicitVRBigEndian)
