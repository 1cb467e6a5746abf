"""DICOM RT Structure Set (PS3.3 A.19) to a label map on the grid of the series it was drawn on."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medview.core.errors import MedviewError
from medview.core.geometry import Geometry
from medview.core.labelmap import LabelMap
from medview.core.labels import Color, Label, LabelTable, default_color
from medview.core.volume import Message, Volume
from medview.formats.contour_fill import Mask, fill
from medview.formats.dicom_source import code_of
from medview.formats.file_errors import read_dataset, unreadable
from medview.formats.label_files import empty_labels, numbered_by_name

CONTOUR_DATA = 0x30060050
_STRUCTURE_SET = "1.2.840.10008.5.1.4.1.1.481.3"
_AREAS = ("CLOSED_PLANAR", "CLOSEDPLANAR_XOR")
_FLAT_SLICES = 0.5  # a contour that spans more slices was drawn in another plane
_SAME_PLANE_SLICES = 0.01

Planes = dict[int, dict[float, list[NDArray[np.float64]]]]  # slice -> height -> contours


@dataclass
class _Roi:
    """One structure on the grid: its contours by slice, and what was not taken."""

    planes: Planes = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    left_out: Counter[str] = field(default_factory=Counter)


def is_structure_set(path: Path) -> bool:
    """Does the file say it is an RT Structure Set? False for anything that cannot be read."""
    import pydicom

    try:
        header = pydicom.dcmread(path, stop_before_pixels=True, specific_tags=["SOPClassUID"])
    except Exception:  # noqa: BLE001 - any file at all may be asked about
        return False
    return bool(header.get("SOPClassUID") == _STRUCTURE_SET)


def read_labels(
    path: Path,
    reference: Volume | None = None,
    *,
    table: LabelTable | None = None,
    messages: list[Message] | None = None,
) -> LabelMap:
    """Read the closed contours of a structure set as labels on the reference's grid.

    A voxel belongs to a structure when its centre lies inside (see
    `medview.formats.contour_fill.fill`). A contour goes to the slice of the image that it names,
    else to the nearest slice; of contours at several heights for one slice the nearest are taken.
    Nothing is interpolated between slices. ROIs become label ids 1..n in the file's order; one
    with the name of a label in ``table`` takes that label's id. One voxel has one label: where
    ROIs overlap the later one is kept ("segments-overlap"). What was left out is said:
    "contours-outside", "contours-between", "contours-not-in-plane", "contours-open", "roi-empty",
    "contours-repeated", "contours-sparse" (a note).
    Raises MedviewError "no-reference" without an image, "other-frame-of-reference" for an image
    of another patient space, "file-missing", "file-unreadable", "not-a-structure-set" or
    "contours-outside" when no contour lies on the image at all.
    """
    path = Path(path)
    notes = messages if messages is not None else []
    dataset = _load(path)
    if reference is None:
        raise _no_reference(path, dataset)
    if not reference.geometry.calibrated:
        raise _elsewhere(path, "the image has no positions in millimetres")
    _check_space(dataset, reference, path)
    try:
        labels, id_of = _labels(dataset, table)
        slices = _slices_by_image(reference)
        rois = {
            int(item.ReferencedROINumber): _roi(item, reference.geometry, slices)
            for item in dataset.get("ROIContourSequence") or []
        }
    except (AttributeError, TypeError, ValueError, KeyError, IndexError) as error:
        raise unreadable(path, "a structure set", str(error)) from error
    if rois and not any(roi.planes for roi in rois.values()) and _count(rois, "outside"):
        raise _elsewhere(path, "all its contours lie outside the image")
    labelmap = _paint(reference.geometry, labels, id_of, rois, path, notes)
    _tell(rois, labels, id_of, path, notes)
    return labelmap


def _load(path: Path) -> Any:
    dataset = read_dataset(path, "a structure set", _not_a_structure_set)
    if dataset.get("SOPClassUID") != _STRUCTURE_SET:
        raise _not_a_structure_set(path, f"it is {dataset.get('Modality', '') or 'another object'}")
    return dataset


def _labels(dataset: Any, table: LabelTable | None) -> tuple[LabelTable, dict[int, int]]:
    """(the table, ROI number -> label id)."""
    colors = {
        int(item.ReferencedROINumber): item.get("ROIDisplayColor")
        for item in dataset.get("ROIContourSequence") or []
    }
    observations = {
        int(item.ReferencedROINumber): item
        for item in dataset.get("RTROIObservationsSequence") or []
    }
    found = []
    for roi in dataset.get("StructureSetROISequence") or []:
        number = int(roi.ROINumber)
        observation = observations.get(number, {})
        name = str(roi.get("ROIName") or "").strip()
        name = name or str(observation.get("ROIObservationLabel") or "").strip() or f"ROI {number}"
        make = partial(_label, name, _color(colors.get(number)), observation)
        found.append((number, name, make))
    return numbered_by_name(found, table)


def _label(name: str, color: Color | None, observation: Any, label_id: int) -> Label:
    kind = (observation.get("RTROIIdentificationCodeSequence") or [None])[0]
    modifiers = kind.get("SegmentedPropertyTypeModifierCodeSequence") if kind is not None else None
    return Label(
        label_id,
        name,
        color or default_color(label_id),
        code=code_of(kind),
        modifier=code_of((modifiers or [None])[0]),
    )


def _color(stored: Any) -> Color | None:
    if stored is None or isinstance(stored, str | int) or len(stored) != 3:
        return None
    red, green, blue = (min(max(int(value), 0), 255) for value in stored)
    return red, green, blue


def _roi(item: Any, geometry: Geometry, slices: dict[str, int]) -> _Roi:
    """Sort one ROI's contours by slice, in voxels."""
    roi = _Roi()
    for contour in item.get("ContourSequence") or []:
        if str(contour.get("ContourGeometricType", "")) not in _AREAS:
            roi.left_out["open"] += 1
            continue
        points = geometry.to_voxel(_points(contour))
        heights = points[:, 0]
        if not len(points):
            continue
        if not np.isfinite(points).all() or np.ptp(heights) > _FLAT_SLICES:
            roi.left_out["not-in-plane"] += 1
            continue
        height = float(heights.mean())
        index = _slice(contour, height, slices)
        if 0 <= index < geometry.shape[0]:
            level = round(height / _SAME_PLANE_SLICES) * _SAME_PLANE_SLICES
            roi.planes[index][level].append(points[:, 1:])
        else:
            roi.left_out["outside"] += 1
    return roi


