"""Large studies: memory and time of 300 and 2,000 slices of 512 x 512, index of 10,000 files.

python benchmarks/load_large.py [--json FILE]. Every reading runs in a fresh process without a
window, which indexes the folder and loads the series as the window does; its files are in the page
cache. Memory is the peak resident set less that of the idle process (all modules imported) and the
volume's own bytes, against the promise (150 and 300 MB). Indexing: 50 series of 200 small slices,
against pydicom reading the same headers (stop_before_pixels); best of three each. Linux only.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pydicom
import SimpleITK as sitk
from figures import Figure, main, timed
from scans import large_phantom

from medview.core.job import Progress
from medview.core.phantom import thorax_phantom
from medview.dicom.phantom_series import write_series
from medview.session import opening

SERIES, FILES = 50, 200
READ = """
import json, sys, time
from pathlib import Path
import medview.dicom.loader
from medview.core.job import Progress
from medview.dicom.loader import SliceReady
from medview.session import opening

def memory(name):
    words = Path("/proc/self/status").read_text().split()
    return int(words[words.index(name + ":") + 1]) / 1024

def ready(item):
    if isinstance(item, SliceReady) and "first_s" not in answer:
        answer["first_s"] = time.perf_counter() - started

answer = {}
idle = memory("VmRSS")
started = time.perf_counter()
report = opening.index([Path(sys.argv[1])], Progress())
volume = opening.load(opening.largest_image(report), Progress(on_item=ready))
answer["whole_s"] = time.perf_counter() - started
answer["volume_mb"] = volume.voxels.nbytes / 2**20
answer["over_mb"] = memory("VmHWM") - idle - answer["volume_mb"]
answer["complete"] = volume.is_complete and volume.voxels.shape[0] == int(sys.argv[2])
print(json.dumps(answer))
"""


def read(folder: Path, slices: int) -> dict[str, Any]:
    """Figures of one fresh process that opens the folder."""
    words = [sys.executable, "-c", READ, str(folder), str(slices)]
    program = subprocess.run(words, capture_output=True, text=True, check=True)
    answer: dict[str, Any] = json.loads(program.stdout)
    if not answer["complete"]:
        raise SystemExit(f"not all of {slices} slices were loaded")
    return answer


def peer_first(folder: Path) -> None:
    names = sitk.ImageSeriesReader.GetGDCMSeriesFileNames(str(folder))
    sitk.ReadImage(names[len(names) // 2])


def opened(slices: int, promised_mb: float) -> list[Figure]:
    """Memory and times of one series."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_series(large_phantom(slices), folder)
        answers = [read(folder, slices) for _ in range(3)]
        first = min(timed(lambda: peer_first(folder)) for _ in range(3))
    over = max(answer["over_mb"] for answer in answers)
    quick = min(answer["first_s"] for answer in answers)
    what = f"{slices:,} slices"
    return [
        Figure(f"{what}, memory beside the volume", over, "MB", "promise", promised_mb),
        Figure(f"{what}, first slice in a fresh process", quick, "s", "SimpleITK", first),
        Figure(f"{what}, whole", min(answer["whole_s"] for answer in answers), "s"),
    ]


def indexed() -> Figure:
    small = thorax_phantom((FILES, 16, 16), (1.5, 24.0, 24.0))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = []
        for number in range(SERIES):
            paths += write_series(small, folder / str(number), series_number=number)
        found = opening.index([folder], Progress()).series
        if sorted(entry.size[0] for entry in found) != [FILES] * SERIES:
            raise SystemExit(f"{len(found)} series were found, not {SERIES}")
        ours = min(timed(lambda: opening.index([folder], Progress())) for _ in range(3))
        theirs = min(
            timed(lambda: [pydicom.dcmread(path, stop_before_pixels=True) for path in paths])
            for _ in range(3)
        )
    what = f"{SERIES * FILES:,} files in {SERIES} series indexed"
    return Figure(what, ours, "s", "pydicom headers", theirs)


def measure() -> list[Figure]:
    return [*opened(300, 150.0), *opened(2_000, 300.0), indexed()]


if __name__ == "__main__":
    main(__doc__ or "", measure)
