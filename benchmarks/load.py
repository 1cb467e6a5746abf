"""Loading: 300 uncompressed CT slices of 512 x 512 from a folder, against SimpleITK.

python benchmarks/load.py [--json FILE]. Finding the series is part of every figure; the files are
in the page cache (local disk speed is not what is measured); medians of five, in turn, but for the
first time in the process, when nothing of a header is known yet. SimpleITK:
GetGDCMSeriesFileNames, then ImageSeriesReader (whole) or ReadImage of the middle file (first
slice). Bound: reading the files' bytes in one thread.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import SimpleITK as sitk
from figures import Figure, in_turn, main
from scans import large_phantom

from medview.core.errors import Cancelled
from medview.core.job import Progress
from medview.core.volume import Volume
from medview.dicom.loader import SliceReady
from medview.dicom.phantom_series import write_series
from medview.session import opening

RUNS = 5


def whole(folder: Path) -> Volume:
    """As the window: index the folder, then load its series."""
    report = opening.index([folder], Progress())
    return opening.load(opening.largest_image(report), Progress())


def first_slice(folder: Path) -> None:
    """Until the first slice could be shown."""
    report = opening.index([folder], Progress())

    def stop(item: object) -> None:
        if isinstance(item, SliceReady):
            progress.cancel()

    progress = Progress(on_item=stop)
    try:
        opening.load(opening.largest_image(report), progress)
    except Cancelled:
        return
    raise SystemExit("the load was not cancelled at its first slice")


def peer_whole(folder: Path) -> sitk.Image:
    reader = sitk.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(folder)))
    return reader.Execute()


def peer_first(folder: Path) -> sitk.Image:
    names = sitk.ImageSeriesReader.GetGDCMSeriesFileNames(str(folder))
    return sitk.ReadImage(names[len(names) // 2])


def with_seconds(work: Callable[[], Any]) -> tuple[Any, float]:
    """A call's result and the seconds it took."""
    started = time.perf_counter()
    return work(), time.perf_counter() - started


def measure() -> list[Figure]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = write_series(large_phantom(), folder)
        ours, cold = with_seconds(lambda: whole(folder).voxels)
        theirs, peer_cold = with_seconds(lambda: peer_whole(folder))
        if not np.array_equal(ours, sitk.GetArrayFromImage(theirs)):
            raise SystemExit("medview and SimpleITK read different voxels")
        seconds = in_turn(
            {
                "first": lambda: first_slice(folder),
                "peer first": lambda: peer_first(folder),
                "whole": lambda: whole(folder),
                "peer whole": lambda: peer_whole(folder),
                "bytes": lambda: [path.read_bytes() for path in paths],
            },
            RUNS,
        )
    return [
        Figure("first slice shown", seconds["first"], "s", "SimpleITK", seconds["peer first"]),
        Figure("whole series, first time in the process", cold, "s", "SimpleITK", peer_cold),
        Figure("whole series", seconds["whole"], "s", "SimpleITK", seconds["peer whole"]),
        Figure("whole series", seconds["whole"], "s", "bytes alone", seconds["bytes"]),
    ]


if __name__ == "__main__":
    main(__doc__ or "", measure)
