"""NIfTI-1 and NIfTI-2 images and label maps (nifti.nimh.nih.gov/nifti-1), plain or gzipped."""

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

_RAS_TO_LPS = np.diag([-1.0, -1.0, 1.0, 1.0])  # its own inverse
_MM_PER_UNIT = {"meter": 1000.0, "micron": 0.001}
_LARGEST_GZIP_RATIO = 1100  # deflate cannot compress by more than about 1032


def read_volume(path: Path) -> Volume:
    """Read an image: int16 where the values are whole and fit, else float32; RGB as uint8.

    Of a file with more than three dimensions the first volume is read and a message says so.
    Voxels keep the file's order: axes (slice, row, column) are the file's (k, j, i).
    Raises MedviewError "file-unreadable" or "not-3d".
    """
    path = Path(path)
    messages: list[Message] = []
    image = _load(path)
    geometry = _geometry(image, path, messages)
    stored, slope, intercept = _stored(image, path, messages)
    if stored.dtype.names:
        voxels: NDArray[Any] = _color(stored, path)
    else:
        voxels = modality_values(stored, slope, intercept, path)
    return volume_of_file(voxels, geometry, path, FORMAT.suffixes, messages)


def read_labels(
    path: Path,
    reference: Volume | None = None,
    *,
    table: LabelTable | None = None,
    messages: list[Message] | None = None,
) -> LabelMap:
    """Read a label map, on the reference's grid where only the axis order differs.

    NIfTI holds no names: ``table`` gives them, else they are "label 1" and so on.
    Raises MedviewError "file-unreadable", "not-3d" or "not-labels".
    """
    path = Path(path)
    notes: list[Message] = []
    image = _load(path)
    if any(n > 1 for n in image.shape[3:]):
        raise not_3d(path, image.shape)
    geometry = _geometry(image, path, notes)
    stored, slope, intercept = _stored(image, path, notes)
    values = stored if (slope, intercept) == (1.0, 0.0) else stored * slope + intercept
    voxels = as_label_voxels(values, path)
    labelmap = LabelMap(geometry, table_for(present_ids(voxels), table), voxels)
    if messages is not None:
        messages.extend(notes)
    return fit_to_reference(labelmap, reference, path, messages)


def write_labels(labelmap: LabelMap, path: Path) -> None:
    """Write a label map: voxel value = label id, uint8 or uint16, geometry in sform and qform.

    Atomic; raises MedviewError "write-failed".
    """
    _write(labelmap.voxels, labelmap.geometry, Path(path), intent="label")


def write_volume(volume: Volume, path: Path) -> None:
    """Write an image with its voxels unchanged (int16, float32, or RGB). Atomic."""
    voxels = volume.voxels
    if volume.is_color:
        rgb = np.dtype([("R", "u1"), ("G", "u1"), ("B", "u1")])
        voxels = np.ascontiguousarray(voxels).view(rgb)[..., 0]
    _write(voxels, volume.geometry, Path(path))


def write_map(values: NDArray[Any], geometry: Geometry, path: Path) -> None:
    """Write a map (slice, row, column) of a volume's grid as float32. Atomic."""
    if values.shape != geometry.shape:
        raise ValueError(f"map {values.shape} does not fit the geometry {geometry.shape}")
    _write(values.astype(np.float32, copy=False), geometry, Path(path))


def _write(voxels: NDArray[Any], geometry: Geometry, path: Path, intent: str | None = None) -> None:
    import nibabel

    affine = _RAS_TO_LPS @ geometry.affine[:, [2, 1, 0, 3]]
    image_class = nibabel.Nifti1Image if max(voxels.shape) < 2**15 else nibabel.Nifti2Image
    image = image_class(voxels.transpose(2, 1, 0), affine, dtype=voxels.dtype)
    if geometry.calibrated:
        image.header.set_xyzt_units("mm")
        image.set_sform(affine, code=1)
        # a quaternion cannot hold a shear: such files then carry the sform alone
        image.set_qform(affine, code=0 if geometry.is_sheared else 1)
    else:
        image.header.set_xyzt_units("unknown")
        image.set_sform(None, code=0)
        image.set_qform(None, code=0)
    if intent is not None:
        image.header.set_intent(intent, allow_unknown=True)
    with atomic_path(path) as temporary:
        nibabel.save(image, temporary)


