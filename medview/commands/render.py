"""Draw what the window would show of one slice as a PNG file, without a window."""

from __future__ import annotations

import argparse
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from medview.commands._common import Ticker, need_path, open_image, read_labels
from medview.commands._output import print_json
from medview.core.display import CT_PRESETS, Window
from medview.core.errors import MedviewError
from medview.core.geometry import Geometry
from medview.core.job import Progress
from medview.core.labelmap import LabelArray, LabelMap
from medview.core.volume import Volume

_NORMAL = {"axial": 2, "coronal": 1, "sagittal": 0}  # the patient axis across each plane
_SMALLEST, _LARGEST = 64, 8192


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", type=Path, help="DICOM folder or file, zip, NIfTI or NRRD")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="PNG")
    parser.add_argument(
        "--plane", choices=list(_NORMAL), help="default: the plane the slices are stored in"
    )
    parser.add_argument("--slice", type=int, help="from 0, as stored (default: the middle)")
    parser.add_argument("--mask", type=Path, help="labels to lay over it")
    parser.add_argument("--heatmap", type=Path, help="heat map to lay over it, NIfTI 0..1")
    parser.add_argument("--window", help="preset name, or CENTER,WIDTH (default: the file's own)")
    parser.add_argument("--size", type=int, default=1000, help="pixels of a side (default 1000)")
    parser.add_argument("--series", help="series UID (default: the largest image)")
    parser.add_argument("--volume", type=int, default=0, help="volume of the series, from 0")


def run(options: argparse.Namespace) -> int:
    window = parse_window(options.window)
    if not _SMALLEST <= options.size <= _LARGEST:
        raise MedviewError(f"--size must be {_SMALLEST} to {_LARGEST} pixels.", code="bad-size")
    volume = open_image(
        options.path, options.series, options.volume, Progress(Ticker(options.json))
    )
    labelmap = None if options.mask is None else _mask(options.mask, volume)
    values = None if options.heatmap is None else _heatmap(options.heatmap, volume)
    order = axis_order(volume.geometry, options.plane)
    volume, labelmap = turned(volume, order), _turned_labels(labelmap, order)
    count = volume.geometry.shape[0]
    index = count // 2 if options.slice is None else options.slice
    if not 0 <= index < count:
        raise MedviewError(f"Slices must be 0 to {count - 1}, not {index}.", code="no-such-slice")
    _draw(volume, labelmap, None if values is None else values.transpose(order), index, window,
          options)  # fmt: skip
    if options.json:
        print_json({"output": str(options.output), "slice": index, "slices": count})
    else:
        print(f"{options.output}: slice {index} of 0 to {count - 1}")
    return 0


def _draw(
    volume: Volume,
    labelmap: LabelMap | None,
    values: NDArray[np.float32] | None,
    index: int,
    window: Window | None,
    options: argparse.Namespace,
) -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # before Qt is imported
    from medview.gui.render import PlainHeatMap, render_png

    heatmap = None if values is None else PlainHeatMap(index, values[index])
    size = (options.size, options.size)
    render_png(volume, labelmap, heatmap, index, window, options.output, size)


def parse_window(text: str | None) -> Window | None:
    """A preset's name (any case) or ``CENTER,WIDTH``; None is the file's own window."""
    if text is None:
        return None
    for _, preset in CT_PRESETS:
        if preset.name.lower() == text.strip().lower():
            return preset
    try:
        center, width = (float(word) for word in text.split(","))
    except ValueError:
        center, width = 0.0, 0.0
    if not (np.isfinite(center) and np.isfinite(width) and width > 0):
        names = ", ".join(preset.name for _, preset in CT_PRESETS)
        raise MedviewError(
            f"{text} is no window.", hint=f"Give CENTER,WIDTH or one of {names}.", code="bad-window"
        )
    return Window(center, width)


def axis_order(geometry: Geometry, plane: str | None) -> tuple[int, int, int]:
    """Which voxel axes become (slice, row, column) so that slices lie nearest to ``plane``.

    The stored order where that is the plane already; an uncalibrated grid has one plane only.
    """
    if plane is None:
        return (0, 1, 2)
    if not geometry.calibrated:
        if plane == "axial":
            return (0, 1, 2)
        raise MedviewError(
            "This image does not say how it lies in the patient.",
            hint="Leave out --plane.",
            code="no-geometry",
        )
    permutation, _ = geometry.canonical_axes()  # voxel axes along z, y, x of the patient
    axis = permutation[2 - _NORMAL[plane]]
    rest = [other for other in (0, 1, 2) if other != axis]
    return (axis, rest[0], rest[1])


def turned(volume: Volume, order: tuple[int, int, int]) -> Volume:
    """The volume with its axes in another order; nothing is interpolated."""
    if order == (0, 1, 2):
        return volume
    axes = (*order, 3) if volume.is_color else order
    geometry = volume.geometry.reordered(order, (False, False, False))
    voxels = np.ascontiguousarray(volume.voxels.transpose(axes))
    voxels.setflags(write=False)
    source = volume.source
    if source is not None:  # files and frames belong to the stored slices
        source = replace(source, sop_instance_uids=(), files=(), frames=())
    return replace(volume, voxels=voxels, geometry=geometry, source=source, ready=None)


def _turned_labels(labelmap: LabelMap | None, order: tuple[int, int, int]) -> LabelMap | None:
    if labelmap is None or order == (0, 1, 2):
        return labelmap
    geometry = labelmap.geometry.reordered(order, (False, False, False))
    voxels: LabelArray = labelmap.voxels.transpose(order)
    return LabelMap(geometry, labelmap.table, voxels.copy())


def _mask(path: Path, volume: Volume) -> LabelMap:
    labelmap = read_labels(path, volume)
    if not labelmap.geometry.is_close(volume.geometry):
        raise _other_grid(path)
    return labelmap


def _heatmap(path: Path, volume: Volume) -> NDArray[np.float32]:
    """Values 0..1 on the volume's grid."""
    from medview.formats.registry import read_volume

    read = read_volume(need_path(path))
    if read.is_color or not read.geometry.is_close(volume.geometry):
        raise _other_grid(path)
    values: NDArray[np.float32] = read.voxels.astype(np.float32)
    if not np.isfinite(values).all() or values.min() < 0 or values.max() > 1:
        raise MedviewError(
            f"{path} is no heat map: its values must be 0 to 1.", code="not-a-heatmap"
        )
    return values


def _other_grid(path: Path) -> MedviewError:
    return MedviewError(
        f"{path} lies on another grid than the image.",
        hint="Choose the file made for this image; --series chooses among several.",
        code="geometry-differs",
    )
