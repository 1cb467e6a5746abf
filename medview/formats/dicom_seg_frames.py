"""The frames of a DICOM Segmentation file: their segment, plane, source image and pixels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medview.core.errors import MedviewError
from medview.dicom import decode_pool
from medview.dicom.header import pixel_format
from medview.formats.file_errors import read_dataset, unreadable

KIND = "a DICOM segmentation"
_SEGMENTATION = ("1.2.840.10008.5.1.4.1.1.66.4", "1.2.840.10008.5.1.4.1.1.66.7")  # and label map


@dataclass(frozen=True, eq=False)
class Frame:
    """One frame: its segment (None: pixels are segment numbers), plane and source image.

    ``plane`` is 4 x 4: (ignored, row, column, 1) to LPS mm, the first column zero.
    """

    segment: int | None
    plane: NDArray[np.float64] | None
    source: tuple[str, int | None] | None


def is_segmentation(path: Path) -> bool:
    """Does the file say it is a DICOM Segmentation? False for anything that cannot be read."""
    import pydicom

    try:
        header = pydicom.dcmread(path, stop_before_pixels=True, specific_tags=["SOPClassUID"])
    except Exception:  # noqa: BLE001 - any file at all may be asked about
        return False
    return header.get("SOPClassUID") in _SEGMENTATION


def load(path: Path) -> Any:
    """The dataset; MedviewError "file-missing", "file-unreadable" or "not-a-segmentation"."""
    dataset = read_dataset(path, "a DICOM segmentation", _not_a_segmentation)
    if dataset.get("SOPClassUID") not in _SEGMENTATION:
        kind = dataset.get("Modality", "") or "another object"
        raise _not_a_segmentation(path, f"it is {kind}")
    if "TotalPixelMatrixRows" in dataset and "ImageOrientationSlide" in dataset:
        raise _not_a_segmentation(path, "it segments a microscopy slide")
    return dataset


def frames_of(dataset: Any, path: Path) -> list[Frame]:
    """All frames in the file's order; MedviewError "file-unreadable" when a description lacks."""
    try:
        shared = (dataset.get("SharedFunctionalGroupsSequence") or [None])[0]
        single = dataset.get("PerFrameFunctionalGroupsSequence") or []
        count = int(dataset.get("NumberOfFrames", 1))
        if len(single) < count:
            raise unreadable(path, KIND, f"it describes {len(single)} of its {count} frames")
        return [_frame(dataset, group, shared) for group in single[:count]]
    except (AttributeError, TypeError, ValueError, KeyError, IndexError) as error:
        raise unreadable(path, KIND, str(error)) from error


def _frame(dataset: Any, group: Any, shared: Any) -> Frame:
    def macro(name: str) -> Any:
        for holder in (group, shared):
            if holder is not None and holder.get(name):
                return holder[name][0]
        return None

    number = None
    identification = macro("SegmentIdentificationSequence")
    if dataset.get("SegmentationType") != "LABELMAP" and identification is not None:
        number = int(identification.ReferencedSegmentNumber)
    position, orientation = macro("PlanePositionSequence"), macro("PlaneOrientationSequence")
    measures = macro("PixelMeasuresSequence")
    plane = None
    if position is not None and orientation is not None and measures is not None:
        plane = np.zeros((4, 4))
        direction = np.array(orientation.ImageOrientationPatient, dtype=float)
        between_rows, between_columns = (float(value) for value in measures.PixelSpacing)
        plane[:3, 1] = direction[3:] * between_rows
        plane[:3, 2] = direction[:3] * between_columns
        plane[:3, 3] = np.array(position.ImagePositionPatient, dtype=float)
        plane[3, 3] = 1.0
    return Frame(number, plane, _source(macro("DerivationImageSequence")))


def _source(derivation: Any) -> tuple[str, int | None] | None:
    """(SOP instance UID, frame) of the one image the frame was drawn on; None for several."""
    images = derivation.get("SourceImageSequence") if derivation is not None else None
    if not images or len(images) != 1:
        return None
    number = images[0].get("ReferencedFrameNumber")
    if number is not None and not isinstance(number, (int, str)):
        if len(number) != 1:
            return None
        number = number[0]
    uid = str(images[0].ReferencedSOPInstanceUID)
    return uid, None if number is None else int(number)


def pixel_reader(dataset: Any, count: int, path: Path) -> Callable[[int], NDArray[Any]]:
    """A function from frame number (from 0) to its stored values (rows, columns)."""
    rows, columns = int(dataset.Rows), int(dataset.Columns)
    size = rows * columns
    syntax = dataset.file_meta.get("TransferSyntaxUID")
    if int(dataset.BitsAllocated) == 1 and not (syntax is not None and syntax.is_encapsulated):
        packed = np.frombuffer(dataset.get("PixelData", b""), dtype=np.uint8)
        if packed.size * 8 < count * size:
            raise unreadable(path, KIND, "its pixels are cut off")

        def unpack(number: int) -> NDArray[Any]:
            # frames follow each other bit by bit, lowest bit first (PS3.5 8.1.1)
            start, end = number * size, (number + 1) * size
            bits = np.unpackbits(packed[start // 8 : (end + 7) // 8], bitorder="little")
            return bits[start % 8 : start % 8 + size].reshape(rows, columns)

        return unpack
    if syntax is not None and syntax.is_encapsulated:
        return _compressed(dataset, count, path)
    try:
        every = dataset.pixel_array
    # the decoders of pydicom raise whatever they find
    except Exception as error:
        raise unreadable(path, KIND, str(error)) from error
    stacked: NDArray[Any] = every.reshape(-1, rows, columns)
    if stacked.shape[0] < count:
        raise unreadable(path, KIND, "its pixels are cut off")
    return lambda number: stacked[number]


def _compressed(dataset: Any, count: int, path: Path) -> Callable[[int], NDArray[Any]]:
    """As `pixel_reader`, frame by frame through the program's own decoders and their limits."""
    from pydicom.encaps import generate_frames

    pixel = pixel_format(
        rows=int(dataset.Rows),
        columns=int(dataset.Columns),
        samples=1,
        photometric=str(dataset.get("PhotometricInterpretation", "MONOCHROME2")),
        planar=0,
        bits_allocated=int(dataset.BitsAllocated),
        bits_stored=int(dataset.get("BitsStored", dataset.BitsAllocated)),
        high_bit=int(dataset.get("HighBit", int(dataset.BitsAllocated) - 1)),
        signed=False,
        kind="int",
        transfer_syntax=str(dataset.file_meta.TransferSyntaxUID),
        little=True,
        vr=b"OB",
    )
    try:
        frames = list(generate_frames(dataset.get("PixelData", b""), number_of_frames=count))
    except Exception as error:
        raise unreadable(path, KIND, str(error)) from error
    if len(frames) < count:
        raise unreadable(path, KIND, "its pixels are cut off")

    def decoded(number: int) -> NDArray[Any]:
        try:
            return decode_pool.decode(frames[number], pixel)[0]
        except MedviewError as error:
            raise unreadable(path, KIND, f"frame {number + 1}: {error.message}") from error

    return decoded


def _not_a_segmentation(path: Path, reason: str) -> MedviewError:
    return MedviewError(
        f"{path} is not a DICOM segmentation of a volume: {reason}.",
        hint="Choose a file of the modality SEG.",
        code="not-a-segmentation",
    )
