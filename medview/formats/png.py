"""Label slices as PNG: the pixel value is the label id, the palette shows its colour."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medview.core.atomic import atomic_folder
from medview.core.errors import MedviewError
from medview.core.geometry import Geometry
from medview.core.labelmap import LabelMap
from medview.core.labels import LabelTable
from medview.core.volume import Message, Volume
from medview.formats.file_errors import unreadable
from medview.formats.label_files import as_label_voxels, fit_to_reference, present_ids, table_for
from medview.formats.registry import Format

_LARGEST_SIDE = 65535


def read_labels(
    path: Path,
    reference: Volume | None = None,
    *,
    table: LabelTable | None = None,
    messages: list[Message] | None = None,
) -> LabelMap:
    """Read one PNG as a label map of one slice, or a folder of them (by name) as its slices.

    Grey and palette images; the pixel value is the label id. PNG knows no millimetres: the grid
    is the reference's where the sizes are equal, else uncalibrated.
    Raises MedviewError "file-unreadable" or "not-labels".
    """
    path = Path(path)
    files = sorted(path.glob("*.png")) if path.is_dir() else [path]
    if not files:
        raise MedviewError(f"{path} holds no PNG files.", code="file-unreadable")
    slices = [_read_slice(file) for file in files]
    if len({one.shape for one in slices}) > 1:
        raise MedviewError(f"The slices in {path} differ in size.", code="file-unreadable")
    voxels = as_label_voxels(np.stack(slices), path)
    geometry = Geometry.uncalibrated((len(slices), *slices[0].shape))
    if reference is not None and reference.geometry.shape == geometry.shape:
        geometry = reference.geometry
    labelmap = LabelMap(geometry, table_for(present_ids(voxels), table), voxels)
    return fit_to_reference(labelmap, reference, path, messages)


def write_labels(labelmap: LabelMap, path: Path) -> None:
    """Write every slice as ``slice-0000.png`` and so on into a new folder, counted from 0.

    8 bit with a palette of the labels' colours, or 16 bit grey when an id is above 255. The
    folder appears whole or not at all; MedviewError "folder-not-empty" or "write-failed".
    """
    from PIL import Image

    palette = _palette(labelmap.table)
    with atomic_folder(Path(path)) as folder:
        for index, labels in enumerate(labelmap.voxels):
            if int(labels.max()) > 255:
                image = Image.fromarray(labels.astype(np.uint16))
            else:
                image = Image.fromarray(labels.astype(np.uint8))
                image.putpalette(palette)
            image.save(folder / f"slice-{index:04d}.png")


def _read_slice(file: Path) -> NDArray[Any]:
    from PIL import Image

    try:
        with Image.open(file, formats=("PNG",)) as image:
            if max(image.size) > _LARGEST_SIDE:
                raise unreadable(file, "PNG", f"its size is {image.size}")
            if image.mode not in ("1", "L", "P", "I", "I;16", "I;16B"):
                raise MedviewError(
                    f"{file} is a colour picture, not a label file.",
                    hint="Save labels as a grey or palette PNG whose pixel value is the label id.",
                    code="not-labels",
                )
            return np.asarray(image)
    except FileNotFoundError as error:
        raise MedviewError(
            f"{file} does not exist.", hint="Check the name.", code="file-missing"
        ) from error
    # Pillow: OSError, SyntaxError, zlib.error, Image.DecompressionBombError
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise unreadable(file, "PNG", str(error)) from error


def _palette(table: LabelTable) -> list[int]:
    colors = [0] * 768
    for label in table:
        if label.id < 256:
            colors[3 * label.id : 3 * label.id + 3] = label.color
    return colors


def _matches(start: bytes) -> bool:
    return start.startswith(b"\x89PNG\r\n\x1a\n")


FORMAT = Format(
    "PNG", (".png",), read_labels=read_labels, write_labels=write_labels, matches=_matches
)
