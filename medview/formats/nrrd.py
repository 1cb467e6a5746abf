"""NRRD images and label maps (teem.sourceforge.net/nrrd), with the segments of 3D Slicer."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medview.core.atomic import atomic_path
from medview.core.errors import MedviewError
from medview.core.geometry import Geometry
from medview.core.labelmap import LabelArray, LabelMap
from medview.core.labels import LabelTable
from medview.core.volume import Message, Volume
from medview.formats.file_errors import not_3d, unreadable
from medview.formats.label_files import (
    as_label_voxels,
    empty_labels,
    fit_to_reference,
    present_ids,
    table_for,
)
from medview.formats.nrrd_segments import Segment, fields_of, segments_in
from medview.formats.registry import Format
from medview.formats.voxel_values import modality_values, volume_of_file

# the header's space to LPS; NRRD0005 "space", long and short names
_TO_LPS = {
    "left-posterior-superior": (1.0, 1.0, 1.0),
    "lps": (1.0, 1.0, 1.0),
    "right-anterior-superior": (-1.0, -1.0, 1.0),
    "ras": (-1.0, -1.0, 1.0),
    "left-anterior-superior": (1.0, -1.0, 1.0),
    "las": (1.0, -1.0, 1.0),
}
_LARGEST_RATIO = {"raw": 1, "gzip": 1100, "gz": 1100}  # deflate cannot do better than about 1032
_COLOR_KINDS = {"rgb-color", "rgba-color"}


def read_volume(path: Path) -> Volume:
    """Read an image: int16 where the values are whole and fit, else float32; RGB as uint8.

    Of a file with a fourth axis the first volume is read and a message says so.
    Raises MedviewError "file-unreadable" or "not-3d".
    """
    path = Path(path)
    messages: list[Message] = []
    stored, header = _read(path)
    geometry = _geometry(header, path, messages)
    layers = _layers(stored, header, path)
    kinds = [str(kind).lower() for kind in header.get("kinds", [])]
    voxels: NDArray[Any]
    if _COLOR_KINDS & set(kinds) and stored.dtype == np.uint8 and len(layers) >= 3:
        voxels = np.stack(layers[:3], axis=-1)
    else:
        if len(layers) > 1:
            messages.append(
                Message(
                    "first-volume-only",
                    f"{path.name} holds {len(layers)} volumes; the first one is shown.",
                    files=(str(path),),
                )
            )
        voxels = modality_values(layers[0], 1.0, 0.0, path)
    return volume_of_file(voxels, geometry, path, FORMAT.suffixes, messages)


def read_labels(
    path: Path,
    reference: Volume | None = None,
    *,
    table: LabelTable | None = None,
    messages: list[Message] | None = None,
) -> LabelMap:
    """Read a label map, on the reference's grid where its voxels coincide with it.

    The segments of a Slicer file bring names, colours and codes; overlapping layers are joined,
    later segments on top, with the message "segments-overlap". ``table`` names ids first.
    Raises MedviewError "file-unreadable", "not-3d" or "not-labels".
    """
    path = Path(path)
    notes: list[Message] = []
    stored, header = _read(path)
    geometry = _geometry(header, path, notes)
    layers = _layers(stored, header, path)
    segments = segments_in(header)
    if len(layers) > 1 and not segments:
        raise not_3d(path, stored.shape[::-1])
    if len(layers) == 1:
        voxels = as_label_voxels(layers[0], path)
    else:
        voxels, segments = _joined(layers, segments, path, notes)
    own = LabelTable.of(segment.label for segment in segments)
    labelmap = LabelMap(geometry, table_for(present_ids(voxels), table, own), voxels)
    if messages is not None:
        messages.extend(notes)
    return fit_to_reference(labelmap, reference, path, messages)


def write_labels(labelmap: LabelMap, path: Path) -> None:
    """Write a label map: voxel value = label id; names, colours and codes as Slicer's segments.

    Slicer shows the segments when the name ends with ``.seg.nrrd``. Atomic.
    """
    header = fields_of(labelmap.table, labelmap.geometry.shape)
    _write(labelmap.voxels, labelmap.geometry, header, Path(path))


def write_volume(volume: Volume, path: Path) -> None:
    """Write an image with its voxels unchanged (int16, float32, or RGB). Atomic."""
    _write(volume.voxels, volume.geometry, {}, Path(path))


def _write(voxels: NDArray[Any], geometry: Geometry, fields: dict[str, str], path: Path) -> None:
    lines = [*_header_lines(voxels, geometry), *(f"{k}:={v}" for k, v in fields.items())]
    with atomic_path(path) as temporary, temporary.open("wb") as file:
        # Slicer reads the names as UTF-8; pynrrd would write ASCII only
        file.write(("\n".join(lines) + "\n\n").encode("utf-8"))
        with gzip.GzipFile(fileobj=file, mode="wb", compresslevel=4, filename="", mtime=0) as body:
            little = voxels.astype(voxels.dtype.newbyteorder("<"), copy=False)
            body.write(np.ascontiguousarray(little).data)


def _header_lines(voxels: NDArray[Any], geometry: Geometry) -> list[str]:
    """The standard fields; the file's axes are fastest first: (colour,) column, row, slice."""
    color = ["RGB-color"] if voxels.ndim == 4 else []
    lines = [
        "NRRD0004",
        "# http://teem.sourceforge.net/nrrd/format.html",
        f"type: {'float' if voxels.dtype == np.float32 else voxels.dtype.name}",
        f"dimension: {voxels.ndim}",
        f"sizes: {' '.join(str(n) for n in voxels.shape[::-1])}",
        f"kinds: {' '.join([*color, 'domain', 'domain', 'domain'])}",
        "endian: little",
        "encoding: gzip",
    ]
    if geometry.calibrated:
        directions = [_vector(geometry.affine[:3, axis]) for axis in (2, 1, 0)]
        lines[4:4] = ["space: left-posterior-superior"]
        lines += [
            f"space directions: {' '.join([*('none' for _ in color), *directions])}",
            f"space origin: {_vector(geometry.affine[:3, 3])}",
        ]
    return lines