def _load(path: Path) -> Any:
    """The nibabel image, its header checked for a believable size; data still on disk."""
    import nibabel

    try:
        image = nibabel.load(path, mmap=False)
    except FileNotFoundError as error:
        raise MedviewError(
            f"{path} does not exist.", hint="Check the name.", code="file-missing"
        ) from error
    # nibabel has no base class for its errors, and struct, zlib and numpy add theirs
    except Exception as error:
        raise unreadable(path, "NIfTI", str(error)) from error
    if not isinstance(image, nibabel.Nifti1Pair):
        raise unreadable(path, "NIfTI", f"it is {type(image).__name__}, not NIfTI")
    shape = tuple(int(n) for n in image.shape)
    if len(shape) < 3:
        raise not_3d(path, shape)
    if min(shape) < 1:
        raise unreadable(path, "NIfTI", f"its header says the size {shape}")
    wanted = int(np.prod(shape, dtype=object)) * image.get_data_dtype().itemsize
    there = Path(image.file_map["image"].filename).stat().st_size
    ratio = _LARGEST_GZIP_RATIO if path.name.lower().endswith(".gz") else 1
    if wanted > there * ratio:
        raise unreadable(
            path, "NIfTI", f"its header promises {wanted} bytes of voxels, the file is shorter"
        )
    return image


def _stored(image: Any, path: Path, messages: list[Message]) -> tuple[NDArray[Any], float, float]:
    """(stored values of the first volume as (slice, row, column), slope, intercept)."""
    try:
        stored = np.asarray(image.dataobj.get_unscaled())
    except (EOFError, OSError, ValueError, MemoryError, zlib.error) as error:
        raise unreadable(path, "NIfTI", str(error)) from error
    while stored.ndim > 3:
        if stored.shape[-1] > 1:
            messages.append(
                Message(
                    "first-volume-only",
                    f"{path.name} holds {stored.shape[-1]} volumes; the first one is shown.",
                    files=(str(path),),
                )
            )
        stored = stored[..., 0]
    return stored.transpose(2, 1, 0), float(image.dataobj.slope), float(image.dataobj.inter)


def _color(stored: NDArray[Any], path: Path) -> NDArray[np.uint8]:
    """RGB and RGBA records as (slice, row, column, 3) uint8."""
    names = stored.dtype.names or ()
    if names[:3] != ("R", "G", "B"):
        raise unreadable(path, "NIfTI", f"values of the type {stored.dtype} cannot be shown")
    return np.stack([stored[name] for name in names[:3]], axis=-1).astype(np.uint8, copy=False)


def _geometry(image: Any, path: Path, messages: list[Message]) -> Geometry:
    """sform before qform, as the standard says; pixel sizes alone when both are missing."""
    header = image.header
    columns, rows, slices = (int(n) for n in image.shape[:3])
    shape = (slices, rows, columns)
    sform, qform = (_coded(header, name) for name in ("sform", "qform"))
    if sform is not None and qform is not None:
        _compare_forms(sform, qform, path, messages)
    affine = sform if sform is not None else qform
    unit = header.get_xyzt_units()[0]
    zooms = [float(z) for z in header.get_zooms()[:3]]
    if affine is None and unit == "unknown" and zooms == [1.0, 1.0, 1.0]:
        return Geometry.uncalibrated(shape)
    if affine is None:
        messages.append(
            Message(
                "orientation-assumed",
                f"{path.name} does not say how the patient lies (no sform, no qform); "
                "left and right may be exchanged.",
                files=(str(path),),
            )
        )
        affine = header.get_base_affine()
    affine = np.diag([_MM_PER_UNIT.get(unit, 1.0)] * 3 + [1.0]) @ affine
    try:
        return Geometry(shape, (_RAS_TO_LPS @ affine)[:, [2, 1, 0, 3]])
    except ValueError as error:
        raise unreadable(path, "NIfTI", str(error)) from error


def _coded(header: Any, form: str) -> NDArray[np.float64] | None:
    """The sform or qform when it is set and usable."""
    from nibabel.spatialimages import HeaderDataError

    try:
        affine, code = getattr(header, f"get_{form}")(coded=True)
    except (ValueError, HeaderDataError):
        return None
    if not code or affine is None or not np.isfinite(affine).all():
        return None
    if abs(np.linalg.det(affine[:3, :3])) < 1e-12:
        return None
    matrix: NDArray[np.float64] = np.asarray(affine, dtype=np.float64)
    return matrix


def _compare_forms(
    sform: NDArray[np.float64], qform: NDArray[np.float64], path: Path, messages: list[Message]
) -> None:
    """Say when the two geometries of a file disagree; many programs read only one of them."""
    step = np.abs(sform[:3, :3] - qform[:3, :3]).max()
    shift = np.abs(sform[:3, 3] - qform[:3, 3]).max()
    if step > 0.01 or shift > 1.0:
        messages.append(
            Message(
                "sform-qform-differ",
                f"{path.name} holds two geometries that differ (sform and qform); sform is used.",
                files=(str(path),),
            )
        )


def _matches(start: bytes) -> bool:
    return start[344:348] in (b"n+1\0", b"ni1\0") or start[4:8] in (b"n+2\0", b"ni2\0")


FORMAT = Format(
    "NIfTI",
    (".nii.gz", ".nii"),
    read_volume=read_volume,
    read_labels=read_labels,
    write_labels=write_labels,
    write_volume=write_volume,
    matches=_matches,
)
