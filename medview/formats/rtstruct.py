"""A label map as DICOM RT Structure Set (PS3.3 A.19): exact outlines along the voxels' edges."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medview import __version__
from medview.core.atomic import atomic_path
from medview.core.labelmap import LabelMap
from medview.core.labels import Code, Label
from medview.core.volume import SourceSeries, Volume
from medview.formats.contour_trace import trace
from medview.formats.dicom_source import (
    KEPT,
    Identity,
    LabelOrigin,
    check_sources,
    exported_labels,
    is_dicom,
    need_source,
    one_line,
    read_source_header,
)
from medview.formats.registry import Format
from medview.formats.rtstruct_reader import CONTOUR_DATA, is_structure_set, read_labels

__all__ = ["FORMAT", "is_structure_set", "read_labels", "write_labels"]

_CLASS = "1.2.840.10008.5.1.4.1.1.481.3"
_STUDY_CLASS = "1.2.840.10008.3.1.2.3.1"  # Detached Study Management, what this sequence asks for
_FIRST_SERIES_NUMBER = 2000
_COPIED = (  # of the Patient and General Study modules
    "PatientName",
    "PatientID",
    "PatientBirthDate",
    "PatientSex",
    "StudyInstanceUID",
    "StudyDate",
    "StudyTime",
    "StudyID",
    "AccessionNumber",
    "ReferringPhysicianName",
    "StudyDescription",
)


def write_labels(
    labelmap: LabelMap,
    volume: Volume,
    path: Path,
    *,
    origins: Mapping[int, LabelOrigin] | None = None,
    identity: Identity = KEPT,
    creator: str = "",
) -> None:
    """Write the labels as a structure set of the volume's DICOM series.

    ROIs are numbered from 1 in the order of `exported_labels`; empty labels are left out. Every
    region of every slice is one CLOSED_PLANAR contour along the edges of its voxels; holes are
    reached by keyholes. ``origins`` by label id; ``identity`` says whose object it is.
    Positions have five decimals of a millimetre. Atomic. Raises MedviewError "nothing-to-export",
    "geometry-differs", "no-dicom-source", "source-missing", "source-changed" or "write-failed".
    """
    source = need_source(labelmap, volume, "structure set")
    labels = exported_labels(labelmap)
    header = read_source_header(source.files[0])
    check_sources([header], source.sop_instance_uids[:1], labelmap.geometry.shape[1:])
    identity.apply([header])
    said = identity.source(volume).source
    assert said is not None  # there is one, and mapping keeps it
    dataset = _head(header, creator)
    frame = str(header.get("FrameOfReferenceUID", "")) or said.series_uid
    images = _images(said, str(header.SOPClassUID))
    dataset.FrameOfReferenceUID, dataset.PositionReferenceIndicator = frame, ""
    dataset.ReferencedFrameOfReferenceSequence = [_space(said, frame, images)]
    origins = origins or {}
    numbered = list(enumerate(labels, start=1))
    dataset.StructureSetROISequence = [
        _roi(number, label, origins.get(label.id, LabelOrigin()), frame)
        for number, label in numbered
    ]
    dataset.ROIContourSequence = [
        _contours(number, label, labelmap, images) for number, label in numbered
    ]
    dataset.RTROIObservationsSequence = [_observation(number, label) for number, label in numbered]
    identity.mark(dataset)
    with atomic_path(Path(path)) as temporary:
        dataset.save_as(temporary, enforce_file_format=True)


def _head(header: Any, creator: str) -> Any:
    """A dataset with all modules but the structures."""
    from pydicom.dataset import FileDataset, FileMetaDataset
    from pydicom.uid import ImplicitVRLittleEndian

    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = _CLASS
    meta.MediaStorageSOPInstanceUID = _new_uid()
    # explicit VR gives a DS at most 65534 bytes, which a long contour does not fit
    meta.TransferSyntaxUID = ImplicitVRLittleEndian
    dataset = FileDataset("", {}, file_meta=meta, preamble=bytes(128))
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.SOPClassUID, dataset.SOPInstanceUID = _CLASS, meta.MediaStorageSOPInstanceUID
    for keyword in _COPIED:
        if keyword in header:
            setattr(dataset, keyword, header.get(keyword))
    now = datetime.now()
    date, time = now.strftime("%Y%m%d"), now.strftime("%H%M%S")
    dataset.InstanceCreationDate, dataset.InstanceCreationTime = date, time
    dataset.Modality = "RTSTRUCT"
    dataset.SeriesInstanceUID = _new_uid()
    dataset.SeriesNumber = _FIRST_SERIES_NUMBER + int(header.get("SeriesNumber") or 0) % 1000
    dataset.SeriesDescription = "medview structures"
    dataset.OperatorsName = one_line(creator, 64)
    dataset.Manufacturer = dataset.ManufacturerModelName = "medview"
    dataset.SoftwareVersions = __version__
    dataset.InstanceNumber = 1
    dataset.StructureSetLabel = "medview"
    dataset.StructureSetDate, dataset.StructureSetTime = date, time
    dataset.ApprovalStatus = "UNAPPROVED"
    return dataset


def _new_uid() -> str:
    from pydicom.uid import generate_uid

    return str(generate_uid(prefix=None))


def _images(source: SourceSeries, sop_class: str) -> list[Any]:
    """A Contour Image item for each slice; a frame number where files hold several."""
    from pydicom.dataset import Dataset

    several = len(set(source.sop_instance_uids)) < len(source.sop_instance_uids)
    several = several or any(frame != 1 for frame in source.frames)
    items = []
    for index, uid in enumerate(source.sop_instance_uids):
        item = Dataset()
        item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = sop_class, uid
        if several:
            item.ReferencedFrameNumber = source.frames[index]
        items.append(item)
    return items


def _space(source: SourceSeries, frame: str, images: list[Any]) -> Any:
    from pydicom.dataset import Dataset

    series = Dataset()
    series.SeriesInstanceUID = source.series_uid
    series.ContourImageSequence = images
    study = Dataset()
    study.ReferencedSOPClassUID = _STUDY_CLASS
    study.ReferencedSOPInstanceUID = source.study_uid
    study.RTReferencedSeriesSequence = [series]
    space = Dataset()
    space.FrameOfReferenceUID = frame
    space.RTReferencedStudySequence = [study]
    return space


def _roi(number: int, label: Label, origin: LabelOrigin, frame: str) -> Any:
    from pydicom.dataset import Dataset

    item = Dataset()
    item.ROINumber = number
    item.ReferencedFrameOfReferenceUID = frame
    item.ROIName = one_line(label.name, 64)
    item.ROIGenerationAlgorithm = origin.algorithm_type
    version = "" if origin.algorithm_type == "MANUAL" else origin.algorithm_version
    item.ROIGenerationDescription = one_line(f"{origin.algorithm_name} {version}", 64)
    return item


def _contours(number: int, label: Label, labelmap: LabelMap, images: list[Any]) -> Any:
    from pydicom.dataset import Dataset
    from pydicom.tag import Tag

    item = Dataset()
    item.ROIDisplayColor = list(label.color)
    item.ReferencedROINumber = number
    mask = labelmap.voxels == label.id
    contours = []
    for index in np.flatnonzero(mask.any(axis=(1, 2))).tolist():
        for outline in trace(mask[index]):
            contour = Dataset()
            contour.ContourImageSequence = [images[index]]
            contour.ContourGeometricType = "CLOSED_PLANAR"
            contour.NumberOfContourPoints = len(outline)
            voxel = np.column_stack([np.full(len(outline), index), outline])
            contour[Tag(CONTOUR_DATA)] = _decimals(labelmap.geometry.to_patient(voxel))
            contours.append(contour)
    item.ContourSequence = contours
    return item


def _decimals(points: NDArray[np.float64]) -> Any:
    """Contour Data as bytes: values of at most 16, without a detour over pydicom's numbers."""
    from pydicom.dataelem import RawDataElement
    from pydicom.tag import Tag

    text = "\\".join([f"{value:.5f}" for value in points.ravel().tolist()])
    value = text.encode("ascii") + b" " * (len(text) % 2)
    return RawDataElement(Tag(CONTOUR_DATA), "DS", len(value), value, 0, True, True)


def _observation(number: int, label: Label) -> Any:
    from pydicom.dataset import Dataset

    item = Dataset()
    item.ObservationNumber = item.ReferencedROINumber = number
    item.RTROIInterpretedType = ""
    item.ROIInterpreter = ""
    if label.code is not None:
        kind = _coded(label.code)
        if label.modifier is not None:
            kind.SegmentedPropertyTypeModifierCodeSequence = [_coded(label.modifier)]
        item.RTROIIdentificationCodeSequence = [kind]
    return item


def _coded(code: Code) -> Any:
    from pydicom.dataset import Dataset

    item = Dataset()
    item.CodeValue = code.value
    item.CodingSchemeDesignator, item.CodeMeaning = code.scheme, one_line(code.meaning, 64)
    return item


FORMAT = Format(
    "RTSTRUCT",
    (".rtstruct.dcm", ".dcm"),
    read_labels=read_labels,
    write_labels=write_labels,
    matches=is_dicom,
    needs_source=True,
    holds_labels=is_structure_set,
)
