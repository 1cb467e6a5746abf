"""DICOM Segmentation (PS3.3 A.51) to a label map, by source image or by plane position."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medview.core.errors import MedviewError
from medview.core.geometry import Geometry
from medview.core.labelmap import LabelArray, LabelMap
from medview.core.labels import Color, Label, LabelTable, default_color
from medview.core.volume import Message, Volume
from medview.formats.dicom_seg_frames import KIND, Frame, frames_of, load, pixel_reader
from medview.formats.dicom_source import code_of
from medview.formats.file_errors import unreadable
from medview.formats.label_files import empty_labels, fit_to_reference, numbered_by_name

_SAME_PLACE_MM = 0.1
_PROBABLE = 0.5  # of a FRACTIONAL segment's maximum

Slices = Sequence[int | None]


def read_labels(
    path: Path,
    reference: Volume | None = None,
    *,
    table: LabelTable | None = None,
    messages: list[Message] | None = None,
) -> LabelMap:
    """Read BINARY, FRACTIONAL (from 0.5 up) and LABELMAP segmentations as one label map.

    Each frame goes to the slice of ``reference`` that it names as its source or whose plane it
    has (within 0.1 mm); without a reference, or when no frame fits it, the frames make their own
    grid. Segments become label ids 1..n in the order of their numbers; a segment with the name
    of a label in ``table`` takes that label's id. Overlaps: the later segment wins, with the
    message "segments-overlap"; frames off the reference: "frames-outside".
    Raises MedviewError "file-unreadable", "not-a-segmentation" or "no-geometry".
    """
    path = Path(path)
    notes = messages if messages is not None else []
    dataset = load(path)
    frames = frames_of(dataset, path)
    labels, id_of = _labels(dataset, table)
    slices = None if reference is None else _slices_of(frames, reference, dataset)
    if slices is not None and reference is not None:
        geometry = reference.geometry
        missed = sum(index is None for index in slices)
        if missed:
            notes.append(
                Message(
                    "frames-outside",
                    f"{missed} of {len(frames)} frames of {path.name} belong to no slice of the "
                    "image and are left out.",
                    files=(str(path),),
                )
            )
    else:
        geometry, slices = _own_grid(frames, dataset, path)
    voxels = _fill(geometry, slices, frames, dataset, id_of, path, notes)
    labelmap = LabelMap(geometry, labels, voxels)
    if reference is None or geometry is reference.geometry:
        return labelmap
    return fit_to_reference(labelmap, reference, path, notes)


def _labels(dataset: Any, table: LabelTable | None) -> tuple[LabelTable, dict[int, int]]:
    """(the table, segment number -> label id)."""
    found = []
    segments = sorted(dataset.get("SegmentSequence") or [], key=lambda one: int(one.SegmentNumber))
    for segment in segments:
        number = int(segment.SegmentNumber)
        if number == 0:  # a LABELMAP may describe its background
            continue
        name = str(segment.get("SegmentLabel", "")).strip() or f"segment {number}"
        found.append((number, name, partial(_label, segment, name)))
    return numbered_by_name(found, table)


def _label(segment: Any, name: str, label_id: int) -> Label:
    kind = (segment.get("SegmentedPropertyTypeCodeSequence") or [None])[0]
    modifiers = kind.get("SegmentedPropertyTypeModifierCodeSequence") if kind is not None else None
    return Label(
        label_id,
        name,
        _color(segment) or default_color(label_id),
        code=code_of(kind),
        category=code_of((segment.get("SegmentedPropertyCategoryCodeSequence") or [None])[0]),
        modifier=code_of((modifiers or [None])[0]),
    )


def _color(segment: Any) -> Color | None:
    import highdicom

    stored = segment.get("RecommendedDisplayCIELabValue")
    if stored is None or len(stored) != 3:
        return None
    red, green, blue = highdicom.color.CIELabColor.from_dicom_value(
        tuple(int(value) for value in stored)
    ).to_rgb()
    return (int(red), int(green), int(blue))


def _slices_of(frames: list[Frame], reference: Volume, dataset: Any) -> list[int | None] | None:
    """The reference's slice of each frame; None when no frame has one."""
    if reference.geometry.shape[1:] != (int(dataset.Rows), int(dataset.Columns)):
        return None
    by_source = _slices_by_source(reference)
    indices: list[int | None] = []
    for frame in frames:
        index = _slice_by_source(frame, by_source, reference.geometry)
        if index is None:
            index = slice_by_plane(frame.plane, reference.geometry, _SAME_PLACE_MM)
        indices.append(index)
    return None if all(index is None for index in indices) else indices


def _slices_by_source(reference: Volume) -> dict[tuple[str, int | None], int]:
    """(SOP instance UID, frame) -> slice; the frame is None too for single-frame files."""
    source = reference.source
    if source is None:
        return {}
    numbers: Sequence[int] = source.frames or (1,) * len(source.sop_instance_uids)
    found: dict[tuple[str, int | None], int] = {}
    several = len(set(source.sop_instance_uids)) < len(source.sop_instance_uids)
    for index, (uid, number) in enumerate(zip(source.sop_instance_uids, numbers, strict=True)):
        found[uid, number] = index
        if not several:
            found[uid, None] = index
    return found


def _slice_by_source(
    frame: Frame, by_source: dict[tuple[str, int | None], int], geometry: Geometry
) -> int | None:
    if frame.source is None:
        return None
    index = by_source.get(frame.source)
    if index is None or frame.plane is None or not geometry.calibrated:
        return index
    # A resampled frame can name a source whose pixels it does not share: half a pixel decides.
    # Not along the slices, which the volume's grid spaces evenly where the series does not.
    corners = _corners(geometry)
    places = geometry.to_voxel(corners @ frame.plane[:3, :3].T + frame.plane[:3, 3])
    return index if np.abs(places - corners)[:, 1:].max() < 0.5 else None


