"""MetaImage volumes and label maps (itk.org/Wiki/MetaIO/Documentation): .mha, or .mhd with .raw."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medview.core.atomic import atomic_path
from medview.core.errors import MedviewError
from medview.core.geometry import Geometry
from medview.core.labelmap import LabelMap
from medview.core.labels import LabelTable
from medview.core.volume import Message, Volume
from medview.formats.file_errors import not_3d, unreadable
from medview.formats.label_files import as_label_voxels, fit_to_reference, present_ids, table_for
from medview.formats.registry import Format
from medview.formats.voxel_values import modality_values, volume_of_file

_TYPES = {
    "MET_CHAR": "i1",
    "MET_UCHAR": "u1",
    "MET_SHORT": "i2",
    "MET_USHORT": "u2",
    "MET_INT": "i4",
    "MET_UINT": "u4",
    "MET_LONG": "i4",
    "MET_ULONG": "u4",
    "MET_LONG_LONG": "i8",
    "MET_ULONG_LONG": "u8",
    "MET_FLOAT": "f4",
    "MET_DOUBLE": "f8",
}
_NAMES = {code: name for name, code in reversed(_TYPES.items())}
_HEADER_BYTES = 64 * 1024
_LARGEST_RATIO = 1100  # deflate cannot compress by more than about 1032
# where an axis runs from, in MetaIO's letters: the patient's right, front and feet are ITK's start
_FROM = {"R": (0, 1), "L": (0, -1), "A": (1, 1), "P": (1, -1), "I": (2, 1), "S": (2, -1)}
_TRUE = ("true", "1", "t")

Header = dict[str, str]


def read_volume(path: Path) -> Volume:
    """Read an image: int16 where the values are whole and fit, else float32; RGB as uint8.

    A 2D image is a volume of one slice; of a 4D file the first volume is read and a message says
    so. Raises MedviewError "file-missing", "file-unreadable" or "not-3d".
    """
    path = Path(path)
    messages: list[Message] = []
    stored, header = _read(path, messages)
    geometry = _geometry(header, stored.shape[:3], path, messages)
    voxels: NDArray[Any]
    if stored.shape[3] >= 3 and stored.dtype == np.uint8:
        voxels = stored[..., :3]
    else:
        voxels = modality_values(_one_channel(stored, path), 1.0, 0.0, path)
    return volume_of_file(voxels, geometry, path, FORMAT.suffixes, messages)


def read_labels(
    path: Path,
    reference: Volume | None = None,
    *,
    table: LabelTable | None = None,
    messages: list[Message] | None = None,
) -> LabelMap:
    """Read a label map, on the reference's grid where its voxels coincide with it.

    MetaImage holds no names: ``table`` gives them, else they are "label 1" and so on.
    Raises MedviewError as `read_volume`, or "not-labels".
    """
    path = Path(path)
    notes = messages if messages is not None else []
    stored, header = _read(path, notes)
    voxels = as_label_voxels(_one_channel(stored, path), path)
    geometry = _geometry(header, voxels.shape, path, notes)
    labelmap = LabelMap(geometry, table_for(present_ids(voxels), table), voxels)
    return fit_to_reference(labelmap, reference, path, notes)


def write_labels(labelmap: LabelMap, path: Path) -> None:
    """Write a label map as .mha, compressed: voxel value = label id. Atomic."""
    _write(labelmap.voxels, labelmap.geometry, Path(path))


def write_volume(volume: Volume, path: Path) -> None:
    """Write an image as .mha with its voxels unchanged, compressed. Atomic."""
    _write(volume.voxels, volume.geometry, Path(path))


def _write(voxels: NDArray[Any], geometry: Geometry, path: Path) -> None:
    if path.suffix.lower() != ".mha":
        raise MedviewError(
            f"{path}: MetaImage is written as one file.", hint="Name it .mha.", code="write-failed"
        )
    steps, affine = geometry.spacing_mm, geometry.affine
    directions = geometry.directions[:, ::-1].T.ravel()  # axis by axis, columns first
    packed = zlib.compress(np.ascontiguousarray(voxels).tobytes(), 4)
    size = " ".join(str(n) for n in reversed(voxels.shape[:3]))
    channels = "" if voxels.ndim == 3 else f"ElementNumberOfChannels = {voxels.shape[3]}\n"
    text = (
        "ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = False\n"
        f"CompressedData = True\nCompressedDataSize = {len(packed)}\n"
        f"TransformMatrix = {' '.join(repr(float(n)) for n in directions)}\n"
        f"Offset = {' '.join(repr(float(n)) for n in affine[:3, 3])}\n"
        "CenterOfRotation = 0 0 0\nAnatomicalOrientation = RAI\n"
        f"ElementSpacing = {' '.join(repr(float(n)) for n in reversed(steps))}\n"
        f"DimSize = {size}\n{channels}"
        f"ElementType = {_NAMES[voxels.dtype.str[1:]]}\nElementDataFile = LOCAL\n"
    )
    with atomic_path(path) as temporary:
        temporary.write_bytes(text.encode("ascii") + packed)


def _read(path: Path, messages: list[Message]) -> tuple[NDArray[Any], Header]:
    """(stored values (slice, row, column, channel) of the first volume, header)."""
    try:
        with path.open("rb") as file:
            start = file.read(_HEADER_BYTES)
            header, offset = _header(start, path)
            shape, kind = _layout(header, path)
            if header["ElementDataFile"] == "LOCAL":
                file.seek(offset)
                data = file.read()
            else:
                data = _sibling(path, header["ElementDataFile"]).read_bytes()
    except FileNotFoundError as error:
        name = Path(str(error.filename)).name
        raise MedviewError(
            f"{path.parent / name} does not exist.", hint="Check the name.", code="file-missing"
        ) from error
    except OSError as error:
        raise unreadable(path, "MetaImage", str(error.strerror)) from error
    wanted = int(np.prod(shape, dtype=object)) * kind.itemsize
    if _is_true(header, "CompressedData"):
        data = _inflated(data, wanted, path)
    else:
        skipped = int(header.get("HeaderSize", "0") or 0)
        data = data[len(data) - wanted :] if skipped == -1 else data[max(skipped, 0) :]
    if len(data) < wanted:
        raise unreadable(path, "MetaImage", f"{len(data)} of {wanted} bytes of voxels are there")
    stored = np.frombuffer(data, dtype=kind, count=wanted // kind.itemsize).reshape(shape)
    if shape[0] > 1:
        text = f"{path.name} holds {shape[0]} volumes; the first one is shown."
        messages.append(Message("first-volume-only", text, files=(str(path),)))
    return stored[0].astype(kind.newbyteorder("="), copy=False), header


def _header(start: bytes, path: Path) -> tuple[Header, int]:
    """(fields, where the data begins); ElementDataFile is the last field."""
    header: Header = {}
    position = 0
    while (end := start.find(b"\n", position)) >= 0:
        key, equals, value = start[position:end].decode("latin-1").partition("=")
        position = end + 1
        if not equals:
            break
        header[key.strip()] = value.strip()
        if key.strip() == "ElementDataFile":
            return header, position
    raise unreadable(path, "MetaImage", "its header does not end with ElementDataFile")


def _layout(header: Header, path: Path) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """((volumes, slices, rows, columns, channels), stored type)."""
    try:
        sizes = [int(n) for n in header["DimSize"].split()]
        channels = int(header.get("ElementNumberOfChannels", "1"))
        name = _TYPES[header["ElementType"].removesuffix("_ARRAY")]
    except (KeyError, ValueError) as error:
        raise unreadable(path, "MetaImage", f"its header is wrong at {error}") from error
    if not 2 <= len(sizes) <= 4 or int(header.get("NDims", str(len(sizes)))) != len(sizes):
        raise not_3d(path, tuple(sizes))
    if min(sizes) < 1 or not 1 <= channels <= 4:
        raise unreadable(path, "MetaImage", f"its header says the size {sizes} x {channels}")
    if header.get("BinaryData", "True").lower() not in _TRUE:
        raise unreadable(path, "MetaImage", "its voxels are written as text")
    big = _is_true(header, "BinaryDataByteOrderMSB") or _is_true(header, "ElementByteOrderMSB")
    whole = [*sizes, *[1] * (4 - len(sizes))]
    return (*reversed(whole), channels), np.dtype((">" if big else "<") + name)


def _is_true(header: Header, key: str) -> bool:
    return header.get(key, "False").lower() in _TRUE


def _sibling(path: Path, name: str) -> Path:
    """The data file, a plain file of the header's folder; a header chooses no other place."""
    plain = name not in ("", "LIST") and not set('/\\:%"') & set(name) and not name.startswith(".")
    sibling = path.parent / name
    if not plain or (sibling.exists() and sibling.resolve().parent != path.parent.resolve()):
        raise unreadable(path, "MetaImage", "its voxels are not in one file beside it")
    if sibling.exists() and not sibling.is_file():
        raise unreadable(path, "MetaImage", "its voxels are not in a file")
    return sibling