def _points(contour: Any) -> NDArray[np.float64]:
    """Contour Data as (n, 3) LPS mm, from its bytes: pydicom's numbers take ten times as long."""
    element = contour.get_item(CONTOUR_DATA)
    value = b"" if element is None or element.value is None else element.value
    numbers = value.split(b"\\") if isinstance(value, bytes) else list(value)
    if value == b"":
        numbers = []
    points = np.array(numbers, dtype="S" if isinstance(value, bytes) else float)
    return points.astype(np.float64).reshape(-1, 3)


def _slice(contour: Any, height: float, slices: dict[str, int]) -> int:
    """The slice of the image that the contour names, unless it lies nearer to another."""
    images = contour.get("ContourImageSequence") or []
    named = slices.get(str(images[0].get("ReferencedSOPInstanceUID", ""))) if images else None
    # a series of uneven slices lies up to a slice beside the volume's even grid
    return named if named is not None and abs(named - height) < 1 else int(np.floor(height + 0.5))


def _slices_by_image(reference: Volume) -> dict[str, int]:
    """SOP instance UID -> slice, for files of one frame."""
    uids = reference.source.sop_instance_uids if reference.source is not None else ()
    once = Counter(uids)
    return {uid: index for index, uid in enumerate(uids) if once[uid] == 1}


def _check_space(dataset: Any, reference: Volume, path: Path) -> None:
    """MedviewError unless the set names this series, one of its images, or its patient space."""
    source = reference.source
    if source is None:
        return  # no UIDs to compare: the positions decide
    series, frames, images = _references(dataset)
    if source.series_uid in series or not images.isdisjoint(source.sop_instance_uids):
        return
    if source.frame_of_reference_uid and source.frame_of_reference_uid in frames:
        return
    if not series and not frames and not images:
        return
    wanted = f" It belongs to the series {', '.join(sorted(series))}." if series else ""
    raise MedviewError(
        f"{path.name} was drawn in another patient space than this image.{wanted}",
        hint="Open the series it was drawn on.",
        code="other-frame-of-reference",
    )


