"""What SEG and RTSTRUCT take from the DICOM series that the labels were drawn on, and whose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from medview import __version__
from medview.core.errors import MedviewError
from medview.core.labelmap import LabelMap
from medview.core.labels import Code, Label
from medview.core.volume import SourceSeries, Volume
from medview.dicom.deidentify_key import Pseudonyms
from medview.formats.label_files import table_for

# Type 2 of the modules an object shares with its source: present, and empty where unknown
_MAY_BE_EMPTY = (
    "PatientName",
    "PatientID",
    "PatientBirthDate",
    "PatientSex",
    "StudyDate",
    "StudyTime",
    "StudyID",
    "AccessionNumber",
    "ReferringPhysicianName",
)
_TELLING = ("AE", "AS", "DA", "DT", "LO", "LT", "PN", "SH", "ST", "TM", "UC", "UR", "UT", "UN")
_KEPT_TEXTS = ("PositionReferenceIndicator",)
_KEPT_SEQUENCES = (  # where the frames of a multi-frame image lie
    "SharedFunctionalGroupsSequence",
    "PerFrameFunctionalGroupsSequence",
    "DimensionOrganizationSequence",
    "DimensionIndexSequence",
)
_LINKS = ("StudyInstanceUID", "SeriesInstanceUID", "FrameOfReferenceUID", "SOPInstanceUID")


@dataclass(frozen=True)
class LabelOrigin:
    """Who made a label: the type says how much a program did, the name and version which one."""

    algorithm_type: Literal["AUTOMATIC", "SEMIAUTOMATIC", "MANUAL"] = "SEMIAUTOMATIC"
    algorithm_name: str = "medview"
    algorithm_version: str = __version__


@dataclass(frozen=True)
class Identity:
    """Whose object a label file says it is.

    ``kept``: the patient and study attributes are copied, as an archive wants of an object of the
    same patient. Otherwise they are empty and only UIDs link the labels to their images: the
    images' own UIDs, or with ``pseudonyms`` those of the copies that `medview deidentify` makes
    with the same key.
    """

    kept: bool = False
    pseudonyms: Pseudonyms | None = None

    def source(self, volume: Volume) -> Volume:
        """The volume as the written object refers to it: its UIDs mapped where they are mapped."""
        if self.kept or self.pseudonyms is None or volume.source is None:
            return volume
        return replace(volume, source=mapped_source(volume.source, self.pseudonyms))

    def apply(self, headers: Sequence[Any]) -> None:
        """Change the source's headers, before an object is made from them."""
        if self.kept:
            return
        for header in headers:
            name = _identity(header)
            _empty_identity(header)
            if self.pseudonyms is not None:
                header.PatientName = header.PatientID = self.pseudonyms.patient(name)
                for keyword in _LINKS:
                    if header.get(keyword):
                        setattr(header, keyword, self.pseudonyms.uid(str(header.get(keyword))))

    def mark(self, dataset: Any) -> None:
        """Say in the finished object that the identity was removed (PS3.3 C.7.1.1, C.12.1)."""
        if not self.kept:
            dataset.PatientIdentityRemoved = "YES"
            dataset.DeidentificationMethod = "medview: patient and study attributes emptied"


KEPT = Identity(kept=True)
EMPTIED = Identity()


def mapped_source(source: SourceSeries, pseudonyms: Pseudonyms) -> SourceSeries:
    """The series as its de-identified copy: its UIDs after the key; the files stay."""
    frame = source.frame_of_reference_uid
    return replace(
        source,
        study_uid=pseudonyms.uid(source.study_uid),
        series_uid=pseudonyms.uid(source.series_uid),
        frame_of_reference_uid=pseudonyms.uid(frame) if frame else frame,
        sop_instance_uids=tuple(pseudonyms.uid(uid) for uid in source.sop_instance_uids),
    )


def need_source(labelmap: LabelMap, volume: Volume, what: str) -> SourceSeries:
    """The DICOM series below the labels; MedviewError "geometry-differs" or "no-dicom-source"."""
    if not labelmap.geometry.is_close(volume.geometry):
        raise MedviewError(
            "The labels lie on another grid than the image.",
            hint="Attach them to this image first.",
            code="geometry-differs",
        )
    if volume.source is None or not volume.source.files:
        raise MedviewError(
            f"A DICOM {what} needs a DICOM image, and this image is not DICOM.",
            hint="Export NIfTI or NRRD.",
            code="no-dicom-source",
        )
    return volume.source