def _vector(values: NDArray[np.float64]) -> str:
    """Numbers that read back as the same doubles."""
    return f"({','.join(repr(float(value)) for value in values)})"


def _read(path: Path) -> tuple[NDArray[Any], dict[str, Any]]:
    """(stored array, C order: the file's fastest axis last; header)."""
    import nrrd

    try:
        header = nrrd.read_header(str(path))
        _check_header(header, path)
        stored, header = nrrd.read(str(path), index_order="C")
        header = {**header, **_texts(path)}
    except FileNotFoundError as error:
        raise MedviewError(
            f"{path} does not exist.", hint="Check the name.", code="file-missing"
        ) from error
    except MedviewError:
        raise
    # pynrrd has its own error, and lets those of numpy, zlib and int() through
    except Exception as error:
        raise unreadable(path, "NRRD", str(error)) from error
    if stored.ndim not in (3, 4):
        raise not_3d(path, stored.shape[::-1])
    return stored, dict(header)


def _texts(path: Path) -> dict[str, str]:
    """The key/value fields in UTF-8; pynrrd drops what is not ASCII."""
    texts = {}
    with path.open("rb") as file:
        for raw in file:
            line = raw.decode("utf-8", "replace").rstrip("\r\n")
            if not line:
                break
            key, separator, value = line.partition(":=")
            if separator and not line.startswith("#"):
                texts[key] = value
    return texts


def _check_header(header: dict[str, Any], path: Path) -> None:
    """Refuse sizes the file cannot hold, and data files outside the header's own folder."""
    from nrrd.reader import _TYPEMAP_NRRD2NUMPY

    sizes = [int(n) for n in header["sizes"]]
    if min(sizes) < 1:
        raise unreadable(path, "NRRD", f"its header says the size {sizes}")
    data = header.get("data file", header.get("datafile"))
    if data is not None:
        names = [data] if isinstance(data, str) else list(data)
        if any(Path(str(name)).name != str(name) for name in names):
            raise unreadable(path, "NRRD", "its voxels are in another folder")
        return
    ratio = _LARGEST_RATIO.get(str(header.get("encoding", "")).lower())
    kind = _TYPEMAP_NRRD2NUMPY.get(str(header.get("type", "")))
    if ratio is None or kind is None:
        return
    wanted = int(np.prod(sizes, dtype=object)) * np.dtype(kind).itemsize
    if wanted > path.stat().st_size * ratio:
        raise unreadable(
            path,
            "NRRD",
            f"its header promises {wanted} bytes of voxels, the file is shorter",
        )