def _inflated(data: bytes, wanted: int, path: Path) -> bytes:
    """At most the bytes that the header promises: a small file can blow up."""
    if wanted > len(data) * _LARGEST_RATIO:
        raise unreadable(path, "MetaImage", f"its header promises {wanted} bytes, it holds less")
    try:
        return zlib.decompressobj(32 + zlib.MAX_WBITS).decompress(data, wanted)
    except zlib.error as error:
        raise unreadable(path, "MetaImage", str(error)) from error


def _one_channel(stored: NDArray[Any], path: Path) -> NDArray[Any]:
    if stored.shape[3] != 1:
        raise unreadable(path, "MetaImage", f"its voxels have {stored.shape[3]} values each")
    return stored[..., 0]


def _geometry(
    header: Header, shape: tuple[int, ...], path: Path, messages: list[Message]
) -> Geometry:
    """MetaIO's axes run column, row, slice; its space is ITK's, which is LPS."""
    count = len(header["DimSize"].split())
    axes = min(count, 3)
    spacing = _numbers(header, ("ElementSpacing", "ElementSize"), count, path) or [1.0] * count
    offset = _numbers(header, ("Offset", "Position", "Origin"), count, path) or [0.0] * count
    matrix = _numbers(header, ("TransformMatrix", "Rotation", "Orientation"), count * count, path)
    directions = np.eye(3)
    if matrix is not None:
        directions[:axes, :axes] = np.array(matrix).reshape(count, count)[:axes, :axes].T
    else:
        directions = _lettered(header, path, messages)
    affine = np.eye(4)
    steps = np.array([*spacing[:axes], *[1.0] * (3 - axes)])
    affine[:3, :3] = (directions * steps)[:, ::-1]
    affine[:axes, 3] = offset[:axes]
    try:
        return Geometry((shape[0], shape[1], shape[2]), affine)
    except ValueError as error:
        raise unreadable(path, "MetaImage", str(error)) from error


