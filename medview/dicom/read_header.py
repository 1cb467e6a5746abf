"""Reads one file's SliceHeader, without its pixels."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, cast

from pydicom import dcmread
from pydicom.uid import UID

from medview.core.display import Window
from medview.core.errors import MedviewError
from medview.dicom import nuclear
from medview.dicom import values as v
from medview.dicom.codecs import is_readable
from medview.dicom.fragments import is_cut_short
from medview.dicom.functional_groups import make_window, read_frames
from medview.dicom.header import (
    FrameInfo,
    Kind,
    PixelFormat,
    SliceHeader,
    pixel_format,
)
from medview.dicom.header_scan import DEFLATED, UNDEFINED, NotDicomError, Scan, scan_file
from medview.dicom.picture import aspect_of, frame_time_ms, lossy_text, region_spacing

MAX_FRAMES: Final = 100_000
MAX_SIDE: Final = 65_535
_EXECUTABLE = (b"MZ", b"\x7fELF", b"#!", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe")
_PACKED_RATIO, _PACKED_FREE_BYTES = 2_000, 1 << 26  # lossy masks reach some hundreds to 1
SEG_CLASSES = ("1.2.840.10008.5.1.4.1.1.66.4", "1.2.840.10008.5.1.4.1.1.66.7")
RTSTRUCT_CLASS = "1.2.840.10008.5.1.4.1.1.481.3"
DIRECTORY_CLASS = "1.2.840.10008.1.3.10"
# pixels that are no picture: dose grids, and surfaces of parameters without a grey scale
NOT_IMAGES = ("1.2.840.10008.5.1.4.1.1.481.2", "1.2.840.10008.5.1.4.1.1.66")

_CHARSET, _IMAGE_TYPE, _SOP_CLASS, _SOP_INSTANCE = 0x00080005, 0x00080008, 0x00080016, 0x00080018
_STUDY_DATE, _ACQUISITION_TIME, _CONTENT_TIME, _MODALITY = (
    0x00080020,
    0x00080032,
    0x00080033,
    0x00080060,
)
_STUDY_TEXT, _SERIES_TEXT, _PATIENT_NAME, _PATIENT_ID = (
    0x00081030,
    0x0008103E,
    0x00100010,
    0x00100020,
)
_THICKNESS, _ECHO_TIME, _ECHO_NUMBER, _TRIGGER = 0x00180050, 0x00180081, 0x00180086, 0x00181060
_DETECTOR_SPACING, _B_VALUE = 0x00181164, 0x00189087
_STUDY_UID, _SERIES_UID, _SERIES_NUMBER, _ACQUISITION = (
    0x0020000D,
    0x0020000E,
    0x00200011,
    0x00200012,
)
_INSTANCE, _POSITION, _ORIENTATION, _FRAME_UID, _TEMPORAL = (
    0x00200013, 0x00200032, 0x00200037, 0x00200052, 0x00200100,
)  # fmt: skip
_SAMPLES, _PHOTOMETRIC, _PLANAR, _FRAMES, _ROWS, _COLUMNS = (
    0x00280002, 0x00280004, 0x00280006, 0x00280008, 0x00280010, 0x00280011,
)  # fmt: skip
_SPACING, _ALLOCATED, _STORED, _HIGH_BIT, _SIGNED = (
    0x00280030, 0x00280100, 0x00280101, 0x00280102, 0x00280103,
)  # fmt: skip
_PADDING, _PADDING_LIMIT, _CENTER, _WIDTH, _INTERCEPT, _SLOPE, _RESCALE_TYPE, _EXPLANATION = (
    0x00280120, 0x00280121, 0x00281050, 0x00281051, 0x00281052, 0x00281053, 0x00281054, 0x00281055,
)  # fmt: skip
_FUNCTION, _MODALITY_LUT, _VOI_LUT, _UNITS, _SHARED, _PER_FRAME = (
    0x00281056, 0x00283000, 0x00283010, 0x00541001, 0x52009229, 0x52009230,
)  # fmt: skip
_REGIONS, _ASPECT, _SPACING_CALIBRATION, _LUT_SHAPE, _DIRECTION = (
    0x00186011, 0x00280034, 0x00280A02, 0x20500020, 0x00189089,
)  # fmt: skip
_CONTRAST = 0x00180010
_FRAME_TIME, _FRAME_TIMES, _DISPLAY_RATE, _CINE_RATE, _LOSSY, _LOSSY_RATIO, _LOSSY_METHOD = (
    0x00181063, 0x00181065, 0x00082144, 0x00180040, 0x00282110, 0x00282112, 0x00282114,
)  # fmt: skip
_OVERLAYS = frozenset(group << 16 | 0x10 for group in range(0x6000, 0x6020, 2))  # their rows
_WANTED = _OVERLAYS | frozenset(
    number for name, number in list(globals().items()) if name[0] == "_" and type(number) is int
)
_PHASES = (
    ("time", _TEMPORAL),
    ("echo time", _ECHO_TIME),
    ("echo", _ECHO_NUMBER),
    ("b-value", _B_VALUE),
    ("direction", _DIRECTION),
    ("acquisition", _ACQUISITION),
    ("type", _IMAGE_TYPE),
    ("trigger", _TRIGGER),
    ("acquisition time", _ACQUISITION_TIME),
    ("content time", _CONTENT_TIME),
)


def read_header(path: Path, size: int) -> SliceHeader:
    """The header of one regular file of ``size`` bytes.

    Raises NotDicomError for another kind of file, MedviewError with the reason for DICOM that
    cannot be used.
    """
    scan = scan_file(path, size, _WANTED)
    get = scan.values.get
    sop_class = v.plain(get(_SOP_CLASS, b""))
    if DIRECTORY_CLASS in (sop_class, scan.media_class):
        raise MedviewError("a DICOMDIR: its folder is read instead", code="dicomdir")
    if not sop_class and _SOP_INSTANCE not in scan.values and _ROWS not in scan.values:
        if scan.media_class:
            raise MedviewError("the header is there, the object is not", code="truncated")
        raise NotDicomError
    kind = _kind(scan, sop_class)
    flags = _flags(scan)
    pixel: PixelFormat | None = None
    frames: tuple[FrameInfo, ...] = (FrameInfo(),)
    if kind == "image":
        pixel, count = _pixel_format(scan)
        frame = _frame(path, scan, flags)
        if _PER_FRAME in scan.values or _SHARED in scan.values:
            frames = read_frames(path, count, frame, flags)
        elif sop_class == nuclear.SOP_CLASS:
            frames = nuclear.read_frames(path, frame, count)
        else:
            frames = (frame,) * count
        if _is_truncated(path, size, scan, pixel, count):
            flags.add("truncated")
    return _assemble(path, size, scan, kind, sop_class, pixel, frames, frozenset(flags))


def _flags(scan: Scan) -> set[str]:
    """What the header holds, by the names of `SliceHeader.flags`."""
    flags = {"overlay"} if not _OVERLAYS.isdisjoint(scan.values) else set()
    if _VOI_LUT in scan.values:
        flags.add("voi-lut")
    if _MODALITY_LUT in scan.values:
        flags.add("modality-lut")
    elif _SLOPE not in scan.values:
        flags.add("no-rescale")
    if v.plain(scan.values.get(_LUT_SHAPE, b"")) == "INVERSE":
        flags.add("inverse")
    if scan.preamble.startswith(_EXECUTABLE):
        flags.add("executable-preamble")
    return flags


def _assemble(
    path: Path,
    size: int,
    scan: Scan,
    kind: Kind,
    sop_class: str,
    pixel: PixelFormat | None,
    frames: tuple[FrameInfo, ...],
    flags: frozenset[str],
) -> SliceHeader:
    get = scan.values.get
    charset = get(_CHARSET, b"")
    units = get(_UNITS) or get(_RESCALE_TYPE) or b""
    return SliceHeader(
        path=path,
        file_size=size,
        kind=kind,
        sop_class_uid=sop_class,
        sop_instance_uid=get(_SOP_INSTANCE, b"").decode("latin-1").strip(" \0"),
        study_uid=v.plain(get(_STUDY_UID, b"")),
        series_uid=v.plain(get(_SERIES_UID, b"")),
        frame_of_reference_uid=v.plain(get(_FRAME_UID, b"")),
        modality=v.plain(get(_MODALITY, b"")),
        patient_id=v.text(get(_PATIENT_ID, b""), charset),
        patient_name=v.person(get(_PATIENT_NAME, b""), charset),
        study_description=v.text(get(_STUDY_TEXT, b""), charset),
        study_date=v.plain(get(_STUDY_DATE, b"")),
        series_description=v.text(get(_SERIES_TEXT, b""), charset),
        series_number=v.integer(get(_SERIES_NUMBER)),
        acquisition_number=v.integer(get(_ACQUISITION)),
        instance_number=v.integer(get(_INSTANCE)),
        units=v.plain(units),
        pixel=pixel,
        pixel_offset=scan.pixel_offset,
        pixel_length=scan.pixel_length,
        frames=frames,
        padding=_padding(scan, pixel),
        flags=flags,
        references=_references(path) if kind in ("seg", "rtstruct") else (),
        frame_time_ms=_cine(scan),
        contrast_agent=v.text(get(_CONTRAST, b""), charset),
        is_localizer="LOCALIZER" in v.plain(get(_IMAGE_TYPE, b"")).split("\\"),
        lossy=_loss(scan),
    )


def _cine(scan: Scan) -> float | None:
    get = scan.values.get
    return frame_time_ms(get(_FRAME_TIME), get(_FRAME_TIMES), get(_DISPLAY_RATE), get(_CINE_RATE))


def _loss(scan: Scan) -> str:
    flag, method = (v.plain(scan.values.get(tag, b"")) for tag in (_LOSSY, _LOSSY_METHOD))
    return lossy_text(flag, scan.values.get(_LOSSY_RATIO, b""), method, scan.transfer_syntax)


def _kind(scan: Scan, sop_class: str) -> Kind:
    if sop_class in SEG_CLASSES:
        return "seg"
    if sop_class == RTSTRUCT_CLASS:
        return "rtstruct"
    if sop_class in NOT_IMAGES:
        return "other"
    if scan.pixel_kind is None:
        if _ROWS in scan.values or "Image Storage" in UID(sop_class).name:
            raise MedviewError("an image without pixel data", code="no-pixels")
        return "other"
    return "image"


def _pixel_format(scan: Scan) -> tuple[PixelFormat, int]:
    """The pixel format and the number of frames; MedviewError when they make no sense."""
    get, little = scan.values.get, scan.little
    rows, columns = v.unsigned(get(_ROWS), little), v.unsigned(get(_COLUMNS), little)
    allocated = v.unsigned(get(_ALLOCATED), little)
    if not rows or not columns or rows > MAX_SIDE or columns > MAX_SIDE:
        raise MedviewError(f"rows and columns are {rows} x {columns}", code="no-pixels")
    if allocated not in (1, 8, 16, 32, 64):
        raise MedviewError(f"{allocated} bits allocated are not supported", code="unsupported-bits")
    if not is_readable(scan.transfer_syntax):
        name = UID(scan.transfer_syntax).name
        raise MedviewError(
            f"transfer syntax {scan.transfer_syntax} ({name}) is not supported",
            code="unsupported-syntax",
        )
    stored = v.unsigned(get(_STORED), little) or allocated
    high_bit = v.unsigned(get(_HIGH_BIT), little)
    stored = min(stored, allocated)
    if high_bit is None or not stored - 1 <= high_bit < allocated:
        high_bit = stored - 1
    frames = v.integer(get(_FRAMES)) or 1
    if not 1 <= frames <= MAX_FRAMES:
        raise MedviewError(f"the number of frames is {frames}", code="no-pixels")
    pixel = pixel_format(
        rows=rows,
        columns=columns,
        samples=v.unsigned(get(_SAMPLES), little) or 1,
        photometric=v.plain(get(_PHOTOMETRIC, b"")) or "MONOCHROME2",
        planar=v.unsigned(get(_PLANAR), little) or 0,
        bits_allocated=allocated,
        bits_stored=stored,
        high_bit=high_bit,
        signed=v.unsigned(get(_SIGNED), little) == 1,
        kind=scan.pixel_kind or "int",
        transfer_syntax=scan.transfer_syntax,
        little=little,
        vr=scan.pixel_vr,
    )
    return pixel, frames


def _is_truncated(path: Path, size: int, scan: Scan, pixel: PixelFormat, count: int) -> bool:
    """Whether pixel bytes are missing; MedviewError when hardly any of them are there."""
    if scan.transfer_syntax == DEFLATED:
        return False  # seen when the data set is inflated
    if scan.pixel_length == UNDEFINED:
        packed = size - scan.pixel_offset
        unpacked = pixel.frame_bytes * count
        if size < count * 8 or unpacked > _PACKED_RATIO * packed + _PACKED_FREE_BYTES:
            raise MedviewError("the pixel data are missing", code="truncated")
        return is_cut_short(path, scan.pixel_offset, size, scan.little)
    needed = (pixel.frame_bits * count + 7) // 8
    present = min(size - scan.pixel_offset, scan.pixel_length)
    if present <= 0 or needed > 64 * present + (1 << 24):
        raise MedviewError(f"{present} of {needed} bytes of pixels are there", code="truncated")
    return present < needed


def _frame(path: Path, scan: Scan, flags: set[str]) -> FrameInfo:
    """What the header says of every frame; adds to ``flags`` what is wrong or wanting."""
    get = scan.values.get
    spacing, aspect = _pixel_size(path, scan, flags)
    slope, intercept = v.rescale(get(_SLOPE)), v.rescale(get(_INTERCEPT))
    if (_SLOPE in scan.values and not slope) or (_INTERCEPT in scan.values and intercept is None):
        flags.add("no-rescale")  # what cannot be read is not 1 or 0
    return FrameInfo(
        position=_exactly(get(_POSITION), 3),
        orientation=_exactly(get(_ORIENTATION), 6),
        spacing=spacing,
        thickness=v.decimal(get(_THICKNESS)),
        slope=slope or 1.0,
        intercept=intercept or 0.0,
        windows=_windows(get(_CENTER, b""), get(_WIDTH, b""), get(_EXPLANATION, b""),
                         get(_FUNCTION, b""), get(_CHARSET, b"")),
        phase=tuple(_phase(scan)),
        aspect=aspect,
    )  # fmt: skip


def _pixel_size(
    path: Path, scan: Scan, flags: set[str]
) -> tuple[tuple[float, float] | None, tuple[float, float]]:
    """(spacing in mm or None, spacing in proportion), between rows and between columns."""
    get = scan.values.get
    spacing, aspect = _exactly(get(_SPACING), 2), aspect_of(get(_ASPECT))
    detector = _exactly(get(_DETECTOR_SPACING), 2)
    # 10.7.1.3: equal to the detector's and not calibrated, it is only the detector's once more
    placed = _POSITION in scan.values
    repeated = spacing == detector and not get(_SPACING_CALIBRATION) and not placed
    if detector is not None and (spacing is None or repeated):
        flags.add("detector-spacing")
        return None, detector if min(detector) > 0 else aspect
    if spacing is None and _REGIONS in scan.values:
        spacing, differ = region_spacing(path)
        if differ:
            flags.add("region-scales")
    return spacing, aspect


def _phase(scan: Scan) -> Iterator[tuple[str, str]]:
    for name, tag in _PHASES:
        raw = scan.values.get(tag)
        if raw:
            yield name, _phase_value(tag, raw, scan.little)


def _phase_value(tag: int, raw: bytes, little: bool) -> str:
    if tag == _B_VALUE:
        return repr(v.real(raw, little))
    if tag == _DIRECTION:
        parts = [v.real(raw[at : at + 8], little) for at in range(0, len(raw), 8)]
        return " ".join("?" if part is None else f"{part:.3f}" for part in parts)
    return v.plain(raw)


def _exactly(raw: bytes | None, count: int) -> Any:
    """``count`` decimals, or None: an invalid value is a missing one."""
    numbers = v.decimals(raw) if raw else None
    return numbers if numbers is not None and len(numbers) == count else None


@lru_cache(maxsize=1024)
def _windows(
    center: bytes, width: bytes, explanation: bytes, function: bytes, charset: bytes
) -> tuple[Window, ...]:
    names = [part.strip() for part in v.text(explanation, charset).split("\\")]
    windows = []
    centers, widths = v.decimals(center) or (), v.decimals(width) or ()
    for index, (c, w) in enumerate(zip(centers, widths, strict=False)):
        name = names[index] if index < len(names) else ""
        window = make_window(c, w, name, v.plain(function) or "LINEAR")
        if window is not None:
            windows.append(window)
    return tuple(windows)


def _padding(scan: Scan, pixel: PixelFormat | None) -> tuple[int, int] | None:
    if pixel is None:
        return None
    get = scan.values.get
    value = v.short(get(_PADDING), pixel.signed, scan.little)
    if value is None:
        return None
    limit = v.short(get(_PADDING_LIMIT), pixel.signed, scan.little)
    return (value, value) if limit is None else (min(value, limit), max(value, limit))


def _references(path: Path) -> tuple[str, ...]:
    """Series UIDs that a segmentation or structure set was drawn on."""
    tags = [0x00081115, 0x30060010]
    dataset = dcmread(path, stop_before_pixels=True, specific_tags=cast("Any", tags), force=True)
    found = [
        item.get("SeriesInstanceUID", "") for item in dataset.get("ReferencedSeriesSequence", [])
    ]
    for frame in dataset.get("ReferencedFrameOfReferenceSequence", []):
        for study in frame.get("RTReferencedStudySequence", []):
            found += [
                series.get("SeriesInstanceUID", "")
                for series in study.get("RTReferencedSeriesSequence", [])
            ]
    return tuple(dict.fromkeys(str(uid) for uid in found if uid))