def slice_by_plane(
    plane: NDArray[np.float64] | None, geometry: Geometry, tolerance_mm: float
) -> int | None:
    """The slice whose pixels lie on the plane's, corner by corner; None when none does."""
    if plane is None or not geometry.calibrated:
        return None
    corners = _corners(geometry)
    places = corners @ plane[:3, :3].T + plane[:3, 3]
    index = int(np.round(geometry.to_voxel(places[0])[0]))
    if not 0 <= index < geometry.shape[0]:
        return None
    apart = np.abs(geometry.to_patient(corners + np.array((index, 0, 0))) - places).max()
    return index if apart <= tolerance_mm else None


def _corners(geometry: Geometry) -> NDArray[np.float64]:
    """The corner voxels of the first slice."""
    _, rows, columns = geometry.shape
    return np.array([[0, r, c] for r in (0, rows - 1) for c in (0, columns - 1)], dtype=float)


def _own_grid(frames: list[Frame], dataset: Any, path: Path) -> tuple[Geometry, list[int | None]]:
    """A regular grid through the frames' planes, and the slice of each frame."""
    rows, columns = int(dataset.Rows), int(dataset.Columns)
    planes = [frame.plane for frame in frames if frame.plane is not None]
    if not planes:
        if len({frame.segment for frame in frames}) == len(frames):
            return Geometry.uncalibrated((1, rows, columns)), [0] * len(frames)
        raise _no_geometry(path, "its frames have no positions")
    first = planes[0]
    if len(planes) < len(frames) or any(
        np.abs(plane[:3, :3] - first[:3, :3]).max() > 1e-3 for plane in planes
    ):
        raise _no_geometry(path, "its frames lie in planes that are not parallel")
    normal = np.cross(first[:3, 2], first[:3, 1])
    normal /= np.linalg.norm(normal)
    heights = np.array([plane[:3, 3] @ normal for plane in planes])
    spacing, count = _spacing(heights, dataset, path)
    low, high = int(heights.argmin()), int(heights.argmax())
    step = normal * spacing
    if count > 1:  # along the positions, so that a tilted gantry keeps its shear
        step = (planes[high][:3, 3] - planes[low][:3, 3]) / (count - 1)
    affine = first.copy()
    affine[:3, 0], affine[:3, 3] = step, planes[low][:3, 3]
    try:
        geometry = Geometry((count, rows, columns), affine)
    except ValueError as error:
        raise _no_geometry(path, str(error)) from error
    return geometry, [int(n) for n in np.round((heights - heights.min()) / spacing)]


def _spacing(heights: NDArray[np.float64], dataset: Any, path: Path) -> tuple[float, int]:
    """(distance of slices, their number); empty slices in between need no frames."""
    ordered = np.sort(heights)
    steps = np.diff(ordered)
    steps = steps[steps > 0.01]
    shared = (dataset.get("SharedFunctionalGroupsSequence") or [{}])[0]
    measures = (shared.get("PixelMeasuresSequence") or [{}])[0]
    said = measures.get("SpacingBetweenSlices") or measures.get("SliceThickness")
    candidates = [float(said)] if said else []
    if steps.size:
        candidates.append(float(steps.min()))
    for spacing in candidates:
        if spacing <= 0:
            continue
        places = (ordered - ordered[0]) / spacing
        if np.abs(places - np.round(places)).max() * spacing <= _SAME_PLACE_MM:
            return spacing, int(np.round(places[-1])) + 1
    if not steps.size:
        return 1.0, 1
    raise _no_geometry(path, "its frames are not evenly spaced")


def _fill(
    geometry: Geometry,
    slices: Slices,
    frames: list[Frame],
    dataset: Any,
    id_of: dict[int, int],
    path: Path,
    messages: list[Message],
) -> LabelArray:
    """The label voxels: frames in the order of their segments, so that later ones win."""
    largest = max(id_of.values(), default=0)
    voxels = empty_labels(geometry.shape, largest)
    pixels = pixel_reader(dataset, len(frames), path)
    covered = 0
    order = sorted(range(len(frames)), key=lambda n: (frames[n].segment or 0, n))
    for number in order:
        index = slices[number]
        if index is None:
            continue
        for segment, inside in _segments_in(pixels(number), frames[number], dataset):
            label_id = id_of.get(segment)
            if label_id is None:
                raise unreadable(
                    path, KIND, f"a frame belongs to segment {segment}, which is missing"
                )
            here = voxels[index]
            covered += int(np.count_nonzero(here[inside & (here != label_id)]))
            here[inside] = label_id
    if covered:
        messages.append(
            Message(
                "segments-overlap",
                f"Segments of {path.name} overlap in {covered} voxels; the later one is kept.",
                files=(str(path),),
            )
        )
    return voxels


def _segments_in(
    pixels: NDArray[Any], frame: Frame, dataset: Any
) -> Iterator[tuple[int, NDArray[np.bool_]]]:
    """(segment number, its pixels) of one frame."""
    if frame.segment is not None:
        if dataset.get("SegmentationType") == "FRACTIONAL":
            threshold = _PROBABLE * float(dataset.get("MaximumFractionalValue", 255))
            yield frame.segment, pixels >= max(threshold, 1)
        else:
            yield frame.segment, pixels != 0
        return
    background = int(dataset.get("PixelPaddingValue", 0) or 0)
    for value in np.unique(pixels):
        if int(value) not in (0, background):
            yield int(value), pixels == value


def _no_geometry(path: Path, reason: str) -> MedviewError:
    return MedviewError(
        f"{path} makes no volume by itself: {reason}.",
        hint="Open its images first and attach it to them.",
        code="no-geometry",
    )