def _references(dataset: Any) -> tuple[set[str], set[str], set[str]]:
    """(series, frames of reference, images) that a structure set names."""
    series: set[str] = set()
    frames: set[str] = set()
    images: set[str] = set()
    for frame in dataset.get("ReferencedFrameOfReferenceSequence") or []:
        frames.add(str(frame.get("FrameOfReferenceUID", "")))
        for study in frame.get("RTReferencedStudySequence") or []:
            for one in study.get("RTReferencedSeriesSequence") or []:
                series.add(str(one.get("SeriesInstanceUID", "")))
                images |= {
                    str(image.get("ReferencedSOPInstanceUID", ""))
                    for image in one.get("ContourImageSequence") or []
                }
    for roi in dataset.get("StructureSetROISequence") or []:
        frames.add(str(roi.get("ReferencedFrameOfReferenceUID", "")))
    return series - {""}, frames - {""}, images - {""}


def _paint(
    geometry: Geometry,
    labels: LabelTable,
    id_of: dict[int, int],
    rois: dict[int, _Roi],
    path: Path,
    messages: list[Message],
) -> LabelMap:
    """ROIs in the order of the structure set, so that later ones win."""
    voxels = empty_labels(geometry.shape, max(id_of.values(), default=0))
    covered = 0
    for number, label_id in id_of.items():
        roi = rois.get(number)
        for index, heights in roi.planes.items() if roi is not None else ():
            assert roi is not None
            inside = _plane(heights, index, roi, geometry.shape[1:])
            here = voxels[index]
            covered += int(np.count_nonzero(here[inside & (here != label_id)]))
            here[inside] = label_id
    if covered:
        text = f"Structures of {path.name} overlap in {covered} voxels; the later one is kept."
        messages.append(Message("segments-overlap", text, files=(str(path),)))
    return LabelMap(geometry, labels, voxels)


def _plane(
    heights: dict[float, list[NDArray[np.float64]]], index: int, roi: _Roi, shape: tuple[int, ...]
) -> Mask:
    nearest = min(heights, key=lambda height: (abs(height - index), height))
    roi.left_out["between"] += sum(len(heights[h]) for h in heights if h != nearest)
    inside, copies = fill(heights[nearest], (shape[0], shape[1]))
    roi.left_out["repeated"] += copies
    return inside


_WORDS = {
    "outside": "contours lie outside the image and are left out",
    "between": "contours lie between slices that have nearer ones and are left out",
    "not-in-plane": "contours lie across the slices of the image and are left out",
    "open": "points and open lines enclose nothing and are left out",
}


def _count(rois: dict[int, _Roi], what: str) -> int:
    return sum(roi.left_out[what] for roi in rois.values())


def _tell(
    rois: dict[int, _Roi],
    labels: LabelTable,
    id_of: dict[int, int],
    path: Path,
    messages: list[Message],
) -> None:
    """Say what was left out, and where contours stand further apart than slices."""
    files = (str(path),)
    for what, words in _WORDS.items():
        if count := _count(rois, what):
            text = f"{count} {words} ({path.name})."
            messages.append(Message(f"contours-{what}", text, files=files))
    if count := _count(rois, "repeated"):
        text = f"{count} contours of {path.name} are there twice and count once."
        messages.append(Message("contours-repeated", text, "note", files))
    empty, sparse = [], []
    for number, label_id in id_of.items():
        roi = rois.get(number, _Roi())
        name = labels[label_id].name
        if not roi.planes:
            empty.append(name)
        elif len(roi.planes) < max(roi.planes) - min(roi.planes) + 1:
            between = max(roi.planes) - min(roi.planes) + 1 - len(roi.planes)
            sparse.append(f"{name} ({between})")
    if empty:
        text = f"Without a contour on this image: {', '.join(empty)}."
        messages.append(Message("roi-empty", text, "note", files))
    if sparse:
        text = (
            f"Slices without a contour between others, left empty: {', '.join(sparse)}. "
            "Interpolate them if the structure goes on there."
        )
        messages.append(Message("contours-sparse", text, "note", files))


def _no_reference(path: Path, dataset: Any) -> MedviewError:
    series = sorted(_references(dataset)[0])
    return MedviewError(
        f"{path} holds contours, which need the image they were drawn on.",
        hint=f"Its series is {', '.join(series)}." if series else "Name the image.",
        code="no-reference",
    )


def _elsewhere(path: Path, reason: str) -> MedviewError:
    return MedviewError(
        f"{path} cannot be laid over this image: {reason}.",
        hint="Open the series it was drawn on.",
        code="contours-outside",
    )


def _not_a_structure_set(path: Path, reason: str) -> MedviewError:
    return MedviewError(
        f"{path} is not an RT Structure Set: {reason}.",
        hint="Choose a file of the modality RTSTRUCT.",
        code="not-a-structure-set",
    )