def exported_labels(labelmap: LabelMap) -> list[Label]:
    """The labels that become segments or ROIs 1..n: those with voxels, in the table's order.

    Voxels whose id the table does not name count as "label n".
    Raises MedviewError "nothing-to-export" when no label has a voxel.
    """
    present = labelmap.present_ids()
    if not present:
        raise MedviewError(
            "There is nothing to export: no voxel is labelled.",
            hint="Draw or predict something first.",
            code="nothing-to-export",
        )
    return [label for label in table_for(present, labelmap.table) if label.id in present]


def read_source_header(path: Path) -> Any:
    """A source file's header with the attributes that an object of its patient needs.

    Raises MedviewError "source-missing" or "source-changed".
    """
    import pydicom

    try:
        header = pydicom.dcmread(path, stop_before_pixels=True)
    except OSError as error:
        raise MedviewError(
            f"{path} is needed to describe the image, but cannot be read.",
            hint="Put the disk with the images back, or export NIfTI or NRRD.",
            code="source-missing",
        ) from error
    except Exception as error:
        raise source_changed(path) from error
    header.decode()
    header.SpecificCharacterSet = "ISO_IR 192"  # the labels' names may be in any language
    for name in _MAY_BE_EMPTY:
        if name not in header:
            setattr(header, name, "")
    studies = header.get("ReferencedStudySequence") or []
    if any("ReferencedSOPClassUID" not in study for study in studies):
        del header.ReferencedStudySequence  # of no use, and it would make the new object invalid
    if header.PatientSex not in ("M", "F", "O", ""):
        header.PatientSex = ""
    return header


def check_sources(headers: list[Any], uids: tuple[str, ...], plane: tuple[int, ...]) -> None:
    """The files still are the images that were opened; MedviewError "source-changed"."""
    for header, uid in zip(headers, uids, strict=True):
        same = str(header.get("SOPInstanceUID", "")) == uid
        if not same or (header.get("Rows"), header.get("Columns")) != plane:
            raise source_changed(Path(str(header.filename)))


def source_changed(path: Path) -> MedviewError:
    return MedviewError(
        f"{path} is not the image any more that was opened.",
        hint="Open the images again; the labels are kept.",
        code="source-changed",
    )


def _identity(header: Any) -> str:
    """What tells patients apart, as `medview.dicom.deidentify_dataset` chooses it."""
    for keyword in ("PatientID", "PatientName", "StudyInstanceUID"):
        if value := str(header.get(keyword) or "").strip():
            return value
    return ""


def _empty_identity(header: Any) -> None:
    """Leave what describes the image: every text, date and sequence goes, whoever copies it on.

    What the patient and study modules must have stays, empty.
    """
    for element in list(header):
        keyword = element.keyword
        told = element.VR in _TELLING or (element.VR == "SQ" and keyword not in _KEPT_SEQUENCES)
        personal = element.tag.group == 0x0010 or element.tag.is_private
        if (told or personal) and keyword not in _KEPT_TEXTS:
            del header[element.tag]
    for name in _MAY_BE_EMPTY:
        setattr(header, name, "")


def one_line(text: str, length: int) -> str:
    """Text as a value representation LO or UT takes it: one line, no backslash, limited."""
    return " ".join(text.replace("\\", "/").split())[:length]


def code_of(item: Any) -> Code | None:
    """A coded concept of a file (PS3.3 8.8); None without a value."""
    if item is None:
        return None
    value = item.get("CodeValue") or item.get("LongCodeValue") or item.get("URNCodeValue")
    if not value:
        return None
    scheme = str(item.get("CodingSchemeDesignator", ""))
    return Code(str(value), scheme, str(item.get("CodeMeaning", "")))


def is_dicom(start: bytes) -> bool:
    """Do a file's first bytes say DICOM (PS3.10 7.1)?"""
    return start[128:132] == b"DICM"
