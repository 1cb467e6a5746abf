"""Loading compressed series: 300 CT slices of 512 x 512 in four syntaxes, against SimpleITK.

python benchmarks/load_compressed.py [--slices N] [--json FILE]. As `load.py`: finding the series is
part of every figure, files in the page cache, medians of three, in turn. medview decodes in its two
child processes, which run already (`cold` is the first series of the process, which starts them);
SimpleITK's ImageSeriesReader decodes one slice after the other. Both voxels are compared first.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import imagecodecs
import numpy as np
import pydicom
import SimpleITK as sitk
from figures import Figure, in_turn, main
from load import peer_whole, whole, with_seconds
from pydicom.encaps import encapsulate
from pydicom.uid import UID
from scans import large_phantom, run_lengths

from medview.core.phantom import Phantom
from medview.dicom.phantom_series import write_series

RUNS = 3
SLICES = 300
SYNTAXES = {
    "RLE": ("1.2.840.10008.1.2.5", run_lengths),
    "JPEG lossless": (
        "1.2.840.10008.1.2.4.70",
        lambda a: imagecodecs.ljpeg_encode(a, bitspersample=16),
    ),
    "JPEG-LS": ("1.2.840.10008.1.2.4.80", imagecodecs.jpegls_encode),
    "JPEG 2000": (
        "1.2.840.10008.1.2.4.90",
        lambda a: imagecodecs.jpeg2k_encode(a, level=0, codecformat="j2k"),
    ),
}


def write_compressed(phantom: Phantom, folder: Path, name: str) -> None:
    """The phantom as a series of one of the `SYNTAXES`."""
    uid, encode = SYNTAXES[name]
    for path in write_series(phantom, folder):
        dataset = pydicom.dcmread(path)
        stored = np.frombuffer(dataset.PixelData, "<u2").reshape(dataset.Rows, dataset.Columns)
        dataset.PixelData = encapsulate([bytes(encode(stored))])
        dataset["PixelData"].VR = "OB"
        dataset["PixelData"].is_undefined_length = True
        dataset.file_meta.TransferSyntaxUID = UID(uid)
        pydicom.dcmwrite(path, dataset, implicit_vr=False, little_endian=True, force_encoding=True)


def measure(slices: int = SLICES) -> list[Figure]:
    figures = []
    phantom = large_phantom(slices)
    for name in SYNTAXES:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder)
            write_compressed(phantom, path, name)
            ours, cold = with_seconds(lambda path=path: whole(path).voxels)
            theirs, peer_cold = with_seconds(lambda path=path: peer_whole(path))
            if not np.array_equal(ours, sitk.GetArrayFromImage(theirs)):
                raise SystemExit(f"medview and SimpleITK read different voxels from {name}")
            del ours, theirs
            seconds = in_turn(
                {
                    "whole": lambda path=path: whole(path),
                    "peer": lambda path=path: peer_whole(path),
                },
                RUNS,
            )
        if not figures:
            what = f"{slices} slices, {name}, first time in the process"
            figures.append(Figure(what, cold, "s", "SimpleITK", peer_cold))
        what = f"{slices} slices, {name}"
        figures.append(Figure(what, seconds["whole"], "s", "SimpleITK", seconds["peer"]))
    return figures


if __name__ == "__main__":
    if "--slices" in sys.argv:
        at = sys.argv.index("--slices")
        SLICES = int(sys.argv[at + 1])
        del sys.argv[at : at + 2]
    main(__doc__ or "", lambda: measure(SLICES))
