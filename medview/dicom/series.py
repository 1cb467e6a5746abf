"""Splits a series into volumes that are one grid each, in patient order (DICOM.md rules 2 to 4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from medview.core.geometry import Floats, Geometry
from medview.core.volume import Message
from medview.dicom.header import FrameRef, PixelFormat
from medview.dicom.header_notes import header_notes, no_place_message
from medview.dicom.index import SeriesEntry
from medview.dicom.phases import Phase, order_key, split_phases

_SAME_DIRECTION = 2e-3  # of a direction cosine: 0.1 degree
_SAME_PLACE_MM = 0.01
_EVEN_SHARE = 0.01
_TILT_DEGREES = 0.1
_FILES_NAMED = 20


@dataclass(frozen=True, eq=False)
class VolumePlan:
    """A volume that can be loaded: its frames in slice order, its geometry, what to know about it.

    ``index`` counts the volumes of the series, biggest first. Plans of one ``phase_set`` lie on one
    grid and differ in ``phase_name`` ("b-value 800"), in the order of ``phase_position``, from 0:
    a slider can go through them. None: the volume is no phase of anything.
    """

    entry: SeriesEntry
    index: int
    name: str
    geometry: Geometry
    frames: tuple[FrameRef, ...]
    messages: tuple[Message, ...]
    phase_set: int | None = None
    phase_position: int = 0
    phase_name: str = ""

    @property
    def pixel(self) -> PixelFormat:
        """The pixel format of the first slice (matrix and samples are the same in all)."""
        pixel = self.frames[0].header.pixel
        assert pixel is not None  # only frames with pixels are planned
        return pixel


def split_volumes(entry: SeriesEntry) -> list[VolumePlan]:
    """The volumes of an image series, biggest first; an empty list for other kinds.

    Slices run along the normal of their orientation (cross product of the row and the column
    direction), like SimpleITK's; the affine comes from the positions alone.
    """
    if entry.kind != "image":
        return []
    drafts: list[_Draft] = []
    for number, group in enumerate(_uniform_groups(entry)):
        drafts += _drafts(group, number)
    drafts.sort(key=lambda draft: (-len(draft.frames), order_key(draft.frames[0])))
    plans = []
    for index, draft in enumerate(drafts):
        parts = [entry.series_description or entry.modality or "series", draft.name]
        if len(drafts) > 1 and not draft.name:
            parts.append(f"part {index + 1}")
        plans.append(
            VolumePlan(
                entry,
                index,
                " · ".join(part for part in parts if part),
                draft.geometry,
                tuple(draft.frames),
                tuple(draft.messages + header_notes(draft.frames)),
                draft.phase_set,
                draft.phase_position,
                draft.name if draft.phase_set is not None else "",
            )
        )
    return plans


@dataclass
class _Draft:
    frames: list[FrameRef]
    geometry: Geometry
    name: str
    messages: list[Message]
    phase_set: int | None = None
    phase_position: int = 0


def _uniform_groups(entry: SeriesEntry) -> list[list[FrameRef]]:
    """Frames that agree in everything a single grid needs, apart from position."""
    groups: dict[tuple[object, ...], list[FrameRef]] = defaultdict(list)
    directions: list[Floats] = []
    for header in entry.headers:
        pixel = header.pixel
        if pixel is None:
            continue
        for number, info in enumerate(header.frames, start=1):
            placed = info.position is not None and _valid_orientation(info.orientation)
            placed = placed and _valid_spacing(info.spacing)
            base = (pixel.rows, pixel.columns, pixel.is_color, header.patient_id)
            if placed and info.spacing is not None and info.orientation is not None:
                spacing = tuple(round(value, 4) for value in info.spacing)
                direction = _direction_index(directions, np.array(info.orientation))
                key: tuple[object, ...] = (
                    *base,
                    header.frame_of_reference_uid,
                    spacing,
                    direction,
                    info.stack,
                )
            else:
                # frames without a place stack only with their own file's
                size = info.spacing if _valid_spacing(info.spacing) else info.aspect
                own = header.path if len(header.frames) > 1 else "unplaced"
                key = (*base, own, tuple(round(value, 4) for value in size or ()))
            groups[key].append(FrameRef(header, number))
    return list(groups.values())


def _valid_orientation(orientation: tuple[float, ...] | None) -> bool:
    """Two unit vectors at a right angle, as far as a DS can say it."""
    if orientation is None:
        return False
    row, column = np.array(orientation[:3]), np.array(orientation[3:])
    lengths = np.array([np.linalg.norm(row), np.linalg.norm(column)])
    return bool(np.abs(lengths - 1.0).max() < 0.02 and abs(float(row @ column)) < 0.02)


def _valid_spacing(spacing: tuple[float, float] | None) -> bool:
    return spacing is not None and min(spacing) > 0


def _direction_index(known: list[Floats], direction: Floats) -> int:
    for index, other in enumerate(known):
        if np.abs(other - direction).max() < _SAME_DIRECTION:
            return index
    known.append(direction)
    return len(known) - 1


def _is_placed(frame: FrameRef) -> bool:
    info = frame.info
    return (
        info.position is not None
        and _valid_orientation(info.orientation)
        and _valid_spacing(info.spacing)
    )


def _drafts(group: list[FrameRef], number: int) -> list[_Draft]:
    """The volumes of frames that agree in all but position; ``number`` names their phase set."""
    if not _is_placed(group[0]):
        return [_unplaced(group)]
    row, column = _axes(group[0])
    normal = np.cross(row, column)
    depths = np.array([float(np.dot(frame.info.position or (0, 0, 0), normal)) for frame in group])
    order = np.argsort(depths, kind="stable")
    places = np.zeros(len(group), dtype=int)
    places[order] = np.concatenate([[0], np.cumsum(np.diff(depths[order]) > _SAME_PLACE_MM)])
    if len(group) > 2 and places.max() == 0:
        return [_all_at_one_place(group)]
    drafts = []
    for phase in split_phases(group, [int(place) for place in places]):
        draft = _grid(list(phase.frames), row, column)
        draft.name = phase.name
        draft.messages += _phase_messages(phase, group, places)
        drafts.append(draft)
    on_one_grid = all(draft.geometry.is_close(drafts[0].geometry) for draft in drafts)
    if len(drafts) > 1 and on_one_grid:
        for position, draft in enumerate(drafts):
            draft.phase_set, draft.phase_position = number, position
    return drafts


def _axes(frame: FrameRef) -> tuple[Floats, Floats]:
    """Unit LPS vectors toward the next column and toward the next row."""
    orientation = np.array(frame.info.orientation)
    row = orientation[:3] / np.linalg.norm(orientation[:3])
    column = orientation[3:] - row * float(orientation[3:] @ row)
    return row, column / np.linalg.norm(column)


def _grid(frames: list[FrameRef], row: Floats, column: Floats) -> _Draft:
    """Sort frames along the normal and build the geometry, shear kept."""
    normal = np.cross(row, column)
    frames.sort(key=lambda frame: float(np.dot(frame.info.position or (0, 0, 0), normal)))
    positions = np.array([frame.info.position for frame in frames], dtype=np.float64)
    info, pixel = frames[0].info, frames[0].header.pixel
    assert info.spacing is not None  # placed frames have both
    assert pixel is not None
    messages: list[Message] = []
    if len(frames) > 1:
        step = (positions[-1] - positions[0]) / (len(frames) - 1)
        messages += _spacing_messages(frames, positions, normal)
        step, tilt = _straighten(step, normal, messages)
        messages += tilt
    else:
        thickness = info.thickness or 0.0
        step = normal * (thickness if thickness > 0 else 1.0)
        if thickness <= 0:
            text = "The thickness of the slice is not given, so there is no volume in ml."
            messages.append(Message("no-thickness", text, "note"))
    affine = np.eye(4)
    affine[:3, 0], affine[:3, 1], affine[:3, 2] = (
        step, column * info.spacing[0], row * info.spacing[1],
    )  # fmt: skip
    affine[:3, 3] = positions[0]
    geometry = Geometry((len(frames), pixel.rows, pixel.columns), affine)
    return _Draft(frames, geometry, "", messages)


def _straighten(step: Floats, normal: Floats, known: list[Message]) -> tuple[Floats, list[Message]]:
    """The step between slices, on the normal when it is within rounding of it."""
    along = float(step @ normal)
    degrees = float(np.degrees(np.arctan2(np.linalg.norm(step - along * normal), along)))
    if degrees < _TILT_DEGREES:
        return step, []
    if any(message.code == "off-line" for message in known):
        return normal * along, []
    text = (
        f"The slices are shifted against each other by {degrees:.1f}° (gantry tilt); "
        "positions and volumes are right, other planes look sheared."
    )
    return step, [Message("gantry-tilt", text)]


def _spacing_messages(frames: list[FrameRef], positions: Floats, normal: Floats) -> list[Message]:
    """What is wrong with the distances: missing slices, uneven spacing, slices off the line."""
    messages = []
    gaps = np.diff(positions @ normal)
    usual = float(np.median(gaps))
    tolerance = max(_SAME_PLACE_MM, _EVEN_SHARE * usual)
    wrong = np.flatnonzero(np.abs(gaps - usual) > tolerance)
    if wrong.size:
        worst = int(wrong[np.argmax(np.abs(gaps[wrong] - usual))])
        between = f"between {frames[worst].path.name} and {frames[worst + 1].path.name}"
        files = (frames[worst].path.name, frames[worst + 1].path.name)
        ratios = gaps[wrong] / usual
        whole = np.abs(ratios - np.rint(ratios)) < 0.05
        if bool(np.all(whole & (ratios > 1.5))):
            lost = int(np.rint(ratios).sum()) - wrong.size
            text = (
                f"{lost} slice(s) are missing: {gaps[worst]:.2f} mm {between} "
                f"instead of {usual:.2f} mm."
            )
            messages.append(Message("missing-slices", text, files=files))
        else:
            text = (
                f"The slices are unevenly spaced: {gaps[worst]:.2f} mm {between}, "
                f"usually {usual:.2f} mm. Volumes and other planes are not reliable."
            )
            messages.append(Message("uneven-spacing", text, files=files))
    sideways = positions - np.outer(positions @ normal, normal)
    share = np.linspace(0.0, 1.0, len(frames))[:, None]
    line = sideways[0] + share * (sideways[-1] - sideways[0])
    apart = np.linalg.norm(sideways - line, axis=1)
    if float(apart.max()) > 0.5 * usual and float(apart.max()) > 1.0:
        name = frames[int(apart.argmax())].path.name
        text = f"The slices do not lie in line: {name} is {apart.max():.1f} mm beside it."
        messages.append(Message("off-line", text, files=(name,)))
    return messages


def _phase_messages(phase: Phase, group: Sequence[FrameRef], places: Floats) -> list[Message]:
    if phase.told_apart_by in ("nothing-repeats", "attribute"):
        return []
    if phase.told_apart_by == "order":
        text = "Each position occurs several times; the slices were told apart by their order."
        return [Message("phases-by-order", text, "note")]
    seen: dict[int, list[str]] = defaultdict(list)
    for frame, place in zip(group, places, strict=True):
        seen[int(place)].append(frame.path.name)
    names = sorted({n for twins in seen.values() if len(twins) > 1 for n in twins})
    text = "Slices lie at the same position and nothing tells them apart: " + ", ".join(names[:4])
    return [Message("duplicate-position", text, files=tuple(names[:_FILES_NAMED]))]


def _all_at_one_place(group: list[FrameRef]) -> _Draft:
    """Many frames in one plane (a cine, a time series): a stack over time, no volume."""
    draft = _unplaced(group)
    text = "All slices lie at one position: shown in their order, without a third dimension."
    draft.messages = [
        Message("one-position", text, files=tuple(f.path.name for f in draft.frames[:_FILES_NAMED]))
    ]
    return draft


def _unplaced(group: list[FrameRef]) -> _Draft:
    """Frames without a place in the patient, in the order of their numbers."""
    frames = sorted(group, key=order_key)
    pixel, info = frames[0].header.pixel, frames[0].info
    assert pixel is not None  # groups hold only frames with pixels
    shape = (len(frames), pixel.rows, pixel.columns)
    message = no_place_message(frames)
    if info.spacing is not None and _valid_spacing(info.spacing):
        geometry = Geometry.flat(shape, *info.spacing)
    else:
        geometry = Geometry.flat(shape, *info.aspect, plane_in_mm=False)
    return _Draft(frames, geometry, "", [message])
