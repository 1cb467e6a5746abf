"""A label map as DICOM Segmentation (PS3.3 A.51): BINARY, one segment per label, coded."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medview import __version__
from medview.core.atomic import atomic_path
from medview.core.errors import MedviewError
from medview.core.labelmap import LabelMap
from medview.core.labels import Code, Label
from medview.core.volume import SourceSeries, Volume
from medview.formats.dicom_seg_frames import is_segmentation
from medview.formats.dicom_seg_reader import read_labels
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
    source_changed,
)
from medview.formats.registry import Format

__all__ = ["FORMAT", "LabelOrigin", "exported_labels", "is_segmentation", "read_labels"]

_TISSUE = Code("85756007", "SCT", "Tissue")
_ANATOMY = Code("123037004", "SCT", "Anatomical Structure")
_FIRST_SERIES_NUMBER = 1000  # after the scanner's, before nobody's


def write_labels(
    labelmap: LabelMap,
    volume: Volume,
    path: Path,
    *,
    origins: Mapping[int, LabelOrigin] | None = None,
    identity: Identity = KEPT,
    creator: str = "",
) -> None:
    """Write the labels as a segmentation of the volume's DICOM series.

    Segments are numbered from 1 in the order of `exported_labels`; empty labels are left out.
    ``origins`` by label id; without one a label is SEMIAUTOMATIC by medview. ``identity`` says
    whose object it is (see `Identity`). Source headers are read again from their files. Atomic.
    Raises MedviewError "nothing-to-export", "geometry-differs", "no-dicom-source",
    "source-missing", "source-changed", "seg-unsupported" or "write-failed".
    """
    source = need_source(labelmap, volume, "segmentation")
    labels = exported_labels(labelmap)
    pixels = _segment_pixels(labelmap, labels)
    headers, numbers = _sources(source, pixels.shape[1:])
    identity.apply(headers)
    segmentation = _segmentation(headers, pixels, labels, origins or {}, creator)
    if numbers:
        _renumber_frames(segmentation, numbers)
    identity.mark(segmentation)
    with atomic_path(Path(path)) as temporary:
        segmentation.save_as(temporary)


def _segment_pixels(labelmap: LabelMap, labels: list[Label]) -> NDArray[np.uint16]:
    """The voxels with segment numbers in place of label ids."""
    number_of = np.zeros(int(labelmap.voxels.max()) + 1, dtype=np.uint16)
    for number, label in enumerate(labels, start=1):
        number_of[label.id] = number
    pixels: NDArray[np.uint16] = number_of[labelmap.voxels]
    return pixels


def _sources(source: SourceSeries, plane: tuple[int, ...]) -> tuple[list[Any], tuple[int, ...]]:
    """(headers, frame numbers): the files as they are now, checked.

    One header per slice and no numbers, or the one header of a multi-frame file, reduced to the
    volume's frames (highdicom refuses the phases that share their positions), and their numbers.
    """
    if len(set(source.files)) == len(source.files):
        headers = [read_source_header(path) for path in source.files]
        if all(int(header.get("NumberOfFrames", 1)) == 1 for header in headers):
            check_sources(headers, source.sop_instance_uids, plane)
            return headers, ()
    if len(set(source.files)) > 1:
        raise MedviewError(
            "This volume is spread over several multi-frame files; "
            "a DICOM segmentation can refer to only one.",
            hint="Export NIfTI or NRRD.",
            code="seg-unsupported",
        )
    header = read_source_header(source.files[0])
    check_sources([header], source.sop_instance_uids[:1], plane)
    groups = header.get("PerFrameFunctionalGroupsSequence")
    numbers = source.frames or tuple(range(1, len(source.files) + 1))
    if groups is None:
        raise MedviewError(
            "The frames of this multi-frame file have no positions of their own.",
            hint="Export NIfTI or NRRD.",
            code="seg-unsupported",
        )
    if max(numbers) > len(groups):
        raise source_changed(source.files[0])
    header.PerFrameFunctionalGroupsSequence = [groups[number - 1] for number in numbers]
    header.NumberOfFrames = len(numbers)
    return [header], numbers


def _renumber_frames(segmentation: Any, numbers: tuple[int, ...]) -> None:
    """Let the source references name the frames of the whole file again."""
    # highdicom lets the segments of a frame share one reference: each must change once
    references = {
        id(image): image
        for group in segmentation.PerFrameFunctionalGroupsSequence
        for derivation in group.get("DerivationImageSequence", [])
        for image in derivation.SourceImageSequence
    }
    for image in references.values():
        image.ReferencedFrameNumber = numbers[int(image.ReferencedFrameNumber) - 1]


def _segmentation(
    headers: list[Any],
    pixels: NDArray[np.uint16],
    labels: list[Label],
    origins: Mapping[int, LabelOrigin],
    creator: str,
) -> Any:
    import highdicom

    descriptions = [
        _description(number, label, origins.get(label.id, LabelOrigin()))
        for number, label in enumerate(labels, start=1)
    ]
    try:
        segmentation = highdicom.seg.Segmentation(
            source_images=headers,
            pixel_array=pixels,
            segmentation_type=highdicom.seg.SegmentationTypeValues.BINARY,
            segment_descriptions=descriptions,
            series_instance_uid=highdicom.UID(),
            series_number=_FIRST_SERIES_NUMBER + int(headers[0].get("SeriesNumber") or 0) % 1000,
            sop_instance_uid=highdicom.UID(),
            instance_number=1,
            manufacturer="medview",
            manufacturer_model_name="medview",
            software_versions=__version__,
            device_serial_number="0",
            content_description="Segmentation",
            content_label="SEGMENTATION",
            content_creator_name=creator or None,
        )
    # highdicom raises ValueError, TypeError and AttributeError for headers that break the standard
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise MedviewError(
            f"No DICOM segmentation can describe this series: {error}",
            hint="Export NIfTI or NRRD.",
            code="seg-unsupported",
        ) from error
    segmentation.SeriesDescription = "medview segmentation"
    return segmentation


def _description(number: int, label: Label, origin: LabelOrigin) -> Any:
    import highdicom
    from pydicom.sr.codedict import codes

    algorithm = None
    if origin.algorithm_type != "MANUAL":
        algorithm = highdicom.AlgorithmIdentificationSequence(
            name=origin.algorithm_name,
            family=codes.cid7162.ArtificialIntelligence,
            version=origin.algorithm_version,
        )
    kind = label.code or _TISSUE
    category = label.category or (_ANATOMY if label.code else _TISSUE)
    description = highdicom.seg.SegmentDescription(
        segment_number=number,
        segment_label=one_line(label.name, 64),
        segmented_property_category=_coded(category),
        segmented_property_type=_coded(kind),
        algorithm_type=origin.algorithm_type,
        algorithm_identification=algorithm,
        tracking_uid=highdicom.UID(),
        tracking_id=one_line(f"label {label.id}: {label.name}", 64),
        display_color=highdicom.color.CIELabColor.from_rgb(*label.color),
    )
    if label.modifier is not None:
        type_item = description.SegmentedPropertyTypeCodeSequence[0]
        type_item.SegmentedPropertyTypeModifierCodeSequence = [_coded(label.modifier)]
    return description


def _coded(code: Code) -> Any:
    import highdicom

    return highdicom.sr.CodedConcept(code.value, code.scheme, code.meaning)


FORMAT = Format(
    "DICOM SEG",
    (".dcm",),
    read_labels=read_labels,
    write_labels=write_labels,
    matches=is_dicom,
    needs_source=True,
    holds_labels=is_segmentation,
)