def _lettered(header: Header, path: Path, messages: list[Message]) -> NDArray[np.float64]:
    """Directions from the letters of AnatomicalOrientation; ITK's own axes where it has none."""
    letters = header.get("AnatomicalOrientation", "").upper()
    known = [_FROM.get(letter) for letter in letters]
    if len(known) != 3 or None in known or len({one[0] for one in known if one}) != 3:
        text = f"{path.name} does not say how the patient lies; left and right may be exchanged."
        messages.append(Message("orientation-assumed", text, files=(str(path),)))
        return np.eye(3)
    directions = np.zeros((3, 3))
    for axis, one in enumerate(known):
        if one is not None:
            directions[one[0], axis] = one[1]
    return directions


def _numbers(header: Header, keys: tuple[str, ...], count: int, path: Path) -> list[float] | None:
    """The numbers of the first key that is there."""
    for key in keys:
        if key in header:
            try:
                found = [float(part) for part in header[key].split()]
            except ValueError as error:
                raise unreadable(path, "MetaImage", f"{key}: {error}") from error
            if len(found) != count or not np.isfinite(found).all():
                raise unreadable(path, "MetaImage", f"{key} should be {count} numbers")
            return found
    return None


def _matches(start: bytes) -> bool:
    return start.lstrip().startswith((b"ObjectType = Image", b"ObjectType=Image", b"NDims ="))


FORMAT = Format(
    "MetaImage",
    (".mha", ".mhd"),
    read_volume=read_volume,
    read_labels=read_labels,
    write_labels=write_labels,
    write_volume=write_volume,
    matches=_matches,
)