def _spatial_axes(header: dict[str, Any], count: int) -> list[int]:
    """The file's axes (fastest first) that lie in space."""
    directions = header.get("space directions")
    if directions is not None:
        return [n for n, row in enumerate(directions) if row is not None and np.isfinite(row).all()]
    kinds = [str(kind).lower() for kind in header.get("kinds", [])]
    axes = [n for n, kind in enumerate(kinds) if kind in ("domain", "space")]
    return axes if len(axes) == 3 else list(range(count))[-3:]


def _layers(stored: NDArray[Any], header: dict[str, Any], path: Path) -> list[NDArray[Any]]:
    """The 3D arrays (slice, row, column) along the axis that does not lie in space."""
    axes = _spatial_axes(header, stored.ndim)
    if len(axes) != 3:
        raise not_3d(path, stored.shape[::-1])
    if stored.ndim == 3:
        return [stored]
    other = next(n for n in range(4) if n not in axes)
    return list(np.moveaxis(stored, 3 - other, 0))


def _geometry(header: dict[str, Any], path: Path, messages: list[Message]) -> Geometry:
    sizes = [int(n) for n in header["sizes"]]
    axes = _spatial_axes(header, len(sizes))
    if len(axes) != 3:
        raise not_3d(path, tuple(sizes))
    shape = (sizes[axes[2]], sizes[axes[1]], sizes[axes[0]])
    directions = header.get("space directions")
    space = str(header.get("space", "")).lower()
    affine = np.eye(4)
    if directions is not None:
        affine[:3, :3] = np.array([directions[axis] for axis in reversed(axes)], dtype=float).T
        affine[:3, 3] = header.get("space origin", (0.0, 0.0, 0.0))
    elif "spacings" in header and np.isfinite([header["spacings"][axis] for axis in axes]).all():
        affine = Geometry.axial(
            shape, tuple(header["spacings"][axis] for axis in axes[::-1])
        ).affine
    else:
        return Geometry.uncalibrated(shape)
    if directions is None or space not in _TO_LPS:
        messages.append(
            Message(
                "orientation-assumed",
                f"{path.name} does not say how the patient lies; left and right may be exchanged.",
                files=(str(path),),
            )
        )
    try:
        return Geometry(shape, np.diag([*_TO_LPS.get(space, (1.0, 1.0, 1.0)), 1.0]) @ affine)
    except ValueError as error:
        raise unreadable(path, "NRRD", str(error)) from error


def _joined(
    layers: list[NDArray[Any]], segments: list[Segment], path: Path, messages: list[Message]
) -> tuple[LabelArray, list[Segment]]:
    """Layers as one array with ids 1..n in the segments' order, and the segments with those ids."""
    numbered = [segment.with_id(n + 1) for n, segment in enumerate(segments)]
    slices, rows, columns = layers[0].shape
    voxels = empty_labels((slices, rows, columns), len(segments))
    covered = 0
    for segment in numbered:
        if not 0 <= segment.layer < len(layers):
            raise unreadable(path, "NRRD", f"the segment {segment.label.name} lies in no layer")
        inside = layers[segment.layer] == segment.value
        covered += int(np.count_nonzero(voxels[inside]))
        voxels[inside] = segment.label.id
    if covered:
        messages.append(overlap_message(path, covered))
    return voxels, numbered


def overlap_message(path: Path, voxels: int) -> Message:
    """The message "segments-overlap"."""
    return Message(
        "segments-overlap",
        f"Segments of {path.name} overlap in {voxels} voxels; the later segment is kept there.",
        files=(str(path),),
    )


def _matches(start: bytes) -> bool:
    return start.startswith(b"NRRD000")


FORMAT = Format(
    "NRRD",
    (".seg.nrrd", ".nrrd", ".nhdr"),
    read_volume=read_volume,
    read_labels=read_labels,
    write_labels=write_labels,
    write_volume=write_volume,
    matches=_matches,
)
