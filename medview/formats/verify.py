"""Reads an export back and compares it, before anybody is told that it is done."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medview.core.errors import MedviewError
from medview.core.labelmap import LabelMap
from medview.core.volume import Message, Volume
from medview.formats.dicom_source import exported_labels
from medview.formats.png import FORMAT as PNG
from medview.formats.registry import Format, format_for


def verify_written(path: Path, labelmap: LabelMap, volume: Volume | None = None) -> None:
    """Check that the file (or folder of PNG slices) at ``path`` holds exactly this label map.

    Every voxel must have its label, and the grid must be the same within 0.01 mm. ``volume`` is
    the image, which a DICOM segmentation and a structure set need: their parts are found by
    source images and planes. Raises MedviewError "verify-failed".
    """
    path = Path(path)
    known = PNG if path.is_dir() else format_for(path)
    try:
        written = _read(known, path, labelmap, volume)
    except MedviewError as error:
        raise _failed(path, error.message) from error
    if written.geometry.shape != labelmap.geometry.shape:
        raise _failed(path, "its size is not the label map's")
    if known is not PNG and not written.geometry.is_close(labelmap.geometry):
        raise _failed(path, "its position in the patient is not the label map's")
    found: NDArray[Any] = written.voxels
    if known.needs_source:
        found = _label_ids(written, labelmap)[found]
    different = int(np.count_nonzero(found != labelmap.voxels))
    if different:
        raise _failed(path, f"{different} voxels differ")


def _read(known: Format, path: Path, labelmap: LabelMap, volume: Volume | None) -> LabelMap:
    if known.read_labels is None:
        raise ValueError(f"{known.name} holds no labels")
    messages: list[Message] = []
    table = None if known.needs_source else labelmap.table
    read: LabelMap = known.read_labels(path, volume, table=table, messages=messages)
    for message in messages:
        if message.severity == "warning":
            raise MedviewError(message.text, code=message.code)
    return read


def _label_ids(written: LabelMap, labelmap: LabelMap) -> NDArray[np.uint16]:
    """The label id of each segment or ROI number, 0 for those that should not be there."""
    ids = np.zeros(int(written.voxels.max()) + 1, dtype=np.uint16)
    for number, label in enumerate(exported_labels(labelmap), start=1):
        if number < ids.size:
            ids[number] = label.id
    return ids


def _failed(path: Path, reason: str) -> MedviewError:
    return MedviewError(
        f"{path} was written but is not what was drawn: {reason}.",
        hint="Do not use this file. Try another folder or format, and report this.",
        code="verify-failed",
    )
